"""What the shop delivers: subscribed to, checked, repaired with the gap read, and ended."""

import logging
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.gateway_ng.lib.errors import Refused
from odoo.addons.gateway_ng.lib.platforms.shopify.topics import SUBSCRIBED
from odoo.addons.gateway_ng.models.subscription import uninstall_hook

from .test_secrets import all_logs
from .webhook_case import BASE, WebhookCase

ALL = len(SUBSCRIBED)


@tagged("post_install", "-at_install")
class TestSubscriptions(WebhookCase):
    def at_the_shop(self):
        """Address → how many topics are delivered there."""
        found = {}
        for row in self.shop.store.tables["WebhookSubscription"].values():
            found[row["uri"]] = found.get(row["uri"], 0) + 1
        return found

    def due(self):
        return self.connector in self.env["gateway.connector"]._with_webhooks_due()

    def gap_runs(self):
        return self.env["gateway.run"].search(
            [("connector_id", "=", self.connector.id), ("by_event", "=", False)]
        )

    def test_switching_on_asks_the_shop_later_and_then_lists_what_it_delivers(self):
        self.assertEqual({}, self.at_the_shop(), "no call in the write's transaction")
        self.assertTrue(self.due())
        triggers = self.env["ir.cron.trigger"].search([])
        self.assertIn(self.env.ref("gateway_ng.cron_webhooks"), triggers.cron_id)
        self.look_after()
        self.assertEqual({f"{BASE}/gateway/webhook/{self.token}": ALL}, self.at_the_shop())
        rows = self.connector.subscription_ids
        self.assertEqual((ALL, {True}), (len(rows), set(rows.mapped("is_active"))))
        self.assertFalse(self.due(), "not each minute")
        self.connector.webhooks_checked -= timedelta(hours=2)
        self.assertTrue(self.due())

    def test_an_address_without_https_is_refused_with_what_to_set(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "http://odoo.example.com")
        self.connector.is_webhook_on = False
        with self.assertRaisesRegex(UserError, "web.base.url to the public https address"):
            self.connector.is_webhook_on = True

    def test_webhooks_without_a_schedule_are_called_so_and_not_on_time(self):
        told = self.connector.sync_state, self.connector.state_reason
        self.assertEqual("by_webhooks", told[0])
        self.assertIn("Nothing is scheduled", told[1])
        self.connector.schedule_ids[:1].cron = "*/15 * * * *"
        self.env.invalidate_all()
        self.assertEqual("on_time", self.connector.sync_state)

    def hint(self, **changes):
        """What the form says beside the switch, with these changes on it that are not saved."""
        self.env.invalidate_all()
        form = Form(self.connector)
        for name, value in changes.items():
            form[name] = value
        return form.webhook_hint

    def test_what_switching_on_does_is_said_as_it_is(self):
        self.assertIn("is being told the address", self.hint())
        self.assertIn("Save: the shop", self.hint(is_webhook_on=False))
        self.look_after()
        self.assertFalse(self.hint(), "the list says it")
        self.connector.is_webhook_on = False
        self.assertIn("within seconds", self.hint())
        self.assertIn("Save: the shop is told the address", self.hint(is_webhook_on=True))
        self.connector.state = "draft"
        self.assertIn("once the connection is checked", self.hint(is_webhook_on=True))

    def test_what_an_address_without_https_needs_is_said_before_anything_is_switched(self):
        self.assertFalse(self.connector.webhook_needs)
        self.env["ir.config_parameter"].set_param("web.base.url", "http://odoo.example.com")
        self.env.invalidate_all()
        self.assertIn("«http://odoo.example.com»", self.connector.webhook_needs)
        self.assertIn("web.base.url to the public https address", self.connector.webhook_needs)
        self.assertFalse(self.hint(), "what is needed comes first")

    def test_what_the_shop_took_away_is_made_again_and_the_gap_is_read(self):
        self.look_after()
        self.gap_runs()._close("done")
        before = self.gap_runs()
        self.look_after()
        self.assertEqual(before, self.gap_runs(), "nothing was wrong, so nothing is read")
        lost = self.connector.subscription_ids.filtered(lambda row: row.topic == "orders/create")
        self.shop.store.remove("WebhookSubscription", self.number_of(lost.remote_id))
        self.look_after()
        self.assertEqual({ALL}, set(self.at_the_shop().values()))
        run = self.gap_runs() - before
        flows = {(flow.entity, flow.direction) for flow in run.flow_ids}
        self.assertIn(("order", "import"), flows)
        self.assertEqual({"import"}, {way for _entity, way in flows})
        self.assertIn("had stopped to deliver orders/create", self.connector.message_ids[0].body)

    def number_of(self, gid):
        return int(gid.rpartition("/")[2])

    def test_pausing_keeps_and_archiving_removes_and_restoring_reads_the_gap(self):
        self.look_after()
        self.connector.action_pause()
        self.assertFalse(self.due())
        self.assertEqual([ALL], list(self.at_the_shop().values()))
        self.connector.action_resume()
        self.connector.active = False
        self.assertTrue(self.due())
        self.look_after()
        self.assertEqual(({}, 0), (self.at_the_shop(), len(self.connector.subscription_ids)))
        self.assertFalse(self.due())
        self.gap_runs()._close("done")
        before = self.gap_runs()
        self.connector.active = True
        self.look_after()
        self.assertEqual([ALL], list(self.at_the_shop().values()))
        self.assertTrue(self.gap_runs() - before)

    def test_switching_off_removes_and_tries_again_until_the_shop_answers(self):
        self.look_after()
        self.connector.is_webhook_on = False
        right = self.shop.settings.client_secret
        self.shop.configure({"client_secret": "changed"})
        self.shop.tokens.issued.clear()
        with mute_logger("odoo.addons.gateway_ng.lib.http.session"):
            self.look_after()
        self.assertEqual([ALL], list(self.at_the_shop().values()), "it could not be asked")
        self.assertEqual(ALL, len(self.connector.subscription_ids))
        self.assertIn("no access token", self.connector.webhooks_error)
        self.shop.configure({"client_secret": right})
        self.connector.webhooks_checked = False
        self.look_after()
        self.assertEqual({}, self.at_the_shop())

    def test_a_new_address_ends_the_old_one(self):
        self.look_after()
        self.connector.action_rotate_webhook_token()
        self.look_after()
        self.assertEqual({f"{BASE}/gateway/webhook/{self.token}": ALL}, self.at_the_shop())
        self.assertEqual(ALL, len(self.connector.subscription_ids))

    def test_a_deleted_connector_says_goodbye_after_its_end_is_committed(self):
        self.look_after()
        self.env.cr.postcommit.clear()
        self.connector.unlink()
        self.assertEqual([ALL], list(self.at_the_shop().values()))
        self.env.cr.postcommit.run()
        self.assertEqual({}, self.at_the_shop())

    def test_uninstalling_removes_them_all_archived_connectors_included(self):
        self.look_after()
        self.connector.active = False
        uninstall_hook(self.env)
        self.assertEqual({}, self.at_the_shop())

    def test_a_shop_that_does_not_answer_stops_no_uninstallation(self):
        self.look_after()
        self.server.shutdown()
        self.server.server_close()
        with mute_logger("odoo.addons.gateway_ng.models.subscription"):
            uninstall_hook(self.env)

    def test_a_refusal_is_told_without_the_token(self):
        base = "https://x.example.com"
        self.env["ir.config_parameter"].set_param("web.base.url", base)
        remote = type(self.connector._remote_endpoint())

        def refuse(_self, url):
            raise Refused(f"Address {url} is not allowed")

        with patch.object(remote, "subscribe", refuse):
            self.look_after()
        self.assertIn("is not allowed", self.connector.webhooks_error)
        self.assertNotIn(self.token, self.connector.webhooks_error)
        (problem,) = [one for one in self.connector._problems() if one["code"] == "webhooks_off"]
        self.assertEqual("warning", problem["severity"])

    def test_the_servers_line_of_a_delivery_hides_the_token(self):
        path = f'"POST /gateway/webhook/{self.token}?x=1 HTTP/1.1" 200 -'
        for text, args in (("%s - - [%s] %s", ("127.0.0.1", "now", path)), (path, None)):
            line = logging.LogRecord("werkzeug", logging.INFO, "", 0, text, args, None)
            self.assertTrue(logging.getLogger("werkzeug").filter(line))
            self.assertIn("/gateway/webhook/[redacted]", line.getMessage())
            self.assertNotIn(self.token, line.getMessage())

    def test_the_token_is_in_no_log_and_no_message(self):
        with all_logs() as lines:
            self.look_after()
            self.deliver("products/update", self.product["id"])
            self.deliver("products/update", self.product["id"], status=200, event="x")
            body = self.body(self.product["id"])
            self.send(body, {**self.signed("products/update", body), "X-Shopify-Topic": "x"})
            self.send(body, {})
            self.carry_out()
        self.assertTrue(lines, "not looked at")
        for line in (line for line in lines if not line.startswith("urllib3")):  # the test's own
            self.assertNotIn(self.token, line)
        for message in self.connector.message_ids:
            self.assertNotIn(self.token, message.body)
        viewer = self.people["viewer"]
        names = list(self.connector.with_user(viewer).fields_get(attributes=[]))
        self.assertNotIn(self.token, repr(self.connector.with_user(viewer).read(names)))
        rows = self.connector.subscription_ids.with_user(viewer)
        self.assertNotIn(self.token, repr(rows.read(list(rows.fields_get(attributes=[])))))
