import contextlib
import logging
import time
import uuid
from datetime import datetime, timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID

from ..lib.endpoint import Page, Record
from ..lib.errors import GatewayError, RetryLater, StopRun
from ..lib.store import OUTCOMES
from ..lib.sync import settle_page
from ..lib.values import unstage
from .store import OdooStore
from .work import Stale, UnitOfWork

_logger = logging.getLogger(__name__)

#: How long one reader job goes on before it hands over to the next (jobs are HTTP requests).
READ_SECONDS = 60
#: A page or a read that shows no life for so long is taken over.
LEASE = timedelta(minutes=10)


class GatewayRun(models.Model):
    """One execution: its flows one after the other, their pages, counts and changes."""

    _name = "gateway.run"
    _description = "Gateway Run"
    _order = "id desc"

    connector_id = fields.Many2one(
        "gateway.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id", store=True, index=True)
    state = fields.Selection(
        [
            ("queued", "Queued"),
            ("running", "Running"),
            ("done", "Done"),
            ("partial", "Partial"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="queued",
        index=True,
        help="Partial: all was read, but some records are dead letters or held.",
    )
    dry_run = fields.Boolean(help="Computes what a run would do and writes nothing.")
    epoch = fields.Integer(default=1, help="Raised when a stuck run is taken over.")
    error = fields.Text()
    started = fields.Datetime()
    ended = fields.Datetime()
    flow_ids = fields.One2many("gateway.flow", "run_id")
    page_ids = fields.One2many("gateway.page", "run_id")
    change_ids = fields.One2many("gateway.change", "run_id")
    count_read = fields.Integer(string="Read", compute="_compute_counts")
    count_created = fields.Integer(string="Created", compute="_compute_counts")
    count_updated = fields.Integer(string="Updated", compute="_compute_counts")
    count_unchanged = fields.Integer(string="Unchanged", compute="_compute_counts")
    count_filtered = fields.Integer(string="Filtered", compute="_compute_counts")
    count_held = fields.Integer(string="Held", compute="_compute_counts")
    count_dead = fields.Integer(string="Dead", compute="_compute_counts")
    count_repeated = fields.Integer(string="Repeated", compute="_compute_counts")
    count_deleted = fields.Integer(string="Deleted", compute="_compute_counts")

    # -- compute

    @api.depends("page_ids.state")
    def _compute_counts(self):
        sums = self.env["gateway.page"].sudo()._sums([("run_id", "in", self.ids)], "run_id")
        for run in self:
            counts = sums.get(run.id, {})
            for name in ("read", *OUTCOMES):
                run[f"count_{name}"] = counts.get(name) or 0

    @api.depends("connector_id.name")
    def _compute_display_name(self):
        for run in self:
            run.display_name = f"{run.connector_id.name} #{run.id}"

    # -- actions

    def action_cancel(self):
        """No further page is read or settled; what is settled stays."""
        self._check_operator()
        self.check_access("read")
        for run in self.sudo().filtered(lambda r: r.state in ("queued", "running")):
            run._close("cancelled")

    def action_resume(self):
        """Go on with a failed or stuck run where it stopped; nothing is read or done twice."""
        self._check_operator()
        self.check_access("read")
        for run in self.sudo():
            if run.state not in ("failed", "running", "queued"):
                raise UserError(self.env._("%s has ended.", run.display_name))
            run._take_over()
            run._enqueue()

    @api.model
    def _check_operator(self):
        """Starting, retrying and deciding are an operator's; what they leave behind (runs, letters,
        conflicts) is history that nobody writes, so their buttons go on with su."""
        if not self.env.su and not self.env.user.has_group("gateway_ng.group_operator"):
            raise AccessError(
                self.env._(
                    "%s may only look at the gateway. Ask its manager for the role Operator.",
                    self.env.user.name,
                )
            )

    def action_refresh(self):
        """The form reads the run anew after any button; this one does nothing else."""
        return True

    def _action_form(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "gateway.run",
            "res_id": self.id,
            "views": [(False, "form")],
        }

    # -- start and hand over

    @api.model
    def _start(self, connector, flows, dry_run):
        """A new run with one waiting flow for each (entity, direction)."""
        company = connector.company_id.id
        return self.create(
            {
                "connector_id": connector.id,
                "dry_run": dry_run,
                "flow_ids": [
                    fields.Command.create(
                        {
                            "connector_id": connector.id,
                            "company_id": company,
                            "sequence": position,
                            "entity": entity,
                            "direction": direction,
                        }
                    )
                    for position, (entity, direction) in enumerate(flows)
                ],
            }
        )

    def _enqueue(self):
        """Queue the job that goes on with this run. No identity key: a job that is just ending
        would swallow the one that has to come after it, and several do no harm."""
        for run in self:
            run.with_delay(
                description=run.env._("Sync %s", run.display_name), max_retries=0
            )._job_drive(run.epoch)

    def _take_over(self):
        """A new epoch: whoever still works for the old one is refused at the next settle."""
        for run in self.sudo():
            run.write({"epoch": run.epoch + 1, "state": "running", "error": False, "ended": False})
            run.page_ids.filtered(lambda p: p.state in ("settling", "failed")).write(
                {"state": "staged", "claim": False, "attempts": 0}
            )
            run.flow_ids.filtered(lambda f: f.state == "failed").write({"state": "waiting"})

    # -- jobs

    def _job_drive(self, epoch):
        """Job: read on, page by page, and queue each page's settling."""
        work = UnitOfWork(self.env, own=True)
        run = self.sudo()
        try:
            deadline = time.monotonic() + READ_SECONDS
            if run._drive(work, epoch, inline=False, deadline=deadline) == "later":
                raise RetryableJobError(
                    "Another run syncs this entity", seconds=15, ignore_retry=True
                )
        except Stale as error:
            _logger.info("Gateway: %s", error)
        except RetryLater as error:
            raise RetryableJobError(str(error), seconds=error.seconds, ignore_retry=True) from error

    def _job_settle(self, page_id, epoch):
        """Job: settle one page, then go on with the run when it was the last one open."""
        work = UnitOfWork(self.env, own=True)
        run = self.sudo()
        page = run.env["gateway.page"].browse(page_id)
        try:
            run._settle(work, page, epoch)
        except Stale as error:
            _logger.info("Gateway: %s", error)
            return
        except StopRun as error:
            run._fail(work, page.flow_id, str(error))
            return
        except RetryLater as error:
            raise RetryableJobError(str(error), seconds=error.seconds, ignore_retry=True) from error
        work.commit()
        flow = page.flow_id
        if flow.state == "applying" and not flow._open_pages():
            run._enqueue()
            work.commit()

    def _drive_inline(self):
        """Run to the end here and now, inside the caller's transaction."""
        run = self.sudo()
        work = UnitOfWork(self.env, own=False)
        while run.state in ("queued", "running"):
            try:
                if run._drive(work, run.epoch, inline=True) == "later":
                    raise UserError(
                        self.env._("Another run of %s is still going on.", run.connector_id.name)
                    )
            except RetryLater as error:
                _logger.info("Gateway: %s tries again: %s", run.display_name, error)

    # -- the dispatcher

    @api.model
    def _cron_dispatch(self):
        """Take over runs that show no life, and do the work where no job runner does it.

        Never raises: Odoo switches a cron off that keeps failing.
        """
        drain = not self._has_job_runner()
        deadline = time.monotonic() + READ_SECONDS
        open_runs = [
            ("state", "in", ("queued", "running")),
            ("connector_id.state", "!=", "paused"),
        ]
        for run in self.sudo().search(open_runs, order="id"):
            try:
                if drain and time.monotonic() < deadline:
                    run._drive(UnitOfWork(self.env, own=True), run.epoch, True, deadline)
                elif run._is_stuck():
                    _logger.warning("Gateway: taking over %s", run.display_name)
                    run._take_over()
                    run._enqueue()
                # Each run by itself: one that fails takes nothing from the others.
                self.env.cr.commit()  # pylint: disable=invalid-commit
            except (RetryLater, Stale) as error:
                self.env.cr.rollback()
                _logger.info("Gateway: %s goes on later: %s", run.id, error)
            except Exception:  # logged; the other runs, and the next minute, are not to suffer
                self.env.cr.rollback()
                _logger.exception("Gateway: could not look after run %s", run.id)

    def _has_job_runner(self):
        """Whether a queue_job runner holds its lock on this database."""
        self.env.cr.execute(
            "SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted"
            " AND (l.classid::bigint << 32 | l.objid::bigint) = %s",
            (PG_ADVISORY_LOCK_ID,),
        )
        return bool(self.env.cr.fetchone())

    def _is_stuck(self):
        """No page, flow or job of the run has moved for the length of a lease."""
        self.env.cr.execute(
            SQL(
                "SELECT max(t) < now() AT TIME ZONE 'UTC' - %s FROM ("
                " SELECT write_date FROM gateway_run WHERE id = %s UNION ALL"
                " SELECT write_date FROM gateway_flow WHERE run_id = %s UNION ALL"
                " SELECT write_date FROM gateway_page WHERE run_id = %s) AS life(t)",
                LEASE,
                self.id,
                self.id,
                self.id,
            )
        )
        return bool(self.env.cr.fetchone()[0])

    # -- the order of steps

    def _drive(self, work, epoch, inline, deadline=None):
        """Go on with the first flow that has not ended, until there is nothing left to do here.

        Returns "later" when another run holds the flow's entity, else None.
        """
        self.ensure_one()
        open_states = ("waiting", "reading", "applying")
        while self.state in ("queued", "running") and self.connector_id.state != "paused":
            self._check_epoch(epoch)
            flow = self.flow_ids.filtered(lambda f: f.state in open_states)[:1]
            if not flow:
                self._finish()
                work.commit()
                return None
            try:
                stop = self._advance(work, flow, epoch, inline, deadline)
            except (psycopg2.OperationalError, Stale, RetryableJobError):
                raise
            except Exception as error:
                self._stumble(work, flow, error)
                return None
            if stop:
                return "later" if stop == "later" else None
        return None

    def _advance(self, work, flow, epoch, inline, deadline):
        """One step of a flow. Returns None to go on, else why not: "later" (another run holds the
        entity), "handed over" (to the next job), "waits" (for pages that are being settled)."""
        if flow.state == "waiting":
            return None if flow._open(work) else "later"
        if flow.state == "reading":
            if not flow._read(work, epoch, inline, deadline):
                self._enqueue()
                work.commit()
                return "handed over"
            return None
        return None if flow._end(work, epoch, inline) else "waits"

    def _stumble(self, work, flow, error):
        """A step failed: try again later, or stop the run and say why."""
        if work.own:
            self.env.cr.rollback()
        if isinstance(error, psycopg2.errors.UniqueViolation):
            raise RetryLater(f"two workers met: {error}", seconds=1) from error
        if isinstance(error, RetryLater) and not flow._gives_up(work):
            raise error
        if isinstance(error, GatewayError):
            self._fail(work, flow, str(error))
            return
        _logger.error("Gateway: %s of run %s", flow.entity, self.id, exc_info=error)
        self._fail(work, flow, f"{flow.entity}: {type(error).__name__}: {error}")

    def _check_epoch(self, epoch):
        """Fence: hold the run's row, and refuse to go on for an epoch that is over."""
        self.env.flush_all()
        row = self.env.execute_query(
            SQL("SELECT epoch, state FROM gateway_run WHERE id = %s FOR SHARE", self.id)
        )
        if not row or row[0][0] != epoch or row[0][1] not in ("queued", "running"):
            raise Stale(self.env._("%s was taken over or has ended.", self.display_name))

    def _settle(self, work, page, epoch, keep=False):
        """Settle one staged page: claim it, run the pipeline, keep what came out of it.

        Every step may be the last one before a crash: an unfinished claim is taken over by a new
        epoch, and what the pipeline did meanwhile is recognised by bindings and keys.
        """
        claim = str(uuid.uuid4())
        with work.unit():
            self._check_epoch(epoch)
            claimed = self.env.execute_query(
                SQL(
                    "UPDATE gateway_page SET state = 'settling', claim = %s, epoch = %s,"
                    " attempts = COALESCE(attempts, 0) + 1,"
                    " write_date = now() AT TIME ZONE 'UTC'"
                    " WHERE id = %s AND (state IN ('staged', 'failed')"
                    " OR (state = 'settling' AND write_date < now() AT TIME ZONE 'UTC' - %s))"
                    " RETURNING id",
                    claim,
                    epoch,
                    page.id,
                    LEASE,
                )
            )
            page.invalidate_recordset()
        if not claimed:
            return
        started = time.monotonic()
        try:
            with work.unit():
                counts = self._apply(work, page, claim, epoch)
                page._keep_counts(claim, counts, time.monotonic() - started)
        except RetryLater as error:
            self._unsettled(work, page, str(error))
            if page.attempts >= self.connector_id.max_attempts:
                raise StopRun(
                    f"page {page.number} failed {page.attempts} times: {error}",
                    cause=error.cause,
                    remedy="Check that the shop can be reached, then resume the run.",
                ) from error
            raise
        except StopRun as error:
            self._unsettled(work, page, str(error), "failed")
            raise
        except psycopg2.OperationalError as error:
            # Two workers met in the database: free the page, its job is tried again.
            self._unsettled(work, page, str(error))
            raise
        except psycopg2.errors.UniqueViolation as error:
            # The same on a row of the gateway's own; a record's is a refusal of that record.
            self._unsettled(work, page, str(error))
            raise RetryLater(f"two workers met: {error}", seconds=1) from error
        except Stale:
            raise
        except Exception as error:
            _logger.exception("Gateway: page %s of run %s", page.number, self.id)
            self._unsettled(work, page, repr(error), "failed")
            raise StopRun(
                f"page {page.number} of {page.flow_id.entity}: {type(error).__name__}: {error}",
                cause="unknown",
                remedy="See the server log for the traceback; resume the run when it is mended.",
            ) from error
        with contextlib.suppress(psycopg2.errors.UniqueViolation), work.unit():
            page.flow_id._advance_watermark()  # two first ones met: the flow's end does it again

    def _apply(self, work, page, claim, epoch):
        def fence():
            self._check_epoch(epoch)
            page._check_claim(claim)

        fence()
        flow_row = page.flow_id
        store = OdooStore(self.env, self.connector_id, self, work, page, fence)
        version, flow = self.connector_id._flow(
            flow_row.entity,
            flow_row.direction,
            store,
            run=self.id,
            dry_run=self.dry_run,
            version=flow_row.mapping_version_id,
        )
        content = unstage(page.payload)
        records = [
            Record(item[0], item[1], datetime.fromisoformat(item[2]) if item[2] else None)
            for item in content["records"]
        ]
        if page.read_epoch != epoch or page._is_overtaken():
            # Newer values of the same records may have been settled since the page was read.
            records = self._read_anew(work, flow, records)
        counts = settle_page(flow, Page(records, None, None, content["deleted"]))
        return store.as_settled(counts)

    def _read_anew(self, work, flow, records):
        """The records as they are now; those that are gone are left to the next read."""
        work.commit()
        return list(flow.source.fetch(flow.entity, [record.id for record in records]))

    def _unsettled(self, work, page, message, state="staged"):
        with work.unit():
            page.write({"state": state, "claim": False, "error": message})

    def _settle_by_hand(self, version, flow, page, store, settle):
        """Settle records outside a read (retries): a run of one flow and one page of its own."""
        row = self.flow_ids[:1]
        row.write(
            {
                "state": "applying",
                "mapping_version_id": version.id,
                "started": fields.Datetime.now(),
            }
        )
        kept = row._stage(page, row.pages_read, None)
        claim = str(uuid.uuid4())
        kept.write({"state": "settling", "claim": claim})
        store.page = kept
        try:
            counts = settle(flow, page)
        except StopRun as error:
            self._fail(store.work, row, str(error))
            return
        kept.flush_recordset()
        kept._keep_counts(claim, counts, 0.0)
        row.write({"state": "done", "ended": fields.Datetime.now()})
        self._finish()

    # -- ends

    def _finish(self):
        failed = self.flow_ids.filtered(lambda flow: flow.state == "failed")
        self.invalidate_recordset()
        sums = self.env["gateway.page"]._sums([("run_id", "=", self.id)], "run_id")
        numbers = sums.get(self.id, {})
        trouble = (numbers.get("dead") or 0) + (numbers.get("held") or 0)
        self._close("failed" if failed else "partial" if trouble else "done")

    def _close(self, state):
        now = fields.Datetime.now()
        self.flow_ids.filtered(lambda f: f.state in ("waiting", "reading", "applying")).write(
            {"state": "cancelled", "ended": now}
        )
        self.write({"state": state, "ended": now})

    def _fail(self, work, flow, message):
        """Stop loudly: the run keeps its place and can be resumed when the cause is mended."""
        with work.unit():
            flow.write({"state": "failed"})
            self.write({"state": "failed", "error": message, "ended": fields.Datetime.now()})
            self.connector_id.message_post(body=self.env._("Sync failed: %s", message))
        _logger.warning("Gateway run %s failed: %s", self.id, message)
