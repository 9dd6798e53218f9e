"""The Odoo model behind each entity of a binding: what a person opens from it."""

ODOO_MODELS = {
    "category": "product.category",
    "product": "product.template",
    "variant": "product.product",
    "price": "product.product",
    "market_price": "product.product",
    "stock": "product.product",
    "company": "res.partner",
    "company_location": "res.partner",
    "customer": "res.partner",
    "address": "res.partner",
    "order": "sale.order",
    "order_line": "sale.order.line",
    "order_refund": "account.move",
    "order_return": "stock.picking",
    "location": "stock.location",
    "price_list": "product.pricelist",
}
#: Entities of which a person says what is what; no records are synced by them.
MAPS = ("location", "price_list")
#: What belongs to another record and goes with it: its key begins with that one's.
PART_OF = {"stock": "variant", "price": "variant", "market_price": "variant"}
