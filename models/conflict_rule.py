import math

from odoo import fields, models

from ..lib.merge import Rule

WINNERS = [
    ("odoo", "Odoo wins"),
    ("remote", "The shop wins"),
    ("newest", "The newest edit wins"),
    ("ask", "Ask a person"),
]


class GatewayConflictRule(models.Model):
    """Who wins where both sides changed a field: the first glob that matches «model.field»."""

    _name = "gateway.conflict.rule"
    _description = "Gateway Conflict Rule"
    _inherit = ["gateway.own.company"]
    _rec_name = "pattern"
    _order = "sequence, id"

    connector_id = fields.Many2one(
        "gateway.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    pattern = fields.Char(
        required=True,
        help="A glob over model and field, for example «product.template.list_price», "
        "«res.partner.*» or «shopify_product.title». The first match decides.",
    )
    winner = fields.Selection(WINNERS, required=True, default="ask")
    restore = fields.Boolean(
        string="Owns the field",
        help="An edit on the other side alone is taken back at the next sync, too.",
    )

    def as_rules(self):
        rules = self.sorted(lambda rule: rule._place())
        return tuple(Rule(rule.pattern, rule.winner, rule.restore) for rule in rules)

    def _place(self):
        """What rules are in order by; one not saved yet is the last of its sequence."""
        return self.sequence, self._origin.id or math.inf
