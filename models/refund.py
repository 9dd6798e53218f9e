from odoo import api, fields, models

from .terms import term
from .wording import short_id, told_of, value_text

OUTCOMES = [
    ("reduced", "Taken off the order"),
    ("credited", "Credit note"),
    ("activity", "Left to a person"),
    ("sent", "Sent from Odoo"),
    ("nothing", "Nothing to do"),
]


class GatewayRefund(models.Model):
    """What a shop gave back on an order, and what became of it here: once each."""

    _name = "gateway.refund"
    _description = "Gateway Refund"
    _order = "id desc"

    connector_id = fields.Many2one(
        "gateway.connector", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one("res.company", index=True, readonly=True)
    order_id = fields.Many2one(
        "sale.order", required=True, ondelete="cascade", index=True, readonly=True
    )
    # Whoever looks at the gateway needs no right to orders to know of which one it is.
    order_name = fields.Char(string="Order number", related="order_id.name")
    currency_id = fields.Many2one(related="order_id.currency_id")
    remote_id = fields.Char(string="Shop id", required=True, readonly=True)
    date = fields.Char(string="Given back at", readonly=True, help="As the shop says.")
    date_text = fields.Char(string="Given back on", compute="_compute_date_text")
    note = fields.Char(readonly=True)
    amount = fields.Monetary(readonly=True, help="Given back in all, with taxes.")
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True)
    reduced = fields.Monetary(
        readonly=True, help="The part that was taken off the order's lines, with taxes."
    )
    told = fields.Text(readonly=True, help="What became of it, as it was kept.")
    told_text = fields.Text(string="What became of it", compute="_compute_told_text")
    move_id = fields.Many2one(
        "account.move", string="Credit note", readonly=True, index="btree_not_null"
    )
    picking_ids = fields.Many2many("stock.picking", string="Returns", readonly=True)
    payload = fields.Json(readonly=True, help="The refund as the mapping gave it.")

    @api.depends("remote_id", "order_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for refund in self:
            called = self.env._("Refund %s", short_id(refund.remote_id))
            refund.display_name = told_of(self.env, refund.order_name, called)

    @api.depends("told")
    @api.depends_context("lang")
    def _compute_told_text(self):
        """Each line of it begins with the refund itself, which its form names already."""
        for refund in self:
            lines = (refund.told or "").splitlines()
            refund.told_text = "\n".join(term(self.env, line) for line in lines)

    @api.depends("date")
    @api.depends_context("uid", "lang")
    def _compute_date_text(self):
        for refund in self:
            refund.date_text = value_text(refund.date, self.env) if refund.date else False

    def _left(self):
        """What a person still has to credit of it: no posted credit note stands for that."""
        if self.outcome in ("nothing", "sent") or self.move_id.state == "posted":
            return 0.0
        left = self.amount - (0.0 if self.outcome == "credited" else self.reduced)
        return self.currency_id.round(left)

    _remote_unique = models.UniqueIndex(
        "(connector_id, order_id, remote_id)", "A refund is carried out once."
    )
