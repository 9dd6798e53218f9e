"""Connections are checked without anybody pressing a button, and never at a run's cost."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.gateway_ng.lib.endpoint import Health

from .test_health import HealthCase


@tagged("post_install", "-at_install")
class TestCheckedByItself(HealthCase):
    def setUp(self):
        super().setUp()
        self.remote = type(self.connector._remote_endpoint())
        self.commits = []

    def turn(self):
        """A turn of the cron; `self.commits` grows where a transaction ends."""

        def commit():
            self.env.flush_all()
            self.commits.append(1)

        with (
            patch.object(self.env.cr, "commit", commit),
            patch.object(self.env.cr, "rollback", lambda: None),
        ):
            self.env["gateway.connector"]._cron_check()
        self.env.invalidate_all()

    def long_ago(self, **values):
        before = fields.Datetime.now() - timedelta(days=2)
        self.connector.write({"checked": before, "check_due": before, **values})

    def hours_left(self):
        return (self.connector.check_due - fields.Datetime.now()).total_seconds() / 3600

    def test_once_a_day_each_connector_at_a_time_of_its_own(self):
        self.long_ago()
        self.turn()
        self.assertGreater(self.connector.checked, fields.Datetime.now() - timedelta(minutes=1))
        self.assertTrue(22 <= self.hours_left() <= 24, self.hours_left())
        others = self.connector.browse()
        for name in ("One", "Two", "Three"):
            others |= self.connect(name)
        for one in others:
            one._keep_found({"usable": True})
        moments = {one.check_due.replace(second=0, microsecond=0) for one in others}
        self.assertEqual(3, len(moments), "not all at one minute")
        told = self.connector.checked
        self.turn()
        self.assertEqual(told, self.connector.checked, "not at each turn")

    def test_a_skewed_clock_is_found_without_anybody_asking(self):
        self.long_ago()
        self.assertEqual([], self.codes())
        with patch.object(self.remote, "check", lambda _self: Health(ok=True, clock_skew=-90.0)):
            self.turn()
        self.assertEqual(["clock_skew"], self.codes())

    def test_a_mended_connection_is_no_error_any_more(self):
        self.long_ago(health={"usable": False, "problems": ["no"]})
        self.assertEqual(["connection"], self.codes())
        self.turn()
        self.assertEqual([], self.codes())

    def test_one_that_fails_is_tried_each_hour_and_the_others_have_their_turn(self):
        other = self.connect("Other")
        other.check_connection()
        self.shop.tokens.issued.clear()

        def fail(remote):
            raise ZeroDivisionError("a bug")

        self.long_ago()
        with (
            patch.object(self.remote, "check", fail),
            mute_logger("odoo.addons.gateway_ng.models.connector_watch"),
        ):
            self.turn()
        self.assertAlmostEqual(1, self.hours_left(), delta=0.1)
        self.long_ago()
        self.server.shutdown()
        self.server.server_close()
        with mute_logger("odoo.addons.gateway_ng.lib.http.session"):
            self.turn()
        self.assertAlmostEqual(1, self.hours_left(), delta=0.1)
        self.assertIn("connection", self.codes())

    def test_few_are_checked_at_a_turn(self):
        for number in range(7):
            self.connect(f"Shop {number}").write({"state": "ready", "setup_step": "done"})
        asked = []

        def check(remote):
            asked.append(remote)
            return Health(ok=True)

        with patch.object(self.remote, "check", check):
            self.turn()
        self.assertEqual(5, len(asked))

    def test_no_transaction_is_open_while_the_shop_is_asked(self):
        self.long_ago()
        seen, ask = [], self.remote.check

        def check(remote):
            before = self.env.cr.sql_log_count
            seen.append(len(self.commits))
            found = ask(remote)
            self.assertEqual(before, self.env.cr.sql_log_count, "asked the database meanwhile")
            return found

        with patch.object(self.remote, "check", check):
            self.turn()
        self.assertEqual(1, len(seen))
        self.assertGreaterEqual(seen[0], 3, "progress, the claim, and before the call")

    def test_what_is_paused_archived_or_not_live_is_not_asked(self):
        for values in ({"state": "paused"}, {"active": False}, {"setup_step": "review"}):
            with self.subTest(values), self.env.cr.savepoint() as kept:
                self.long_ago(**values)
                self.assertNotIn(
                    self.connector, self.env["gateway.connector"]._with_check_due(), values
                )
                kept.rollback()
                self.env.invalidate_all()

    def test_other_credentials_that_were_entered_meanwhile_are_not_judged(self):
        self.long_ago()

        def check(remote):
            self.connector.connection_ids.set_values({"shop": "moved.myshopify.com"})
            return Health(ok=True, system="another", account="Other")

        with patch.object(self.remote, "check", check):
            self.turn()
        self.assertEqual("draft", self.connector.state)
        self.assertFalse(self.connector.is_identified)

    def test_a_run_that_failed_has_the_connection_checked_soon(self):
        self.connector.checked -= timedelta(hours=1)
        self.assertGreater(self.hours_left(), 20)
        self.shop.configure({"client_secret": "changed"})
        self.shop.tokens.issued.clear()
        self.connector.connection_ids.sudo().token_cache = False
        with mute_logger("odoo.addons.gateway_ng.lib.http.session"):
            run = self.sync("category")
        self.assertEqual("failed", run.state)
        self.assertLessEqual(self.hours_left(), 0)
        triggers = self.env["ir.cron.trigger"].search([])
        self.assertIn(self.env.ref("gateway_ng.cron_check"), triggers.cron_id)
        self.turn()
        self.assertIn("connection", self.codes())

    def test_runs_that_fail_in_a_row_do_not_ask_each_time(self):
        self.connector._check_soon()
        self.assertAlmostEqual(10, self.hours_left() * 60, delta=1)

    def test_a_run_that_is_done_ends_the_error_of_an_old_check_soon(self):
        self.long_ago(
            health={"usable": False, "problems": ["no"]},
            check_due=fields.Datetime.now() + timedelta(hours=1),
        )
        self.sync("category")
        self.assertLessEqual(self.hours_left(), 0)
