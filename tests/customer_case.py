"""One customer of the demo shop, and the contact that is its own in Odoo."""

from .demo_shop_case import DemoShopCase


class CustomerCase(DemoShopCase):
    def setUp(self):
        super().setUp()
        self.customer = next(
            one
            for one in self.reader.table("Customer")
            if one["email"] and one["firstName"] and one["addresses"]
        )

    def partner(self):
        (binding,) = self.bindings("customer").filtered(
            lambda one: one.remote_id == self.customer["id"]
        )
        return self.env["res.partner"].browse(binding.res_id)

    def carry(self):
        """Customers both ways, a minute later; the run out."""
        self.clock.sleep(60)
        for direction in ("import", "export"):
            run = self.sync("customer", direction=direction)
            self.assertEqual(0, run.count_dead, self.letters().mapped("error"))
        self.env.invalidate_all()
        return run
