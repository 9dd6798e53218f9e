"""What a customer's mapping leaves to the shop where Odoo has no word for it, is compared as any
field where both sides have one."""

from odoo.tests import tagged

from .customer_case import CustomerCase


@tagged("post_install", "-at_install")
class TestCustomerConflicts(CustomerCase):
    def setUp(self):
        super().setUp()
        self.carry()
        self.env["gateway.conflict.rule"].create(
            {"connector_id": self.connector.id, "pattern": "res.partner.*", "winner": "ask"}
        )
        self.customer["phone"] = "+14155550111"
        self.shop.store.touch(self.customer)

    def test_a_phone_that_both_sides_edited_is_held_in_both_directions(self):
        self.partner().phone = "+1 415-555-0122"
        self.clock.sleep(60)
        for direction in ("import", "export"):
            run = self.sync("customer", direction=direction, state="partial")
            self.assertEqual(1, run.count_held)
            self.env.invalidate_all()
            self.assertEqual("+14155550111", self.customer["phone"])
            self.assertEqual("+1 415-555-0122", self.partner().phone)
        conflict = self.env["gateway.conflict"].search([("connector_id", "=", self.connector.id)])
        self.assertIn("open", conflict.mapped("state"))

    def test_the_shops_new_phone_stands_when_odoo_sends_another_field_first(self):
        self.partner().name = "Another Name"
        self.clock.sleep(60)
        self.sync("customer", direction="export")
        self.assertEqual("+14155550111", self.customer["phone"])
        self.assertEqual("Another", self.customer["firstName"])
        self.sync("customer", direction="import")
        self.env.invalidate_all()
        self.assertEqual("+14155550111", self.partner().phone)

    def test_the_shops_new_name_stands_when_odoo_sends_another_field_first(self):
        self.customer["lastName"] = "Newname"
        self.shop.store.touch(self.customer)
        self.partner().street = "9 New Street"
        self.clock.sleep(60)
        self.sync("customer", direction="export")
        self.assertEqual("Newname", self.customer["lastName"])
        self.sync("customer", direction="import")
        self.env.invalidate_all()
        self.assertEqual(f"{self.customer['firstName']} Newname", self.partner().name)

    def test_a_name_that_both_sides_edited_is_held_in_both_directions(self):
        self.customer["lastName"] = "Newname"
        self.shop.store.touch(self.customer)
        self.partner().name = f"{self.customer['firstName']} Othername"
        self.clock.sleep(60)
        for direction in ("export", "import"):
            run = self.sync("customer", direction=direction, state="partial")
            self.assertEqual(1, run.count_held)
            self.env.invalidate_all()
            self.assertEqual("Newname", self.customer["lastName"])
            self.assertIn("Othername", self.partner().name)

    def test_an_email_that_the_shop_alone_edited_says_so_and_lists_no_field_that_is_alike(self):
        self.carry()
        self.customer["email"] = "another@example.com"
        self.shop.store.touch(self.customer)
        self.clock.sleep(60)
        self.sync("customer", state="partial")
        conflict = self.env["gateway.conflict"].search([("state", "=", "open")])
        told = conflict.fields_text, conflict.remote_text
        self.assertEqual(("Email", "another@example.com"), told)
        self.assertNotIn("Name", conflict.details)
        told = self.env["gateway.binding"].why("res.partner", self.partner().id)
        (waiting,) = told["connectors"][0]["waits"]
        self.assertEqual(
            "Records are recognised by it and it was changed, so a person has to say whether it is "
            "still the same one: Email",
            waiting["text"],
        )
