import time

from odoo import api, fields, models

from .ir_websocket import CHANNEL
from .wording import entity_label

#: A run tells of its pages no more often than this, from one process.
EVERY_SECONDS = 1.0
#: States in which a flow is left alone.
ENDED = ("done", "failed", "cancelled")

_told = {}  # (database, run) → when this process told of it last


class GatewayRun(models.Model):
    """How far a run is, for those who watch it: told over the bus once a second, not per record."""

    _inherit = "gateway.run"

    progress = fields.Json(compute="_compute_progress", help="What the progress bar shows.")

    def _tell(self, now=True):
        """Tell screens, once the unit of work is committed, that the run has moved on. `now=False`:
        unless it was told a moment ago."""
        for run in self:
            key = self.env.cr.dbname, run.id
            if not now and time.monotonic() - _told.get(key, 0.0) < EVERY_SECONDS:
                continue
            _told[key] = time.monotonic()
            if run.state not in ("queued", "running"):
                _told.pop(key)
            self.env["bus.bus"].sudo()._sendone(
                (run.connector_id.workspace_id, CHANNEL),
                CHANNEL,
                {"id": run.id, "connector": run.connector_id.id, "state": run.state},
            )

    @api.depends("state", "started", "ended", "flow_ids.state", "page_ids.state")
    def _compute_progress(self):
        pages, holders = self._page_numbers(), self._holders()
        for run in self:
            numbers = pages.get(run.id, {})
            flows = run.flow_ids
            going = flows.filtered(lambda flow: flow.state in ("reading", "applying"))[:1]
            seconds = run._seconds()
            run.progress = {
                "open": run.state in ("queued", "running"),
                "state": run.state,
                "paused": run.connector_id.state == "paused",
                "waits_for": holders.get(run.id, ""),
                "entity": going and entity_label(self.env, going.entity) or "",
                "direction": going.direction or "",
                "flows": len(flows),
                "flows_done": len(flows.filtered(lambda f: f.state in ("done", "failed"))),
                "share": round(numbers.get(going.id, 0.0), 3),
                "pages": numbers.get("pages", 0),
                "pages_settled": numbers.get("settled", 0),
                "read": run.count_read,
                "seconds": seconds,
                "rate": round(run.count_read / seconds, 1) if seconds else 0,
                "left": run._seconds_left(going),
            }

    def _holders(self):
        """{run id: name of the run that has the entity it is to go on with}, of open runs: an
        entity of a connector is synced by one run at a time, a compare included."""
        flows = self.env["gateway.flow"]
        for run in self.filtered(lambda run: run.state in ("queued", "running")):
            left = run.flow_ids.filtered(lambda flow: flow.state not in ENDED).sorted("sequence")
            flows |= left[:1].filtered(lambda flow: flow.state == "waiting")
        if not flows:
            return {}
        busy = flows.search(
            [
                ("connector_id", "in", flows.connector_id.ids),
                ("entity", "in", flows.mapped("entity")),
                ("state", "in", ("reading", "applying")),
            ]
        )
        names = {(one.connector_id, one.entity): one.run_id.display_name for one in busy}
        held = {flow.run_id.id: names.get((flow.connector_id, flow.entity)) for flow in flows}
        return {run: name for run, name in held.items() if name}

    def _page_numbers(self):
        """{run id: {"pages", "settled", flow id: share that is settled}}"""
        rows = self.env["gateway.page"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "flow_id", "state"], ["__count"]
        )
        found, flows = {}, {}
        for run, flow, state, count in rows:
            numbers = found.setdefault(run.id, {"pages": 0, "settled": 0})
            numbers["pages"] += count
            of_flow = flows.setdefault(flow.id, [0, 0])
            of_flow[0] += count
            if state == "settled":
                numbers["settled"] += count
                of_flow[1] += count
            numbers[flow.id] = of_flow[1] / of_flow[0]
        return found

    def _seconds(self):
        """How long the run has been going, or took."""
        if not self.started:
            return 0
        until = self.ended or fields.Datetime.now()
        return max((until - self.started).total_seconds(), 0)
