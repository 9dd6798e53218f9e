from odoo import fields, models


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
    gateway_note = fields.Text(string="Customer's Note", readonly=True, copy=False)

    def _prepare_confirmation_values(self):
        """An order that comes from a shop was placed when the shop says, not when it arrived."""
        values = super()._prepare_confirmation_values()
        if self.env.context.get("gateway_sync"):
            values.pop("date_order", None)
        return values
