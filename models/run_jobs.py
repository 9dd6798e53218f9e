import logging
import time
from functools import partial

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID

from ..lib.errors import RetryLater, StopRun
from .turns import anew
from .work import Stale, UnitOfWork, lease

_logger = logging.getLogger(__name__)

#: How long one reader job goes on before it hands over to the next (jobs are HTTP requests).
READ_SECONDS = 60


class GatewayRun(models.Model):
    """Who works on a run: jobs, and the dispatcher that looks after runs nobody works on."""

    _inherit = "gateway.run"

    def _enqueue(self):
        """Queue the job that goes on with this run. No identity key: a job that is just ending
        would swallow the one that has to come after it. Of several the last one to begin reads, and
        the others end."""
        for run in self:
            run.with_delay(
                description=run.env._("Sync %s", run.display_name), max_retries=0
            )._job_drive(run.epoch)

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
        if not run.connector_id.active:  # restored, it goes on; paused, what is read is settled
            return
        page = run.env["gateway.page"].browse(page_id)
        try:
            try:
                run._settle(work, page, epoch)
            except StopRun as error:
                run._fail(work, page.flow_id, str(error), epoch)
                return
        except Stale as error:
            _logger.info("Gateway: %s", error)
            return
        except RetryLater as error:
            raise RetryableJobError(str(error), seconds=error.seconds, ignore_retry=True) from error
        work.commit()
        flow = page.flow_id
        if flow.state == "applying" and not flow._open_pages():
            run._enqueue()
            work.commit()

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
            ("connector_id.active", "=", True),
        ]
        for run in self.sudo().search(open_runs, order="id"):
            try:
                anew(self.env.cr, partial(run._look_after, deadline if drain else 0))
            except (RetryLater, Stale) as error:
                self.env.cr.rollback()
                _logger.info("Gateway: %s goes on later: %s", run.id, error)
            except Exception:  # logged; the other runs, and the next minute, are not to suffer
                self.env.cr.rollback()
                _logger.exception("Gateway: could not look after run %s", run.id)

    def _look_after(self, deadline):
        """Do its work until `deadline`, or take it over where it shows no life."""
        # Each run by itself: one that fails takes nothing from the others.
        work = UnitOfWork(self.env, own=True)
        if time.monotonic() < deadline:
            self._drive(work, self.epoch, True, deadline)
        elif self._is_stuck():
            _logger.warning("Gateway: taking over %s", self.display_name)
            self._take_over()
            self._enqueue()
        work.commit()

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
                lease(self.env),
                self.id,
                self.id,
                self.id,
            )
        )
        return bool(self.env.cr.fetchone()[0])
