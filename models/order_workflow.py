from fnmatch import fnmatchcase

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: How far an order goes by itself; each step holds those before it.
STEPS = [
    ("quotation", "Stays a quotation"),
    ("confirm", "Confirmed"),
    ("invoice", "Draft invoice"),
    ("post", "Posted invoice"),
    ("pay", "Paid invoice"),
]


class GatewayOrderWorkflow(models.Model):
    """How far orders go by themselves, by payment method and state: the first rule that matches."""

    _name = "gateway.order.workflow"
    _description = "Gateway Order Workflow"
    _inherit = ["gateway.own.company"]
    _order = "sequence, id"
    _check_company_auto = True

    connector_id = fields.Many2one(
        "gateway.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    method_pattern = fields.Char(
        string="Payment method",
        required=True,
        default="*",
        help="A glob over the code of the shop's payment method, such as «bacs» or «paypal*».",
    )
    state_pattern = fields.Char(
        string="Payment state",
        required=True,
        default="*",
        help="A glob over the payment state as the shop names it, such as «PAID» or «processing».",
    )
    step = fields.Selection(
        STEPS,
        string="Order goes up to",
        required=True,
        default="confirm",
        help="Each step holds those before it. An invoice is made of what is to be invoiced: for "
        "products that are invoiced on delivery that is what is delivered.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Payment journal",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        help="Where the payment is registered.",
    )
    deliver = fields.Boolean(
        string="Deliver what is fulfilled",
        help="What the shop fulfils of an order that Odoo knows is delivered in Odoo too. What it "
        "had fulfilled before the order came moves no stock.",
    )

    @api.depends("method_pattern", "state_pattern", "step")
    def _compute_display_name(self):
        labels = dict(self._fields["step"]._description_selection(self.env))
        for rule in self:
            said = f"{rule.method_pattern} / {rule.state_pattern}"
            rule.display_name = f"{said} → {labels.get(rule.step)}"

    @api.constrains("step", "journal_id")
    def _check_journal(self):
        for rule in self:
            if rule.step == "pay" and not rule.journal_id:
                raise ValidationError(
                    self.env._("Say in which journal payments are registered, or stop before.")
                )

    def _matches(self, method, state):
        self.ensure_one()
        pairs = ((method, self.method_pattern), (state, self.state_pattern))
        return all(
            fnmatchcase((said or "").casefold(), pattern.strip().casefold())
            for said, pattern in pairs
        )
