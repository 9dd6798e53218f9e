"""The virtual fields of an order: what a mapping may give, and what it means."""

from ...lib.endpoint import FieldInfo

#: Kinds of charges.
CHARGES = ("fee", "tip", "duty", "other")
#: What lines are for besides variants: kind → setting of the connector, product where it names
#: none (there may be none).
PRODUCTS = {
    "shipping": ("shipping_product_id", "gateway_ng.product_shipping"),
    "fee": ("fee_product_id", "gateway_ng.product_fee"),
    "tip": ("tip_product_id", "gateway_ng.product_tip"),
    "duty": ("duty_product_id", "gateway_ng.product_duty"),
    "other": ("charge_product_id", "gateway_ng.product_charge"),
    "gift_card": ("gift_card_product_id", "gateway_ng.product_gift_card"),
    "refund": ("refund_product_id", "gateway_ng.product_refund"),
    "deleted": ("deleted_product_id", None),
    "rounding": ("rounding_product_id", "gateway_ng.product_rounding"),
}

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
    _field("cancel_reason", "char", "Why it was cancelled, as the shop says."),
    _field("payment_state", "char", "As the shop names it; workflow rules go by it."),
    _field("payment_method", "char", "Code of the payment gateway; workflow rules go by it."),
    _field("fulfillment_state", "char", "As the shop names it; shown, not acted on."),
    _field(
        "payments",
        "json",
        "List of {id, kind, status, gateway, amount, currency, date}; redeemed gift cards are "
        "payments too: what is paid never changes the total.",
    ),
    _field(
        "refunds",
        "json",
        "List of {id, date, note, amount, lines: [{line, quantity, amount, tax, restocked, "
        "location}], shipping: {amount, tax}, adjustment, mark, return}. Each is carried out once, "
        "by its id; «mark» is that of the credit note that it was made by, «return» the shop's "
        "return that it belongs to. "
        "Amounts are positive, as the order's prices are; «amount» is all with taxes.",
    ),
    _field(
        "credit_notes",
        "json",
        "Posted credit notes that the shop is to be told of: list of {id, number, reason, mark, "
        "pay, currency, amount, lines: [{line, shop_line, kind, quantity, amount, tax}]}; kind: "
        "goods, shipping or that of the charge. «amount» of a line is without «tax», of the note "
        "all of it. What came from a refund of the shop is not in it.",
        writable=False,
    ),
    _field(
        "returns",
        "json",
        "Return transfers that the shop is to be told of: list of {id, number, mark, date, lines: "
        "[{line, shop_line, name, quantity}]}. What the shop took back itself is not in it.",
        writable=False,
    ),
    _field("note", "text", "The customer's note; shown to people, not printed."),
    _field("tags", "json", "List of names: the order's tags, created where there are none."),
    _field(
        "fulfillments",
        "json",
        "What Odoo has delivered: list of {id, date, tracking_numbers, tracking_urls, carrier, "
        "location, shop_location, lines: [{line, shop_line, quantity}]}. What the shop sent itself "
        "is not in it.",
        writable=False,
    ),
    _field("lines", "list", "What was sold."),
    _field("lines.id", "char", "The line's id in Odoo.", writable=False),
    _field("lines.product_id", "reference", "The variant. Empty: it is deleted at the shop."),
    _field("lines.name", "char", "The text of the line."),
    _only_given(
        "fulfilled_at",
        "datetime",
        "When the shop sent the last of it. Before a level's opening balance it moves no stock, "
        "since then it is delivered in Odoo, too. Empty: by the order's date.",
    ),
    _only_given("lines.sku", "char", "Named where the variant is missing."),
    _field("lines.quantity", "decimal", "Ordered, in the product's unit."),
    _field("lines.unit_price", "monetary", "Before discounts."),
    _field("lines.discount_amount", "monetary", "Off the whole line, order discounts included."),
    _field("lines.taxes", "json", _TAXES),
    _field("lines.fulfilled_quantity", "decimal", "Sent by the shop; see fulfilled_at."),
    _field("lines.unfulfilled_quantity", "decimal", "Still to be sent, as the shop sees it."),
    _only_given("lines.is_shipping", "boolean", "The line is shipping, not goods."),
    _only_given(
        "lines.is_gift_card",
        "boolean",
        "A gift card is sold: put on the connector's product for gift cards, whatever its variant.",
    ),
    _field("shipping", "list", "What is charged for shipping; put on the shipping product."),
    _field("shipping.id", "char", "The line's id in Odoo.", writable=False),
    _field("shipping.name", "char", "How it is sent."),
    _field("shipping.price", "monetary", "Before discounts."),
    _field("shipping.discount_amount", "monetary", "Off the price."),
    _field("shipping.taxes", "json", _TAXES),
    _field("charges", "list", "What is charged besides goods and shipping, each on its product."),
    _field("charges.id", "char", "The line's id in Odoo.", writable=False),
    _field("charges.kind", "char", f"One of {', '.join(CHARGES)}."),
    _field("charges.name", "char", "The text of the line."),
    _field("charges.amount", "monetary", "Before discounts; a negative one is taken off."),
    _field("charges.discount_amount", "monetary", "Off the amount."),
    _field("charges.taxes", "json", _TAXES),
)

#: The lists whose elements are order lines, in the order in which they stand on the order.
GROUPS = ("lines", "shipping", "charges")
VIRTUAL = {info.name: info for info in _FIELDS}

#: Contract name → column of sale.order, for what is kept as the shop says it.
STATES = {
    "payment_state": "gateway_payment_state",
    "payment_method": "gateway_payment_method",
    "fulfillment_state": "gateway_fulfillment_state",
    "payments": "gateway_payments",
    "cancel_reason": "gateway_cancel_reason",
    "note": "gateway_note",
}
#: Contract name → column of sale.order.line, for what may change on a confirmed order too.
QUANTITIES = {
    "fulfilled_quantity": "gateway_shop_fulfilled_qty",
    "unfulfilled_quantity": "gateway_unfulfilled_qty",
}
