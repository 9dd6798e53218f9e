from odoo import models


class GatewayRun(models.Model):
    """After a run that made or took away records both systems are counted anew; not after each
    webhook, for a busy shop would be counted all the time."""

    _inherit = "gateway.run"

    def _close(self, state):
        done = super()._close(state)
        told = self.filtered(lambda run: not run.dry_run and not run.by_event)
        if any(run.count_created or run.count_deleted for run in told):
            self.env.ref("gateway_ng.cron_count").sudo()._trigger()
        return done
