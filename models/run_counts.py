from odoo import models


class GatewayRun(models.Model):
    """After a run that made or took away records both systems are counted anew."""

    _inherit = "gateway.run"

    def _close(self, state):
        done = super()._close(state)
        if any(run.count_created or run.count_deleted for run in self if not run.dry_run):
            self.env.ref("gateway_ng.cron_count").sudo()._trigger()
        return done
