from odoo import fields, models

VIEWER = "gateway_ng.group_viewer"


class GatewaySynced(models.AbstractModel):
    """Records people open that shops have, too: what is known of their sync is a button away."""

    _name = "gateway.synced"
    _description = "Synced by the Gateway"

    gateway_binding_count = fields.Integer(
        string="Shop records", compute="_compute_gateway_binding_count", groups=VIEWER
    )

    def _compute_gateway_binding_count(self):
        bindings = self.env["gateway.binding"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"], ["__count"]
        )
        counts = dict(bindings)
        for record in self:
            record.gateway_binding_count = counts.get(record.id, 0)

    def unlink(self):
        """What was bound is looked for at the next sync, and follows at the other side."""
        bound = (
            self.env["gateway.binding"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("state", "=", "bound"),
                ],
                ["connector_id", "entity"],
            )
        )
        done = super().unlink()
        for connector, entity in bound:
            self.env["gateway.watermark"]._of(connector, entity, "export").swept = False
        return done

    def action_gateway_why(self):
        """Open what is known of the record's sync."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "gateway_why",
            "name": self.env._("Sync of %s", self.display_name),
            "params": {"model": self._name, "id": self.id},
        }


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "gateway.synced"]


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "gateway.synced"]


class ProductCategory(models.Model):
    _name = "product.category"
    _inherit = ["product.category", "gateway.synced"]


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "gateway.synced"]


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "gateway.synced"]
