"""A shop customer who has the e-mail of a contact that is there already: nothing is overwritten."""

from odoo.tests import tagged

from .customer_case import CustomerCase

KEPT = {"name": "Acme Supplies", "street": "1 Works Rd", "phone": "+1 555 0100"}


@tagged("post_install", "-at_install")
class TestFirstMatch(CustomerCase):
    synced = False

    def setUp(self):
        super().setUp()
        self.vendor = self.env["res.partner"].create(
            {**KEPT, "email": self.customer["email"].upper(), "supplier_rank": 1}
        )

    def binding(self):
        (binding,) = self.bindings("customer").filtered(
            lambda one: one.remote_id == self.customer["id"]
        )
        return binding

    def conflicts(self):
        return self.env["gateway.conflict"].search(
            [("connector_id", "=", self.connector.id), ("source_id", "=", self.customer["id"])]
        )

    def test_a_vendors_contact_keeps_its_values_and_what_was_empty_is_filled(self):
        self.sync("customer", direction="import")
        self.assertEqual(KEPT, {name: self.vendor[name] for name in KEPT})
        self.assertTrue(self.vendor.city, "the city was empty and the shop has one")
        self.assertTrue(self.vendor.country_id)
        self.assertEqual(self.vendor, self.env["res.partner"].browse(self.binding().res_id))
        same = [("email", "=ilike", self.customer["email"]), ("parent_id", "=", False)]
        self.assertEqual(self.vendor, self.env["res.partner"].search(same))

    def test_a_conflict_line_tells_of_each_value_that_was_kept(self):
        self.sync("customer", direction="import")
        told = {conflict.field_names: conflict for conflict in self.conflicts()}
        self.assertEqual({"name", "street"}, {"name", "street"} & set(told))
        for conflict in told.values():
            self.assertEqual(
                ("odoo", "first match", "resolved", True),
                (conflict.winner, conflict.rule, conflict.state, conflict.first_match),
            )
        self.assertEqual({"name": "Acme Supplies"}, told["name"].odoo_values)
        self.assertIn(self.customer["firstName"], told["name"].remote_values["name"])
        self.assertEqual("export", self.binding().pending, "what Odoo kept is owed to the shop")

    def test_it_is_decided_once_and_a_later_edit_in_the_shop_arrives(self):
        self.sync("customer", direction="import")
        count = len(self.conflicts())
        self.sync("customer", direction="import")
        self.assertEqual(KEPT, {name: self.vendor[name] for name in KEPT})
        self.clock.sleep(60)
        customer = self.shop.store.get("Customer", self.reader.number(self.customer["id"]))
        customer["firstName"] = "Zoe"
        self.shop.store.touch(customer)
        self.sync("customer", direction="import")
        self.assertTrue(self.vendor.name.startswith("Zoe"))
        self.assertEqual(KEPT["street"], self.vendor.street)
        self.assertEqual(count, len(self.conflicts()))
        self.assertNotIn("name", (self.binding().diverged or "").split(", "))
