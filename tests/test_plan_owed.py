"""A plan foretells what a run would come to owe the other direction."""

from odoo.tests import tagged

from .customer_case import CustomerCase


@tagged("post_install", "-at_install", "gateway")
class TestPlanOwed(CustomerCase):
    def setUp(self):
        super().setUp()
        self.carry()
        self.env["gateway.conflict.rule"].create(
            {"connector_id": self.connector.id, "pattern": "res.partner.*", "winner": "ask"}
        )
        self.before = self.customer["phone"]
        self.shop_phone("+14155550111")
        self.partner().phone = "+1 415-555-0122"
        self.env.flush_all()
        self.clock.sleep(60)
        for direction in ("import", "export"):
            self.sync("customer", direction=direction, state="partial")
        self.clock.sleep(60)

    def shop_phone(self, phone):
        self.customer["phone"] = phone
        self.shop.store.touch(self.customer)

    def foretold(self):
        """The counts of a plan of customers, and those of the run that follows."""
        plan = self.connector.run_sync(["customer"], dry_run=True, wait=True)
        run = self.connector.run_sync(["customer"], wait=True)
        self.env.invalidate_all()
        return self.counts(plan), self.counts(run)

    def test_the_edit_that_is_owed_once_the_shop_took_its_side_back_is_in_the_plan(self):
        self.shop_phone(self.before)
        planned, done = self.foretold()
        self.assertEqual(1, done["customer", "export"]["updated"])
        self.assertEqual(done, planned)

    def test_a_conflict_that_is_still_open_is_in_the_plan_as_in_the_run(self):
        planned, done = self.foretold()
        self.assertEqual(done, planned)

    def test_one_that_a_person_decided_is_in_the_plan_as_in_the_run(self):
        conflict = self.env["gateway.conflict"].search([("state", "=", "open")])
        conflict.action_take_odoo()
        self.env.flush_all()
        planned, done = self.foretold()
        self.assertEqual(done, planned)
