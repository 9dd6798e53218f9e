"""What moves no date is found by a read of everything that is scheduled, and not asked for."""

from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .test_schedule import ScheduleCase


@tagged("post_install", "-at_install")
class TestFullReads(ScheduleCase):
    def setUp(self):
        super().setUp()
        self.mug = self.add_product("Mug", "MUG")
        self.check_and_map()
        self.sync("product")
        self.product = self.env["product.template"].search([("default_code", "=", "MUG")])

    def mark(self):
        self.env.invalidate_all()
        return self.env["gateway.watermark"]._of(self.connector, "product", "import")

    def days_pass(self, days):
        self.mark().whole -= timedelta(days=days)

    def scheduled(self):
        """The run that the schedule starts, to its end."""
        self.make_due(self.line("product"))
        run = self.schedules._start_due()
        run._drive_inline()
        return run

    def edit_without_a_date(self, title):
        # Beyond the overlap, in which each run looks anyhow.
        self.mug.update(title=title, updatedAt="2020-01-01T00:00:00Z")
        self.shop.store.changed()

    def test_what_a_platform_says_has_blind_dates_is_read_whole_each_week(self):
        days = {(one.entity, one.direction): one.full_days for one in self.connector.schedule_ids}
        self.assertEqual(7, days["product", "import"], "translations may move no date")
        self.assertEqual(
            [0, 0, 0],
            [days["order", "import"], days["variant", "import"], days["product", "export"]],
        )
        shop = self.env["gateway.connector"].create({"name": "Woo", "platform": "woocommerce"})
        days = {(one.entity, one.direction): one.full_days for one in shop.schedule_ids}
        imports = ("category", "product", "variant", "price", "stock", "customer", "order")
        self.assertEqual([0, 7, 7, 7, 7, 0, 0], [days[name, "import"] for name in imports])
        self.assertEqual({0}, {n for (_entity, way), n in days.items() if way == "export"})

    def test_an_edit_that_moved_no_date_is_found_once_the_days_are_over(self):
        self.edit_without_a_date("Cup")
        self.days_pass(6)
        run = self.scheduled()
        self.assertFalse(run.flow_ids.is_full)
        self.assertEqual("Mug", self.product.name, "nothing shows it")
        self.days_pass(1)
        run = self.scheduled()
        self.assertTrue(run.flow_ids.is_full)
        self.assertFalse(run.flow_ids.since)
        self.assertEqual("Cup", self.product.name)

    def test_the_watermark_stays_right_and_the_days_begin_anew(self):
        before = self.mark().time
        self.days_pass(8)
        self.scheduled()
        mark = self.mark()
        self.assertGreaterEqual(datetime.fromisoformat(mark.time), datetime.fromisoformat(before))
        self.assertGreater(mark.whole, fields.Datetime.now() - timedelta(minutes=1))
        self.assertFalse(self.scheduled().flow_ids.is_full)

    def test_only_the_flow_that_is_due_reads_everything(self):
        self.sync("customer")
        self.days_pass(8)
        self.make_due(self.line("product"), self.line("customer"))
        run = self.schedules._start_due()
        full = {flow.entity: flow.is_full for flow in run.flow_ids}
        self.assertEqual({"product": True, "customer": False}, full)

    def test_what_somebody_let_read_everything_counts_and_plans_and_compares_do_not(self):
        self.days_pass(8)
        long_ago = self.mark().whole
        self.sync("product", dry_run=True, full=True)
        compare = self.env["gateway.run"].browse(self.connector.action_compare()["res_id"])
        compare._drive_inline()
        self.sync("product")
        self.assertEqual(long_ago, self.mark().whole)
        self.sync("product", full=True)
        self.assertGreater(self.mark().whole, long_ago)

    def test_one_that_was_read_before_days_were_counted_counts_from_now_on(self):
        mark = self.mark()
        mark.whole = False
        self.assertFalse(self.scheduled().flow_ids.is_full, "of an upgrade not all at once")
        self.days_pass(8)
        self.assertTrue(self.scheduled().flow_ids.is_full)

    def test_a_read_that_stopped_in_the_middle_is_due_still(self):
        self.days_pass(8)
        flow = self.scheduled().flow_ids
        self.days_pass(8)
        before = self.mark().whole
        self.assertTrue(flow.is_full)
        flow.write({"state": "reading", "started": fields.Datetime.now()})
        flow._advance_watermark()
        self.assertEqual(before, self.mark().whole)

    def test_none_is_by_hand_only_and_less_is_refused(self):
        line = self.line("product")
        line.full_days = 0
        self.days_pass(800)
        self.assertFalse(self.scheduled().flow_ids.is_full)
        with self.assertRaisesRegex(ValidationError, "Product · Import: days can't be negative"):
            line.full_days = -1

    def test_who_changed_the_days_stands_in_the_chatter(self):
        line = self.line("product").with_user(self.people["manager"])
        line.full_days = 30
        told = self.connector.message_ids[0].body
        self.assertIn("all after 7 days", told)
        self.assertIn("all after 30 days", told)
