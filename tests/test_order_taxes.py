"""Which sales tax a shop's tax is: rules first, then the rate; what is unknown is proposed."""

from decimal import Decimal

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.gateway_ng.lib.endpoint import Op

from .endpoint_orders import HOME, EndpointCase

_D = Decimal


@tagged("post_install", "-at_install")
class TestOrderTaxes(EndpointCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.special = cls.env["account.tax"].create(
            {
                "name": "County",
                "amount": 8,
                "type_tax_use": "sale",
                "price_include_override": "tax_excluded",
            }
        )

    def rule(self, **values):
        return self.env["gateway.tax.rule"].create({"tax_id": self.special.id, **values})

    def taxes_of(self, rate="0.0825", amount="0.83", tax=None, **more):
        line = self.line(0, taxes=[(rate, amount)])
        line["taxes"][0].update(tax or {})
        order, _result = self.new_order(line, **more)
        return order.order_line.tax_ids

    def usual(self):
        return self.env["account.tax"].search([("name", "=", "Shop tax 8.25 tax_excluded")])

    def refused(self, *lines, **more):
        values = self.order_values(*lines, **more)
        (result,) = self.write("order", Op("k", "create", None, values))
        return result.error

    def letter(self, error):
        return self.env["gateway.dead.letter"].create(
            {
                "connector_id": self.connector.id,
                "company_id": self.company.id,
                "entity": "order",
                "direction": "import",
                "source_id": "1",
                "details": error.details,
            }
        )

    def test_a_rule_stands_above_the_rate(self):
        self.assertEqual(self.usual(), self.taxes_of())
        self.rule(rate=8.25)
        self.assertEqual(self.special, self.taxes_of())

    def test_the_shops_amount_is_charged_whatever_the_rules_tax_would_be(self):
        self.rule(rate=8.25)
        for method in ("round_globally", "round_per_line"):
            self.company.tax_calculation_rounding_method = method
            order, _result = self.new_order(
                self.line(0, taxes=[("0.0825", "0.83")]), total=_D("10.83")
            )
            self.assertEqual((0.83, 10.83), (order.amount_tax, order.amount_total))

    def test_a_rule_matches_rate_country_and_name_and_only_then(self):
        tax = {"name": "VAT reduced"}
        cases = (
            ({"rate": 8.25}, True),
            ({"rate": 8.26}, False),
            ({"rate": 0}, True),
            ({"name_pattern": "vat*"}, True),
            ({"name_pattern": "*standard*"}, False),
            ({"country_id": self.env.ref("base.us").id}, True),
            ({"country_id": self.env.ref("base.de").id}, False),
        )
        for values, matches in cases:
            with self.subTest(values=values):
                rule = self.rule(**values)
                found = self.taxes_of(tax=tax, shipping_address=HOME)
                self.assertEqual(self.special if matches else self.usual(), found)
                rule.unlink()

    def test_the_country_of_the_tax_stands_above_the_address(self):
        self.rule(country_id=self.env.ref("base.de").id)
        tax = {"country": "DE"}
        self.assertEqual(self.special, self.taxes_of(tax=tax, shipping_address=HOME))

    def test_a_rule_is_for_prices_of_its_taxs_kind(self):
        self.rule(rate=8.25)
        found = self.taxes_of(amount="0.76", taxes_included=True)
        self.assertEqual("Shop tax 8.25 tax_included", found.name)

    def test_the_first_rule_decides_the_connectors_before_the_companys(self):
        other = self.special.copy({"name": "City"})
        self.rule(rate=8.25, sequence=1)
        self.rule(rate=8.25, sequence=2, tax_id=other.id)
        self.assertEqual(self.special, self.taxes_of())
        self.rule(rate=8.25, sequence=3, tax_id=other.id, connector_id=self.connector.id)
        self.assertEqual(other, self.taxes_of())
        third = self._connector("Third")
        self.rule(rate=8.25, sequence=0, connector_id=third.id)
        self.assertEqual(other, self.taxes_of(), "another connector's rule is none of ours")

    def test_a_rule_of_an_archived_tax_is_out_of_use(self):
        self.rule(rate=8.25)
        self.special.active = False
        self.assertEqual(self.usual(), self.taxes_of())

    def test_unknown_taxes_of_an_order_are_proposed_all_at_once(self):
        error = self.refused(
            self.line(0, taxes=[("0.0333", "0.33"), ("0.0825", "0.83")]),
            self.line(1, taxes=[("0.0444", "0.44")]),
            shipping_address=HOME,
        )
        self.assertEqual("undecided", error.cause)
        common = {"name": "Sales tax", "country": "US", "included": False}
        self.assertEqual(
            [{"percent": "3.33", **common}, {"percent": "4.44", **common}],
            sorted(error.details["taxes"], key=lambda tax: tax["percent"]),
        )
        self.assertIn("3.33 % excluded from prices («Sales tax», US)", str(error))

    def test_the_dead_letter_opens_the_rule_it_needs_and_the_order_goes_in_after(self):
        line = self.line(0, taxes=[("0.0333", "0.33")])
        letter = self.letter(self.refused(line))
        self.assertTrue(letter.proposes_tax_rule)
        action = letter.action_propose_tax_rule()
        form = Form(self.env["gateway.tax.rule"].with_context(**action["context"]))
        self.assertEqual((3.33, "Sales tax"), (form.rate, form.name_pattern))
        form.tax_id = self.special
        form.save()
        order, _result = self.new_order(line, total=_D("10.33"))
        self.assertEqual(self.special, order.order_line.tax_ids)
        with self.assertRaisesRegex(UserError, "have their rules by now"):
            letter.action_propose_tax_rule()

    def test_a_tax_that_the_sync_creates_is_shown_by_a_rule(self):
        self.connector.create_taxes = True
        self.user.group_ids += self.env.ref("account.group_account_manager")
        order, _result = self.new_order(self.line(0, taxes=[("0.0333", "0.33")]))
        rule = self.env["gateway.tax.rule"].search([("by_sync", "=", True)])
        self.assertEqual(
            (order.order_line.tax_ids, 3.33, self.connector),
            (rule.tax_id, rule.rate, rule.connector_id),
        )

    def test_a_company_without_a_country_is_named_where_a_tax_would_be_made(self):
        self.connector.create_taxes = True
        self.user.group_ids += self.env.ref("account.group_account_manager")
        self.company.write({"account_fiscal_country_id": False, "country_id": False})
        error = self.refused(self.line(0, taxes=[("0.0333", "0.33")]))
        self.assertEqual("undecided", error.cause)
        self.assertIn(f"the company {self.company.name} has no country", str(error))

    def test_the_total_of_a_tax_that_the_sync_creates_is_called_by_its_own_rate(self):
        self.connector.create_taxes = True
        self.user.group_ids += self.env.ref("account.group_account_manager")
        groups = self.env["account.tax.group"]
        usual = groups.search([*groups._check_company_domain(self.company)], limit=1)
        usual = usual or groups.create({"name": "Tax 15%", "company_id": self.company.id})
        taxes = self.taxes_of("0.0333", "0.33")
        made = taxes.tax_group_id
        self.assertEqual((taxes.invoice_label, 1), (made.name, len(made)))
        self.assertNotEqual(usual, made)
        self.assertEqual(usual.tax_payable_account_id, made.tax_payable_account_id)
        self.env["gateway.tax.rule"].search([]).unlink()
        taxes.active = False
        again = self.taxes_of("0.0333", "0.33")
        self.assertNotEqual(taxes, again)
        self.assertEqual(made, again.tax_group_id)

    def test_only_sales_taxes_in_percent_can_be_charged(self):
        purchase = self.special.copy({"name": "P", "type_tax_use": "purchase"})
        with self.assertRaisesRegex(ValidationError, "no sales tax in percent"):
            self.rule(tax_id=purchase.id)
        with self.assertRaisesRegex(ValidationError, "not negative"):
            self.rule(rate=-1)
