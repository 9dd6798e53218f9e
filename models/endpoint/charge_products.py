"""What charges of orders are booked on: products of this module and of delivery methods."""

from .order_fulfillments import bound


def charge_products(env, connector):
    """A query of their product.product ids. What `connector` has bound is goods there, too."""
    products = env["product.product"].sudo().with_context(active_test=False)
    own = env["ir.model.data"].sudo()
    own = own._search([("module", "=", "gateway_ng"), ("model", "=", products._name)])
    carriers = env["delivery.carrier"].sudo().with_context(active_test=False).search([])
    goods = bound(env, connector, "variant", carriers.product_id.ids)
    return products._search(
        [
            "|",
            ("id", "in", own.subselect("res_id")),
            ("id", "in", [one for one in carriers.product_id.ids if str(one) not in goods]),
        ],
    )
