"""The queue of pages that wait to be settled: a full one pauses the connector, and says so."""

from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.gateway_ng.models.work import LEASE_PARAMETER, UnitOfWork

from .shop_case import ShopCase


@tagged("post_install", "-at_install")
class TestQueue(ShopCase):
    def staged(self):
        """A run whose pages are read, with nobody who settles them."""
        run = self.connector.run_sync(["product"], "export").sudo()
        run._drive(UnitOfWork(self.env, own=False), run.epoch, inline=False)
        return run

    def setUp(self):
        super().setUp()
        self.env["product.template"].create({"name": "Mine", "default_code": "MINE"})

    def test_a_full_queue_pauses_the_connector_and_says_why(self):
        self.connector.queue_limit = 1
        run = self.staged()
        self.assertEqual((run.state, self.connector.state), ("running", "paused"))
        self.assertIn("Pages that wait to be settled: 1", self.connector.pause_reason)
        self.assertIn(
            "Pages that wait to be settled: 1", " ".join(self.connector.message_ids.mapped("body"))
        )

    def test_a_resumed_connector_goes_on_where_it_was_paused(self):
        self.connector.queue_limit = 1
        run = self.staged()
        self.connector.queue_limit = 10
        self.connector.action_resume()
        run._drive_inline()
        self.assertEqual((run.state, run.count_created), ("done", 1), run.error)

    def test_pages_of_cancelled_runs_do_not_fill_the_queue(self):
        self.connector.queue_limit = 2
        for _ in range(3):
            self.staged().action_cancel()
        self.assertNotEqual(self.connector.state, "paused")

    def test_a_run_is_stuck_after_ten_minutes_or_what_the_parameter_says(self):
        run = self.staged()
        tables = ("gateway_run", "gateway_flow", "gateway_page")

        def silent(seconds):
            self.env.flush_all()
            for table in tables:
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET write_date = now() AT TIME ZONE 'UTC' - %s",
                        SQL.identifier(table),
                        timedelta(seconds=seconds),
                    )
                )
            return run._is_stuck()

        self.assertFalse(silent(590))
        self.assertTrue(silent(610))
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(LEASE_PARAMETER, "30")
        self.assertTrue(silent(40))
        self.assertFalse(silent(20))
        parameters.set_param(LEASE_PARAMETER, "soon")
        self.assertFalse(silent(590), "what is no number of seconds changes nothing")
