from datetime import timezone

from odoo import api, fields, models

from .connector_health import FIRST, STATE_OF

SYNC_STATES = [
    ("setup", "Being set up"),
    ("on_time", "On time"),
    ("by_hand", "By hand"),
    ("by_webhooks", "By webhooks"),
    ("late", "Late"),
    ("queued", "Queued"),
    ("syncing", "Syncing"),
    ("paused", "Paused"),
    ("error", "Error"),
]
OPEN = ("queued", "running")


class GatewayConnector(models.Model):
    """How a connector is doing, at one look."""

    _inherit = "gateway.connector"

    sync_state = fields.Selection(
        SYNC_STATES,
        string="Sync health",
        compute="_compute_sync_state",
        search="_search_sync_state",
        help="Late: something was due over ten minutes ago and has not begun, or a run shows no "
        "life. Error: the last run failed, or the last check of the connection did.",
    )
    state_reason = fields.Char(string="Why", compute="_compute_sync_state")
    sync_progress = fields.Json(compute="_compute_sync_progress")
    last_sync = fields.Datetime(
        string="Last sync",
        compute="_compute_last_sync",
        help="When the last run that came to its end did so.",
    )
    records_today = fields.Integer(
        string="Records today",
        compute="_compute_last_sync",
        help="Records read since midnight of your time zone; plans and compares do not count.",
    )

    def _compute_sync_state(self):
        runs = self.env["gateway.run"]._read_group(
            [("connector_id", "in", self.ids), ("state", "in", OPEN)],
            ["connector_id"],
            ["id:recordset"],
        )
        going_on = {connector.id: found for connector, found in runs}
        unscheduled = self._unscheduled()
        for connector in self:
            open_runs = going_on.get(connector.id, self.env["gateway.run"])
            health = connector._how_it_is(open_runs, connector in unscheduled)
            connector.sync_state, connector.state_reason = health

    def _compute_sync_progress(self):
        """Of the run that goes on, else of the one that is to come next."""
        runs = self.env["gateway.run"].search(
            [("connector_id", "in", self.ids), ("state", "in", OPEN)], order="state, id desc"
        )
        first = {run.connector_id: run for run in runs}
        for connector in self:
            run = first.get(connector)
            connector.sync_progress = run.progress if run else {"open": False}

    def _how_it_is(self, open_runs, is_unscheduled):
        """(health, why) of one connector with these open runs; the worst thing first."""
        problems = {one["code"]: one for one in self._problems(open_runs)}
        is_setup = self.setup_step != "done" and not self.last_run_id
        if "copied" not in problems and (self.state == "draft" or is_setup):
            return "setup", False
        for code in STATE_OF:
            if code in problems and (code in FIRST or not open_runs):
                return STATE_OF[code], problems[code]["detail"] or problems[code]["message"]
        if any(run.state == "running" for run in open_runs):
            return "syncing", False
        if open_runs:
            return "queued", False
        if is_unscheduled:
            return self._without_schedule()
        return "on_time", False

    def _without_schedule(self):
        if self.is_webhook_on:
            return "by_webhooks", self.env._(
                "Nothing is scheduled: what no webhook tells is synced by hand only"
            )
        return "by_hand", self.env._("Nothing is scheduled: synced by hand only")

    def _synced_by_hand(self):
        """Those of them that nothing syncs by itself: no schedule, no webhook."""
        return self._unscheduled().filtered(lambda one: not one.is_webhook_on)

    def _unscheduled(self):
        scheduled = self.env["gateway.schedule"]._read_group(
            [("connector_id", "in", self.ids), ("next_run", "!=", False)], ["connector_id"]
        )
        by_itself = {connector.id for (connector,) in scheduled}
        return self.filtered(lambda one: one.id not in by_itself)

    def _search_sync_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        connectors = self.with_context(active_test=False).search([])
        return [("id", "in", connectors.filtered(lambda c: c.sync_state in value).ids)]

    @api.depends_context("tz")
    def _compute_last_sync(self):
        ended = dict(
            self.env["gateway.run"]._read_group(
                [
                    ("connector_id", "in", self.ids),
                    ("state", "in", ("done", "partial")),
                    ("dry_run", "=", False),
                ],
                ["connector_id"],
                ["ended:max"],
            )
        )
        today = fields.Datetime.context_timestamp(self, fields.Datetime.now()).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        midnight = fields.Datetime.to_string(today.astimezone(timezone.utc))
        pages = self.env["gateway.page"]
        settled = pages._settled_since(self, midnight)
        read = dict(pages._read_group(settled, ["connector_id"], ["count_read:sum"]))
        for connector in self:
            connector.last_sync = ended.get(connector)
            connector.records_today = read.get(connector, 0)
