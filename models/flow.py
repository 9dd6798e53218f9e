import time
import uuid
from contextlib import contextmanager
from datetime import datetime, timezone

from psycopg2 import errors as pg_errors

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, split_every

from ..lib.ahead import ahead
from ..lib.endpoint import Page, Token, Watermark, not_shown
from ..lib.joining import cut, joined
from ..lib.timed import timed
from ..lib.values import storable
from ..lib.watermark import promotable
from .endpoint.entity import ENTITIES
from .endpoint.horizon import horizon
from .page import Staged
from .store import OdooStore
from .watermark import DIRECTIONS
from .wording import entities, entity_label
from .work import Stale

#: How many records that are owed a write make a page.
PENDING_SIZE = 250
#: What pages with tombstones name besides their records: the guard counts what was deleted before,
#: so they are settled one after the other.
GUARDED = "tombstones, which the guard counts"


class GatewayFlow(models.Model):
    """One entity in one direction within a run: read by one reader, page by page, in order."""

    _name = "gateway.flow"
    _description = "Gateway Flow"
    _inherit = ["gateway.counted"]
    _counted_by = "flow_id"
    _order = "run_id desc, sequence"
    _rec_name = "entity"

    run_id = fields.Many2one("gateway.run", required=True, ondelete="cascade", index=True)
    connector_id = fields.Many2one("gateway.connector", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", index=True)
    sequence = fields.Integer(required=True)
    entity = fields.Selection(entities, required=True)
    direction = fields.Selection(DIRECTIONS, required=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("reading", "Reading"),
            ("applying", "Applying"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="waiting",
    )
    mapping_version_id = fields.Many2one("gateway.mapping.version", ondelete="restrict")
    since = fields.Char(help="Where the read began (ISO 8601, UTC); empty for a full read.")
    is_superseded = fields.Boolean(
        help="Since it began somebody wanted everything read anew: it leaves no watermark."
    )
    edge = fields.Char(help="No writer of Odoo still open began before this time.")
    token = fields.Char(help="Where the read goes on.")
    pages_read = fields.Integer(help="Pages staged so far.")
    attempts = fields.Integer(help="Tries in a row at which the shop did not answer.")
    driver = fields.Char(help="Who reads; a later driver's claim ends the earlier one's.")
    started = fields.Datetime()
    ended = fields.Datetime()
    page_ids = fields.One2many("gateway.page", "flow_id")

    _open_unique = models.UniqueIndex(
        "(connector_id, entity) WHERE state IN ('reading', 'applying')",
        "An entity of a connector is synced by one run at a time.",
    )

    @api.depends("entity", "direction")
    def _compute_display_name(self):
        ways = dict(self._fields["direction"]._description_selection(self.env))
        for flow in self:
            label = entity_label(self.env, flow.entity)
            flow.display_name = f"{label} · {ways.get(flow.direction, '')}"

    def _open_pages(self):
        """How many staged pages are not settled yet, as committed now."""
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                "SELECT count(*) FROM gateway_page WHERE flow_id = %s AND state != 'settled'",
                self.id,
            )
        )[0][0]

    def _open(self, work):
        """Begin the flow: mapping version, start of the read, horizon. False: not our turn."""
        run = self.run_id
        run.connector_id._identify(work.commit)
        if not self._begins_to_read():
            return False
        if not (run.flow_ids - self).filtered("started"):
            run.flow_ids._pin_mappings()
        if not self.mapping_version_id:  # raises what is wrong with it
            self._pin_mapping()
        if not self.pages_read:  # a resumed read goes on where and as it began
            since = self._begins_at()
            values = {
                "since": since.time.isoformat() if since else False,
                "is_superseded": False,
            }
            if self.direction == "export" and work.own:
                values["edge"] = horizon(self.env.cr)[0].isoformat()
            self.write(values)
        if run.state == "queued" or not run.started:
            run.write({"state": "running", "started": fields.Datetime.now()})
        run._tell(now=False)
        work.commit()  # the read below has its own snapshot, taken after the horizon
        return True

    def _begins_to_read(self):
        """Whether no other flow of the entity is open, of which this one becomes one. Past the ORM,
        which tells the log of each one that is."""
        self.flush_recordset()
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    SQL(
                        "UPDATE gateway_flow SET state = 'reading', started = %(now)s,"
                        " write_date = %(now)s WHERE id = %(id)s",
                        now=fields.Datetime.now(),
                        id=self.id,
                    ),
                    log_exceptions=False,
                )
        except pg_errors.UniqueViolation:
            return False
        finally:
            self.invalidate_recordset()
        return True

    def _begins_at(self):
        """The watermark that the read begins at; None for a full read."""
        run = self.run_id
        if run.is_full:
            return None
        return run.connector_id._since(self.entity, self.direction, run.dry_run)

    def _gives_up(self, work):
        """Count one more try without an answer; True when there were enough of them."""
        with work.unit():
            self.attempts += 1
        return self.attempts >= self.connector_id.max_attempts

    def _is_parallel(self):
        """Whether its pages may be settled at once. Not where creating one record touches what
        others share: identities, attributes, quantities at a location. Pages of a plan build on
        those before them."""
        if self.run_id.dry_run:
            return False
        return self.direction == "export" or ENTITIES[self.entity].parallel

    def _claim(self, work):
        """Become the flow's driver: whoever drove it before is stale at its next step."""
        driver = str(uuid.uuid4())
        with work.unit():
            self.write({"driver": driver})
            self.env["gateway.binding"].sudo()._analyze_if_grown()
        return driver

    @contextmanager
    def _as_driver(self, work, driver):
        """One unit of work of whoever drives the flow; Stale when another one drives it now.

        Whoever was overtaken in the middle of a read of Odoo's database is refused by PostgreSQL,
        which its job would take for a reason to come again, and overtake in turn: it ends, too.
        """
        try:
            with work.unit():
                self._check_driver(driver)
                yield
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            if work.own:
                self._check_driver(driver)
            raise

    def _check_driver(self, driver):
        """Hold the flow's row, and refuse to go on when another one drives it now."""
        if self._hold() != driver:
            raise Stale(self.env._("Another worker reads %s now.", self.entity))

    def _hold(self):
        """Hold the flow's row until the commit; its driver. PostgreSQL refuses whom another one was
        faster than, and nothing is wrong: its job comes again."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL("SELECT driver FROM gateway_flow WHERE id = %s FOR UPDATE", self.id),
            log_exceptions=False,
        )
        return self.env.cr.fetchone()[0]

    def _read(self, work, epoch, inline, deadline):
        """Stage page after page; True when the last one is staged, False when time is up."""
        run, connector = self.run_id, self.run_id.connector_id
        driver = self._claim(work)
        store = OdooStore(self.env, connector, run, work)
        edge = datetime.fromisoformat(self.edge) if self.edge else None
        _version, flow = connector._flow(
            self.entity,
            self.direction,
            store,
            run=run.id,
            is_plan=run.is_plan,
            edge=edge,
            **self._versions(),
        )
        self._expect(flow.source, work)
        flow = run._laid(flow)
        inline = inline or not self._is_parallel()
        self._settle_staged(work, epoch, inline)
        if not self.pages_read and not run.plan_id and not run.compares:
            self._settle_pending(flow, work, driver)
        for (page, vanished), waited in timed(self._pages(flow, work), time.monotonic):
            with self._as_driver(work, driver):
                run._check_epoch(epoch)
                kept, staged = self._stage(page, self.pages_read, page.token, vanished=vanished)
                kept.seconds_read = waited
                if page.token is None:
                    self.state = "applying"
                if not inline:
                    kept._enqueue(epoch)
                is_halted = (not inline and connector._check_queue()) or connector._is_halted()
                run._tell(now=False)
            if inline:
                run._settle(work, kept, epoch, staged)
            if page.token is None:
                return True
            if is_halted or (deadline is not None and time.monotonic() > deadline):
                return False
        return True

    def _pages(self, flow, work):
        """(page, ids of records that were planned and are gone), from where the read goes on."""
        connector = self.run_id.connector_id
        size = connector._batch_size(flow.info.page_size)
        if self.run_id.plan_id:
            yield from self._planned_pages(flow, work, size)
            return
        since = Watermark(datetime.fromisoformat(self.since)) if self.since else None
        pages = flow.source.pages(self.entity, since, Token(self.token) if self.token else None)
        pages = joined(pages, size, time.monotonic)
        if work.own and not flow.source.transactional and not self.run_id.is_plan:
            pages = ahead(pages)  # the next page is read while this one is settled
        work.commit()  # no transaction is open while the shop is waited for
        for page in cut(pages, size):
            yield page, ()

    def _settle_staged(self, work, epoch, inline):
        """Pages an earlier driver staged and did not settle: settle them here, or queue them. What
        it was settling when it died is taken over here once its lease is over, and what had failed
        when it died before it told so of its run, at once."""
        states = ("staged", "settling", "failed") if inline else ("staged",)
        for page in self.page_ids.filtered(lambda p: p.state in states).sorted("number"):
            if inline:
                self.run_id._settle(work, page, epoch)
            else:
                with work.unit():
                    page._enqueue(epoch)

    def _settle_pending(self, flow, work, driver):
        """First of all the records whose write is owed (their side won a conflict), and the dead
        letters whose missing reference has arrived."""
        letters = self.env["gateway.dead.letter"]
        owed = set(flow.store.pending(self.entity, self.direction))
        arrived = letters._arrived(self.connector_id, self.entity, self.direction)
        waiting = letters._waiting_by_key(self.connector_id, self.entity, self.direction)
        if waiting:
            work.commit()  # no transaction is open while the target is asked
            arrived += letters._arrived_by_key(waiting, flow.target)
        for ids in split_every(PENDING_SIZE, [*sorted(owed), *(set(arrived) - owed)], list):
            work.commit()
            records = list(flow.source.fetch(self.entity, ids))
            absent = sorted(owed.intersection(ids) - {record.id for record in records})
            unseen = self._unseen(flow, absent)
            gone = [id_ for id_ in absent if id_ not in unseen]
            with self._as_driver(work, driver):
                page = Page(records, None, None, gone)
                kept, staged = self._stage(page, self.pages_read, None, unseen)
            # Here and now: the read that follows may bring the same records once more.
            self.run_id._settle(work, kept, self.run_id.epoch, staged)

    def _unseen(self, flow, ids):
        """Those of the ids that are there or may be, though `fetch` left them out."""
        return not_shown(flow.source, self.entity, ids)

    def _stage(self, page, number, token, unseen=(), vanished=()):
        """Keep a page as it was read, and where the read goes on, in one transaction. Of who was
        forgotten nothing is kept but the id. Returns (its row, what was kept)."""
        bindings = self.env["gateway.binding"]
        page = bindings._emptied(self.connector_id, self.entity, self.direction, page)
        staged = Staged(list(page.records), list(page.deleted), list(unseen), list(vanished))
        guarded = (GUARDED,) if page.deleted and not self.swept else ()  # a sweep has counted its
        kept = self.env["gateway.page"].create(
            {
                "flow_id": self.id,
                "run_id": self.run_id.id,
                "connector_id": self.connector_id.id,
                "company_id": self.company_id.id,
                "number": number,
                "count_read": 0,
                "record_ids": sorted(
                    {
                        storable(id_)
                        for id_ in (
                            *(r.id for r in page.records),
                            *page.deleted,
                            *unseen,
                            *vanished,
                            *guarded,
                        )
                    }
                ),
                "payload": staged.packed(),
                "read_epoch": self.run_id.epoch,
                "watermark_time": self._watermark_text(page.watermark),
                "watermark_id": storable(page.watermark.id) if page.watermark else False,
            }
        )
        self.write({"pages_read": number + 1, "token": token or False, "attempts": 0})
        return kept, staged

    @staticmethod
    def _watermark_text(mark):
        return promotable(mark, datetime.now(timezone.utc)).time.isoformat() if mark else False

    def _watermark(self):
        marks = self.env["gateway.watermark"]
        return marks._of(self.connector_id, self.entity, self.direction)

    def _leaves_watermark(self):
        """Whether what it has read counts as read."""
        return not (self.run_id.dry_run or self.run_id.plan_id or self.is_superseded)

    def _advance_watermark(self):
        """Move the watermark over the contiguous settled pages; never back, never over a gap. Not
        by an apply, which does not settle what the plan does not have."""
        if not self._leaves_watermark():
            return
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT watermark_time, watermark_id FROM gateway_page WHERE flow_id = %s"
                " AND watermark_time IS NOT NULL AND number < COALESCE((SELECT min(number) FROM"
                " gateway_page WHERE flow_id = %s AND state != 'settled'), 2147483647)"
                " ORDER BY number DESC LIMIT 1",
                self.id,
                self.id,
            )
        )
        if not rows:
            return
        time_text, record_id = rows[0]
        mark = self._watermark()
        if not mark:
            self.env["gateway.watermark"].create(
                {
                    "connector_id": self.connector_id.id,
                    "entity": self.entity,
                    "direction": self.direction,
                    "time": time_text,
                    "record_id": record_id or "",
                }
            )
        elif datetime.fromisoformat(mark.time) < datetime.fromisoformat(time_text):
            mark.write({"time": time_text, "record_id": record_id or ""})

    def _end(self, work, epoch, inline):
        """Close the flow when every page is settled, those of what is gone from the source last;
        False while some are still open."""
        while True:
            if self._open_pages():
                self._settle_staged(work, epoch, inline or not self._is_parallel())
                if self._open_pages():
                    return False
            if self.is_swept:
                break
            self._hold()
            self._sweep(work)
        self._give_up_gone(work)
        with work.unit():
            self._advance_watermark()
            self._note_sweep()
            if not self.run_id.dry_run:
                self.env["gateway.dead.letter"]._close_gone(self.connector_id)
            self.write({"state": "done", "ended": fields.Datetime.now()})
        return True
