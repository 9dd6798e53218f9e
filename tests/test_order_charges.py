"""What is charged besides goods and shipping, what is only paid with, and the rounding line."""

from decimal import Decimal

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.endpoint import Op

from .endpoint_orders import EndpointCase

_D = Decimal


def charge(kind, amount, name=None, taxes=(), **more):
    return {
        "kind": kind,
        "name": name or kind.title(),
        "amount": _D(amount),
        "discount_amount": _D(0),
        "taxes": list(taxes),
        **more,
    }


@tagged("post_install", "-at_install")
class TestOrderCharges(EndpointCase):
    def product(self, kind):
        return self.env.ref(f"gateway_ng.product_{kind}")

    def test_each_kind_stands_on_its_product(self):
        charges = {
            "a": charge("fee", "1.50"),
            "b": charge("tip", "2.00"),
            "c": charge("duty", "3.00"),
            "d": charge("other", "4.00", "Wrapping"),
        }
        order, result = self.new_order(self.line(), charges=charges, total=_D("20.50"))
        lines = order.order_line.filtered("gateway_charge")
        self.assertEqual(
            [
                ("Fee", 1.5, self.product("fee")),
                ("Tip", 2.0, self.product("tip")),
                ("Duty", 3.0, self.product("duty")),
                ("Wrapping", 4.0, self.product("charge")),
            ],
            [(line.name, line.price_subtotal, line.product_id) for line in lines],
        )
        self.assertEqual(
            dict(zip("abcd", map(str, lines.ids), strict=True)), result.children["charges"]
        )
        self.assertEqual(20.5, order.amount_total)

    def test_the_connector_names_another_product(self):
        other = self.env["product.product"].create({"name": "Surcharge", "type": "service"})
        self.connector.fee_product_id = other
        order, _result = self.new_order(self.line(), charges={"a": charge("fee", "1.50")})
        self.assertEqual(other, order.order_line.filtered("gateway_charge").product_id)

    def test_a_negative_fee_takes_its_tax_with_it(self):
        tax = {"name": "Sales tax", "rate": _D("0.0825"), "amount": _D("-0.41")}
        charges = {"a": charge("fee", "-5.00", "Loyalty", [tax])}
        for method in ("round_globally", "round_per_line"):
            self.company.tax_calculation_rounding_method = method
            order, _result = self.new_order(
                self.line(0, taxes=[("0.0825", "0.83")]), charges=charges, total=_D("5.42")
            )
            self.assertEqual(
                (5.0, 0.42, 5.42), (order.amount_untaxed, order.amount_tax, order.amount_total)
            )

    def test_a_charge_of_unknown_kind_is_refused_by_name(self):
        values = self.order_values(self.line(), charges={"a": charge("bribe", "1.50", "Thanks")})
        text = self.refusal("order", Op("k", "create", None, values))
        self.assertIn("«Thanks» is of no known kind", text)
        self.assertIn("fee, tip, duty, other", text)

    def test_charges_are_read_back_apart_from_lines(self):
        charges = {"a": charge("fee", "1.50")}
        _order, result = self.new_order(self.line(), charges=charges)
        fields = self.fetch("order", result.id, "charges.amount", "lines.name")
        self.assertEqual(
            [{"id": result.children["charges"]["a"], **charges["a"]}], fields["charges"]
        )
        self.assertEqual(["Sock 0"], [line["name"] for line in fields["lines"]])

    def test_charges_of_a_quotation_follow_the_shop(self):
        self.connector.order_confirm = False
        charges = {"a": charge("fee", "1.50"), "b": charge("tip", "2.00")}
        order, result = self.new_order(self.line(), charges=charges)
        op = Op(
            "k", "update", result.id,
            {
                "charges": {
                    "a": {"amount": _D("2.50"), "kind": "duty"},
                    "b": None,
                    "c": charge("tip", "3.00"),
                },
                "total": _D("15.50"),
            },
            {}, result.children,
        )  # fmt: skip
        (after,) = self.write("order", op)
        self.assertIsNone(after.error, after.error and str(after.error))
        self.assertEqual(
            {("duty", 2.5, self.product("duty")), ("tip", 3.0, self.product("tip"))},
            {
                (line.gateway_charge, line.price_unit, line.product_id)
                for line in order.order_line.filtered("gateway_charge")
            },
        )

    # -- gift cards

    def test_a_gift_card_that_is_sold_is_a_service_and_moves_nothing(self):
        order, _result = self.new_order(
            self.line(0, price="50.00", is_gift_card=True), total=_D("50.00")
        )
        self.assertEqual(self.product("gift_card"), order.order_line.product_id)
        self.assertEqual((0, 50.0), (len(order.picking_ids), order.amount_total))

    def test_a_gift_card_that_is_redeemed_is_a_payment_and_leaves_the_total(self):
        paid = [
            {
                "id": "1", "kind": "sale", "status": "success", "gateway": "gift_card",
                "amount": _D("10.00"), "currency": "USD", "date": None,
            }
        ]  # fmt: skip
        order, result = self.new_order(
            self.line(), total=_D("10.00"), payments=paid, payment_method="gift_card"
        )
        self.assertEqual((10.0, 1), (order.amount_total, len(order.order_line)))
        fields = self.fetch("order", result.id, "payments", "payment_method")
        self.assertEqual("gift_card", fields["payment_method"])
        self.assertEqual("10", fields["payments"][0]["amount"])

    # -- what is kept as the shop says it

    def test_tags_and_note_are_the_orders(self):
        self.env["crm.tag"].create({"name": "VIP"})
        order, result = self.new_order(self.line(), tags=["VIP", "New "], note="Ring twice")
        self.assertEqual(["New", "VIP"], sorted(order.tag_ids.mapped("name")))
        self.assertEqual("Ring twice", order.gateway_note)
        self.assertFalse(order.note, "it is not printed")
        op = Op("k", "update", result.id, {"tags": ["VIP"]}, {}, result.children)
        (after,) = self.write("order", op)
        self.assertIsNone(after.error)
        self.assertEqual(["VIP"], order.tag_ids.mapped("name"))

    # -- rounding

    def test_a_total_that_differs_by_a_cent_stops_the_order_by_default(self):
        values = self.order_values(self.line(), total=_D("10.01"))
        self.assertIn("(-0.01)", self.refusal("order", Op("k", "create", None, values)))

    def test_a_rounding_line_makes_up_for_what_the_connector_allows_and_no_more(self):
        self.connector.rounding_limit = 0.05
        for total, rest in (("10.05", 0.05), ("9.95", -0.05)):
            order, result = self.new_order(self.line(), total=_D(total))
            line = order.order_line.filtered(lambda one: one.gateway_charge == "rounding")
            self.assertEqual(
                (self.product("rounding"), rest, 0),
                (line.product_id, line.price_unit, len(line.tax_ids)),
            )
            self.assertEqual(float(total), order.amount_total)
            fields = self.fetch("order", result.id, "charges.amount", "lines.name")
            self.assertEqual((1, 0), (len(fields["lines"]), len(fields["charges"])))
        values = self.order_values(self.line(), total=_D("10.06"))
        self.assertIn("(-0.06)", self.refusal("order", Op("k", "create", None, values)))

    def test_the_rounding_line_of_a_quotation_follows_and_goes(self):
        self.connector.write({"rounding_limit": 0.05, "order_confirm": False})
        order, result = self.new_order(self.line(), total=_D("10.02"))
        for total, rest in (("10.04", [0.04]), ("10.00", [])):
            op = Op("k", "update", result.id, {"total": _D(total)}, {}, result.children)
            (after,) = self.write("order", op)
            self.assertIsNone(after.error, after.error and str(after.error))
            line = order.order_line.filtered(lambda one: one.gateway_charge == "rounding")
            self.assertEqual((rest, float(total)), (line.mapped("price_unit"), order.amount_total))

    def test_the_rounding_line_of_a_confirmed_order_follows_and_comes_to_nothing(self):
        self.connector.rounding_limit = 0.05
        order, result = self.new_order(self.line(), total=_D("10.02"))
        self.assertEqual("sale", order.state)
        for total in ("10.00", "10.01"):
            op = Op("k", "update", result.id, {"total": _D(total)}, {}, result.children)
            (after,) = self.write("order", op)
            self.assertIsNone(after.error, after.error and str(after.error))
            self.assertEqual(float(total), order.amount_total)

    def test_a_limit_is_not_negative(self):
        with self.assertRaisesRegex(ValidationError, "not negative"):
            self.connector.rounding_limit = -0.01
