"""Carrying events out: the records they name are read anew and settled by a run like any other.

Nothing that an event says is believed but which records to look at, so late, doubled and reordered
ones do no harm. A watermark is never moved: the runs that follow one are right without any event.
"""

import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ..lib.endpoint import Page, Token, not_shown
from .turns import anew
from .work import UnitOfWork

_logger = logging.getLogger(__name__)

#: Events that one run takes, and seconds that a burst of them is waited for.
AT_ONCE, BURST = 10_000, 2


class GatewayConnector(models.Model):
    _inherit = "gateway.connector"

    def _call_for_events(self, after=""):
        """Have new events carried out soon. One job for many: those that a job which has just
        begun does not see are found by the dispatcher. `after`: what they have waited for, which a
        job that was called before may still see."""
        for connector in self.with_user(SUPERUSER_ID):
            connector.with_delay(
                channel="root.gateway",
                identity_key=f"gateway.event:{connector.id}:{after}",
                eta=BURST,
                description=self.env._("Webhooks of %s", connector.name),
            )._job_events()
        if not self.env["gateway.run"]._has_job_runner():
            self.env.ref("gateway_ng.cron_dispatch").sudo()._trigger()

    def _job_events(self):
        """Job: start the run that carries new events out."""
        work = UnitOfWork(self.env, own=True)
        with work.unit():
            self.sudo()._carry_out_events(work)

    def _carry_out_events(self, work=None):
        """Start a run of what new events name, and return it.

        Events wait while the connector is paused or not live, while its last run has failed (the
        next one would as well), and while a run holds their entity or is the next to.
        """
        self.ensure_one()
        runs = self.env["gateway.run"]
        is_refused = self._ask_if_refused(work or UnitOfWork(self.env, own=False))
        new = self._lock_new_events()
        asking = new.filtered(lambda event: event.matter != "changed")
        asking._take_matters(is_refused)
        last = runs.search([("connector_id", "=", self.id)], limit=1)
        if not self._is_live() or last.state == "failed":
            return runs
        entities = [entity for entity, _way in self._flows_on("import")]
        changed = new - asking
        changed.filtered(lambda event: event.entity not in entities).state = "ignored"
        waiting = self._held_entities()
        ready = [entity for entity in entities if entity not in waiting]
        return runs._start_events(self, changed.grouped("entity"), ready)

    def _is_live(self):
        return self.active and self.state == "ready" and self.setup_step == "done"

    def _flows_on(self, direction):
        """[(entity, direction)] that are mapped and switched on, in order; none is no error."""
        off = {(line.entity, line.direction) for line in self.schedule_ids if not line.is_on}
        return [flow for flow in self._mapped_flows(direction=direction) if flow not in off]

    def _lock_new_events(self):
        """New events, oldest first, held until the commit; those another worker holds are its."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM gateway_event WHERE connector_id = %s AND state = 'new'"
                " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
                self.id,
                AT_ONCE,
            )
        )
        return self.env["gateway.event"].browse([id_ for (id_,) in rows])

    def _held_entities(self):
        """Entities that an open run syncs, or comes to next. One that a run comes to later is free
        meanwhile; one that it comes to next is not, or a busy shop's events would go before it
        for ever."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT f.entity FROM gateway_flow f JOIN gateway_run r ON r.id = f.run_id"
                " WHERE f.connector_id = %s AND r.state IN ('queued', 'running')"
                " AND (f.state IN ('reading', 'applying') OR (f.state = 'waiting' AND (r.by_event"
                " OR NOT EXISTS (SELECT 1 FROM gateway_flow e WHERE e.run_id = f.run_id"
                " AND e.sequence < f.sequence"
                " AND e.state IN ('waiting', 'reading', 'applying')))))",
                self.id,
            )
        )
        return {entity for (entity,) in rows}


class GatewayRun(models.Model):
    _inherit = "gateway.run"

    by_event = fields.Boolean(
        string="By webhooks", readonly=True, help="Reads what webhooks named, nothing else."
    )
    event_ids = fields.One2many("gateway.event", "run_id", string="Webhooks")

    @api.model
    def _start_events(self, connector, events, entities):
        """A queued run of those `events` (entity → events) whose entity is among `entities`."""
        flows = [(entity, "import") for entity in entities if entity in events]
        if not flows:
            return self.browse()
        run = self._start(connector, flows, False)
        run.by_event = True
        for flow in run.flow_ids:
            events[flow.entity].write({"state": "taken", "run_id": run.id, "flow_id": flow.id})
        run._enqueue()
        return run

    def _close(self, state):
        """What has waited for the end of this run has its turn."""
        done = super()._close(state)
        events = self.env["gateway.event"].sudo()
        for run in self:
            waiting = [("connector_id", "=", run.connector_id.id), ("state", "=", "new")]
            if events.search_count(waiting, limit=1):
                run.connector_id._call_for_events(after=run.id)
        return done

    @api.model
    def _cron_dispatch(self):
        """Events that no job has carried out, before the runs there are are looked after."""
        for connector in self._with_new_events():
            try:
                anew(self.env.cr, connector._job_events)
            except Exception:  # logged: the other connectors, and the cron, are not to suffer
                _logger.exception("Gateway: could not carry out events of %s", connector.id)
        return super()._cron_dispatch()

    @api.model
    def _with_new_events(self):
        rows = (
            self.env["gateway.event"].sudo()._read_group([("state", "=", "new")], ["connector_id"])
        )
        return self.env["gateway.connector"].sudo().concat(*(connector for (connector,) in rows))


class GatewayChange(models.Model):
    _inherit = "gateway.change"

    event_id = fields.Many2one(
        "gateway.event",
        string="Told by",
        compute="_compute_event",
        help="The webhook for which the record was read.",
    )

    @api.depends("run_id", "source_id")
    def _compute_event(self):
        told = {}
        for run in self.run_id.filtered("by_event"):
            for event in run.event_ids.sorted("id"):
                told.update({(run.id, event.entity, id_): event for id_ in event.record_ids or ()})
        none = self.env["gateway.event"]
        for change in self:
            change.event_id = told.get((change.run_id.id, change.entity, change.source_id), none)


class GatewayFlow(models.Model):
    _inherit = "gateway.flow"

    event_ids = fields.One2many("gateway.event", "flow_id", string="Webhooks")

    def _begins_at(self):
        return None if self.run_id.by_event else super()._begins_at()

    def _leaves_watermark(self):
        return not self.run_id.by_event and super()._leaves_watermark()

    def _pages(self, flow, work):
        if not self.run_id.by_event:
            return super()._pages(flow, work)
        named, gone = set(), set()
        for event in self.sudo().event_ids:
            (gone if event.is_deleted else named).update(event.record_ids or ())
        rest = sorted(id_ for id_ in named | gone if id_ > (self.token or ""))
        size = self.connector_id._batch_size(flow.info.page_size)
        work.commit()  # no transaction is open while the shop is asked
        return ((page, ()) for page in _named(flow, rest, gone, size))

    def _settle_pending(self, flow, work, driver):
        """What is owed and what has arrived are a whole read's business."""
        return None if self.run_id.by_event else super()._settle_pending(flow, work, driver)


def _named(flow, ids, gone, size):
    """Pages of the records of these ids as they are now. What an event said is gone, and is, is a
    tombstone; what is not there for another reason, or may only be hidden, is left to the next
    read. The token is the last id, for they are in order."""
    for start in range(0, len(ids) or 1, size):
        part = ids[start : start + size]
        records = list(flow.source.fetch(flow.entity, part)) if part else []
        there = {record.id for record in records}
        absent = [id_ for id_ in part if id_ in gone and id_ not in there]
        hidden = set(not_shown(flow.source, flow.entity, absent))
        deleted = [id_ for id_ in absent if id_ not in hidden]
        is_last = start + size >= len(ids)
        yield Page(records, None if is_last else Token(part[-1]), None, deleted)
