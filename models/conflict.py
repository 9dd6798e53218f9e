from odoo import fields, models
from odoo.exceptions import UserError

from ..lib.merge import SOURCE_OF
from .conflict_rule import WINNERS
from .watermark import DIRECTIONS


class GatewayConflict(models.Model):
    """Both sides changed linked fields, differently, since the base."""

    _name = "gateway.conflict"
    _description = "Gateway Conflict"
    _order = "id desc"
    _rec_name = "field_names"

    connector_id = fields.Many2one(
        "gateway.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id", store=True)
    run_id = fields.Many2one("gateway.run", ondelete="set null", index="btree_not_null")
    entity = fields.Char(required=True)
    direction = fields.Selection(DIRECTIONS, required=True)
    source_id = fields.Char(required=True)
    target_id = fields.Char()
    field_group = fields.Char(required=True)
    field_names = fields.Char(required=True)
    base_values = fields.Json()
    odoo_values = fields.Json()
    remote_values = fields.Json()
    state = fields.Selection(
        [("open", "Open"), ("resolved", "Resolved")], required=True, default="open", index=True
    )
    winner = fields.Selection(WINNERS, help="Who won, by rule or by a person.")
    rule = fields.Char()
    first_match = fields.Boolean(help="The records met for the first time, with no base yet.")

    _open_unique = models.UniqueIndex(
        "(connector_id, entity, direction, source_id, field_group) WHERE state = 'open'",
        "A conflict is open once.",
    )

    def action_take_odoo(self):
        self._take("odoo")

    def action_take_remote(self):
        self._take("remote")

    def _take(self, side):
        """Let `side` win at the next sync of this record, which a pending binding makes sure of."""
        self.env["gateway.run"]._check_operator()
        self.check_access("read")
        for conflict in self.sudo():
            if conflict.state != "open":
                raise UserError(
                    self.env._("The conflict on %s is resolved already.", conflict.field_names)
                )
            binding = conflict._binding(SOURCE_OF[conflict.direction])
            binding.write(
                {
                    "decided": {**(binding.decided or {}), conflict.field_group: side},
                    "pending": conflict.direction,
                }
            )
            conflict.write({"state": "resolved", "winner": side, "rule": self.env.user.name})

    def _binding(self, source):
        column = "odoo_id" if source == "odoo" else "remote_id"
        binding = self.env["gateway.binding"].search(
            [
                ("connector_id", "=", self.connector_id.id),
                ("entity", "=", self.entity),
                (column, "=", self.source_id),
            ],
            limit=1,
        )
        if not binding:
            raise UserError(
                self.env._(
                    "The %(entity)s %(id)s is not bound any more; sync it again.",
                    entity=self.entity,
                    id=self.source_id,
                )
            )
        return binding
