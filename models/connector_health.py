"""What is wrong with a connector, told once: the console, the monitoring and the person responsible
all read `_problems`."""

from datetime import datetime, time, timedelta, timezone

from odoo import fields, models

from .moments import day_text, moment_text
from .wording import table

#: Health → what it is on the list of connectors; the others leave it as it is.
STATE_OF = {
    "copied": "paused",
    "paused": "paused",
    "stuck": "late",
    "failing": "error",
    "connection": "error",
    "late": "late",
}
#: These are told even while something is going on.
FIRST = ("copied", "paused", "stuck")
#: Seconds of difference between two clocks, days before credentials end, and minutes for which
#: being throttled is told.
SKEW, DAYS_LEFT, THROTTLED = 60.0, 14, 15


class GatewayConnector(models.Model):
    _inherit = "gateway.connector"

    letter_limit = fields.Integer(
        string="Dead letters to worry about",
        default=25,
        tracking=True,
        help="With more open dead letters than this the connector's health says so. 0: never.",
    )
    credentials_end = fields.Date(
        string="Credentials end on",
        copy=False,
        tracking=True,
        help="When the credentials of this connection end, where you know it: an agency's key, or "
        "one that your company renews each year. The connector's health warns two weeks before. "
        "Shops do not tell it.",
    )
    throttled_at = fields.Datetime(
        readonly=True, copy=False, help="When the shop asked last for a pause that a job waits for."
    )
    known_problems = fields.Json(
        readonly=True, copy=False, help="Code → since when, and the activity that tells of it."
    )
    health_text = fields.Html(
        string="Health problems", compute="_compute_health_problems", sanitize=False
    )

    def _compute_health_problems(self):
        headers = [self.env._("Problem"), self.env._("What to do"), self.env._("Since")]
        for connector in self:
            rows = [
                [one["detail"] or one["message"], one["remedy"], connector._since_text(one)]
                for one in connector._problems()
            ]
            connector.health_text = table(headers, rows) if rows else False

    def _since_text(self, problem):
        return moment_text(self.env, problem["since"].replace(tzinfo=timezone.utc))

    def _problems(self, open_runs=None):
        """[{"code", "severity", "message", "remedy", "since", "detail"}], the worst first.

        `severity` is error, warning or info. `message` and `remedy` name no person and no record;
        `detail` may, and is for those who may see them. `since` is naive UTC.
        """
        self.ensure_one()
        if self.state == "draft" and not self.is_copied:
            return []
        if open_runs is None:
            states = [("connector_id", "=", self.id), ("state", "in", ("queued", "running"))]
            open_runs = self.env["gateway.run"].search(states)
        known = self.sudo().known_problems or {}
        found = [
            *self._copied_problem(),
            *self._paused_problem(),
            *self._run_problems(open_runs),
            *self._connection_problems(),
            *self._webhook_problem(),
            *self._letter_problem(),
            *self._runner_problem(),
        ]
        for one in found:
            first = known.get(one["code"], {}).get("since")
            since = fields.Datetime.to_datetime(first) or one["since"]
            one["since"] = since or fields.Datetime.now().replace(microsecond=0)
        order = ("error", "warning", "info")
        return sorted(found, key=lambda one: order.index(one["severity"]))

    @staticmethod
    def _problem(code, severity, message, remedy, since=None, detail=None):
        return {
            "code": code,
            "severity": severity,
            "message": message,
            "remedy": remedy,
            "since": since or None,
            "detail": detail or None,
        }

    def _copied_problem(self):
        if not self.is_copied:
            return []
        severity = "info" if self.is_copy_kept else "error"
        message = self.env._("This database is a copy; the shop is not touched")
        remedy = self.env._("If the original is off, press «This database goes on».")
        return [self._problem("copied", severity, message, remedy)]

    def _paused_problem(self):
        if self.state != "paused" or self.is_copied:
            return []
        severity = "info" if self.is_paused_by_hand else "error"
        message = self.env._("Paused")
        if self.is_paused_by_hand:
            remedy = self.env._("Press Resume on the connector when it is to go on.")
        else:
            remedy = self.env._("Mend what the reason names, then press Resume.")
        since, why = self.paused_since, self.pause_reason
        return [self._problem("paused", severity, message, remedy, since, why)]

    def _run_problems(self, open_runs):
        if self.state != "ready":
            return []
        found = []
        stuck = open_runs.filtered(lambda run: run._is_stuck())[:1]
        if stuck:
            message = self.env._("%s shows no life", stuck.display_name)
            remedy = self.env._("It is taken over by itself within minutes where a runner works.")
            found.append(self._problem("stuck", "error", message, remedy))
        if self.last_run_state == "failed":
            message = self.env._("The last run failed")
            remedy = self.env._("Read its error, mend the cause and resume it.")
            run = self.last_run_id.sudo()
            found.append(
                self._problem("failing", "error", message, remedy, run.ended, run.error_text)
            )
        late = self.schedule_ids.filtered("is_late")[:1]
        if late:
            message = self.env._("%s was due and has not begun", late.display_name)
            remedy = self.env._("See that Odoo's scheduled actions run.")
            found.append(self._problem("late", "error", message, remedy, late.next_run))
        throttled = self.throttled_at
        if throttled and throttled > fields.Datetime.now() - timedelta(minutes=THROTTLED):
            message = self.env._("The shop throttles requests, so runs take longer")
            remedy = self.env._("Lower «Requests a second», or settle less at once.")
            found.append(self._problem("throttled", "warning", message, remedy, throttled))
        return found

    def _connection_problems(self):
        health, found = self.sudo().health or {}, []
        if self.state == "paused" or self.is_copied:
            return found
        if health and not health.get("usable", health.get("ok")):
            message = self.env._("The last check of the connection failed")
            remedy = self.env._("Press «Check connection» and follow what it says.")
            told = self.checked, self.problems
            found.append(self._problem("connection", "error", message, remedy, *told))
        skew = health.get("clock_skew") or 0.0
        if abs(skew) > SKEW:
            apart = round(abs(skew))
            message = self.env._("The shop's clock and this server's are %s s apart", apart)
            remedy = self.env._("Switch on time synchronisation (NTP).")
            found.append(self._problem("clock_skew", "warning", message, remedy, self.checked))
        return [*found, *self._end_problem(health.get("credentials_end"))]

    def _end_problem(self, told):
        """When the credentials end: as a person has entered it, or as the platform has told."""
        known = [self._entered_end(), told and datetime.fromisoformat(told)]
        ends = min(filter(None, known), default=None)
        if not ends:
            return []
        days = (ends - datetime.now(timezone.utc)).days
        if days >= DAYS_LEFT:
            return []
        message = self.env._("The credentials end on %s", day_text(self.env, ends))
        remedy = self.env._("Make new ones at the shop, enter them here, and when they end.")
        severity = "error" if days < 0 else "warning"
        return [self._problem("credentials_end", severity, message, remedy)]

    def _entered_end(self):
        """The last moment of the day that was entered."""
        day = self.credentials_end
        return day and datetime.combine(day, time.max, timezone.utc)

    def _webhook_problem(self):
        if not (self.is_webhook_on and self.webhooks_error and self.state == "ready"):
            return []
        message = self.env._("The shop does not deliver all webhooks; the schedules go on")
        remedy = self.env._("It is subscribed to again each hour; see the tab «Webhooks».")
        told = self.webhooks_checked, self.webhooks_error
        return [self._problem("webhooks_off", "warning", message, remedy, *told)]

    def _letter_problem(self):
        count = self.dead_letter_count
        if not self.letter_limit or count <= self.letter_limit:
            return []
        message = self.env._("Dead letters that wait: %s", count)
        remedy = self.env._("Look through them by cause, mend it and retry them together.")
        return [self._problem("dead_letters", "warning", message, remedy)]

    def _runner_problem(self):
        if self.has_job_runner or self.state != "ready":
            return []
        message = self.env._("No job runner is at work; a scheduled action does the syncing")
        remedy = self.env._("Load queue_job server-wide and restart Odoo.")
        return [self._problem("no_runner", "info", message, remedy)]
