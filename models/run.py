import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from ..lib.errors import GatewayError, RetryLater
from .page import Waits
from .terms import term
from .work import Stale, UnitOfWork

_logger = logging.getLogger(__name__)


class GatewayRun(models.Model):
    """One execution: its flows one after the other, their pages, counts and changes."""

    _name = "gateway.run"
    _description = "Gateway Run"
    _inherit = ["gateway.counted"]
    _counted_by = "run_id"
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
    is_full = fields.Boolean(
        string="Reads everything", help="From the beginning, whatever the watermarks say."
    )
    compares = fields.Boolean(
        string="Compare", help="Compares both sides whole and writes nothing on either."
    )
    is_plan = fields.Boolean(compute="_compute_is_plan", store=True)
    epoch = fields.Integer(
        default=1, aggregator=None, help="Raised when a stuck run is taken over."
    )
    error = fields.Text()
    can_resume = fields.Boolean(compute="_compute_can_resume")
    started = fields.Datetime()
    ended = fields.Datetime()
    flow_ids = fields.One2many("gateway.flow", "run_id")
    page_ids = fields.One2many("gateway.page", "run_id")
    change_ids = fields.One2many("gateway.change", "run_id")

    # -- compute

    @api.depends("connector_id.name")
    def _compute_display_name(self):
        for run in self:
            run.display_name = f"{run.connector_id.name} #{run.id}{run._suffix()}"

    @api.depends("dry_run", "compares")
    def _compute_is_plan(self):
        for run in self:
            run.is_plan = run.dry_run and not run.compares

    @api.depends("state", "dry_run", "plan_id", "undoes_id", "by_event")
    def _compute_can_resume(self):
        """What was called off goes on, too, where it is an ordinary sync: a plan would be of
        another day, and what webhooks told is told to the next run."""
        for run in self:
            is_sync = not (run.dry_run or run.plan_id or run.undoes_id or run.by_event)
            run.can_resume = run.state == "failed" or (run.state == "cancelled" and is_sync)

    def _suffix(self):
        """What kind of run it is, where it is no ordinary one."""
        return ""

    # -- actions

    def action_cancel(self):
        """No further page is read or settled; what is settled stays."""
        self._check_operator()
        self.check_access("read")
        for run in self.sudo().filtered(lambda r: r.state in ("queued", "running")):
            run._close("cancelled")
        return True

    def action_resume(self):
        """Go on with a failed, cancelled or stuck run where it stopped; nothing is done twice."""
        self._check_operator()
        self.check_access("read")
        for run in self.sudo():
            if run.state not in ("queued", "running") and not run.can_resume:
                raise UserError(self.env._("%s has ended.", run.display_name))
            if run.can_resume:  # its mapping may be what has been mended
                run.flow_ids.filtered(lambda flow: flow.state != "done")._pin_mappings()
            run._take_over()
            run._enqueue()
        return True

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
        run = self.create(
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
        run._tell()
        return run

    def _take_over(self):
        """A new epoch: whoever still works for the old one is refused at the next settle."""
        for run in self.sudo():
            run.write({"epoch": run.epoch + 1, "state": "running", "error": False, "ended": False})
            run.page_ids.filtered(lambda p: p.state in ("settling", "failed")).write(
                {"state": "staged", "claim": False, "attempts": 0, "unanswered": 0}
            )
            stopped = run.flow_ids.filtered(lambda f: f.state in ("failed", "cancelled"))
            stopped.write({"state": "waiting"})
            run._tell()

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
            except Waits as error:
                raise UserError(str(error)) from error
            except RetryLater as error:
                _logger.info("Gateway: %s tries again: %s", run.display_name, error)

    # -- the order of steps

    def _drive(self, work, epoch, inline, deadline=None):
        """Go on with the first flow that has not ended, until there is nothing left to do here.

        Returns "later" when another run holds the flow's entity, else None.
        """
        self.ensure_one()
        open_states = ("waiting", "reading", "applying")
        while self.state in ("queued", "running") and not self.connector_id._is_halted():
            self._check_epoch(epoch)
            flow = self.flow_ids.filtered(lambda f: f.state in open_states)[:1]
            if not flow:
                work.commit()  # lets the row go: two that end the run would wait for each other
                self._check_epoch(epoch, alone=True)
                self._finish()
                work.commit()
                return None
            try:
                stop = self._advance(work, flow, epoch, inline, deadline)
            except (psycopg2.OperationalError, Stale, RetryableJobError):
                raise
            except Exception as error:
                self._stumble(work, flow, error, epoch)
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

    def _stumble(self, work, flow, error, epoch):
        """A step failed: try again later, or stop the run and say why."""
        if work.own:
            self.env.cr.rollback()
        if isinstance(error, psycopg2.errors.UniqueViolation):
            raise RetryLater(f"two workers met: {error}", seconds=1) from error
        if isinstance(error, Waits):  # no try of the shop: the lease of the other ends it
            raise error
        if isinstance(error, RetryLater) and not flow._gives_up(work):
            raise error
        if isinstance(error, GatewayError):
            self._fail(work, flow, str(error), epoch)
            return
        _logger.error("Gateway: %s of run %s", flow.entity, self.id, exc_info=error)
        self._fail(work, flow, f"{flow.entity}: {type(error).__name__}: {error}", epoch)

    def _check_epoch(self, epoch, alone=False):
        """Fence: hold the run's row, and refuse to go on for an epoch that is over. `alone`: nobody
        else holds it then, for who is to write it."""
        self.env.flush_all()
        lock = SQL("NO KEY UPDATE") if alone else SQL("SHARE")
        self.env.cr.execute(
            SQL("SELECT epoch, state FROM gateway_run WHERE id = %s FOR %s", self.id, lock),
            log_exceptions=False,  # who comes too late begins anew, and finds that it has ended
        )
        row = self.env.cr.fetchone()
        if row is None or row[0] != epoch or row[1] not in ("queued", "running"):
            raise Stale(self.env._("%s was taken over or has ended.", self.display_name))

    # -- ends

    def _finish(self):
        failed = self.flow_ids.filtered(lambda flow: flow.state == "failed")
        self.invalidate_recordset()
        sums = self.env["gateway.page"]._sums([("run_id", "=", self.id)], "run_id")
        numbers = sums.get(self.id, {})
        self._close("failed" if failed else "partial" if self._has_trouble(numbers) else "done")

    def _has_trouble(self, numbers):
        """Whether something of it is left to do, by the sums of its pages' counts."""
        return bool(numbers.get("dead") or numbers.get("held") or self.guarded)

    def _close(self, state):
        now = fields.Datetime.now()
        self.flow_ids.filtered(lambda f: f.state in ("waiting", "reading", "applying")).write(
            {"state": "cancelled", "ended": now}
        )
        self.write({"state": state, "ended": now})
        self._tell()

    def _fail(self, work, flow, message, epoch):
        """Stop loudly: the run keeps its place and can be resumed when the cause is mended. Raises
        Stale for one that has ended or was taken over: it is not this worker's to fail."""
        with work.unit():
            self._check_epoch(epoch)
            flow.write({"state": "failed"})
            self.write({"state": "failed", "error": message, "ended": fields.Datetime.now()})
            told = self.connector_id._for_chatter()
            told.message_post(body=told.env._("Sync failed: %s", term(told.env, message)))
            self._tell()
        _logger.warning("Gateway run %s failed: %s", self.id, message)
