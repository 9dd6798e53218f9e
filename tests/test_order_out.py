"""Orders and deliveries of Odoo, as the shop is to be told of them."""

from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.endpoint import Op

from .endpoint_orders import EndpointCase

_D = Decimal


@tagged("post_install", "-at_install")
class TestOrderOut(EndpointCase):
    def sent(self, id_):
        return self.fetch("order", id_, "fulfillments")["fulfillments"]

    def send(self, order, *quantities):
        picking = order.picking_ids.filtered(lambda one: one.state != "done")
        for move, quantity in zip(picking.move_ids, quantities, strict=True):
            move.write({"quantity": quantity, "picked": bool(quantity)})
        picking._action_done()
        return picking

    # -- deliveries

    def test_each_delivery_is_told_with_its_lines_and_tracking(self):
        order, result = self.new_order(self.line(0, quantity=3), self.line(1))
        keys = result.children["lines"]
        for key, id_ in keys.items():
            self.bind("order_line", key, self.env["sale.order.line"].browse(int(id_)))
        self.assertEqual([], self.sent(result.id))
        first = self.send(order, 2, 0)
        first.carrier_tracking_ref = "T1, T2"
        second = self.send(order, 1, 1)
        one, two = self.sent(result.id)
        self.assertEqual(
            {
                "id": str(first.id),
                "tracking_numbers": ["T1", "T2"],
                "tracking_urls": [],
                "carrier": None,
                "location": str(self.place.id),
                "shop_location": "L1",
                "lines": [{"line": keys["line0"], "shop_line": "line0", "quantity": _D(2)}],
            },
            {name: value for name, value in one.items() if name != "date"},
        )
        self.assertIsNotNone(one["date"].tzinfo)
        self.assertEqual(
            (str(second.id), {"line0": _D(1), "line1": _D(1)}),
            (two["id"], {part["shop_line"]: part["quantity"] for part in two["lines"]}),
        )

    def test_what_the_shop_sent_itself_and_what_came_back_is_not_told(self):
        self.env["gateway.order.workflow"].create(
            {"connector_id": self.connector.id, "step": "confirm", "deliver": True}
        )
        order, result = self.new_order(self.line(0, quantity=3))
        said = {"line0": {"fulfilled_quantity": _D(1), "unfulfilled_quantity": _D(2)}}
        self.write("order", Op("k", "update", result.id, {"lines": said}, {}, result.children))
        self.assertEqual(1.0, order.order_line.qty_delivered)
        self.assertEqual([], self.sent(result.id))
        picking = self.send(order, 2)
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 1
        wizard.action_create_exchanges()
        back = order.picking_ids.filtered("move_ids.origin_returned_move_id")
        back.move_ids.write({"quantity": 1, "picked": True})
        back._action_done()
        self.assertEqual([str(picking.id)], [one["id"] for one in self.sent(result.id)])
        # The shop has sent all three by now, of which one came back: nothing is to be sent by it.
        instead = order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        said = {"line0": {"fulfilled_quantity": _D(3), "unfulfilled_quantity": _D(0)}}
        self.write("order", Op("k2", "update", result.id, {"lines": said}, {}, result.children))
        self.assertTrue(instead)
        self.assertNotIn("done", instead.mapped("state"))
        self.assertEqual(2.0, order.order_line.qty_delivered)

    def test_a_delivery_and_its_tracking_number_are_found_as_changes(self):
        order, result = self.new_order(self.line(0))
        tables = ("sale_order", "sale_order_line", "stock_picking")
        self.backdate(*tables)
        picking = self.send(order, 1)
        self.assertIn(result.id, self.changed("order", "fulfillments"))
        self.backdate(*tables)
        self.assertNotIn(result.id, self.changed("order", "fulfillments"))
        picking.carrier_tracking_ref = "T1"
        self.assertIn(result.id, self.changed("order", "fulfillments"))

    def test_a_posted_credit_note_is_found_as_a_change_and_told_by_its_lines(self):
        """One of a line, and one of money alone on a line of nobody's."""
        order, result = self.new_order(self.line(0, quantity=3))
        self.bind("order", "O1", order)
        line = order.order_line
        self.bind("order_line", "line0", line)
        line.product_id.invoice_policy = "order"
        self.connector.refund_export = "record"
        invoice = order._create_invoices()
        invoice.action_post()
        tables = ("sale_order", "sale_order_line", "stock_picking", "account_move")
        for free in (False, True):
            credit = invoice._reverse_moves()
            credit.invoice_line_ids.quantity = 1
            if free:
                credit.invoice_line_ids.unlink()
                values = {"name": "Sorry", "price_unit": 2.5, "tax_ids": [(5,)]}
                credit.invoice_line_ids = [(0, 0, values)]
            self.backdate(*tables)
            self.assertNotIn(result.id, self.changed("order", "credit_notes"))
            credit.action_post()
            self.assertIn(result.id, self.changed("order", "credit_notes"))
        one, two = self.fetch("order", result.id, "credit_notes")["credit_notes"]
        (part,) = one["lines"]
        self.assertEqual(
            ("line0", "goods", _D(1), _D("10.00")),
            tuple(part[name] for name in ("shop_line", "kind", "quantity", "amount")),
        )
        self.assertEqual(one["amount"], part["amount"] + part["tax"])
        self.assertFalse(one["pay"])
        self.assertEqual((_D("2.50"), []), (two["amount"], two["lines"]))
        self.assertNotEqual(one["mark"], two["mark"])

    # -- returns

    def returned(self, order, picking, quantity):
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = quantity
        back = wizard._create_return()
        back.move_ids.write({"quantity": quantity, "picked": True})
        back._action_done()
        return back

    def test_a_return_is_found_as_a_change_and_told_by_what_did_not_go_out_again(self):
        self.connector.return_export = "record"
        order, result = self.new_order(self.line(0, quantity=3))
        self.bind("order", "O1", order)
        self.bind("order_line", "line0", order.order_line)
        picking = self.send(order, 3)
        tables = ("sale_order", "sale_order_line", "stock_picking")
        self.backdate(*tables)
        self.assertNotIn(result.id, self.changed("order", "returns"))
        back = self.returned(order, picking, 2)
        self.assertIn(result.id, self.changed("order", "returns"))
        self.returned(order, back, 1)
        (one,) = self.fetch("order", result.id, "returns")["returns"]
        self.assertEqual(
            (str(back.id), back.name, back.gateway_return_mark),
            (one["id"], one["number"], one["mark"]),
        )
        (part,) = one["lines"]
        self.assertEqual(("line0", _D(1)), (part["shop_line"], part["quantity"]))
        self.assertEqual([str(picking.id)], [each["id"] for each in self.sent(result.id)])

    def test_returns_of_a_page_are_read_in_few_statements(self):
        self.connector.return_export = "record"

        def count(number, start):
            results = [
                self.new_order(self.line(0), client_order_ref=str(start + n))[1]
                for n in range(number)
            ]
            ids = [result.id for result in results]
            for order in self.env["sale.order"].browse([int(id_) for id_ in ids]):
                self.bind("order", f"O{order.id}", order)
                self.bind("order_line", f"L{order.id}", order.order_line)
                self.returned(order, self.send(order, 1), 1)
            endpoint = self.endpoint("returns")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = list(endpoint.fetch("order", ids))
            self.assertEqual(number, sum(len(one.fields["returns"]) for one in found))
            return self.env.cr.sql_log_count - before

        count(1, 100)
        self.assertEqual(count(2, 200), count(8, 300))

    def test_deliveries_of_a_page_are_read_in_few_statements(self):
        def count(number):
            results = [
                self.new_order(self.line(0), client_order_ref=str(n))[1] for n in range(number)
            ]
            ids = [result.id for result in results]
            orders = self.env["sale.order"].browse([int(id_) for id_ in ids])
            for order in orders:
                self.send(order, 1)
            endpoint = self.endpoint("fulfillments")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(number, len(list(endpoint.fetch("order", ids))))
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(2), count(8))

    # -- orders

    def order(self, **values):
        partner = self.env["res.partner"].create({"name": "Ada"})
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [(0, 0, {"product_id": self.products[0].id})],
                **values,
            }
        )
        order.action_confirm()
        return order

    def given(self):
        pages = self.endpoint("client_order_ref", "cancelled").pages("order")
        return {record.id: record.fields for page in pages for record in page.records}

    def test_only_what_is_bound_or_marked_for_the_shop_is_given(self):
        other = self._connector("Other")
        ours, _result = self.new_order(self.line())
        self.bind("order", "O1", ours)
        theirs = self.order(gateway_connector_id=self.connector.id)
        self.bind("order", "O2", theirs, other)
        plain = self.order()
        marked = self.order(gateway_connector_id=self.connector.id)
        elsewhere = self.order(gateway_connector_id=other.id)
        quotation = self.order(gateway_connector_id=self.connector.id)
        quotation._action_cancel()
        quotation.action_draft()
        given = set(self.given())
        self.assertEqual(
            {str(ours.id), str(marked.id)},
            given & {str(one.id) for one in (ours, theirs, plain, marked, elsewhere, quotation)},
        )
        side = self.connector._odoo_endpoint().entity("order")
        counted = side.records.search(side.offered())
        self.assertEqual(ours | plain, (ours | plain | theirs) & counted)

    def test_a_team_may_sell_for_the_shop(self):
        team = self.env["crm.team"].create({"name": "Counter"})
        order = self.order(team_id=team.id)
        self.connector.team_id = team
        self.assertNotIn(str(order.id), self.given())
        self.connector.order_export = "team"
        self.assertIn(str(order.id), self.given())

    def test_an_order_made_here_tells_its_taxes_in_money(self):
        """A shop that takes the taxes it is told would charge none otherwise."""
        values = {"amount": 19, "type_tax_use": "sale"}
        prices = {"excluded": "9.99", "included": "11.89"}
        tables = self.env["account.tax"].create(
            [
                {**values, "name": kind, "price_include_override": f"tax_{kind}"}
                for kind in sorted(prices)
            ]
        )
        for tax in tables:
            order = self.order(gateway_connector_id=self.connector.id)
            order.order_line.write(
                {
                    "price_unit": float(prices[tax.name]),
                    "product_uom_qty": 3,
                    "discount": 10,
                    "tax_ids": [(6, 0, tax.ids)],
                }
            )
            (line,) = self.fetch("order", str(order.id), "lines")["lines"]
            told = {"name": tax.name, "rate": _D("0.19"), "amount": line["taxes"][0]["amount"]}
            self.assertEqual([told], line["taxes"])
            self.assertEqual(_D(str(order.amount_tax)).quantize(_D("0.01")), told["amount"])

    def test_an_order_that_is_cancelled_here_says_so(self):
        order, result = self.new_order(self.line())
        self.bind("order", "O1", order)
        order._action_cancel()
        self.assertTrue(self.given()[result.id]["cancelled"])
