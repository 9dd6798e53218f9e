from decimal import Decimal

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.endpoint import Op

from .endpoint_orders import EndpointCase

_ALL = ("product_id", "location_id", "quantity", "reserved", "free", "forecast", "known", "leaving")


@tagged("post_install", "-at_install")
class TestEndpointStock(EndpointCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number, product in enumerate(cls.products):
            cls.bind("variant", f"V{number}", product)

    def key(self, product=0, place=None):
        return f"{self.products[product].id}@{(place or self.place).id}"

    def opening(self, quantity, product=0, place=None):
        values = {
            "product_id": str(self.products[product].id),
            "location_id": str((place or self.place).id),
            "quantity": Decimal(quantity),
        }
        return Op(f"k{product}", "create", None, values)

    def open(self, quantity, product=0):
        (result,) = self.write("stock", self.opening(quantity, product))
        self.assertIsNone(result.error, result.error and str(result.error))
        return result

    def level(self, product=0):
        return self.fetch("stock", self.key(product), *_ALL)

    def test_an_opening_balance_is_an_inventory_move(self):
        self.assertEqual(self.key(), self.open("7").id)
        self.assertEqual(7, self.products[0].with_context(location=self.place.id).qty_available)
        move = self.env["stock.move"].search([("product_id", "=", self.products[0].id)])
        self.assertEqual(
            (True, "done", self.place), (move.is_inventory, move.state, move.location_dest_id)
        )

    def test_a_negative_opening_balance_is_kept(self):
        self.open("-2")
        self.assertEqual(Decimal("-2"), self.level()["quantity"])

    def test_a_quantity_that_the_shop_does_not_give_is_no_zero(self):
        self.open("7")
        self.open("5", 1)
        self.connector.stock_authority = "shop"
        ops = [Op("a", "update", self.key(), {"quantity": None})]
        ops.append(Op("b", "update", self.key(1), {"quantity": Decimal(3)}))
        unknown, known = self.write("stock", *ops)
        self.assertEqual("quantity", unknown.error and unknown.error.field)
        self.assertIsNone(known.error)
        held = [self.level(product)["quantity"] for product in (0, 1)]
        self.assertEqual([Decimal(7), Decimal(3)], held)

    def test_goods_below_the_location_count(self):
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.place.id})
        self.env["stock.quant"]._update_available_quantity(self.products[0], shelf, 3)
        self.assertEqual(Decimal(3), self.level()["quantity"])

    def test_a_location_of_the_shop_is_a_warehouses_stock_and_no_two_share_one(self):
        shelf, beside = self.env["stock.location"].create(
            [
                {"name": "Shelf", "location_id": self.place.id},
                {"name": "Beside", "location_id": self.warehouse.view_location_id.id},
            ]
        )
        second = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        row = self.bind("location", "L2", second.lot_stock_id)
        for place, why in (
            (shelf, "L2 can't be WH/Stock/Shelf, for it is no warehouse's stock"),
            (beside, "L2 can't be WH/Beside, for it is no warehouse's stock"),
            (self.place, "share the goods of WH/Stock"),
        ):
            with self.assertRaisesRegex(ValidationError, why), self.env.cr.savepoint():
                row.location_id = place
        self.assertFalse(self.connector._location_problems())
        second.view_location_id.location_id = self.place
        (problem,) = self.connector._location_problems()
        self.assertIn("share the goods of SEC/Stock", problem)

    def test_a_level_is_read_back_by_the_same_names(self):
        self.open("7")
        self.assertEqual(
            {
                "id": self.key(),
                "product_id": str(self.products[0].id),
                "location_id": str(self.place.id),
                "quantity": Decimal(7),
                "reserved": Decimal(0),
                "free": Decimal(7),
                "forecast": Decimal(7),
                "known": Decimal(0),
                "leaving": Decimal(0),
            },
            self.level(),
        )

    def test_what_the_shop_sold_and_odoo_knows_is_told_beside_the_stock(self):
        self.open("7")
        order, result = self.new_order(self.line(0, quantity=2))
        self.assertEqual(Decimal(0), self.level()["known"], "the order is not bound yet")
        self.bind("order", "O1", order)
        level = self.level()
        self.assertEqual(
            (Decimal(7), Decimal(5), Decimal(2)),
            (level["quantity"], level["forecast"], level["known"]),
        )
        line = result.children["lines"]["line0"]
        sent = {"line0": {"unfulfilled_quantity": Decimal(0)}}
        self.write(
            "order", Op("k", "update", result.id, {"lines": sent}, {}, {"lines": {"line0": line}})
        )
        self.assertEqual(Decimal(0), self.level()["known"])

    def test_quotations_and_other_shops_orders_are_not_known(self):
        self.open("7")
        self.connector.order_confirm = False
        self.bind("order", "O1", self.new_order(self.line(0, quantity=2))[0])
        self.connector.order_confirm = True
        other = self._connector("Other shop")
        self.bind("order", "O1", self.new_order(self.line(0, quantity=2))[0], other)
        self.assertEqual(Decimal(0), self.level()["known"])

    # -- known: only what is out of «free» already

    def known(self):
        self.env.flush_all()
        return self.level()["known"]

    def told(self, committed):
        """What the stock mapping would tell the shop, as its formula stands there."""
        level = self.level()
        return int(level["free"] - level["leaving"] - max(0, committed - level["known"]))

    def sold(self, quantity, **line):
        order, _result = self.new_order(self.line(0, quantity=quantity, **line))
        self.bind("order", f"O{order.id}", order)
        return order

    def outgoing(self, method):
        self.warehouse.out_type_id.reservation_method = method

    def test_goods_that_nobody_reserved_are_not_told_to_the_shop_as_free(self):
        self.open("63")
        self.outgoing("manual")
        order = self.sold(6)
        self.assertEqual(Decimal(63), self.level()["free"])
        self.assertEqual((Decimal(0), 57), (self.known(), self.told(6)))
        order.picking_ids.action_assign()
        self.assertEqual((Decimal(6), 57), (self.known(), self.told(6)))
        order.picking_ids.do_unreserve()
        self.assertEqual((Decimal(0), 57), (self.known(), self.told(6)))

    def test_goods_to_be_reserved_at_a_later_date_are_not_known_until_then(self):
        self.open("9")
        self.outgoing("by_date")
        self.products[0].sale_delay = 3650
        order = self.sold(2)
        self.assertEqual("confirmed", order.picking_ids.move_ids.state)
        self.assertEqual((Decimal(0), 7), (self.known(), self.told(2)))

    def test_of_a_move_that_is_partly_reserved_only_that_part_is_known(self):
        self.open("4")
        order = self.sold(6)
        self.assertEqual("partially_available", order.picking_ids.move_ids.state)
        self.assertEqual((Decimal(4), -2), (self.known(), self.told(6)))

    def test_what_is_delivered_and_not_told_to_the_shop_is_known(self):
        self.open("9")
        order = self.sold(2)
        self.deliver(order)
        self.assertEqual(Decimal(7), self.level()["free"])
        self.assertEqual((Decimal(2), 7), (self.known(), self.told(2)))

    def test_what_is_delivered_and_told_makes_no_unreserved_rest_known(self):
        """Of 6, 4 are sent and the shop knows it: it holds back 2, which nobody has reserved."""
        self.open("10")
        self.outgoing("manual")
        order = self.sold(6)
        order.picking_ids.move_ids.write({"quantity": 4, "picked": True})
        order.picking_ids.with_context(skip_backorder=True).button_validate()
        order.order_line.write({"gateway_unfulfilled_qty": 2, "gateway_shop_fulfilled_qty": 4})
        self.assertEqual(Decimal(6), self.level()["free"])
        self.assertEqual((Decimal(0), 4), (self.known(), self.told(2)))

    def test_what_the_shop_sent_before_the_order_came_is_not_taken_for_a_delivery(self):
        self.open("10")
        order = self.sold(5, fulfilled_quantity=Decimal(3), unfulfilled_quantity=Decimal(2))
        self.assertEqual((Decimal(2), 8), (self.known(), self.told(2)))
        self.deliver(order)
        self.assertEqual((Decimal(2), 8), (self.known(), self.told(2)))

    def test_a_cancelled_delivery_is_not_known(self):
        self.open("9")
        order = self.sold(2)
        self.assertEqual(Decimal(2), self.known())
        order.picking_ids.action_cancel()
        self.assertEqual("sale", order.state)
        self.assertEqual((Decimal(0), 7), (self.known(), self.told(2)))

    def test_what_came_back_is_not_known(self):
        self.open("9")
        order = self.sold(2)
        self.deliver(order)
        wizard = self.env["stock.return.picking"].with_context(
            active_id=order.picking_ids.id, active_model="stock.picking"
        )
        returning = wizard.create({})
        returning.product_return_moves.quantity = 1
        returning.action_create_returns()
        back = order.picking_ids.filtered(lambda p: p.state != "done")
        self.assertEqual(Decimal(2), self.known(), "it is not back yet")
        back.move_ids.write({"quantity": 1, "picked": True})
        back.button_validate()
        self.assertEqual("done", back.state)
        self.assertEqual(Decimal(8), self.level()["free"])
        self.assertEqual((Decimal(1), 7), (self.known(), self.told(2)))

    def test_a_delivery_in_steps_is_known_once(self):
        self.warehouse.delivery_steps = "pick_ship"
        self.open("9")
        order = self.sold(2)
        self.assertEqual((Decimal(2), 7), (self.known(), self.told(2)))
        for _step in range(2):
            picking = order.picking_ids.filtered(lambda p: p.state == "assigned")
            picking.move_ids.write({"quantity": 2, "picked": True})
            picking.button_validate()
            self.assertEqual((Decimal(2), 7), (self.known(), self.told(2)))
        self.assertEqual(2, len(order.picking_ids))
        self.assertEqual({"done"}, set(order.picking_ids.mapped("state")))

    def test_known_is_in_the_unit_of_the_product(self):
        self.open("30")
        self.connector.order_confirm = False
        order = self.sold(2)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order.action_confirm()
        self.assertEqual(Decimal(24), self.level()["reserved"])
        self.assertEqual(Decimal(24), self.known())
        order.order_line.gateway_unfulfilled_qty = 1
        self.assertEqual(Decimal(12), self.known())

    # -- leaving: sent by the shop, and in «free» still

    def opened(self):
        """The level was opened before any order."""
        self.open("10")
        level = self.bind("stock", "S0", self.products[0])
        level.write({"odoo_id": self.key(), "opened": "2026-01-01"})

    def sent(self, order, quantity):
        """The shop has sent so much of an order of its own."""
        line = order.order_line
        line.gateway_shop_fulfilled_qty = quantity
        line.gateway_unfulfilled_qty = line.product_uom_qty - quantity

    def test_what_the_shop_sent_of_goods_that_nobody_reserved_is_leaving(self):
        self.opened()
        self.outgoing("manual")
        order = self.sold(6)
        self.sent(order, 4)
        self.assertEqual((Decimal(10), Decimal(4), 4), (*self.free_and_leaving(), self.told(2)))
        order.picking_ids.action_assign()
        self.assertEqual((Decimal(4), Decimal(0), 4), (*self.free_and_leaving(), self.told(2)))

    def test_what_the_shop_sent_of_a_quotation_is_leaving(self):
        self.opened()
        self.connector.order_confirm = False
        order = self.sold(2)
        self.sent(order, 2)
        self.assertEqual((Decimal(10), Decimal(2), 8), (*self.free_and_leaving(), self.told(0)))
        order.action_confirm()
        self.deliver(order)
        self.assertEqual((Decimal(8), Decimal(0), 8), (*self.free_and_leaving(), self.told(0)))

    def test_what_came_back_of_what_the_shop_sent_is_offered_again(self):
        self.opened()
        order = self.sold(2, fulfilled_quantity=Decimal(2), unfulfilled_quantity=Decimal(0))
        self.assertEqual((Decimal(8), Decimal(0), 8), (*self.free_and_leaving(), self.told(0)))
        wizard = self.env["stock.return.picking"].with_context(
            active_id=order.picking_ids.id, active_model="stock.picking"
        )
        returning = wizard.create({})
        returning.product_return_moves.quantity = 1
        returning.action_create_returns()
        back = order.picking_ids.filtered(lambda p: p.state != "done")
        back.move_ids.write({"quantity": 1, "picked": True})
        back.button_validate()
        self.assertEqual((Decimal(9), Decimal(0), 9), (*self.free_and_leaving(), self.told(0)))

    def test_of_a_cancelled_transfer_nothing_is_leaving(self):
        self.opened()
        self.outgoing("manual")
        order = self.sold(2)
        self.sent(order, 2)
        order.picking_ids.action_cancel()
        self.assertEqual((Decimal(10), Decimal(0)), self.free_and_leaving())

    def free_and_leaving(self):
        self.env.flush_all()
        level = self.level()
        return level["free"], level["leaving"]

    def test_no_line_lends_its_reservation_to_another(self):
        self.open("10")
        first, second = self.sold(3), self.sold(3)
        second.picking_ids.do_unreserve()
        first.order_line.gateway_unfulfilled_qty = 1
        self.assertEqual(Decimal(1), self.known())

    def test_only_a_level_with_an_opening_balance_is_found(self):
        pair = self.key().replace("@", "|")
        find = self.endpoint().find
        self.assertFalse(list(find("stock", "product_id|location_id", [pair, "0|0", "x|y"])))
        self.open("7")
        self.assertEqual(
            [(pair, self.key())], list(find("stock", "product_id|location_id", [pair]))
        )
        self.env["stock.quant"].sudo().search([("product_id", "=", self.products[0].id)]).unlink()
        self.assertTrue(list(find("stock", "product_id|location_id", [pair])), "a done move stays")

    def test_a_later_quantity_of_the_shop_is_refused(self):
        self.open("7")
        op = Op("k", "update", self.key(), {"quantity": Decimal(3)})
        self.assertIn("inventory adjustment", self.refusal("stock", op))

    def test_unmapped_locations_and_untracked_products_are_refused_alone(self):
        self.products[1].is_storable = False
        output = self.warehouse.wh_output_stock_loc_id
        good, untracked, unmapped = self.write(
            "stock", self.opening("1"), self.opening("1", 1), self.opening("1", 2, output)
        )
        self.assertIsNone(good.error)
        self.assertIn("tracks no inventory", str(untracked.error))
        self.assertIn("location map", str(unmapped.error))

    def test_each_source_of_a_change_is_found(self):
        self.open("9")
        order, _result = self.new_order(self.line(0, quantity=1))
        self.bind("order", "O1", order)
        product, key = self.products[0], self.key()
        quant = self.env["stock.quant"]

        def move():
            self.env["stock.move"].create(
                {
                    "product_id": product.id,
                    "product_uom_qty": 1,
                    "location_id": self.place.id,
                    "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                }
            )._action_confirm()

        edits = {
            "quant": lambda: quant._update_available_quantity(product, self.place, 1),
            "expected move": move,
            "delivery": lambda: self.deliver(order),
            "known": lambda: order.order_line.write({"gateway_unfulfilled_qty": 5}),
            "order": lambda: order.write({"gateway_payment_state": "PAID"}),
            "order bound": lambda: self.bind("order", "O2", order),
        }
        for source, edit in edits.items():
            with self.subTest(source=source):
                self._long_ago()
                self.assertNotIn(key, self.changed("stock"))
                edit()
                self.assertIn(key, self.changed("stock"))

    def _long_ago(self):
        self.backdate(
            "stock_quant", "stock_move", "stock_move_line", "sale_order", "sale_order_line"
        )
        self.env.cr.execute(
            "UPDATE gateway_binding SET write_date = '2020-01-01', create_date = '2020-01-01'"
        )

    def test_a_variant_that_is_bound_later_is_looked_at(self):
        product = self.env["product.product"].create({"name": "Hat", "is_storable": True})
        self._long_ago()
        key = f"{product.id}@{self.place.id}"
        self.assertNotIn(key, self.changed("stock"))
        self.bind("variant", "VHAT", product)
        self.assertIn(key, self.changed("stock"))

    def test_variants_of_no_concern_to_the_shop_are_left_out(self):
        product = self.env["product.product"].create({"name": "Hat", "is_storable": True})
        self.env["stock.quant"]._update_available_quantity(product, self.place, 1)
        key = f"{product.id}@{self.place.id}"
        self.assertNotIn(key, self.changed("stock"))
        self.assertNotIn(key, list(self.endpoint().ids("stock")))
        self.assertIn(self.key(), list(self.endpoint().ids("stock")))

    def test_pages_give_every_level_once(self):
        for number in range(3):
            self.open("1", number)
        endpoint = self.endpoint("quantity")
        endpoint.entity("stock").page_size = 2
        pages = list(endpoint.pages("stock"))
        ids = [record.id for page in pages for record in page.records]
        self.assertEqual(sorted(self.key(n) for n in range(3)), sorted(ids))

    def test_a_page_is_read_in_a_fixed_number_of_statements(self):
        for number in range(3):
            self.open("1", number)
        endpoint = self.endpoint(*_ALL)
        keys = [self.key(number) for number in range(3)]
        counts = []
        for asked in (keys[:1], keys):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(asked), len(list(endpoint.fetch("stock", asked))))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1, counts)
        self.assertLessEqual(counts[1], 20)
