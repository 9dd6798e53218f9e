from decimal import Decimal

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import fulfilling, sell
from odoo.addons.gateway_ng.models.endpoint.order_return import return_goods

from .demo_shop_case import count
from .test_crash import CrashCase

KIT, DESK, LAMP = range(3)


@tagged("post_install", "-at_install")
class TestKits(CrashCase):
    """With manufacturing installed: a product of the shop that Odoo sells as two of another and
    one of a third, on shelves with ten and four of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load(update_module=True, install_modules=["mrp"])
        cls.reader, cls.connector = cls().small_shop("kit", orders=0)
        case = cls()
        case.sync(cls.connector, ["category", "product", "customer"], "import")
        by_product = {}
        for sku, variant in cls.reader.variants().items():
            by_product.setdefault(variant["product"], []).append(sku)
        cls.skus = [min(skus) for skus in by_product.values()][:3]
        with cls.environment() as env:
            kit, desk, lamp = (cls.variant(env, sku) for sku in cls.skus)
            env["mrp.bom"].create(
                {
                    "product_tmpl_id": kit.product_tmpl_id.id,
                    "product_id": kit.id,
                    "type": "phantom",
                    "bom_line_ids": [
                        Command.create({"product_id": desk.id, "product_qty": 2}),
                        Command.create({"product_id": lamp.id, "product_qty": 1}),
                    ],
                }
            )
        case.sync(cls.connector)
        cls.shelve(desk=10, lamp=4)

    @classmethod
    def variant(cls, env, sku):
        return env["product.product"].search([("default_code", "=", sku)])

    @classmethod
    def shelve(cls, **quantities):
        with cls.environment() as env:
            connector = env["gateway.connector"].browse(cls.connector)
            places = connector.location_ids.sorted("remote_id").location_id
            for name, quantity in quantities.items():
                variant = cls.variant(env, cls.skus[{"desk": DESK, "lamp": LAMP}[name]])
                count(variant, places[0].warehouse_id, quantity)

    def available(self, which=KIT):
        return self.reader.available(self.skus[which])

    def carry(self):
        """A sync in both directions, and one more that has nothing to do."""
        self.clock.sleep(60)
        self.sync(self.connector)
        self.clock.sleep(60)
        with self.reader.writes() as counters:
            self.sync(self.connector)
        self.assertEqual(0, counters.writes, counters.mutations)

    def of_order(self, env, order):
        bound = env["gateway.binding"].search(
            [("entity", "=", "order"), ("remote_id", "=", order["id"])]
        )
        return env["sale.order"].browse(int(bound.odoo_id))

    def test_a_kit_is_sold_as_often_as_its_parts_make_it_and_moves_as_them(self):
        self.carry()
        self.assertEqual((4, 10, 4), (self.available(), *map(self.available, (DESK, LAMP))))
        with self.environment() as env:
            self.assertFalse(
                self.variant(env, self.skus[KIT]).stock_quant_ids, "no stock of its own"
            )
        self.shelve(desk=5)
        self.carry()
        self.assertEqual(2, self.available(), "a part went")
        with self.environment() as env:
            env["mrp.bom"].search([]).bom_line_ids[:1].product_qty = 1
        self.carry()
        self.assertEqual(4, self.available(), "the recipe changed")
        with self.environment() as env:
            env["mrp.bom"].search([]).bom_line_ids[:1].product_qty = 2
        self.shelve(desk=10)
        self.carry()

        placed = sell(self.reader.shop, self.skus[KIT], 1)
        self.assertEqual(3, self.available(), "the shop has sold one")
        self.carry()
        self.assertEqual((3, 8, 3), (self.available(), *map(self.available, (DESK, LAMP))))
        with self.environment() as env:
            picking = self.of_order(env, placed).picking_ids
            self.assertEqual(2, len(picking.move_ids), "it moves as its parts")
            picking.button_validate()
        self.carry()
        store = self.reader.shop.store
        made = store.many("Fulfillment", store.find("Order", placed["id"])["fulfillments"])
        told = [line["quantity"] for one in made for line in one["lineItems"]]
        self.assertEqual([1], told, "the shop hears of one kit")
        self.assertEqual((3, 8, 3), (self.available(), *map(self.available, (DESK, LAMP))))

        sent = sell(self.reader.shop, self.skus[KIT], 2)
        self.clock.sleep(60)
        for key in store.find("Order", sent["id"])["fulfillmentOrders"]:
            part = store.get("FulfillmentOrder", key)
            left = {line["id"]: line["remainingQuantity"] for line in part["lineItems"]}
            fulfilling.fulfill(store, part, left)
        self.carry()
        with self.environment() as env:
            order = self.of_order(env, sent)
            self.assertEqual({"done"}, set(order.picking_ids.mapped("state")))
            self.assertEqual(2, order.order_line.filtered("product_id.is_kits").qty_delivered)
        self.assertEqual((1, 4, 1), (self.available(), *map(self.available, (DESK, LAMP))))

        with self.environment() as env:
            connector = env["gateway.connector"].browse(self.connector)
            line = self.of_order(env, sent).order_line.filtered("product_id.is_kits")
            back, missing = return_goods(connector, [(line, Decimal(3), None)])
            self.assertEqual([(line, Decimal(1))], missing, "two were sent")
            self.assertEqual([2, 4], sorted(back.move_ids.mapped("product_uom_qty")))
