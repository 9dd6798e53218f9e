"""Hard orders, each with what Odoo has to hold of it: lines, taxes, total and state.

`golden_orders.json` gives them in the contract's terms; amounts are text, as shops give them. Each
is imported with both of Odoo's ways of rounding taxes, and what is expected is the same.
"""

import json
from decimal import Decimal
from pathlib import Path

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.endpoint import Op

from .endpoint_orders import EndpointCase

CASES = json.loads((Path(__file__).parent / "golden_orders.json").read_text(encoding="utf-8"))
ROUNDING = ("round_globally", "round_per_line")
_D = Decimal
#: Names whose text is an amount or a number.
_NUMBERS = frozenset(
    (
        "quantity", "unit_price", "discount_amount", "price", "amount", "rate", "tax",
        "adjustment", "total",
    )
)  # fmt: skip


def decimals(value, name=""):
    """`value` with its numbers as Decimal."""
    if isinstance(value, dict):
        return {key: decimals(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [decimals(item) for item in value]
    return Decimal(value) if name in _NUMBERS and isinstance(value, str) else value


def keyed(elements, name):
    return {f"{name}{place}": element for place, element in enumerate(elements)}


@tagged("post_install", "-at_install")
class TestGoldenOrders(EndpointCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        codes = {case["given"].get("currency", "USD") for case in CASES}
        cls.currencies = cls.env["res.currency"].with_context(active_test=False)
        cls.currencies = cls.currencies.search([("name", "in", sorted(codes))])
        cls.currencies.active = True
        cls.env["product.pricelist"].create(
            [{"name": one.name, "currency_id": one.id} for one in cls.currencies]
        )
        cls.gone = cls.env["product.product"].create({"name": "Gone", "type": "service"})
        cls.make_taxes()

    @classmethod
    def make_taxes(cls):
        """A sales tax for each rate, name and kind of prices, but for what is to be unknown."""
        wanted = set()
        for case in CASES:
            kind = "included" if case["given"].get("taxes_included") else "excluded"
            if not case.get("unknown"):
                given = case["given"], case.get("then") or {}
                wanted |= {(tax["name"], tax["rate"], kind) for tax in cls.taxes_in(given)}
        cls.env["account.tax"].create(
            [
                {
                    "name": f"{name} {rate} {kind}",
                    "invoice_label": name,
                    "amount": float(Decimal(rate) * 100),
                    "type_tax_use": "sale",
                    "price_include_override": f"tax_{kind}",
                }
                for name, rate, kind in sorted(wanted)
            ]
        )

    @classmethod
    def taxes_in(cls, value):
        if isinstance(value, dict):
            yield from value.get("taxes") or ()
            value = value.values()
        if not isinstance(value, str):
            for item in value if hasattr(value, "__iter__") else ():
                yield from cls.taxes_in(item)

    def line_values(self, line):
        line = decimals(line)
        place = line.pop("product", 0)
        return {
            "product_id": None if place is None else str(self.products[place].id),
            "name": f"Sock {place}",
            "fulfilled_quantity": _D(0),
            "unfulfilled_quantity": line["quantity"],
            **line,
        }

    def values_of(self, case):
        given = decimals(case["given"])
        given["lines"] = keyed([self.line_values(one) for one in case["given"]["lines"]], "line")
        for name in ("shipping", "charges"):
            given[name] = keyed(given.get(name, ()), name)
        return {**self.order_values(), "currency": "USD", **given}

    def edit_of(self, then):
        """The values of an update; elements that are whole are new lines."""
        lines = {
            key: self.line_values(line) if line and "product" in line else decimals(line)
            for key, line in then["lines"].items()
        }
        return {**decimals(then), "lines": lines}

    def run_case(self, case):
        """(order, None) or (None, error's text) of a case."""
        setting = case.get("connector") or {}
        self.connector.write(
            {
                "rounding_limit": setting.get("rounding_limit", 0),
                "deleted_product_id": self.gone.id if setting.get("deleted_product") else False,
            }
        )
        (result,) = self.write("order", Op("k", "create", None, self.values_of(case)))
        if result.error is None and case.get("then"):
            edit = self.edit_of(case["then"])
            (after,) = self.write("order", Op("k", "update", result.id, edit, {}, result.children))
            self.assertIsNone(after.error, after.error and str(after.error))
        if result.error is not None:
            return None, str(result.error)
        return self.env["sale.order"].browse(int(result.id)), None

    def held(self, order):
        """What Odoo holds, rounded as it shows it."""
        places = order.currency_id.decimal_places

        def shown(number):
            return f"{number:.{places}f}"

        return {
            "lines": [
                [f"{line.product_uom_qty:g}", shown(line.price_subtotal), shown(line.price_tax)]
                for line in order.order_line
            ],
            "untaxed": shown(order.amount_untaxed),
            "tax": shown(order.amount_tax),
            "total": shown(order.amount_total),
            "state": order.state,
            "told": len(order.activity_ids),
        }

    def expected(self, case, order):
        """What the file says, with the sums that have to come out of its lines."""
        places = order.currency_id.decimal_places
        expect = case["expect"]

        def shown(number):
            return f"{_D(number):.{places}f}"

        return {
            "lines": [[n, shown(net), shown(tax)] for n, net, tax in expect["lines"]],
            "untaxed": shown(sum(_D(net) for _n, net, _tax in expect["lines"])),
            "tax": shown(sum(_D(tax) for _n, _net, tax in expect["lines"])),
            "total": shown(expect["total"]),
            "state": expect["state"],
            "told": expect.get("told", 0),
        }

    def test_each_order_is_held_as_the_shop_has_it(self):
        self.assertGreaterEqual(len(CASES), 40)
        for method in ROUNDING:
            self.company.tax_calculation_rounding_method = method
            for case in CASES:
                with self.subTest(case=case["name"], rounding=method):
                    order, error = self.run_case(case)
                    if "error" in case["expect"]:
                        self.assertIn(case["expect"]["error"], error or "")
                    else:
                        self.assertIsNone(error)
                        self.assertEqual(self.expected(case, order), self.held(order))

    def test_an_invoice_of_each_order_has_its_total(self):
        (self.products + self.gone).invoice_policy = "order"
        billed = {}
        for case in CASES:
            expect = case["expect"]
            if expect.get("state") == "sale" and float(expect["total"]):
                billed[self.run_case(case)[0]] = case
        self.assertGreater(len(billed), 30)
        self.env["sale.order"].union(*billed)._create_invoices(grouped=True)
        for order, case in billed.items():
            with self.subTest(case=case["name"]):
                total = sum(order.invoice_ids.mapped("amount_total"))
                self.assertEqual(float(case["expect"]["total"]), total)

    def test_the_sums_of_the_file_come_out(self):
        for case in CASES:
            expect = case["expect"]
            if "error" not in expect:
                with self.subTest(case=case["name"]):
                    parts = [_D(net) + _D(tax) for _n, net, tax in expect["lines"]]
                    self.assertEqual(_D(expect["total"]), sum(parts))
