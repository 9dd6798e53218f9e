from odoo import models


class GatewayRun(models.Model):
    """At the end of a run there may be too many dead letters to go on."""

    _inherit = "gateway.run"

    def _close(self, state):
        done = super()._close(state)
        for connector in self.filtered(lambda run: not run.dry_run).connector_id:
            connector._check_letters()
        return done
