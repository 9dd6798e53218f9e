from contextlib import contextmanager
from decimal import Decimal

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import fulfilling, sell
from odoo.addons.gateway_ng.models.endpoint.kits import kit_sources
from odoo.addons.gateway_ng.models.endpoint.order_fulfillments import fulfillments_of
from odoo.addons.gateway_ng.models.endpoint.order_return import return_goods
from odoo.addons.gateway_ng.models.endpoint.order_workflow import shares
from odoo.addons.gateway_ng.models.endpoint.stock import Stock
from odoo.addons.gateway_ng.models.endpoint.stock_levels import held_and_leaving

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

    def test_what_the_shop_sold_of_a_kit_or_of_a_part_is_not_offered_as_the_other(self):
        self.shelve(desk=10, lamp=4)
        self.carry()
        self.assertEqual((4, 10, 4), self.offered())
        sell(self.reader.shop, self.skus[KIT], 1)
        self.shelve(desk=9, lamp=5)
        self.export_stock()
        self.assertEqual((3, 7, 4), self.offered(), "no order has arrived")
        sell(self.reader.shop, self.skus[DESK], 3)
        self.shelve(desk=11)
        self.export_stock()
        self.assertEqual((3, 6, 4), self.offered())
        self.carry()
        self.assertEqual((3, 6, 4), self.offered(), "the orders have, and nothing moves")

    def offered(self):
        return tuple(map(self.available, (KIT, DESK, LAMP)))

    def export_stock(self):
        self.clock.sleep(60)
        self.sync(self.connector, ["stock"], "export")

    # -- orders as people treat them

    @contextmanager
    def undone(self):
        """An environment with the connector; what was done in it is taken back."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            yield env, env["gateway.connector"].browse(self.connector)
            cr.rollback()

    def sold(self, env, connector, quantity, name="Pack", desks=10):
        """The confirmed order's line of a kit of two desks and one lamp, and its parts."""
        kit, desk, lamp = (
            env["product.product"].create({"name": part, "is_storable": part != name})
            for part in (name, "Desk", "Lamp")
        )
        env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": desk.id, "product_qty": 2}),
                    Command.create({"product_id": lamp.id, "product_qty": 1}),
                ],
            }
        )
        place = connector.location_ids.sorted("remote_id").location_id[0]
        for part, on_hand in ((desk, desks), (lamp, 10)):
            count(part, place.warehouse_id, on_hand)
        order = env["sale.order"].create(
            {
                "partner_id": env["res.partner"].create({"name": "Buyer"}).id,
                "warehouse_id": place.warehouse_id.id,
                "order_line": [Command.create({"product_id": kit.id, "product_uom_qty": quantity})],
            }
        )
        order.action_confirm()
        return order.order_line, desk, lamp

    def send(self, picking, later, **quantities):
        for move in picking.move_ids:
            quantity = quantities[move.product_id.name]
            move.write({"quantity": quantity, "picked": bool(quantity)})
        option = "picking_ids_not_to_backorder" if not later else "nothing"
        picking.with_context(skip_backorder=True, **{option: picking.ids}).button_validate()
        self.assertEqual("done", picking.state)

    def told(self, connector, line):
        found = fulfillments_of(line.order_id, connector)[line.order_id.id]
        return [float(part["quantity"]) for one in found for part in one["lines"]]

    def test_half_a_kit_is_none_though_nobody_sends_the_rest(self):
        with self.undone() as (env, connector):
            line, *_parts = self.sold(env, connector, 1)
            self.send(line.order_id.picking_ids, False, Desk=2, Lamp=0)
            self.assertEqual([], self.told(connector, line))
        with self.undone() as (env, connector):
            line, desk, lamp = self.sold(env, connector, 2)
            self.send(line.order_id.picking_ids, True, Desk=2, Lamp=1)
            self.assertEqual([1.0], self.told(connector, line))
            line.order_id.picking_ids.filtered(lambda one: one.state != "done").action_cancel()
            self.assertEqual([1.0], self.told(connector, line), "the rest was given up")
            line.product_uom_qty = 1
            self.assertEqual([1.0], self.told(connector, line), "and off the order")
            self.assertEqual({desk: 2.0, lamp: 1.0}, shares(line))

    def test_what_is_picked_in_a_step_of_its_own_is_held_from_the_first_one_on(self):
        with self.undone() as (env, connector):
            place = connector.location_ids.sorted("remote_id").location_id[0]
            place.warehouse_id.delivery_steps = "pick_ship"
            line, desk, lamp = self.sold(env, connector, 2)
            line.gateway_unfulfilled_qty = 2
            env["gateway.binding"].create(
                {
                    "connector_id": connector.id,
                    "entity": "order",
                    "remote_id": "R",
                    "odoo_id": str(line.order_id.id),
                    "state": "bound",
                }
            )
            stock = place.warehouse_id.lot_stock_id.id
            for _step in ("pick", "ship"):
                self.assertEqual({desk: 2.0, lamp: 1.0}, shares(line))
                found = held_and_leaving(env, connector, {line.product_id.id}, [stock])
                self.assertEqual({(line.product_id.id, stock): (2.0, 0.0)}, found)
                open_ = line.order_id.picking_ids.filtered(lambda one: one.state == "assigned")
                self.send(open_, True, Desk=4, Lamp=2)

    def test_a_kit_that_the_shop_sent_leaves_its_parts_though_its_order_is_a_quotation(self):
        with self.undone() as (env, connector):
            line, desk, lamp = self.sold(env, connector, 1)
            kit, place = line.product_id, line.warehouse_id.lot_stock_id
            quotation = line.order_id.copy()
            quotation.order_line.write({"product_uom_qty": 2, "gateway_shop_fulfilled_qty": 2})
            for entity, record in (("order", quotation), ("variant", kit), ("variant", desk)):
                env["gateway.binding"].create(
                    {
                        "connector_id": connector.id,
                        "entity": entity,
                        "remote_id": f"{entity}-{record.id}",
                        "odoo_id": str(record.id),
                        "state": "bound",
                    }
                )
            stock = Stock(env, connector, ("pools", "beside"))
            rows = [stock.row_of(f"{one.id}@{place.id}") for one in (kit, desk)]
            whole, part = (record.fields["pools"] for record in stock.read(rows))
            # of ten, two are reserved, and four and two are on their way
            self.assertEqual([(4, 2), (7, 1)], [(one["left"], one["per"]) for one in whole])
            self.assertEqual([(4, 1)], [(one["left"], one["per"]) for one in part])

    def test_of_parts_that_are_not_tracked_there_is_no_number(self):
        with self.undone() as (env, connector):
            line, desk, lamp = self.sold(env, connector, 1)
            stock = Stock(env, connector)
            rows = env["product.product"].search(stock.domain())
            self.assertIn(line.product_id, rows)
            (desk | lamp).is_storable = False
            self.assertNotIn(line.product_id, env["product.product"].search(stock.domain()))

    def test_a_kit_in_a_kit_in_other_units_keeps_the_recipe_it_was_sold_by(self):
        with self.undone() as (env, connector):
            inner, desk, lamp = self.sold(env, connector, 1)
            dozen = env.ref("uom.product_uom_dozen")
            outer, service = env["product.product"].create(
                [{"name": "Set"}, {"name": "Greeting", "type": "service"}]
            )
            recipe = env["mrp.bom"].create(
                {
                    "product_tmpl_id": outer.product_tmpl_id.id,
                    "product_qty": 2,
                    "type": "phantom",
                    "bom_line_ids": [
                        Command.create({"product_id": inner.product_id.id, "product_qty": 2}),
                        Command.create(
                            {"product_id": lamp.id, "product_qty": 2, "product_uom_id": dozen.id}
                        ),
                        Command.create({"product_id": service.id, "product_qty": 2}),
                    ],
                }
            )
            line = inner.copy(
                {"order_id": inner.order_id.id, "product_id": outer.id, "product_uom_qty": 2}
            )
            taken = {desk: 2.0, lamp: 13.0}
            self.assertEqual(taken, shares(line))
            stock = Stock(env, connector)
            self.assertIn(outer, env["product.product"].search(stock.domain()))
            recipe.bom_line_ids[0].product_qty = 8
            self.assertEqual(taken, shares(line), "as it was sold")
            picking = line.move_ids.picking_id
            for move in picking.move_ids:
                whole_ = move.sale_line_id == line
                move.write({"quantity": move.product_uom_qty * whole_, "picked": whole_})
            picking.with_context(skip_backorder=True).button_validate()
            self.assertEqual([2.0], self.told(connector, line))

    def test_a_recipe_inside_a_kit_that_is_archived_is_a_change_of_the_kit(self):
        with self.undone() as (env, connector):
            outer, inner, bulb = env["product.product"].create(
                [{"name": name, "is_storable": True} for name in ("Outer", "Inner", "Bulb")]
            )
            recipes = env["mrp.bom"].create(
                [
                    {
                        "product_tmpl_id": kit.product_tmpl_id.id,
                        "type": "phantom",
                        "bom_line_ids": [Command.create({"product_id": part.id})],
                    }
                    for kit, part in ((outer, inner), (inner, bulb))
                ]
            )
            env.flush_all()
            for table in ("mrp_bom", "mrp_bom_line"):
                env.cr.execute(f"UPDATE {table} SET write_date = '2020-01-01'")
            place = connector.location_ids.location_id[0].warehouse_id.lot_stock_id
            recipes[1].active = False
            env.flush_all()
            changed = {
                row >> 24
                for source in kit_sources(env, [], None, 24, place._ids)
                for row, time in env.execute_query(source)
                if time.year > 2020
            }
            self.assertEqual({outer.id, inner.id}, changed)
