from odoo import api, fields, models

from .guarded import is_by_sync


class SaleOrder(models.Model):
    """What the shop says of the order, beside what Odoo knows itself."""

    _inherit = "sale.order"

    gateway_payment_state = fields.Char(
        string="Shop Payment", readonly=True, copy=False, help="The payment state the shop shows."
    )
    gateway_fulfillment_state = fields.Char(
        string="Shop Fulfillment",
        readonly=True,
        copy=False,
        help="The fulfillment state the shop shows.",
    )

    gateway_payment_method = fields.Char(string="Shop Payment Method", readonly=True, copy=False)
    gateway_payments = fields.Json(
        string="Shop Payments", copy=False, help="Payments and gift cards, as the shop gave them."
    )
    gateway_cancel_reason = fields.Char(string="Shop Cancel Reason", readonly=True, copy=False)
    gateway_refund_ids = fields.One2many("gateway.refund", "order_id", string="Shop Refunds")
    gateway_refunded = fields.Boolean(compute="_compute_gateway_refunded", compute_sudo=True)
    gateway_refunded_total = fields.Monetary(
        string="Taken off by Refunds",
        readonly=True,
        copy=False,
        help="What refunds at the shop took off the order's lines, with taxes.",
    )
    gateway_stuck = fields.Boolean(
        copy=False, help="Its workflow went no further: see the dead letter of the order."
    )
    gateway_connector_id = fields.Many2one(
        "gateway.connector",
        string="Create in Shop",
        copy=False,
        index="btree_not_null",
        help="Once confirmed, the order is created in this shop, where its platform allows it.",
    )
    gateway_told = fields.Json(
        copy=False, help="What people were told of edits at the shop, so that it is told once."
    )
    gateway_note = fields.Text(string="Customer's Note", readonly=True, copy=False)

    @api.depends("gateway_refund_ids")
    def _compute_gateway_refunded(self):
        for order in self:
            order.gateway_refunded = bool(order.gateway_refund_ids)

    def _prepare_confirmation_values(self):
        """An order that comes from a shop was placed when the shop says, not when it arrived."""
        values = super()._prepare_confirmation_values()
        if is_by_sync(self.env):
            values.pop("date_order", None)
        return values
