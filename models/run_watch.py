from odoo import models


class GatewayRun(models.Model):
    """Runs are the first to meet a connection that has broken, or that is mended."""

    _inherit = "gateway.run"

    def _fail(self, work, flow, message, epoch):
        done = super()._fail(work, flow, message, epoch)
        with work.unit():
            self.connector_id._check_soon()
        return done

    def _close(self, state):
        done = super()._close(state)
        if state in ("done", "partial"):
            connectors = self.connector_id.sudo()
            connectors.filtered(lambda one: not (one.health or {}).get("usable"))._check_soon()
        return done
