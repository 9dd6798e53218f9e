from odoo import api, fields, models


class GatewayDeadLetter(models.Model):
    """By which mapping a record was refused, and trying it by that one once more."""

    _inherit = "gateway.dead.letter"

    mapping_version_id = fields.Many2one(
        "gateway.mapping.version",
        string="Mapped by",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The mapping version that held when the record was refused first.",
    )
    is_mapped_anew = fields.Boolean(
        compute="_compute_is_mapped_anew", help="The mapping has changed since."
    )

    @api.depends("mapping_version_id", "connector_id", "entity", "direction")
    def _compute_is_mapped_anew(self):
        now = {}
        for letter in self:
            flow = letter.connector_id, letter.entity, letter.direction
            if flow not in now:
                now[flow] = letter.connector_id.sudo()._flow_mappings(*flow[1:])[0]
            then = letter.mapping_version_id
            letter.is_mapped_anew = bool(then) and then != now[flow]

    def action_retry_as_then(self):
        """Retry by the mapping version that each was first refused by."""
        return self.action_retry(as_then=True)
