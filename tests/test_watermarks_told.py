"""A watermark tells when its entity was last synced, and that all before that is settled."""

from odoo.tests import tagged

from .shop_case import ShopCase


@tagged("post_install", "-at_install", "gateway")
class TestWatermarksTold(ShopCase):
    def setUp(self):
        super().setUp()
        self.add_product("Mug", "MUG-1")
        self.check_and_map()
        self.run = self.sync("category", "product")
        self.mark = self.env["gateway.watermark"]._of(self.connector, "product", "import")

    def flow(self, run):
        return run.flow_ids.filtered(lambda flow: flow.entity == "product")

    def test_an_old_newest_record_is_no_sign_of_being_late(self):
        self.mark.time = "2020-01-01T00:00:00+00:00"
        flow = self.flow(self.run)
        flow.write({"started": "2026-05-01 10:00:00", "ended": "2026-05-01 10:05:00"})
        self.mark.invalidate_recordset()
        self.assertEqual((flow.ended, flow.started), (self.mark.synced, self.mark.settled_until))

    def test_plans_and_what_failed_are_no_sync(self):
        synced = self.flow(self.run).ended
        plan = self.flow(self.sync("product", dry_run=True))
        failed = self.flow(self.sync("product"))
        failed.state = "failed"
        (plan | failed).ended = "2030-01-01 00:00:00"
        self.mark.invalidate_recordset()
        self.assertEqual(synced, self.mark.synced)

    def told(self):
        self.mark.invalidate_recordset()
        return self.mark.synced, self.mark.settled_until

    def test_a_retry_of_one_letter_settles_nothing_else(self):
        self.flow(self.run).write({"started": "2026-05-01", "ended": "2026-05-01"})
        before = self.told()
        (binding,) = self.env["gateway.binding"].search([("entity", "=", "product")])
        letter = self.env["gateway.dead.letter"].create(
            {
                **{"connector_id": self.connector.id, "entity": "product"},
                **{"direction": "import", "source_id": binding.remote_id, "error": "Broken"},
            }
        )
        letter.action_retry()
        self.assertEqual("resolved", letter.state)
        self.assertEqual(before, self.told())

    def test_an_apply_settles_nothing_that_was_not_planned(self):
        self.flow(self.run).write({"started": "2026-05-01", "ended": "2026-05-01"})
        before = self.told()
        self.add_product("Bowl", "BOWL-1")
        plan = self.sync("product", dry_run=True)
        plan.action_plan_approve()
        run = self.env["gateway.run"].browse(plan.action_plan_apply()["res_id"])
        run._drive_inline()
        self.assertEqual("done", run.state)
        self.assertEqual(before, self.told())

    def test_a_watermark_without_a_run_says_nothing_of_it(self):
        self.run.unlink()
        self.mark.invalidate_recordset()
        self.assertEqual((False, False), (self.mark.synced, self.mark.settled_until))
