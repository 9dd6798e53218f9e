"""What is wrong with a connector: told in one list, to one person once, and to the monitoring."""

from contextlib import suppress
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from markupsafe import escape

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import html2plaintext

from odoo.addons.gateway_ng.lib.endpoint import Health
from odoo.addons.gateway_ng.lib.errors import Throttled
from odoo.addons.gateway_ng.models.work import UnitOfWork

from .shop_case import ShopCase


class HealthCase(ShopCase):
    def setUp(self):
        super().setUp()
        self.check_and_map()
        self.connector.write({"setup_step": "done", "responsible_id": self.people["operator"].id})
        self.startPatcher(
            patch.object(type(self.env["gateway.run"]), "_has_job_runner", lambda _self: True)
        )

    def codes(self):
        self.env.invalidate_all()
        return [one["code"] for one in self.connector._problems()]

    def problem(self, code):
        (found,) = [one for one in self.connector._problems() if one["code"] == code]
        return found

    def dispatch(self, rounds=1):
        with patch.object(self.env.cr, "commit", self.env.flush_all):
            for _ in range(rounds):
                self.env["gateway.run"]._cron_dispatch()
        self.env.invalidate_all()

    def make_late(self):
        line = self.connector.schedule_ids[:1]
        line.cron = "*/15 * * * *"
        line.next_run = fields.Datetime.now() - timedelta(hours=1)
        return line


@tagged("post_install", "-at_install")
class TestProblems(HealthCase):
    def test_all_is_well(self):
        self.assertEqual([], self.codes())
        self.assertFalse(self.connector.health_text)
        self.assertEqual("by_hand", self.connector.sync_state)
        self.assertIn("by hand", self.connector.state_reason, "no line has a schedule")
        self.connector._schedule_all()
        self.env.invalidate_all()
        self.assertEqual(
            ("on_time", False), (self.connector.sync_state, self.connector.state_reason)
        )

    def test_each_problem_is_named_with_what_to_do_and_since_when(self):
        connector, now = self.connector, fields.Datetime.now()
        connector._schedule_all()

        def stuck():
            run = connector.run_sync(["product"]).sudo()
            self.env.flush_all()
            for table in ("gateway_run", "gateway_flow"):
                self.env.cr.execute(f"UPDATE {table} SET write_date = '2026-01-01'")  # noqa: S608
            return run

        def letters():
            connector.letter_limit = 1
            for number in range(2):
                self.env["gateway.dead.letter"].create(
                    {
                        "connector_id": connector.id,
                        "company_id": connector.company_id.id,
                        "entity": "product",
                        "direction": "import",
                        "source_id": str(number),
                    }
                )

        today = fields.Date.today()
        known = connector.health
        runner = type(self.env["gateway.run"])
        cases = {
            "late": (self.make_late, "error", "late"),
            "stuck": (stuck, "error", "late"),
            "failing": (
                lambda: connector.run_sync(["product"]).sudo()._close("failed"),
                "error",
                "error",
            ),
            "connection": (
                lambda: connector.write({"health": {"usable": False, "problems": ["no"]}}),
                "error",
                "error",
            ),
            "paused": (lambda: connector._pause("a full queue"), "error", "paused"),
            "throttled": (lambda: connector.write({"throttled_at": now}), "warning", "on_time"),
            "clock_skew": (
                lambda: connector.write({"health": {**known, "clock_skew": -90.0}}),
                "warning",
                "on_time",
            ),
            "credentials_end": (
                lambda: connector.write({"credentials_end": today + timedelta(days=3)}),
                "warning",
                "on_time",
            ),
            "webhooks_off": (
                lambda: connector.write({"is_webhook_on": True, "webhooks_error": "no"}),
                "warning",
                "on_time",
            ),
            "dead_letters": (letters, "warning", "on_time"),
            "no_runner": (
                lambda: self.startPatcher(
                    patch.object(runner, "_has_job_runner", lambda _self: False)
                ),
                "info",
                "on_time",
            ),
        }
        self.env["ir.config_parameter"].set_param("web.base.url", "https://odoo.example.com")
        for code, (cause, severity, state) in cases.items():
            with self.subTest(code), self.env.cr.savepoint() as kept:
                cause()
                self.assertIn(code, self.codes())
                found = self.problem(code)
                self.assertEqual(severity, found["severity"])
                self.assertTrue(found["message"] and found["remedy"] and found["since"])
                self.assertEqual(state, connector.sync_state)
                self.assertIn(escape(found["remedy"]), connector.health_text)
                kept.rollback()
                self.env.invalidate_all()

    def test_who_paused_it_by_hand_knows(self):
        self.connector.action_pause()
        self.assertEqual("info", self.problem("paused")["severity"])
        self.assertEqual(self.connector.paused_since, self.problem("paused")["since"])
        self.assertIn("Press Resume", self.problem("paused")["remedy"])
        self.assertEqual(f"by {self.env.user.name}", self.connector.pause_reason)
        self.connector.action_resume()
        self.connector._pause("x")
        self.assertEqual("error", self.problem("paused")["severity"])

    def test_a_connector_that_is_being_set_up_has_no_problems_yet(self):
        self.connector.write({"state": "draft", "health": {"usable": False, "problems": ["no"]}})
        self.assertEqual([], self.codes())

    def test_the_end_of_credentials_is_told_two_weeks_before_and_as_an_error_once_it_is_over(self):
        connector, today = self.connector.with_user(self.people["manager"]), fields.Date.today()
        for days, told in ((20, None), (13, "warning"), (0, "warning"), (-1, "error")):
            connector.credentials_end = today + timedelta(days=days)
            found = [one["severity"] for one in self.connector._problems()]
            self.assertEqual([told] if told else [], found, days)
        self.assertIn("The credentials end on", self.problem("credentials_end")["message"])
        self.dispatch(rounds=2)
        self.assertIn("The credentials end on", self.connector.activity_ids.summary)
        connector.credentials_end = today + timedelta(days=365)
        self.dispatch()
        self.assertFalse(self.connector.activity_ids, "new ones are entered, and when they end")
        with self.assertRaises(AccessError):
            self.connector.with_user(self.people["operator"]).credentials_end = today

    def test_the_earlier_of_what_is_entered_and_what_a_platform_tells_counts(self):
        now = datetime.now(timezone.utc)
        told = (now + timedelta(days=3)).isoformat()
        self.connector.health = {**self.connector.health, "credentials_end": told}
        self.assertEqual(["credentials_end"], self.codes())
        self.connector.credentials_end = (now - timedelta(days=2)).date()
        self.assertEqual("error", self.problem("credentials_end")["severity"])

    def test_the_end_of_credentials_is_kept_where_a_platform_tells_it(self):
        end = datetime(2026, 1, 1, tzinfo=timezone.utc)
        remote = type(self.connector._remote_endpoint())
        told = Health(ok=True, credentials_end=end, locations={})
        with patch.object(remote, "check", lambda _self: told):
            self.connector.check_connection()
        self.assertEqual(end.isoformat(), self.connector.health["credentials_end"])

    def test_a_job_that_is_throttled_says_so(self):
        run = self.connector.run_sync(["product"]).sudo()
        remote, slow = type(self.connector._remote_endpoint()), Throttled("slow")
        with (
            patch.object(remote, "pages", side_effect=slow),
            suppress(Throttled),  # assertRaises would take back what is kept
        ):
            run._drive(UnitOfWork(self.env, own=False), run.epoch, inline=False)
            self.fail("the job is to be tried again")
        self.assertIn("throttled", self.codes())
        self.connector.throttled_at -= timedelta(minutes=20)
        self.assertNotIn("throttled", self.codes())


@tagged("post_install", "-at_install")
class TestToldOnce(HealthCase):
    def test_a_hundred_rounds_tell_a_problem_once_and_its_end_closes_it(self):
        self.connector._pause("a full queue")
        messages = len(self.connector.message_ids)
        self.dispatch(rounds=100)
        (activity,) = self.connector.activity_ids
        self.assertEqual(self.people["operator"], activity.user_id)
        self.assertIn("Paused", activity.summary)
        self.assertIn("a full queue", activity.note)
        self.assertEqual(messages, len(self.connector.message_ids))
        self.connector.action_resume()
        self.dispatch(rounds=3)
        self.assertFalse(self.connector.activity_ids)
        self.assertFalse(self.connector.known_problems)
        self.connector._pause("again")
        self.dispatch(rounds=3)
        self.assertEqual(1, len(self.connector.activity_ids))

    def test_what_the_shop_said_is_text_and_no_html(self):
        said = 'answered: <a href="https://evil.example">renew</a> & more'
        self.connector.write({"state": "paused", "pause_reason": said})
        self.dispatch()
        note = self.connector.activity_ids.note
        self.assertNotIn("<a", note)
        self.assertIn(said, html2plaintext(note))

    def test_what_a_person_has_ticked_off_is_not_told_again(self):
        self.connector._pause("a full queue")
        self.dispatch()
        self.connector.activity_ids.action_feedback()
        self.dispatch(rounds=3)
        self.assertFalse(self.connector.activity_ids)

    def test_since_when_is_kept(self):
        line = self.make_late()
        with patch.object(type(self.env["gateway.schedule"]), "_start_due", lambda _self: None):
            self.dispatch()
            first = self.problem("late")["since"]
            line.next_run = fields.Datetime.now() - timedelta(minutes=20)
            self.dispatch()
        self.assertEqual(first, self.problem("late")["since"])

    def test_hints_are_shown_and_not_told(self):
        self.connector.action_pause()
        self.dispatch()
        self.assertFalse(self.connector.activity_ids)
        self.assertIn("paused", self.connector.known_problems)
        self.connector._pause("a full queue")
        self.dispatch(rounds=2)
        self.assertEqual(1, len(self.connector.activity_ids), "worse than it was")

    def test_where_nobody_can_be_asked_nothing_breaks(self):
        self.connector.responsible_id = self.people["employee"]
        self.connector._pause("a full queue")
        self.dispatch()
        self.assertFalse(self.connector.activity_ids)
        self.connector.responsible_id = False
        self.connector.known_problems = False
        self.dispatch()
        self.assertIn("paused", self.connector.known_problems)

    def test_whoever_makes_a_connector_is_responsible(self):
        made = (
            self.env["gateway.connector"]
            .with_user(self.people["manager"])
            .create({"name": "Mine", "platform": "shopify"})
        )
        self.assertEqual(self.people["manager"], made.responsible_id)


@tagged("post_install", "-at_install")
class TestMonitoring(HealthCase, HttpCase):
    def setUp(self):
        super().setUp()
        keys = self.env["gateway.health.key"].with_user(self.people["manager"])
        self.key = keys.action_make()["context"]["default_key"]

    def ask(self, key=None, **options):
        headers = {"Authorization": f"Bearer {self.key if key is None else key}"}
        url = f"{self.base_url()}/gateway/health"
        answer = self.opener.get(url, headers=headers, timeout=30, **options)
        self.env.invalidate_all()
        return answer.status_code, answer.json()

    def test_the_button_makes_a_key_and_the_dialog_shows_it(self):
        self.authenticate("gateway_manager", "gateway_manager")
        action = self.make_jsonrpc_request(
            "/web/dataset/call_button/gateway.health.key/action_make",
            {"model": "gateway.health.key", "method": "action_make", "args": [[]], "kwargs": {}},
        )
        manager = self.people["manager"]
        shown = self.env[action["res_model"]].with_user(manager).with_context(**action["context"])
        self.assertEqual(action["context"]["default_key"], Form(shown).key)
        self.logout()
        self.assertEqual(200, self.ask(action["context"]["default_key"])[0])

    def test_all_is_well_is_200_and_an_error_503(self):
        status, said = self.ask()
        self.assertEqual((200, "ok"), (status, said["status"]))
        (row,) = [one for one in said["connectors"] if one["id"] == self.connector.id]
        self.assertEqual(("Shop", "by_hand", []), (row["name"], row["state"], row["problems"]))
        self.connector._pause("because of jane@example.com")
        status, said = self.ask()
        self.assertEqual((503, "trouble"), (status, said["status"]))
        (row,) = [one for one in said["connectors"] if one["id"] == self.connector.id]
        self.assertEqual("paused", row["problems"][0]["code"])
        self.assertTrue(row["problems"][0]["since"].endswith("Z"))

    def test_it_tells_no_secret_and_no_person(self):
        run = self.connector.run_sync(["product"]).sudo()
        run.write({"error": "customer jane@example.com failed"})
        run._close("failed")
        self.connector.action_pause()
        self.connector.pause_reason = "Jane Doe"
        text = repr(self.ask()[1])
        for hidden in ("jane", "Jane", self.shop.settings.client_secret, self.key):
            self.assertNotIn(hidden, text)

    def test_no_key_a_wrong_one_and_one_in_the_address_are_401_alike(self):
        answers = [
            self.ask("guess"),
            self.ask(""),
            self.ask("guess", params={"key": self.key, "token": self.key}),
        ]
        self.assertEqual([(401, {"status": "unauthorized"})] * 3, answers)

    def test_a_key_is_kept_as_a_hash_shown_once_and_revoked_by_deleting_it(self):
        (row,) = self.env["gateway.health.key"].search([])
        self.env.flush_all()
        self.env.cr.execute("SELECT to_jsonb(k)::text FROM gateway_health_key k")
        self.assertNotIn(self.key, repr(self.env.cr.fetchall()))
        self.assertNotIn("digest", row.with_user(self.people["manager"]).read()[0])
        row.with_user(self.people["manager"]).unlink()
        self.assertEqual(401, self.ask()[0])

    def test_a_key_ends_with_its_makers_role_and_shows_what_they_may_see(self):
        manager = self.people["manager"]
        self.connector.workspace_id.member_ids = self.people["operator"]
        self.assertEqual([], self.ask()[1]["connectors"])
        self.connector.workspace_id.member_ids = False
        manager.group_ids -= self.env.ref("gateway_ng.group_manager")
        self.assertEqual(401, self.ask()[0])

    def test_nobody_lends_a_key_the_rights_of_somebody_else(self):
        row = self.env["gateway.health.key"].search([]).with_user(self.people["manager"])
        row.name = "Grafana"
        for values in ({"user_id": self.env.ref("base.user_admin").id}, {"company_id": 1}):
            with self.assertRaises(AccessError):
                row.write(values)

    def test_only_managers_make_keys(self):
        for role in ("viewer", "operator", "employee"):
            keys = self.env["gateway.health.key"].with_user(self.people[role])
            with self.assertRaises(AccessError):
                keys.action_make()
        with self.assertRaises(AccessError):
            self.env["gateway.health.key"].with_user(self.people["manager"]).create({"digest": "x"})
