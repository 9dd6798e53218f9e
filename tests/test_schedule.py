"""When flows are due, in which words it is said, and what the dispatcher starts."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.gateway_ng.models.connector_schedules import DEFAULT_CRON

from .shop_case import ShopCase

at = fields.Datetime.to_datetime


class ScheduleCase(ShopCase):
    def setUp(self):
        super().setUp()
        self.connector.write({"state": "ready", "setup_step": "done"})
        self.schedules = self.env["gateway.schedule"]

    def line(self, entity, direction="import"):
        return self.connector.schedule_ids.filtered(
            lambda one: (one.entity, one.direction) == (entity, direction)
        )

    def make_due(self, *lines, hours=1):
        for line in lines:
            line.cron = DEFAULT_CRON
            line.next_run = fields.Datetime.now() - timedelta(hours=hours)

    def flows(self, runs):
        return [(flow.entity, flow.direction) for flow in runs.flow_ids]


@tagged("post_install", "-at_install")
class TestSchedule(ScheduleCase):
    def test_a_connector_has_a_line_for_each_mapped_flow_and_all_are_on(self):
        flows = {(line.entity, line.direction) for line in self.connector.schedule_ids}
        self.assertEqual(set(self.connector._flows_to_run()), flows)
        self.assertIn(("stock", "export"), flows)
        self.assertFalse(self.connector.schedule_ids.filtered("next_run"), "nobody asked for it")

    def test_expressions_are_said_in_words(self):
        cases = {
            "* * * * *": "every minute",
            "*/15 * * * *": "every 15 minutes",
            "5 * * * *": "every hour at minute 5",
            "0 */6 * * *": "every 6 hours",
            "0 3 * * *": "every day at 03:00",
            "0 3 * * 1-5": "at 03:00 on weekdays",
            "30 22 * * sat,sun": "at 22:30 at weekends",
            "0 0 1 * *": "at 00:00 on day 1 of every month",
            "0 0 l * *": "at 00:00 on the last day of every month",
            "0 3 * * 1": "at 03:00 every Monday",
            "0 0 1 1 *": "at 00:00 on January 1",
            False: "only by hand",
        }
        line = self.line("order")
        for cron, words in cases.items():
            line.cron = cron
            self.assertEqual(words, line.preview)
        line.write({"cron": "0 3 * * *", "is_on": False})
        self.assertEqual("not synced", line.preview)
        self.assertFalse(line.next_run)

    def test_what_is_unusual_is_told_in_the_user_s_language_too(self):
        line = self.line("product")
        cases = {
            "30 6,18 * * *": ("um 06:30, 18:30 Uhr", "à 06:30, 18:30"),
            "0 3 * * 1-5": ("um 03:00 Uhr an Werktagen", "à 03:00 en semaine"),
            "0 3 1 * *": ("um 03:00 Uhr am 1. jedes Monats", "à 03:00 le 1 de chaque mois"),
            "0 3 l * *": (
                "um 03:00 Uhr am letzten Tag jedes Monats",
                "à 03:00 le dernier jour de chaque mois",
            ),
            "0 3 * * mon": ("um 03:00 Uhr jeden Montag", "à 03:00 chaque lundi"),
            "0 3 1,l * *": (
                "um 03:00 Uhr · Tag des Monats: 1, der letzte",
                "à 03:00 · jour du mois : 1, le dernier",
            ),
            "0 3 LW * *": (
                "um 03:00 Uhr · Tag des Monats: der letzte Werktag",
                "à 03:00 · jour du mois : le dernier jour ouvrable",
            ),
            "*/10 8-18/2 * jan,6 mon-wed": (
                "Minute: alle 10 · Stunde: 8–18, alle 2 · Monat: Januar, Juni · "
                "Wochentag: Montag–Mittwoch",
                "minute : toutes les 10 · heure : 8–18, toutes les 2 · mois : janvier, juin · "
                "jour de la semaine : lundi–mercredi",
            ),
            "5 4 * * 5l,0#2": (
                "um 04:05 Uhr · Wochentag: Freitag, letzter, Sonntag, Nr. 2 im Monat",
                "à 04:05 · jour de la semaine : vendredi, le dernier, dimanche, n° 2 du mois",
            ),
        }
        for code in ("de_DE", "fr_FR"):
            self.env["res.lang"]._activate_lang(code)
        for cron, (german, french) in cases.items():
            line.cron = cron
            self.assertEqual(german, line.with_context(lang="de_DE").preview)
            told = line.with_context(lang="fr_FR").preview
            self.assertEqual(french, told.replace("\N{NO-BREAK SPACE}", " "))

    def test_what_is_wrong_about_an_expression_is_said_in_the_user_s_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        line = self.schedules.new({"is_on": True})
        for cron, words, german in (
            ("61 * * * *", "the minute is wrong", "die Minute stimmt nicht"),
            ("0 25 * * *", "the hour is wrong", "die Stunde stimmt nicht"),
            ("0 0 32 * *", "the day of the month is wrong", "der Tag des Monats stimmt nicht"),
            ("0 0 * 13 *", "the month is wrong", "der Monat stimmt nicht"),
            ("0 0 * * 9", "the day of the week is wrong", "der Wochentag stimmt nicht"),
            ("0 0 *", "it needs five parts", "es braucht fünf Teile"),
        ):
            line.cron = cron
            self.assertEqual(f"not a schedule: {words}", line._in_words())
            self.assertTrue(line.with_context(lang="de_DE")._in_words().endswith(german), cron)

    def test_what_is_no_expression_is_refused_with_the_five_parts(self):
        for wrong in ("every hour", "61 * * * *", "0 0 30 2 *", "* * * *"):
            with self.assertRaisesRegex(ValidationError, "five parts"):
                self.line("order").cron = wrong

    def test_hours_are_those_of_the_time_zone_in_summer_and_in_winter(self):
        line = self.line("order")
        line.write({"cron": "0 3 * * *", "tz": "Europe/Berlin"})
        for day, wanted in (
            (at("2026-07-01 00:00:00"), at("2026-07-01 01:00:00")),
            (at("2026-12-01 00:00:00"), at("2026-12-01 02:00:00")),
        ):
            self.assertEqual(wanted, line._next_after(day))

    def test_an_hour_that_summer_time_skips_is_not_missed(self):
        line = self.line("order")
        line.write({"cron": "30 2 * * *", "tz": "Europe/Berlin"})
        found = line._next_after(at("2026-03-28 12:00:00"))
        self.assertEqual(at("2026-03-29 01:00:00"), found, "03:00 in Berlin, as cron does")

    def test_what_is_switched_off_is_carried_by_no_run(self):
        self.line("order").is_on = False
        self.assertNotIn(("order", "import"), self.connector._flows_to_run())
        with self.assertRaisesRegex(UserError, "Order · Import is switched off"):
            self.connector.run_sync(["order"], direction="import")

    def test_who_changed_a_schedule_stands_in_the_chatter(self):
        manager = self.people["manager"]
        line = self.line("order").with_user(manager)
        line.cron = "0 3 * * *"
        line.is_on = False
        notes = self.connector.message_ids.filtered(lambda one: one.author_id == manager.partner_id)
        told = " ".join(notes.mapped("body"))
        self.assertIn("Order · Import: only by hand → every day at 03:00", told)
        self.assertIn("every day at 03:00 → not synced", told)
        count = len(self.connector.message_ids)
        line.write({"is_on": False})
        self.assertEqual(count, len(self.connector.message_ids), "nothing changed")

    def test_going_live_schedules_what_has_no_schedule_yet(self):
        self.env["ir.config_parameter"].set_param("gateway_ng.default_cron", "0 * * * *")
        self.line("stock", "export").cron = "*/5 * * * *"
        self.line("category").is_on = False
        self.connector._schedule_all()
        self.assertEqual("*/5 * * * *", self.line("stock", "export").cron)
        self.assertEqual("0 * * * *", self.line("order").cron)
        self.assertFalse(self.line("category").cron)


@tagged("post_install", "-at_install")
class TestDispatch(ScheduleCase):
    def test_due_flows_of_a_connector_are_one_run_in_order(self):
        self.make_due(self.line("order"), self.line("product", "export"), self.line("customer"))
        runs = self.schedules._start_due()
        self.assertEqual(
            [("customer", "import"), ("order", "import"), ("product", "export")], self.flows(runs)
        )
        self.assertEqual(1, len(runs))

    def test_one_that_was_missed_often_runs_once(self):
        line = self.line("order")
        self.make_due(line, hours=48)
        self.assertEqual(1, len(self.schedules._start_due()))
        self.assertGreater(line.next_run, fields.Datetime.now())
        self.assertFalse(self.schedules._start_due())

    def test_a_flow_of_an_open_run_waits_and_starts_when_that_has_ended(self):
        self.make_due(self.line("order"), self.line("customer"))
        going_on = self.connector.run_sync(["order"], direction="import")
        runs = self.schedules._start_due()
        self.assertEqual([("customer", "import")], self.flows(runs))
        self.assertLess(self.line("order").next_run, fields.Datetime.now(), "it is still due")
        going_on._close("done")
        self.assertEqual([("order", "import")], self.flows(self.schedules._start_due()))

    def test_nothing_starts_where_the_connector_does_not_run(self):
        line = self.line("order")
        for values in ({"state": "paused"}, {"state": "draft"}, {"active": False}):
            self.make_due(line)
            self.connector.write({"state": "ready", "active": True, **values})
            self.assertFalse(self.schedules._start_due(), values)
        self.connector.write({"state": "ready", "active": True})
        self.assertTrue(self.schedules._start_due())

    def test_what_the_stock_authority_closes_is_not_started(self):
        self.connector.stock_authority = "none"
        self.make_due(self.line("stock"), self.line("stock", "export"))
        self.assertFalse(self.schedules._start_due())

    def test_each_connector_gets_its_own_run(self):
        other = self.connect("Other")
        other.write({"state": "ready", "setup_step": "done"})
        self.make_due(self.line("order"), other.schedule_ids[0])
        runs = self.schedules._start_due()
        self.assertEqual(self.connector | other, runs.connector_id)
        self.assertEqual(2, len(runs))


@tagged("post_install", "-at_install")
class TestHealth(ScheduleCase):
    def health(self):
        self.env.invalidate_all()
        return self.connector.sync_state, self.connector.state_reason

    def run_of(self, state, **values):
        run = self.env["gateway.run"]._start(self.connector, [("order", "import")], False)
        run.write({"state": state, **values})
        return run

    def test_each_state_is_told_apart(self):
        self.connector.state = "draft"
        self.assertEqual("setup", self.health()[0])
        self.connector.state = "ready"
        self.assertEqual("by_hand", self.health()[0], "no line has a schedule")
        run = self.run_of("queued")
        self.assertEqual("queued", self.health()[0])
        run.state = "running"
        self.assertEqual("syncing", self.health()[0])
        run.write({"state": "failed", "error": "the shop is gone"})
        self.assertEqual(("error", "the shop is gone"), self.health())
        self.connector.write({"state": "paused", "pause_reason": "Somebody"})
        self.assertEqual(("paused", "Somebody"), self.health())

    def test_a_flow_that_was_due_and_has_not_begun_is_late(self):
        line = self.line("order")
        self.make_due(line)
        self.assertEqual("late", self.health()[0])
        self.assertIn("Order · Import was due", self.health()[1])
        line.next_run = fields.Datetime.now() - timedelta(minutes=5)
        self.assertEqual("on_time", self.health()[0], "a few minutes are the dispatcher's own")

    def test_what_an_open_run_has_or_will_come_to_is_not_late(self):
        line = self.line("order")
        self.make_due(line)
        self.assertTrue(line.is_late)
        run = self.run_of("running")
        line.invalidate_recordset()
        self.assertFalse(line.is_late)
        run.flow_ids.state = "done"
        line.invalidate_recordset()
        self.assertTrue(line.is_late)

    def test_a_run_without_a_sign_of_life_is_late(self):
        run = self.run_of("running")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE gateway_run SET write_date = write_date - interval '1 hour' WHERE id = %s",
            (run.id,),
        )
        self.env.cr.execute(
            "UPDATE gateway_flow SET write_date = write_date - interval '1 hour' WHERE run_id = %s",
            (run.id,),
        )
        self.assertEqual(("late", f"{run.display_name} shows no life"), self.health())

    def test_a_connector_shows_the_progress_of_the_run_that_goes_on(self):
        self.check_and_map()
        self.assertEqual({"open": False}, self.connector.sync_progress)
        first = self.connector.run_sync(["product"])
        self.connector.run_sync(["customer"])
        self.env.invalidate_all()
        self.assertTrue(self.connector.sync_progress["open"])
        self.assertEqual(first.progress, self.connector.sync_progress)
        self.connector.run_ids._close("cancelled")
        self.env.invalidate_all()
        self.assertEqual({"open": False}, self.connector.sync_progress)

    def test_a_check_that_failed_is_an_error(self):
        self.connector.health = {"ok": False, "problems": ["Scope write_products is missing"]}
        self.assertEqual(("error", "Scope write_products is missing"), self.health())

    def test_connectors_are_found_by_their_health(self):
        self.make_due(self.line("order"))
        connectors = self.env["gateway.connector"]
        self.assertIn(self.connector, connectors.search([("sync_state", "=", "late")]))
        self.assertNotIn(self.connector, connectors.search([("sync_state", "=", "on_time")]))

    def test_records_of_today_and_the_last_sync_are_counted(self):
        self.add_product("Mug", "MUG")
        self.check_and_map()
        self.sync("product")
        self.env.invalidate_all()
        self.assertEqual(1, self.connector.records_today)
        self.assertEqual(self.connector.last_run_id.ended, self.connector.last_sync)

    def test_records_of_today_are_those_of_the_dashboard_without_plans_and_compares(self):
        self.add_product("Mug", "MUG")
        self.check_and_map()
        self.sync("product")
        self.connector.run_sync(["product"], "import", dry_run=True, wait=True)
        compare = self.env["gateway.run"].browse(self.connector.action_compare()["res_id"])
        compare._drive_inline()
        self.env.invalidate_all()
        (row,) = (
            row
            for row in self.env["gateway.dashboard"].get_data()["connectors"]
            if row["id"] == self.connector.id
        )
        self.assertEqual([1, 1], [self.connector.records_today, row["read"]])
        runs = self.env["gateway.run"].search([("connector_id", "=", self.connector.id)])
        self.assertEqual(len(runs), self.connector.run_count, "as many as the list behind it has")

    def test_a_plan_is_no_last_run_of_a_schedule(self):
        self.check_and_map()
        line = self.connector.schedule_ids.filtered(
            lambda line: (line.entity, line.direction) == ("product", "import")
        )
        self.connector.run_sync(["product"], "import", dry_run=True, wait=True)
        self.env.invalidate_all()
        self.assertFalse(line.last_run)
        self.sync("product")
        self.env.invalidate_all()
        self.assertTrue(line.last_run)

    def test_a_list_of_connectors_costs_the_same_however_many_there_are(self):
        many = self.connector
        for number in range(10):
            many |= self.connect(f"Shop {number}")
        many.state = "ready"
        self.env.flush_all()

        def look(connectors):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            connectors.mapped("sync_state")
            connectors.mapped("records_today")
            connectors.mapped("dead_letter_count")
            return self.env.cr.sql_log_count - before

        look(many)
        self.assertEqual(look(many[:2]), look(many))
