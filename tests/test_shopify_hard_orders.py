"""One Shopify order of each hard sort, from the demo shop into Odoo and back, by whole runs."""

from collections import Counter
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import Settings
from odoo.addons.gateway_ng.lib.demoshop.seed_deep import CASES, deep_orders

from .shop_case import ShopCase

#: Cases of which something was taken off, and off the sales order too, as nothing is invoiced yet.
TAKEN_OFF = ("edited", "line refunded", "all refunded", "shipping refunded", "returned")


@tagged("post_install", "-at_install")
class TestHardOrders(ShopCase):
    seed = 1
    settings = Settings(deep_orders=True)

    def setUp(self):
        super().setUp()
        store = self.shop.store
        hard = {order["id"] for _case, order in deep_orders(self.shop)}
        for key, order in list(store.tables["Order"].items()):
            if order["id"] not in hard:
                store.remove("Order", key)
        self.check_and_map()
        self.connector.deleted_product_id = self.env["product.product"].create(
            {"name": "Deleted at the shop", "type": "service"}
        )
        first = self.sync("category", "product", "variant", "customer", "order")
        self.assertEqual(first.state, "done", self.letters().mapped("error") or first.read())
        bindings = self.env["gateway.binding"].search(
            [("connector_id", "=", self.connector.id), ("entity", "=", "order")]
        )
        ids = {binding.remote_id: int(binding.odoo_id) for binding in bindings}
        self.orders = {
            case: self.env["sale.order"].browse(ids.get(order["id"]))
            for case, order in deep_orders(self.shop)
        }

    def test_they_arrive_with_the_shop_s_total_and_a_second_run_changes_nothing(self):
        letters = self.letters(entity="order")
        self.assertFalse(letters, letters.mapped("error"))
        self.assertEqual(set(self.orders), set(CASES))
        for case, order in deep_orders(self.shop):
            total = order["currentTotalPriceSet" if case in TAKEN_OFF else "totalPriceSet"]
            total = total["shop"] if isinstance(total, dict) else total
            with self.subTest(case=case):
                self.assertEqual(Decimal(str(self.orders[case].amount_total)), Decimal(total))
        again = self.sync("order")
        counts = Counter(
            {name: again[f"count_{name}"] for name in ("created", "updated", "dead", "held")}
        )
        self.assertEqual(counts, Counter(created=0, updated=0, dead=0, held=0))

    def test_each_is_what_it_is(self):
        tip = self.orders["tip"].order_line.filtered(lambda line: line.name == "Tip")
        self.assertEqual(tip.price_unit, 3.5)
        self.assertEqual(self.orders["cancelled"].state, "cancel")
        edited = self.orders["edited"].order_line.filtered(lambda line: line.product_uom_qty)
        goods = edited.filtered(lambda line: line.product_id.type == "consu")
        self.assertEqual(sorted(goods.mapped("product_uom_qty")), [1, 1])

    def test_nothing_of_it_goes_back_to_the_shop(self):
        before = self.shop.counters.writes
        self.sync("order", direction="export")
        self.assertFalse(self.letters(entity="order"))
        self.assertEqual(self.shop.counters.writes, before)
