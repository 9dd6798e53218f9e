from odoo import api, fields, models
from odoo.fields import NO_ACCESS


class ResCompany(models.Model):
    _inherit = "res.company"

    gateway_mapping_ids = fields.One2many("gateway.mapping", "company_id", groups=NO_ACCESS)


class GatewayConnector(models.Model):
    """The mappings that hold for a connector besides the shipped ones: those of many connectors are
    found at once."""

    _inherit = "gateway.connector"

    layer_ids = fields.Many2many(
        "gateway.mapping", string="Layers", compute="_compute_layer_ids", groups=NO_ACCESS
    )

    @api.depends(
        "platform",
        "workspace_id",
        "company_id.gateway_mapping_ids.platform",
        "company_id.gateway_mapping_ids.workspace_id",
        "company_id.gateway_mapping_ids.connector_id",
        "company_id.gateway_mapping_ids.active",
    )
    def _compute_layer_ids(self):
        """Those of other workspaces and connectors do not hold for it."""
        mappings = self.env["gateway.mapping"].sudo()
        found = mappings.search(
            [
                ("platform", "in", self.mapped("platform")),
                ("company_id", "in", self.company_id.ids),
                ("active", "=", True),
                ("workspace_id", "in", [False, *self.workspace_id.ids]),
                ("connector_id", "in", [False, *self._origin.ids]),
            ]
        )
        owned = found.grouped(
            lambda one: (one.platform, one.company_id, one.workspace_id, one.connector_id)
        )
        none = mappings.browse()
        for connector in self:
            place = connector.platform, connector.company_id._origin
            holds = {
                (*place, workspace, owner)
                for workspace in (connector.workspace_id._origin, self.workspace_id.browse())
                for owner in (connector._origin, self.browse())
            }
            connector.layer_ids = none.concat(*(owned.get(one, none) for one in holds)).sorted()
