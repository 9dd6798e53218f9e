"""Values of changes, conflicts and bindings, as people read them in their language."""

from odoo.tests import TransactionCase, new_test_user, tagged

from .demo_shop_case import GROUPS

LINE = "lines[gid://shopify/LineItem/2253]"


@tagged("post_install", "-at_install")
class TestValuesTold(TransactionCase):
    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("de_DE")
        robot = new_test_user(self.env, "robot", groups=GROUPS)
        self.connector = self.env["gateway.connector"].create(
            {"name": "Shop", "platform": "shopify", "user_id": robot.id}
        )

    def told(self, field_changes, entity="order", direction="import", lang="de_DE"):
        change = self.env["gateway.change"].create(
            {
                "connector_id": self.connector.id,
                "entity": entity,
                "direction": direction,
                "outcome": "updated",
                "source_id": "7",
                "field_changes": field_changes,
            }
        )
        return change.with_context(lang=lang).summary

    def test_ids_of_the_shop_say_what_they_are_in_the_language(self):
        for id_, word in (
            ("gid://shopify/Refund/2282", "Rückerstattung 2282"),
            ("gid://shopify/LineItem/2261", "Auftragszeile 2261"),
            ("gid://shopify/OrderTransaction/2264", "Zahlung 2264"),
        ):
            self.assertIn(word, self.told({"id": [None, id_]}, "order_refund"))

    def test_numbers_have_the_decimal_mark_of_the_language(self):
        self.assertIn("5,9 → 6,55", self.told({"total": ["5.9", "6.55"]}))
        self.assertIn("5.9 → 6.55", self.told({"total": ["5.9", "6.55"]}, lang="en_US"))
        prices = {"list_price": ["12.5", "1234.5"]}
        self.assertIn("12,5 → 1234,5", self.told(prices, "product"))
        self.assertIn("0,5 → 0,75", self.told({"weight": ["0.5", "0.75"]}, "variant", "export"))
        compared = {"variants[7].compareAtPrice": [None, "9.5"]}
        self.assertIn("9,5", self.told(compared, "product", "export"))

    def test_what_was_left_of_a_record_is_told_by_names_and_an_element_once(self):
        since = "edited since"
        key = "addresses[gid://shopify/MailingAddress/7]"
        left = {"city": since, f"{key}.city": since, f"{key}.street": since}
        for reasons, told in (
            ({"": "kept, for it was edited since", **left}, "kept, for it was edited since: %s"),
            (left, "%s: edited since"),
        ):
            change = self.env["gateway.change"].create(
                {
                    "connector_id": self.connector.id,
                    "entity": "customer",
                    "direction": "import",
                    "outcome": "unchanged",
                    "source_id": "7",
                    "reasons": reasons,
                }
            )
            self.assertEqual(told % "City, Addresses 7", change.summary)

    def test_a_field_that_did_not_change_is_not_told(self):
        told = self.told({"city": ["Austin"] * 2, "zip": ["1", "2"]}, "customer", lang="en_US")
        self.assertEqual("Zip: 1 → 2", told)

    def test_what_only_looks_like_a_number_is_left_as_it_is(self):
        for name in ("default_code", "barcode", "name"):
            self.assertIn("1.5 → 2.5", self.told({name: ["1.5", "2.5"]}, "variant"))
        self.assertIn("1.5 → 2.5", self.told({"sku": ["1.5", "2.5"]}, "variant", "export"))

    def test_choices_of_shops_are_told_in_words(self):
        paid = self.told({"payment_state": ["PENDING", "PARTIALLY_PAID"]}, lang="en_US")
        self.assertEqual("Payment status: Pending → Partly paid", paid)
        self.assertIn("Some thing", self.told({"payment_state": [None, "SOME_THING"]}))
        self.assertIn("PAID", self.told({"name": [None, "PAID"]}, "product"), "it is a name")
        status = self.told({"status": ["ACTIVE", "ARCHIVED"]}, "product", "export", "en_US")
        self.assertEqual("Status: Active → Archived", status)

    def test_taxes_have_percents_and_addresses_are_in_order(self):
        taxes = [{"name": "VAT", "rate": "0.0825", "amount": "5.6", "country": "US"}]
        self.assertIn("VAT, 8,25 %, 5,6, US", self.told({f"{LINE}.taxes": [[], taxes]}))
        address = {"zip": "75001", "city": "Paris", "name": "Ada", "street": "2 Rue"}
        told = self.told({"billing_address": [None, address]})
        self.assertIn("Ada, 2 Rue, 75001, Paris", told)

    def test_an_element_is_called_by_its_name_instead_of_its_id(self):
        named = {f"{LINE}.name": [None, "Mug"], f"{LINE}.unit_price": [None, "5.9"]}
        told = self.told(named, lang="en_US")
        self.assertEqual("Lines «Mug»: Name: Mug · Lines «Mug»: Unit price: 5.9", told)
        self.assertIn("2253", self.told({f"{LINE}.unit_price": ["5.9", "6"]}), "nobody knows it")
        product = self.env["product.product"].create({"name": "Mug", "default_code": "M"})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Ada"}).id,
                "order_line": [(0, 0, {"product_id": product.id, "name": "Big mug\nblue"})],
            }
        )
        self.env["gateway.binding"].create(
            {
                "connector_id": self.connector.id,
                "entity": "order_line",
                "remote_id": "gid://shopify/LineItem/2253",
                "odoo_id": str(order.order_line.id),
                "res_model": "sale.order.line",
                "res_id": order.order_line.id,
            }
        )
        told = self.told({f"{LINE}.unit_price": ["5.9", "6"]}, lang="en_US")
        self.assertEqual("Lines «Big mug»: Unit price: 5.9 → 6", told)

    def test_elements_of_many_changes_are_asked_for_at_once(self):
        def queries(count):
            changes = self.env["gateway.change"]
            for n in range(count):
                changes |= changes.create(
                    {
                        "connector_id": self.connector.id,
                        "entity": "order",
                        "direction": "import",
                        "outcome": "updated",
                        "source_id": str(n),
                        "field_changes": {f"lines[{n}].unit_price": ["5", "6"]},
                    }
                )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            changes.mapped("summary")
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertLessEqual(queries(40), queries(2))
