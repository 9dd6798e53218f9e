from odoo import api, fields, models
from odoo.fields import Domain

from .choices import choice_label

#: Field that tells a choice of the shop in words → the one that keeps it as the shop names it, and
#: what kind of choice it is.
WORDS = {
    "gateway_payment_text": ("gateway_payment_state", "payment_state"),
    "gateway_fulfillment_text": ("gateway_fulfillment_state", "fulfillment_state"),
    "gateway_cancel_text": ("gateway_cancel_reason", "cancel_reason"),
}


class SaleOrder(models.Model):
    """The shop's choices in words, and the number by which the shop knows an order."""

    _inherit = "sale.order"

    gateway_payment_text = fields.Char(string="Payment in Shop", compute="_compute_gateway_words")
    gateway_fulfillment_text = fields.Char(
        string="Shipped in Shop", compute="_compute_gateway_words"
    )
    gateway_cancel_text = fields.Char(string="Cancelled because", compute="_compute_gateway_words")
    gateway_order_number = fields.Char(
        string="Shop Order",
        compute="_compute_gateway_order_number",
        search="_search_gateway_order_number",
        help="The number by which the shop knows the order.",
    )

    @api.depends("gateway_payment_state", "gateway_fulfillment_state", "gateway_cancel_reason")
    @api.depends_context("lang")
    def _compute_gateway_words(self):
        for order in self:
            for name, (kept, kind) in WORDS.items():
                value = order[kept]
                order[name] = value and (choice_label(self.env, kind, value) or value)

    @api.depends("client_order_ref")
    def _compute_gateway_order_number(self):
        synced = self.search([("id", "in", self.ids), ("id", "in", self._gateway_synced())])
        for order in self:
            order.gateway_order_number = order in synced and order.client_order_ref

    def _search_gateway_order_number(self, operator, value):
        if operator.startswith("not "):
            return NotImplemented  # Odoo turns the answer around: an order in no shop has no number
        synced = Domain("id", "in", self._gateway_synced())
        if operator == "in" and False in value:
            return Domain("client_order_ref", operator, value) | ~synced
        return Domain("client_order_ref", operator, value) & synced

    @api.model
    def _gateway_synced(self):
        """The ids of the orders that some shop has, as a query."""
        bound = [("entity", "=", "order"), ("res_model", "=", "sale.order")]
        return self.env["gateway.binding"].sudo()._search(bound).subselect("res_id")
