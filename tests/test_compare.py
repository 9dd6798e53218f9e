"""Both sides are compared whole: what differs is told by field and reason, nothing is written."""

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import catalog

from .shop_case import ShopCase


@tagged("post_install", "-at_install", "gateway")
class TestCompare(ShopCase):
    def setUp(self):
        super().setUp()
        self.products = [self.add_product(f"Mug {n}", f"MUG-{n}") for n in range(4)]
        self.check_and_map()
        self.sync(direction="both")
        self.templates = self.env["product.template"].search(
            [("default_code", "in", [f"MUG-{n}" for n in range(4)])], order="default_code"
        )
        self.env.cr.execute(
            "UPDATE gateway_binding SET create_date = create_date - interval '2 days'"
        )
        self.env.invalidate_all()

    def compare(self):
        run = self.env["gateway.run"].browse(self.connector.action_compare()["res_id"])
        run._drive_inline()
        return run

    def told(self, run):
        return {row[:3]: (row[3], row[4]) for row in run._drift()}

    def test_what_differs_is_reported_and_nothing_is_written(self):
        quiet = self.compare()
        self.assertEqual((quiet.state, quiet.count_held, quiet.drift), ("done", 0, False))
        # Edits that no watermark shows: the dates of both sides are as they were.
        self.products[0]["title"] = "Cup 0"
        self.shop.store.changed()
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE product_template SET name = '{"en_US": "Becher"}' WHERE id = %s""",
            [self.templates[1].id],
        )
        self.env.invalidate_all()
        catalog.remove_product(self.shop.store, self.products[2])
        marks = self.env["gateway.watermark"].search([]).mapped("time")
        sent = self.shop.store.revision
        run = self.compare()
        self.assertEqual(run.state, "partial")
        told = self.told(run)
        shop, odoo = "changed in the shop, not carried yet", "changed in Odoo since it was settled"
        self.assertEqual(told["product", "name", shop], (1, ["Cup 0"]))
        self.assertEqual(told["product", "name", odoo], (1, ["Mug 1"]))
        self.assertEqual(told["product", "", "gone from the shop, still in Odoo"][0], 1)
        self.assertFalse([key for key in told if key[1] == "title"], "told once, by the import")
        self.assertIn("Cup 0", run.drift)
        apart = self.env["gateway.change"].search(
            [("run_id", "=", run.id), ("outcome", "=", "held")]
        )
        self.assertEqual({"Differs"}, set(apart.mapped("outcome_text")), "it waits for nobody")
        self.assertFalse([one for one in apart if "see Conflicts" in one.summary])
        self.assertEqual(self.shop.store.revision, sent, "the shop was written to")
        self.assertEqual(self.env["gateway.watermark"].search([]).mapped("time"), marks)
        self.assertEqual(self.templates.mapped("name"), ["Mug 0", "Becher", "Mug 2", "Mug 3"])
        self.assertFalse(self.letters())
        self.assertEqual(run.count_read, sum(run.page_ids.mapped("count_read")))
        codes = [one["code"] for one in self.connector._problems()]
        self.assertIn("drift", codes)
        # From there everything is synced, and the next compare is quiet.
        self.env["gateway.watermark"].search([]).swept = False
        whole = self.env["gateway.run"].browse(run.action_sync_everything()["res_id"])
        whole._drive_inline()
        self.assertEqual(self.templates[0].name, "Cup 0")
        self.assertEqual(self.products[1]["title"], "Becher")
        self.assertFalse(self.templates[2].active)
        self.assertEqual(self.compare().count_held, 0)

    def test_what_was_taken_back_is_told_and_is_no_drift(self):
        self.products[0]["title"] = "Cup 0"
        self.shop.store.touch(self.products[0])
        run = self.sync("product")
        self.env["gateway.run"].browse(run.action_undo()["res_id"])._drive_inline()
        self.assertEqual(self.templates[0].name, "Mug 0")
        run = self.compare()
        apart = "left apart by a decision or a take-back"
        self.assertEqual(self.told(run), {("product", "name", apart): (1, ["Cup 0"])})
        self.assertEqual((run.state, run.count_held), ("done", 0))
        self.assertNotIn("drift", [one["code"] for one in self.connector._problems()])
        line = run.change_ids.filtered("field_changes")
        self.assertEqual(line.outcome_text, "Left as it is")

    def test_a_compare_runs_when_its_day_has_come_and_only_then(self):
        runs = self.env["gateway.run"]
        start = self.connector._start_due_compares
        compares = [("connector_id", "=", self.connector.id), ("compares", "=", True)]
        start()
        self.assertFalse(runs.search(compares), "it is off")
        self.connector.compare_days = 7
        start()
        first = runs.search(compares)
        self.assertEqual(len(first), 1)
        first._drive_inline()
        start()
        self.assertEqual(runs.search(compares), first, "not due before a week is over")
        self.env.cr.execute(
            "UPDATE gateway_run SET create_date = %s WHERE id = %s",
            [fields.Datetime.subtract(fields.Datetime.now(), days=8), first.id],
        )
        self.env.invalidate_all()
        start()
        self.assertEqual(len(runs.search(compares)), 2)
        with self.assertRaises(AccessError):
            self.connector.with_user(self.people["viewer"]).action_compare()
