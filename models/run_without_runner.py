from odoo import models


class GatewayRun(models.Model):
    """Where no job runner is at work: the dispatcher does it, at once, not with its next turn."""

    _inherit = "gateway.run"

    def _enqueue(self):
        queued = super()._enqueue()
        if self and not self._has_job_runner():
            self.env.ref("gateway_ng.cron_dispatch").sudo()._trigger()
        return queued

    def _cron_dispatch(self):
        done = super()._cron_dispatch()
        if not self._has_job_runner():
            self._close_jobs_of_ended_runs()
        return done

    def _close_jobs_of_ended_runs(self):
        """Their work is done; a runner that comes later has nothing to find there."""
        jobs = (
            self.env["queue.job"]
            .sudo()
            .search([("model_name", "=", "gateway.run"), ("state", "=", "pending")])
        )
        jobs.filtered(
            lambda job: all(
                run.state not in ("queued", "running") for run in (job.records or self).exists()
            )
        ).button_cancelled()
