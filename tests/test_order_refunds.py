"""Refunds: once each, to the cent, and nothing given back is lost."""

from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.endpoint import Op

from .endpoint_orders import EndpointCase

_D = Decimal
_TAX = [("0.0825", "2.48")]  # on three socks of 10.00


def refund(amount, *lines, id_="R1", **more):
    """`lines`: (line key, quantity, amount, tax) and, where goods came back, True."""
    return {
        "id": id_,
        "date": None,
        "note": None,
        "amount": _D(amount),
        "taxes_included": False,
        "lines": [
            {
                "line": line,
                "quantity": _D(quantity),
                "amount": _D(money),
                "tax": _D(tax),
                "restocked": bool(restocked),
                "location": None,
            }
            for line, quantity, money, tax, *restocked in lines
        ],
        "shipping": None,
        "adjustment": _D(0),
        **more,
    }


_ONE = refund("10.83", ("line0", 1, "10.00", "0.83"))


@tagged("post_install", "-at_install")
class TestOrderRefunds(EndpointCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products.invoice_policy = "order"
        cls.user.group_ids += cls.env.ref("account.group_account_invoice")
        cls.boss = cls.env.ref("base.user_admin")
        cls.connector.order_user_id = cls.boss

    def test_of_an_order_that_arrives_what_was_sent_and_not_taken_back_is_delivered(self):
        """Of 3 that were sent since the opening balance one came back to the shelf, or none did."""
        level = self.bind("stock", "S0", self.products[0])
        level.write({"odoo_id": f"{self.products[0].id}@{self.place.id}", "opened": "2026-01-01"})
        for restocked, gone in (((True,), -2.0), ((), -3.0)):
            with self.subTest(restocked=restocked), self.env.cr.savepoint() as point:
                one = refund("10.83", ("line0", 1, "10.00", "0.83", *restocked))
                line = self.line(
                    0, quantity=3, taxes=_TAX, fulfilled_quantity=_D(3), unfulfilled_quantity=_D(0)
                )
                order, _result = self.new_order(line, total=_D("32.48"), refunds=[one])
                place = self.products[0].with_context(location=self.place.id)
                self.assertEqual(gone, place.qty_available)
                self.assertEqual(-gone, order.order_line.qty_delivered)
                self.env.flush_all()
                point.rollback()
                self.env.invalidate_all()

    def order(self, *refunds, quantity=3, total="32.48", **more):
        line = self.line(0, quantity=quantity, taxes=_TAX)
        return self.new_order(line, total=_D(total), refunds=list(refunds), **more)

    def give_back(self, result, *refunds):
        op = Op("k", "update", result.id, {"refunds": list(refunds)}, {}, result.children)
        (after,) = self.write("order", op)
        self.assertIsNone(after.error, after.error and str(after.error))
        return after.note

    def invoice(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def kept(self, order):
        return self.env["gateway.refund"].search([("order_id", "=", order.id)], order="id")

    def todo(self, order):
        return order.activity_ids

    # -- before the invoice

    def test_what_has_not_left_is_taken_off_the_order_to_the_cent(self):
        order, result = self.order()
        note = self.give_back(result, _ONE)
        self.assertEqual((2.0, 21.65), (order.order_line.product_uom_qty, order.amount_total))
        self.assertEqual(2.0, sum(order.picking_ids.move_ids.mapped("product_uom_qty")))
        self.assertEqual(("reduced", 10.83), (self.kept(order).outcome, self.kept(order).reduced))
        self.assertIn("10.83 taken off the order", note)
        self.assertFalse(self.todo(order))

    def test_a_refund_is_carried_out_once_whatever_is_repeated(self):
        order, result = self.order()
        self.give_back(result, _ONE, _ONE)
        self.give_back(result, _ONE)
        second = refund("10.83", ("line0", 1, "10.00", "0.83"), id_="R2")
        self.give_back(result, _ONE, second)
        self.assertEqual((1.0, 10.82), (order.order_line.product_uom_qty, order.amount_total))
        self.assertEqual(["R1", "R2"], self.kept(order).mapped("remote_id"))

    def test_what_the_shop_sold_is_read_back_whatever_was_given_back(self):
        _order, result = self.order()
        reads = ("lines.quantity", "lines.taxes", "total", "refunds")
        before = self.fetch("order", result.id, *reads)
        self.give_back(result, _ONE)
        after = self.fetch("order", result.id, *reads)
        self.assertEqual((before["lines"], before["total"]), (after["lines"], after["total"]))
        self.assertEqual((_D(3), _D("32.48")), (after["lines"][0]["quantity"], after["total"]))
        self.assertEqual("10.83", after["refunds"][0]["amount"])

    def test_an_edit_after_a_refund_counts_from_what_the_shop_sold(self):
        order, result = self.order()
        self.give_back(result, _ONE)
        lines = {
            "line0": {"quantity": _D(4), "taxes": self.line(taxes=[("0.0825", "3.30")])["taxes"]}
        }
        op = Op(
            "k", "update", result.id, {"lines": lines, "total": _D("43.30")}, {}, result.children
        )
        (after,) = self.write("order", op)
        self.assertIsNone(after.error, after.error and str(after.error))
        self.assertEqual((3.0, 32.47), (order.order_line.product_uom_qty, order.amount_total))

    def test_an_order_arrives_as_what_is_left_of_it(self):
        order, _result = self.order(_ONE)
        self.assertEqual(
            ("sale", 2.0, 21.65),
            (order.state, order.order_line.product_uom_qty, order.amount_total),
        )
        self.assertEqual(2.0, order.picking_ids.move_ids.product_uom_qty)

    def test_an_order_that_was_sent_and_given_back_moves_no_stock(self):
        line = self.line(0, quantity=3, taxes=_TAX)
        line.update(fulfilled_quantity=_D(3), unfulfilled_quantity=_D(0))
        back = refund("10.83", ("line0", 1, "10.00", "0.83", True))
        order, _result = self.new_order(line, total=_D("32.48"), refunds=[back])
        self.assertEqual(
            (2.0, 2.0), (order.order_line.product_uom_qty, order.order_line.qty_delivered)
        )
        self.assertFalse(order.picking_ids)

    def test_an_order_given_back_whole_arrives_with_nothing_to_send_or_bill(self):
        back = refund("32.48", ("line0", 3, "30.00", "2.48"))
        order, _result = self.order(back)
        self.assertEqual((0.0, 0.0), (order.amount_total, order.order_line.product_uom_qty))
        self.assertNotEqual("to invoice", order.invoice_status)
        self.assertFalse(order.picking_ids)

    def test_a_cancelled_order_keeps_what_was_ordered(self):
        order, _result = self.order(_ONE, cancelled=True)
        self.assertEqual(("cancel", 3.0), (order.state, order.order_line.product_uom_qty))
        self.assertEqual("nothing", self.kept(order).outcome)

    def test_money_alone_lowers_the_lines_price(self):
        order, result = self.order()
        self.give_back(result, refund("5.41", ("line0", 0, "5.00", "0.41")))
        self.assertEqual((3.0, 27.07), (order.order_line.product_uom_qty, order.amount_total))

    def test_a_refund_of_shipping_alone_is_taken_off_the_shipping(self):
        tax = [{"name": "Sales tax", "rate": _D("0.0825"), "amount": _D("0.41")}]
        shipping = {
            "s": {"name": "Post", "price": _D("5.00"), "discount_amount": _D(0), "taxes": tax}
        }
        order, result = self.order(shipping=shipping, total="37.89")
        self.give_back(result, refund("5.41", shipping={"amount": _D("5.00"), "tax": _D("0.41")}))
        self.assertEqual(32.48, order.amount_total)
        self.assertEqual(0.0, order.order_line.filtered("is_delivery").price_subtotal)

    def test_money_on_no_line_is_left_to_the_responsible_person(self):
        order, result = self.order()
        note = self.give_back(result, refund("4.00", adjustment=_D("4.00")))
        self.assertEqual(32.48, order.amount_total)
        activity = self.todo(order)
        self.assertEqual((self.boss, 1), (activity.user_id, len(activity)))
        self.assertIn("refund R1 of 4", activity.note)
        self.assertIn("4 are on no line", note)
        self.assertEqual("activity", self.kept(order).outcome)

    def test_an_amount_that_its_parts_do_not_explain_is_left_to_a_person(self):
        order, result = self.order()
        self.give_back(result, {**_ONE, "amount": _D("12.00")})
        self.assertEqual(21.65, order.amount_total)
        self.assertIn("1.17 are in its amount and on none of its parts", self.todo(order).note)

    def test_what_has_left_is_taken_back_and_told_and_the_rest_taken_off(self):
        order, result = self.order()
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 2, "picked": True})
        picking.with_context(skip_backorder=False)._action_done()
        self.assertEqual(2.0, order.order_line.qty_delivered)
        self.give_back(result, refund("21.66", ("line0", 2, "20.00", "1.66", True)))
        self.assertEqual((2.0, 21.65), (order.order_line.product_uom_qty, order.amount_total))
        back = self.kept(order).picking_ids
        self.assertEqual((1, 1.0), (len(back), back.move_ids.product_uom_qty))
        self.assertEqual(self.place, back.location_dest_id)
        self.assertNotEqual("done", back.state)
        self.assertEqual(1, len(self.todo(order)))

    def test_goods_that_came_back_are_received_once_where_the_connector_says_so(self):
        self.connector.refund_restock = "done"
        order, result = self.order()
        self.deliver(order)
        self.give_back(result, refund("10.83", ("line0", 1, "10.00", "0.83", True)))
        self.give_back(result, refund("10.83", ("line0", 1, "10.00", "0.83", True)))
        self.assertEqual("done", self.kept(order).picking_ids.state)
        self.assertEqual(2.0, order.order_line.qty_delivered)

    def test_goods_come_back_to_the_place_the_shop_names(self):
        second = self.env["stock.warehouse"].create({"name": "Returns", "code": "BACK"})
        shelf = second.lot_stock_id
        self.bind("location", "L2", shelf)
        order, result = self.order()
        self.deliver(order)
        back = refund("10.83", ("line0", 1, "10.00", "0.83", True))
        back["lines"][0]["location"] = "L2"
        self.give_back(result, back)
        self.assertEqual(shelf, self.kept(order).picking_ids.move_ids.location_dest_id)

    # -- after the invoice

    def test_a_refund_of_an_invoiced_order_is_a_draft_credit_note_to_the_cent(self):
        order, result = self.order()
        invoice = self.invoice(order)
        note = self.give_back(result, _ONE)
        credit = self.kept(order).move_id
        self.assertEqual(
            ("out_refund", "draft", 10.83, invoice),
            (credit.move_type, credit.state, credit.amount_total, credit.reversed_entry_id),
        )
        self.assertEqual(2.0, order.order_line.qty_invoiced)
        self.assertEqual(2.0, order.order_line.product_uom_qty, "one is not sent any more")
        self.assertEqual(2.0, sum(order.picking_ids.move_ids.mapped("product_uom_qty")))
        self.assertIn("draft credit note", note)
        self.give_back(result, _ONE)
        self.assertEqual(1, len(order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")))

    def test_shipping_and_money_on_no_line_are_credited_too(self):
        shipping = {
            "s": {"name": "Post", "price": _D("5.00"), "discount_amount": _D(0), "taxes": []}
        }
        order, result = self.order(shipping=shipping, total="37.48")
        self.invoice(order)
        self.give_back(
            result,
            refund("7.00", shipping={"amount": _D("5.00"), "tax": _D(0)}, adjustment=_D("2.00")),
        )
        credit = self.kept(order).move_id
        self.assertEqual(
            [(self.env.ref("gateway_ng.product_refund"), 2.0),
             (self.env.ref("gateway_ng.product_shipping"), 5.0)],
            sorted(((one.product_id, one.price_subtotal) for one in credit.invoice_line_ids),
                   key=lambda pair: pair[1]),
        )  # fmt: skip

    def test_a_credit_note_that_does_not_come_to_the_refund_is_left_to_a_person(self):
        order, result = self.order()
        self.invoice(order)
        note = self.give_back(result, {**_ONE, "amount": _D("11.00")})
        self.assertFalse(self.kept(order).move_id)
        self.assertEqual("activity", self.kept(order).outcome)
        self.assertIn("its lines come to 10.83, and it gave back 11", note)
        self.assertEqual(1, len(self.todo(order)))

    def test_rights_that_are_missing_are_told_and_the_order_goes_on(self):
        order, result = self.order()
        self.invoice(order)
        self.user.group_ids -= self.env.ref("account.group_account_invoice")
        note = self.give_back(result, _ONE)
        self.assertIn("may not create credit notes", note)
        self.assertEqual(1, len(self.todo(order)))

    def test_a_refund_that_changes_at_the_shop_is_told_once(self):
        order, result = self.order()
        given = {**_ONE, "id": "gid://shop/Refund/7"}
        self.give_back(result, given)
        changed = {**given, "amount": _D("12.00")}
        self.give_back(result, changed)
        self.give_back(result, changed)
        self.assertEqual(21.65, order.amount_total)
        self.assertEqual(1, len(self.todo(order)))
        self.assertIn("refund 7 changed at the shop: 10.83 → 12", self.todo(order).note)
        self.assertEqual("gid://shop/Refund/7", self.kept(order).remote_id)

    def test_a_refund_whose_payload_was_let_go_does_not_stop_the_next_one(self):
        order, result = self.order()
        self.give_back(result, _ONE)
        self.kept(order).payload = False
        self.give_back(result, _ONE, {**_ONE, "id": "R2"})
        self.assertEqual(["R1", "R2"], self.kept(order).mapped("remote_id"))
        self.assertFalse(self.kept(order)[0].payload, "it was kept again")

    def test_a_refund_without_an_id_is_refused_by_name(self):
        _order, result = self.order()
        op = Op("k", "update", result.id, {"refunds": [{**_ONE, "id": None}]}, {}, result.children)
        self.assertIn("a refund without an id", self.refusal("order", op))

    # -- settings

    def test_the_connector_may_leave_all_refunds_to_a_person(self):
        self.connector.write({"refund_open": "activity", "refund_invoiced": "activity"})
        order, result = self.order()
        self.give_back(result, _ONE)
        self.assertEqual((32.48, 1), (order.amount_total, len(self.todo(order))))
        self.invoice(order)
        self.give_back(result, _ONE, {**_ONE, "id": "R2"})
        self.assertEqual((1, 2), (len(order.invoice_ids), len(self.todo(order))))

    def test_no_more_is_credited_than_was_invoiced(self):
        order, result = self.order()
        self.invoice(order)
        self.give_back(result, refund("21.65", ("line0", 2, "20.00", "1.65")))
        credit = self.kept(order).move_id
        self.assertEqual(("out_refund", 21.65), (credit.move_type, credit.amount_total))
        more = refund("30.00", adjustment=_D("30.00"), id_="R2")
        note = self.give_back(result, more)
        self.assertEqual(["credited", "activity"], self.kept(order).mapped("outcome"))
        self.assertIn("no more than 10.83 is left of what was invoiced", note)
        self.assertIn("refund R2 of 30", self.todo(order).note)
        last = refund("10.83", adjustment=_D("10.83"), id_="R3")
        self.give_back(result, more, last)
        self.assertEqual(10.83, self.kept(order)[-1:].move_id.amount_total)

    def test_money_that_was_credited_alone_counts_though_its_note_is_on_no_line_of_the_order(self):
        order, result = self.order()
        self.invoice(order)
        first = refund("20.00", adjustment=_D("20.00"))
        self.give_back(result, first)
        again = refund("20.00", adjustment=_D("20.00"), id_="R2")
        note = self.give_back(result, first, again)
        self.assertEqual(["credited", "activity"], self.kept(order).mapped("outcome"))
        self.assertIn("no more than 12.48 is left of what was invoiced", note)
