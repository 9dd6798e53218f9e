from base64 import b64encode
from datetime import datetime, timezone
from decimal import Decimal
from io import BytesIO

from odoo.tests import tagged
from odoo.tools.pdf import PdfFileWriter

from odoo.addons.gateway_ng.lib.endpoint import Op
from odoo.addons.gateway_ng.models.endpoint.kit_shares import shares
from odoo.addons.gateway_ng.models.endpoint.order_money import Price, fit

from .endpoint_orders import HOME, PLACED, EndpointCase

_D = Decimal
_READS = (
    "client_order_ref",
    "date_order",
    "partner_id",
    "billing_address",
    "shipping_address",
    "currency",
    "taxes_included",
    "total",
    "cancelled",
    "warehouse",
    "payment_state",
    "fulfillment_state",
    "lines.quantity",
    "shipping.price",
)


@tagged("post_install", "-at_install")
class TestEndpointOrder(EndpointCase):
    # -- money

    def test_a_percentage_is_kept_only_where_it_gives_the_cent(self):
        cases = (
            (("2", "10.00", "5.00"), Price(_D("10.00"), _D("25.00"))),
            (("1", "10.00", "0"), Price(_D("10.00"))),
            (("3", "10.00", "10.00"), Price(_D(20) / 3)),
            (("0", "10.00", "5.00"), Price(_D("10.00"))),
        )
        for (quantity, price, off), expected in cases:
            with self.subTest(quantity=quantity, price=price, off=off):
                self.assertEqual(expected, fit(_D(quantity), _D(price), _D(off), 2, 2, True))

    def test_a_rounded_percentage_will_do_where_lines_are_rounded(self):
        self.assertEqual(
            Price(_D("10.00"), _D("33.33")), fit(_D(3), _D("10.00"), _D("10.00"), 2, 2, False)
        )

    def test_totals_are_the_shops_to_the_cent_however_the_company_rounds(self):
        # Each line's tax is rounded by the shop: 0.0825 × 0.50 = 0.04125 → 0.04, three times.
        lines = [self.line(n, price="0.50", taxes=[("0.0825", "0.04")]) for n in range(3)]
        for method in ("round_globally", "round_per_line"):
            with self.subTest(method=method):
                self.company.tax_calculation_rounding_method = method
                order, _result = self.new_order(*lines, total=_D("1.62"), total_tax=_D("0.12"))
                self.assertEqual((1.5, 0.12, 1.62), _amounts(order))

    def test_prices_with_their_taxes_in_them(self):
        order, _result = self.new_order(
            self.line(0, quantity=3, price="9.99", off="1.00", taxes=[("0.20", "4.83")]),
            taxes_included=True,
            total=_D("28.97"),
        )
        self.assertEqual((24.14, 4.83, 28.97), _amounts(order))
        self.assertTrue(order.order_line.tax_ids.price_include)

    def test_two_taxes_on_a_line_are_two_taxes(self):
        order, _result = self.new_order(
            self.line(0, price="33.33", taxes=[("0.0725", "2.42"), ("0.0825", "2.75")]),
            total=_D("38.50"),
        )
        self.assertEqual([7.25, 8.25], sorted(order.order_line.tax_ids.mapped("amount")))
        self.assertEqual((33.33, 5.17, 38.5), _amounts(order))

    def test_a_discount_spread_over_lines_is_exact(self):
        order, _result = self.new_order(
            self.line(0, quantity=3, price="10.00", off="3.34"),
            self.line(1, quantity=7, price="1.99", off="1.66"),
            total=_D("38.93"),
        )
        self.assertEqual([26.66, 12.27], order.order_line.mapped("price_subtotal"))

    def test_an_invoice_of_the_order_has_the_shops_total_too(self):
        lines = [self.line(n, price="0.50", taxes=[("0.0825", "0.04")]) for n in range(3)]
        self.products.invoice_policy = "order"
        order, _result = self.new_order(*lines, total=_D("1.62"))
        self.assertEqual(1.62, order._create_invoices().amount_total)

    def test_shipping_stands_on_its_product(self):
        shipping = {"s": {"name": "Express", "price": _D("5.00"), "discount_amount": _D("1.00")}}
        order, result = self.new_order(self.line(), shipping=shipping, total=_D("14.00"))
        line = order.order_line.filtered("is_delivery")
        self.assertEqual(self.env.ref("gateway_ng.product_shipping"), line.product_id)
        self.assertEqual(
            ("Express", 4.0, str(line.id)),
            (line.name, line.price_subtotal, result.children["shipping"]["s"]),
        )

    def test_a_differing_total_is_refused_and_explained(self):
        values = self.order_values(
            self.line(0, taxes=[("0.0825", "0.83")]), total=_D("12.00"), total_tax=_D("0.90")
        )
        text = self.refusal("order", Op("k", "create", None, values))
        for part in ("the shop says 12.00", "Odoo computes 10.83 (-1.17)", "Taxes: shop 0.90"):
            self.assertIn(part, text)
        self.assertFalse(self.env["sale.order"].search([("client_order_ref", "=", "#1001")]))

    def test_one_refused_order_does_not_harm_its_page(self):
        good = self.order_values(self.line(), total=_D("10.00"))
        bad = self.order_values(self.line(), client_order_ref="#1002", total=_D("1.00"))
        results = self.write(
            "order", Op("1", "create", None, good), Op("2", "create", None, bad),
            Op("3", "create", None, {**good, "client_order_ref": "#1003"}),
        )  # fmt: skip
        self.assertEqual([False, True, False], [bool(result.error) for result in results])

    def test_a_missing_tax_is_created_only_where_it_is_allowed(self):
        values = self.order_values(self.line(0, taxes=[("0.0333", "0.33")]), total=_D("10.33"))
        op = Op("k", "create", None, values)
        self.assertIn("no sales tax of 3.33 % excluded", self.refusal("order", op))
        self.connector.create_taxes = True
        self.assertIn("may not create taxes", self.refusal("order", op))
        self.user.group_ids += self.env.ref("account.group_account_manager")
        order = self.env["sale.order"].browse(int(self.new("order", **values).id))
        self.assertEqual((10.0, 0.33, 10.33), _amounts(order))
        self.assertEqual("Sales tax 3.33%", order.order_line.tax_ids.name)

    def test_taxes_that_are_not_charged_are_left_out(self):
        order, _result = self.new_order(
            self.line(0, taxes=[("0", "0"), ("0.0825", "0")]), total=_D("10.00")
        )
        self.assertFalse(order.order_line.tax_ids)

    def test_a_currency_needs_its_pricelist(self):
        values = self.order_values(self.line(price="8.00"), currency="EUR", total=_D("8.00"))
        self.assertIn("no pricelist in EUR", self.refusal("order", Op("k", "create", None, values)))
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["product.pricelist"].create({"name": "Euro", "currency_id": euro.id})
        order = self.env["sale.order"].browse(int(self.new("order", **values).id))
        self.assertEqual((euro, 8.0), (order.currency_id, order.amount_total))

    def test_a_line_without_a_variant_is_refused_by_title_and_sku(self):
        values = self.order_values(self.line(product_id=None, name="Old sock", sku="OLD-1"))
        text = self.refusal("order", Op("k", "create", None, values))
        self.assertIn("«Old sock» (SKU OLD-1)", text)

    def test_what_moves_as_another_product_is_no_kit_of_a_recipe_where_there_are_none(self):
        order, _result = self.new_order(self.line(quantity=2))
        line, other = order.order_line, self.products[1]
        sent = line.move_ids
        more = sent.copy({"product_id": other.id, "sale_line_id": line.id})
        given_up = more.copy({"sale_line_id": line.id})
        more._action_confirm()
        (given_up | sent)._action_cancel()
        self.assertEqual({line.product_id: 1.0, other: 2.0}, shares(line))

    # -- people and places

    def test_a_guest_is_a_contact_of_the_order_and_never_guessed(self):
        known = self.env["res.partner"].create({"name": "Ada", "email": "ada@example.com"})
        first, _result = self.new_order(self.line(), billing_address=HOME)
        second, _result = self.new_order(self.line(), client_order_ref="#1002")
        self.assertEqual(3, len(known | first.partner_id | second.partner_id))
        self.assertTrue(first.partner_id.gateway_guest)
        self.assertEqual("1 Main St", first.partner_id.street)
        self.assertEqual(first.partner_id, first.partner_invoice_id)
        found = list(self.endpoint().find("customer", "email", ["ada@example.com"]))
        self.assertEqual([("ada@example.com", str(known.id))], found)

    def test_an_order_of_nobody_is_refused(self):
        values = self.order_values(self.line(), guest=None)
        self.assertIn("guest's name", self.refusal("order", Op("k", "create", None, values)))

    def test_addresses_are_matched_by_equal_values_and_created_once(self):
        us = self.env.ref("base.us")
        partner = self.env["res.partner"].create(
            {"name": "Ada", "street": "1 MAIN  St", "city": "Springfield", "country_id": us.id}
        )
        child = self.env["res.partner"].create(
            {"parent_id": partner.id, "type": "delivery", "street": "2 Side St"}
        )
        elsewhere = {"name": "Bob", "street": "3 New St", "company": "Acme"}
        ops = [
            Op(str(n), "create", None, self.order_values(self.line(), **{
                "partner_id": str(partner.id), "billing_address": HOME, "shipping_address": address,
            }))
            for n, address in enumerate(({"street": "2 side st"}, elsewhere, elsewhere))
        ]  # fmt: skip
        orders = self.env["sale.order"].browse([int(r.id) for r in self.write("order", *ops)])
        self.assertEqual(partner, orders.partner_invoice_id)
        self.assertEqual(child, orders[0].partner_shipping_id)
        self.assertEqual(orders[1].partner_shipping_id, orders[2].partner_shipping_id)
        new = orders[1].partner_shipping_id
        self.assertEqual(
            (partner, "delivery", "Bob", "Acme"),
            (new.parent_id, new.type, new.name, new.company_name),
        )

    def test_the_location_gives_the_warehouse(self):
        other = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        order, _result = self.new_order(self.line(), warehouse=str(other.lot_stock_id.id))
        self.assertEqual(other, order.warehouse_id)
        order, _result = self.new_order(self.line(), client_order_ref="#1002")
        self.assertEqual(self.warehouse, order.warehouse_id)

    # -- what follows

    def test_an_order_is_confirmed_as_of_its_date_and_sends_no_mail(self):
        before = self.env["mail.mail"].search_count([])
        order, _result = self.new_order(self.line(quantity=2))
        self.assertEqual(("sale", PLACED.replace(tzinfo=None)), (order.state, order.date_order))
        self.assertEqual(2, order.picking_ids.move_ids.product_uom_qty)
        self.assertEqual(before, self.env["mail.mail"].search_count([]))

    def test_a_setting_keeps_orders_as_quotations(self):
        self.connector.order_confirm = False
        order, _result = self.new_order(self.line())
        self.assertEqual(("draft", 0), (order.state, len(order.picking_ids)))

    def test_a_cancelled_order_is_cancelled_and_moves_nothing(self):
        order, _result = self.new_order(self.line(), cancelled=True)
        self.assertEqual(("cancel", 0), (order.state, len(order.picking_ids)))

    def test_a_deleted_order_is_cancelled_unless_goods_have_gone_out(self):
        order, result = self.new_order(self.line(quantity=2))
        (done,) = self.write("order", Op("d", "delete", result.id, {}))
        self.assertEqual((None, "cancel"), (done.error, order.state))
        sent = {"fulfilled_quantity": _D(1), "unfulfilled_quantity": _D(1)}
        order, result = self.new_order(self.line(quantity=2, **sent), client_order_ref="#1002")
        self.assertIn("credit the invoice", self.refusal("order", Op("d", "delete", result.id, {})))
        self.assertEqual("sale", order.state)

    def test_what_the_shop_has_fulfilled_moves_no_stock_and_counts_as_delivered(self):
        sent = {"fulfilled_quantity": _D(2), "unfulfilled_quantity": _D(0)}
        order, _result = self.new_order(self.line(quantity=2, **sent))
        self.assertEqual(("sale", 0, 2.0), _delivery(order))
        order.order_line.product_uom_qty = 3
        self.assertEqual(1, order.picking_ids.move_ids.product_uom_qty, "only what is new")

    def _opened(self, opened, product=0):
        """The level of a product was opened then."""
        level = self.bind("stock", f"S{product}", self.products[product])
        level.write({"odoo_id": f"{self.products[product].id}@{self.place.id}", "opened": opened})

    def test_what_the_shop_has_sent_since_the_opening_balance_is_delivered(self):
        self._opened("2026-01-01")
        sent = {"fulfilled_quantity": _D(2), "unfulfilled_quantity": _D(1)}
        order, _result = self.new_order(self.line(quantity=3, **sent), self.line(1, **sent))
        moves = order.picking_ids.move_ids
        done = moves.filtered(lambda move: move.state == "done")
        self.assertEqual([(self.products[0], 2.0)], [(m.product_id, m.quantity) for m in done])
        self.assertTrue(done.picking_id.gateway_by_shop)
        self.assertEqual(2.0, order.order_line[0].qty_delivered)
        self.assertEqual(0.0, order.order_line[0].gateway_fulfilled_qty)
        self.assertEqual(2.0, order.order_line[1].gateway_fulfilled_qty, "it is not opened")
        place = self.products[0].with_context(location=self.place.id)
        self.assertEqual(-2.0, place.qty_available)

    def test_what_the_shop_had_sent_before_the_opening_balance_moves_no_stock(self):
        sent = {"fulfilled_quantity": _D(2), "unfulfilled_quantity": _D(0)}
        self._opened("2026-01-10")
        for said, moved in (
            ({}, False),  # by the order's date
            ({"fulfilled_at": datetime(2026, 1, 9, tzinfo=timezone.utc)}, False),
            ({"fulfilled_at": datetime(2026, 1, 11, tzinfo=timezone.utc)}, True),
        ):
            with self.subTest(**said):
                order, _result = self.new_order(self.line(quantity=2, **sent), **said)
                self.assertEqual((2.0, moved), (_delivery(order)[2], bool(order.picking_ids)))

    def test_where_the_shop_is_the_authority_what_it_sent_moves_no_stock(self):
        self._opened("2026-01-01")
        self.connector.stock_authority = "shop"
        sent = {"fulfilled_quantity": _D(2), "unfulfilled_quantity": _D(0)}
        order, _result = self.new_order(self.line(quantity=2, **sent))
        self.assertEqual(("sale", 0, 2.0), _delivery(order))

    def test_of_a_quotation_what_was_sent_since_the_opening_balance_is_still_to_be_delivered(self):
        self._opened("2026-01-01")
        self.connector.order_confirm = False
        order, result = self.new_order(self.line(quantity=2))
        said = {"line0": {"fulfilled_quantity": _D(2), "unfulfilled_quantity": _D(0)}}
        self._update(result, lines=said)
        self.assertEqual(0.0, order.order_line.gateway_fulfilled_qty)

    def test_only_the_unfulfilled_part_is_procured(self):
        sent = {"fulfilled_quantity": _D(2), "unfulfilled_quantity": _D(1)}
        order, _result = self.new_order(self.line(quantity=3, **sent), self.line(1))
        moves = order.picking_ids.move_ids
        self.assertEqual(
            {(self.products[0], 1.0), (self.products[1], 1.0)},
            {(move.product_id, move.product_uom_qty) for move in moves},
        )
        self.assertEqual([2.0, 0.0], order.order_line.mapped("qty_delivered"))
        self.deliver(order)
        self.assertEqual([3.0, 1.0], order.order_line.mapped("qty_delivered"))

    def test_what_odoo_delivers_is_not_counted_twice_once_the_shop_knows(self):
        order, result = self.new_order(self.line(quantity=2))
        self.deliver(order)
        said = {"line0": {"fulfilled_quantity": _D(2), "unfulfilled_quantity": _D(0)}}
        self._update(result, lines=said)
        self.assertEqual(2.0, order.order_line.qty_delivered)
        self.assertEqual(2.0, order.order_line.gateway_shop_fulfilled_qty)

    # -- reading back

    def test_what_was_written_is_read_back_by_the_same_names(self):
        line = self.line(0, quantity=3, price="10.00", off="10.00", taxes=[("0.0825", "1.65")])
        shipping = {
            "s": {"name": "Post", "price": _D("5.00"), "discount_amount": _D(0), "taxes": []}
        }
        _order, result = self.new_order(
            line, shipping=shipping, total=_D("26.65"), billing_address=HOME,
            payment_state="PAID", fulfillment_state="UNFULFILLED",
        )  # fmt: skip
        fields = self.fetch("order", result.id, *_READS)
        partner = fields.pop("partner_id")
        address = {n: None for n in ("company", "street2", "zip", "phone", "state_code")}
        self.assertEqual(
            {
                "id": result.id,
                "client_order_ref": "#1001",
                "date_order": PLACED,
                "billing_address": {**address, **HOME},
                "shipping_address": {**address, **HOME},
                "currency": self.company.currency_id.name,
                "taxes_included": False,
                "total": _D("26.65"),
                "cancelled": False,
                "warehouse": str(self.place.id),
                "payment_state": "PAID",
                "fulfillment_state": "UNFULFILLED",
                "lines": [{"id": result.children["lines"]["line0"], **line}],
                "shipping": [{"id": result.children["shipping"]["s"], **shipping["s"]}],
            },
            fields,
        )
        self.assertTrue(partner)

    def test_an_edit_in_odoo_is_read_and_not_hidden_by_what_the_shop_said(self):
        self.connector.order_confirm = False
        order, result = self.new_order(self.line(0, price="10.00"))
        order.order_line.write({"price_unit": 8.0, "discount": 50.0})
        (line,) = self.fetch("order", result.id, "lines.unit_price")["lines"]
        self.assertEqual((_D(8), _D(4)), (line["unit_price"], line["discount_amount"]))

    def test_a_percentage_given_in_odoo_is_read_as_what_odoo_charges(self):
        order, result = self.new_order(self.line())
        for price, percent in ((10.15, 10), (10.05, 10), (3.335, 50), (0.15, 30)):
            order.order_line.write({"price_unit": price, "discount": percent})
            reads = ("lines.quantity", "lines.unit_price", "lines.discount_amount")
            (line,) = self.fetch("order", result.id, *reads)["lines"]
            net = line["quantity"] * line["unit_price"] - line["discount_amount"]
            held = _D(str(order.order_line.price_subtotal))
            self.assertEqual(held, net, f"{percent} % off {price}")

    def test_the_order_of_another_shop_is_not_found(self):
        order, result = self.new_order(self.line())
        endpoint = self.endpoint()
        self.assertEqual(
            [("#1001", result.id)], list(endpoint.find("order", "client_order_ref", ["#1001"]))
        )
        self.bind("order", "O1", order, self._connector("Other shop"))
        self.assertFalse(list(endpoint.find("order", "client_order_ref", ["#1001"])))

    def test_each_source_of_a_change_is_found(self):
        order, result = self.new_order(self.line(quantity=1), billing_address=HOME)
        tables = ("sale_order", "sale_order_line", "stock_picking", "account_move", "res_partner")
        self.products.invoice_policy = "order"
        edits = {
            "note": lambda: order.write({"note": "Wrap it"}),
            "lines.name": lambda: order.order_line.write({"name": "Better sock"}),
            "lines.quantity": lambda: order.order_line.write({"product_uom_qty": 4}),
            "billing_address": lambda: order.partner_invoice_id.write({"street": "7 Other St"}),
            "delivery_status": lambda: order.picking_ids.write({"origin": "by hand"}),
            "invoice_status": lambda: order._create_invoices(),
            "cancelled": lambda: order._action_cancel(),
        }
        for field, edit in edits.items():
            with self.subTest(field=field):
                self.backdate(*tables)
                self.assertNotIn(result.id, self.changed("order", field))
                edit()
                self.assertIn(result.id, self.changed("order", field))

    # -- updating

    def _update(self, result, expect=None, **values):
        op = Op("k", "update", result.id, values, expect or {}, result.children)
        (after,) = self.write("order", op)
        self.assertIsNone(after.error, after.error and str(after.error))
        return after

    def test_a_quotation_takes_every_change(self):
        self.connector.order_confirm = False
        order, result = self.new_order(
            self.line(0), self.line(1), shipping={"s": {"name": "Post", "price": _D(5)}}
        )
        after = self._update(
            result,
            lines={"line0": {"quantity": _D(3)}, "line1": None, "line2": self.line(2)},
            shipping={"s": {"price": _D(6)}},
            payment_state="PAID",
            total=_D("46.00"),
        )
        self.assertEqual(
            {(self.products[0], 3.0), (self.products[2], 1.0)},
            {
                (line.product_id, line.product_uom_qty)
                for line in order.order_line
                if not line.is_delivery
            },
        )
        self.assertEqual({"lines": {"line2"}}, {n: set(ids) for n, ids in after.children.items()})
        self.assertEqual((46.0, "PAID"), (order.amount_total, order.gateway_payment_state))

    def test_a_quotation_whose_new_total_differs_is_left_as_it_was(self):
        self.connector.order_confirm = False
        order, result = self.new_order(self.line(0))
        op = Op(
            "k", "update", result.id,
            {"lines": {"line0": {"quantity": _D(3)}}, "total": _D("31.00")}, {}, result.children,
        )  # fmt: skip
        self.assertIn("the shop says 31.00", self.refusal("order", op))
        self.assertEqual(1, order.order_line.product_uom_qty)

    def test_a_confirmed_order_takes_information_only(self):
        order, result = self.new_order(self.line(0, quantity=2))
        self._update(
            result,
            payment_state="REFUNDED",
            fulfillment_state="FULFILLED",
            lines={"line0": {"unfulfilled_quantity": _D(0)}},
            partner_id=None,
            billing_address=None,
        )
        self.assertEqual(
            ("REFUNDED", "FULFILLED", 0.0),
            (
                order.gateway_payment_state,
                order.gateway_fulfillment_state,
                order.order_line.gateway_unfulfilled_qty,
            ),
        )

    def test_a_line_has_the_analytic_distribution_that_odoo_gives_it(self):
        plan = self.env["account.analytic.plan"].create({"name": "Channels"})
        account = self.env["account.analytic.account"].create(
            {"name": "Shop", "plan_id": plan.id, "company_id": False}
        )
        self.env["account.analytic.distribution.model"].create(
            {"product_id": self.products[0].id, "analytic_distribution": {account.id: 100}}
        )
        order, _result = self.new_order(self.line(0), self.line(1))
        self.assertEqual(
            [{str(account.id): 100.0}, False], order.order_line.mapped("analytic_distribution")
        )

    def test_headers_and_footers_that_odoo_adds_by_default_are_there(self):
        if "quotation_document_ids" not in self.env["sale.order"]._fields:
            self.skipTest("sale_pdf_quote_builder is not installed")
        page, file = PdfFileWriter(), BytesIO()
        page.addBlankPage(100, 100)
        page.write(file)
        document = self.env["quotation.document"].create(
            {
                "name": "Footer.pdf",
                "datas": b64encode(file.getvalue()),
                "document_type": "footer",
                "add_by_default": True,
            }
        )
        order, _result = self.new_order(self.line(0))
        self.assertEqual(document, order.quotation_document_ids)

    def test_a_page_is_created_and_updated_in_few_statements_an_order(self):
        def ops(count):
            return [
                Op(
                    f"k{number}",
                    "create",
                    None,
                    self.order_values(
                        *(self.line(n, taxes=[("0.0825", "0.83")]) for n in range(3)),
                        client_order_ref=f"#{number}",
                        total=_D("32.49"),
                    ),
                )
                for number in range(count)
            ]

        self.connector.order_confirm = False
        endpoint = self.endpoint()
        list(endpoint.write("order", ops(1)))
        results, made = self._counted(lambda: list(endpoint.write("order", ops(30))))
        self.assertFalse([str(result.error) for result in results if result.error])
        self.assertLessEqual(made / 30, 11)
        sent = {"fulfilled_quantity": _D(1), "unfulfilled_quantity": _D(0)}
        updates = [
            Op(
                "u",
                "update",
                result.id,
                {"payment_state": "PAID", "lines": {key: sent for key in result.children["lines"]}},
                {},
                result.children,
            )
            for result in results
        ]
        _results, made = self._counted(lambda: list(endpoint.write("order", updates)))
        self.assertLessEqual(made, 60)

    def _counted(self, action):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = action()
        self.env.flush_all()
        return result, self.env.cr.sql_log_count - before


def _amounts(order):
    return order.amount_untaxed, order.amount_tax, order.amount_total


def _delivery(order):
    return order.state, len(order.picking_ids), order.order_line.qty_delivered
