from odoo.tests import new_test_user, tagged

from odoo.addons.gateway_ng.lib.endpoint import Op

from .endpoint_orders import HOME, EndpointCase


@tagged("post_install", "-at_install")
class TestEndpointCustomer(EndpointCase):
    def new_customer(self, **values):
        result = self.new("customer", **{"name": "Ada", "email": "ada@example.com", **values})
        return self.env["res.partner"].browse(int(result.id)), result

    def test_a_customer_is_created_with_its_addresses(self):
        partner, result = self.new_customer(
            country_code="us",
            state_code="ca",
            addresses={
                "a": {**HOME, "type": "delivery"},
                "b": {**HOME, "street": "2 Side St", "company": "Acme", "type": "warehouse"},
            },
        )
        self.assertEqual(("US", "CA"), (partner.country_id.code, partner.state_id.code))
        self.assertEqual(1, partner.customer_rank, "Odoo's list of customers shows it")
        first, second = (
            self.env["res.partner"].browse(int(result.children["addresses"][key])) for key in "ab"
        )
        self.assertEqual((partner, "delivery"), (first.parent_id, first.type))
        self.assertEqual(("Acme", "other"), (second.company_name, second.type))

    def test_what_was_written_is_read_back_by_the_same_names(self):
        _partner, result = self.new_customer(
            country_code="CA", state_code="QC", addresses={"a": {**HOME, "zip": "62701"}}
        )
        fields = self.fetch(
            "customer", result.id, "name", "country_code", "state_code", "addresses.street"
        )
        self.assertEqual(
            ("Ada", "CA", "QC"), (fields["name"], fields["country_code"], fields["state_code"])
        )
        (address,) = fields["addresses"]
        self.assertEqual(result.children["addresses"]["a"], address["id"])
        self.assertEqual({**HOME, "zip": "62701"}, {n: address[n] for n in (*HOME, "zip")})

    def test_an_unknown_country_is_refused_by_name_and_the_others_go_on(self):
        good, bad = self.write(
            "customer",
            Op("1", "create", None, {"name": "Good", "country_code": "DE"}),
            Op("2", "create", None, {"name": "Bad", "addresses": {"a": {"country_code": "QQ"}}}),
        )
        self.assertIsNone(good.error)
        self.assertIn("«QQ»", str(bad.error))

    def test_an_unknown_state_stays_empty(self):
        partner, _result = self.new_customer(country_code="DE", state_code="ZZZ")
        self.assertFalse(partner.state_id)
        said = {"country_code": "DE", "state_code": "zzz"}
        canonical = self.endpoint().canonical("customer", said)
        self.assertEqual({"country_code": "DE", "state_code": None}, canonical)

    def test_another_country_takes_the_state_away(self):
        partner, result = self.new_customer(country_code="US", state_code="CA")
        self.write("customer", Op("k", "update", result.id, {"country_code": "FR"}))
        self.assertEqual(("FR", False), (partner.country_id.code, partner.state_id.code))

    def test_a_customer_without_a_name_is_refused(self):
        self.assertIn("without a name", self.refusal("customer", Op("k", "create", None, {})))

    def test_emails_are_equal_whatever_their_case(self):
        _partner, result = self.new_customer(email=" Ada@Example.COM ")
        asked = ["ADA@example.com ", "nobody@example.com", "no address"]
        found = list(self.endpoint().find("customer", "email", asked))
        self.assertEqual([("ADA@example.com ", result.id)], found)

    def test_all_partners_with_one_email_are_given(self):
        ids = {self.new_customer()[1].id, self.new_customer(email="ADA@example.com")[1].id}
        found = list(self.endpoint().find("customer", "email", ["ada@example.com"]))
        self.assertEqual(ids, {id_ for _value, id_ in found})

    def test_addresses_users_companies_and_guests_are_no_customers(self):
        partner, _result = self.new_customer(
            email="parent@example.com", addresses={"a": {**HOME, "email": "child@example.com"}}
        )
        self.env["res.partner"].create(
            {"name": "Guest", "gateway_guest": True, "email": "guest@example.com"}
        )
        user = new_test_user(self.env, login="staff", email="staff@example.com")
        user.active = False
        self.company.email = "company@example.com"
        asked = [f"{who}@example.com" for who in ("child", "guest", "staff", "company")]
        self.assertTrue(partner.child_ids)
        self.assertFalse(list(self.endpoint().find("customer", "email", asked)))

    def test_the_email_of_a_login_is_not_the_shops_to_change(self):
        user = new_test_user(self.env, login="portal", groups="base.group_portal")
        values = {"email": "thief@example.com"}
        op = Op("k", "update", str(user.partner_id.id), values)
        self.assertIn("has an Odoo login", self.refusal("customer", op))
        self.assertNotEqual("thief@example.com", user.partner_id.email)

    def test_the_email_of_an_address_that_can_sign_in_is_not_the_shops_to_change(self):
        partner, result = self.new_customer(addresses={"a": HOME})
        contact = self.env["res.partner"].browse(int(result.children["addresses"]["a"]))
        new_test_user(
            self.env, login="works_there", groups="base.group_portal", partner_id=contact.id
        )
        contact.email = "works@example.com"
        change = {"addresses": {"a": {"email": "thief@example.com"}}}
        op = Op("k", "update", result.id, change, {}, result.children)
        self.assertIn("addresses[a].email: this contact has an Odoo", self.refusal("customer", op))
        self.assertEqual("works@example.com", contact.email)

    def test_addresses_are_added_changed_and_archived(self):
        _partner, result = self.new_customer(addresses={"a": HOME, "b": HOME})
        known = result.children["addresses"]
        change = {"a": {"street": "9 New St"}, "b": None, "c": {**HOME, "city": "Shelbyville"}}
        (after,) = self.write(
            "customer",
            Op("k", "update", result.id, {"addresses": change}, {}, {"addresses": known}),
        )
        self.assertEqual({"c"}, set(after.children["addresses"]))
        held = self.fetch("customer", result.id, "addresses.street")["addresses"]
        self.assertEqual(
            {(known["a"], "9 New St"), (after.children["addresses"]["c"], "1 Main St")},
            {(address["id"], address["street"]) for address in held},
        )
        self.assertFalse(self.env["res.partner"].browse(int(known["b"])).active)

    def test_countries_and_states_are_looked_up_by_code(self):
        find = self.endpoint().find
        germany, california = self.env.ref("base.de"), self.env.ref("base.state_us_5")
        self.assertEqual([("de", str(germany.id))], list(find("res.country", "code", ["de", "QQ"])))
        self.assertEqual(
            [("US-CA", str(california.id))], list(find("res.country.state", "code", ["US-CA"]))
        )

    def test_an_edit_of_customer_or_address_is_found(self):
        partner, result = self.new_customer(addresses={"a": HOME})
        address = self.env["res.partner"].browse(int(result.children["addresses"]["a"]))
        edits = {
            "name": lambda: partner.write({"name": "Countess"}),
            "email": lambda: partner.write({"email": "new@example.com"}),
            "country_code": lambda: partner.write({"country_id": self.env.ref("base.de").id}),
            "category_id": lambda: partner.write({"category_id": [(0, 0, {"name": "VIP"})]}),
            "addresses.street": lambda: address.write({"street": "5 Other St"}),
            "addresses.state_code": lambda: address.write(
                {"state_id": self.env.ref("base.state_us_5").id}
            ),
            "addresses": lambda: address.copy({"parent_id": partner.id}),
        }
        for field, edit in edits.items():
            with self.subTest(field=field):
                self.backdate("res_partner")
                self.assertNotIn(result.id, self.changed("customer"))
                edit()
                self.assertIn(result.id, self.changed("customer"))

    def test_a_page_costs_a_fixed_number_of_statements_and_little_a_record(self):
        def ops(count):
            return [
                Op(
                    f"k{count}.{number}",
                    "create",
                    None,
                    {
                        "name": f"Customer {number}",
                        "email": f"c{count}.{number}@example.com",
                        "country_code": "US",
                        "addresses": {f"{number}": {**HOME, "type": "delivery"}},
                    },
                )
                for number in range(count)
            ]

        endpoint = self.endpoint()
        list(endpoint.write("customer", ops(1)))
        before = self.env.cr.sql_log_count
        list(endpoint.write("customer", ops(40)))
        self.env.flush_all()
        self.assertLessEqual((self.env.cr.sql_log_count - before) / 40, 4)
