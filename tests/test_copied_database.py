"""A copy of the database touches no shop: by its own id, and by Odoo's neutralisation."""

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from odoo.addons.gateway_ng.models.subscription import uninstall_hook

from .webhook_case import WebhookCase


@tagged("post_install", "-at_install")
class TestCopy(WebhookCase):
    def setUp(self):
        super().setUp()
        self.connector.responsible_id = self.people["operator"]
        self.look_after()
        self.before = self.shop.counters.requests
        self.original = self.env["ir.config_parameter"].get_param("database.uuid")
        self.copy_database("copy")

    def copy_database(self, uuid):
        self.env["ir.config_parameter"].set_param("database.uuid", uuid)
        self.env.invalidate_all()

    def test_every_touch_of_the_shop_is_refused(self):
        connector = self.connector
        self.assertTrue(connector.is_copied)
        with self.assertRaisesRegex(UserError, "This database goes on"):
            connector.run_sync(["product"])
        health = connector.check_connection()
        self.assertEqual((False, False), (health["ok"], health["usable"]))
        self.assertIn("copy of the one in which Shop worked", health["problems"][0])
        self.look_after()
        self.assertIn("must not touch", connector.webhooks_error)
        self.deliver("products/update", self.product["id"], status=404)
        with mute_logger("odoo.addons.gateway_ng.models.subscription"):
            uninstall_hook(self.env)
        run = self.env["gateway.run"].sudo()._start(connector, [("product", "import")], False)
        with mute_logger("odoo.addons.gateway_ng.models.run"):
            run._drive_inline()
        self.assertEqual("failed", run.state)
        self.assertIn("must not touch", run.error)
        self.assertFalse(self.events)
        self.assertEqual(self.before, self.shop.counters.requests)

    def test_the_dispatcher_pauses_it_before_anything_is_started(self):
        line = self.connector.schedule_ids[:1]
        line.cron = "* * * * *"
        line.next_run = "2026-01-01 00:00:00"
        self.dispatch()
        self.assertEqual("paused", self.connector.state)
        self.assertIn("a copy", self.connector.pause_reason)
        self.assertFalse(self.env["gateway.run"].search([("by_event", "=", False)]) - self.gap)
        (problem,) = self.connector._problems()
        self.assertEqual(("copied", "error"), (problem["code"], problem["severity"]))
        self.assertEqual(1, len(self.connector.activity_ids))
        self.dispatch()
        self.assertEqual(self.before, self.shop.counters.requests)

    @property
    def gap(self):
        """The run that the first subscription started in the original."""
        return self.env["gateway.run"].search([], order="id", limit=1)

    def test_nobody_resumes_it_past_the_two_buttons(self):
        self.dispatch()
        manager = self.connector.with_user(self.people["manager"])
        with self.assertRaisesRegex(UserError, "This database goes on"):
            manager.action_resume()
        with self.assertRaisesRegex(UserError, "buttons"):
            manager.write({"database": "copy"})
        manager.action_keep_paused()
        self.assertEqual(("paused", True), (manager.state, manager.is_copy_kept))
        self.assertEqual("info", self.connector._problems()[0]["severity"])
        self.dispatch()
        self.assertFalse(self.connector.activity_ids, "who keeps it paused knows")

    def test_a_database_that_goes_on_syncs_again(self):
        self.dispatch()
        self.connector.with_user(self.people["manager"]).action_go_on_here()
        self.assertEqual(
            ("ready", False, "copy"),
            (self.connector.state, self.connector.is_copied, self.connector.database),
        )
        self.deliver("products/update", self.product["id"])
        self.gap._close("done")
        self.carry_out()
        self.assertEqual(["Mug"], self.in_odoo())
        self.copy_database(self.original)
        self.assertTrue(self.connector.is_copied, "the first one is the copy now")

    def test_the_demo_shop_is_copied_along_and_stays_usable(self):
        connection = self.connector.connection_ids.sudo()
        connection.demo_shop = "key"
        self.env.invalidate_all()
        self.assertFalse(self.connector.is_copied)

    def test_a_copy_of_a_connector_works_where_it_was_made(self):
        made = self.connector.copy()
        self.assertEqual("copy", made.database)
        self.assertFalse(made.is_copied)


@tagged("post_install", "-at_install")
class TestNeutralized(WebhookCase):
    def neutralize(self):
        self.env.flush_all()
        with file_open("gateway_ng/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()

    def test_a_neutralised_copy_has_nothing_to_open_the_shop_with(self):
        self.look_after()
        self.env["gateway.health.key"].action_make()
        self.connector.run_sync(["product"])
        connection, token = self.connector.connection_ids.sudo(), self.token
        before = self.shop.counters.requests
        self.neutralize()
        self.assertEqual("paused", self.connector.state)
        self.assertIn("neutralised", self.connector.pause_reason)
        self.assertFalse(self.connector.is_webhook_on)
        for name in ("secrets", "typed", "token_cache", "webhook_token", "webhook_digest"):
            self.assertFalse(connection[name], name)
        self.assertFalse(connection._valid_secrets())
        self.assertFalse(self.connector.subscription_ids)
        self.assertFalse(self.env["gateway.health.key"].search([]))
        jobs = self.env["queue.job"].search([("model_name", "=like", "gateway.%")])
        self.assertEqual({"cancelled"}, set(jobs.mapped("state")))
        for name in ("cron_dispatch", "cron_count", "cron_webhooks"):
            self.assertFalse(self.env.ref(f"gateway_ng.{name}").active)
        body = self.body(self.product["id"])
        headers = self.signed("products/update", body)
        self.assertEqual(404, self.send(body, headers, token=token)[0])
        self.dispatch()
        self.assertEqual(before, self.shop.counters.requests)

    def test_a_demo_shop_is_part_of_the_copy_and_goes_on(self):
        self.connector.connection_ids.sudo().demo_shop = "key"
        self.neutralize()
        self.assertEqual("ready", self.connector.state)
        self.assertTrue(self.connector.connection_ids.sudo()._valid_secrets())
