"""The virtual fields of an order: what a mapping may give, and what it means."""

from ...lib.endpoint import FieldInfo

_ADDRESS = (
    "name, company, street, street2, city, zip, country_code, state_code, phone. Matched with the "
    "customer and its contacts by equal values; another one becomes a contact of the customer."
)
_TAXES = (
    "List of {name, rate, amount}: rate as a fraction (0.0825), amount in money. A sales tax of "
    "that percentage is looked up, the name breaks ties; the shop's amount is charged to the cent."
)


def _field(name, type_, sentence, *, readable=True, writable=True):
    return FieldInfo(name, type_, readable, writable, help=sentence)


def _only_given(name, type_, sentence):
    """Not read back: it matters when the record is created, an edit of it alone is no change."""
    return _field(name, type_, sentence, readable=False)


_FIELDS = (
    _only_given(
        "guest",
        "json",
        "{name, email, phone} of a customer without an account: used where partner_id is empty. A "
        "contact of its own is made for the order; one with the same e-mail is never guessed.",
    ),
    _field("billing_address", "json", _ADDRESS),
    _field("shipping_address", "json", _ADDRESS),
    _field("currency", "char", "ISO code. A pricelist of that currency must exist."),
    _field("taxes_included", "boolean", "Whether prices and amounts hold their taxes."),
    _field("total", "monetary", "The shop's grand total; Odoo's must be equal to the cent."),
    _only_given("total_tax", "monetary", "The shop's taxes in all; explains a differing total."),
    _field(
        "cancelled", "boolean", "A cancelled order is created and cancelled; it moves no stock."
    ),
    _field("warehouse", "reference", "The location (of the location map) it is shipped from."),
    _field("payment_state", "char", "As the shop names it; shown, not acted on."),
    _field("fulfillment_state", "char", "As the shop names it; shown, not acted on."),
    _field("lines", "list", "What was sold."),
    _field("lines.id", "char", "The line's id in Odoo.", writable=False),
    _field("lines.product_id", "reference", "The variant. Empty: it is deleted at the shop."),
    _field("lines.name", "char", "The text of the line."),
    _only_given("lines.sku", "char", "Named where the variant is missing."),
    _field("lines.quantity", "decimal", "Ordered, in the product's unit."),
    _field("lines.unit_price", "monetary", "Before discounts."),
    _field("lines.discount_amount", "monetary", "Off the whole line, order discounts included."),
    _field("lines.taxes", "json", _TAXES),
    _field("lines.fulfilled_quantity", "decimal", "Sent by the shop. Moves no stock in Odoo."),
    _field("lines.unfulfilled_quantity", "decimal", "Still to be sent, as the shop sees it."),
    _only_given("lines.is_shipping", "boolean", "The line is shipping, not goods."),
    _field("shipping", "list", "What is charged for shipping; put on the shipping product."),
    _field("shipping.id", "char", "The line's id in Odoo.", writable=False),
    _field("shipping.name", "char", "How it is sent."),
    _field("shipping.price", "monetary", "Before discounts."),
    _field("shipping.discount_amount", "monetary", "Off the price."),
    _field("shipping.taxes", "json", _TAXES),
)

#: The lists whose elements are order lines.
GROUPS = ("lines", "shipping")
VIRTUAL = {info.name: info for info in _FIELDS}

#: Contract name → column of sale.order, for states that are kept as the shop says them.
STATES = {
    "payment_state": "gateway_payment_state",
    "fulfillment_state": "gateway_fulfillment_state",
}
#: Contract name → column of sale.order.line, for what may change on a confirmed order too.
QUANTITIES = {
    "fulfilled_quantity": "gateway_shop_fulfilled_qty",
    "unfulfilled_quantity": "gateway_unfulfilled_qty",
}
