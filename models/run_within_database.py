from odoo import api, models


class GatewayRun(models.Model):
    """Before the dispatcher does anything: nothing of a copied database is started."""

    _inherit = "gateway.run"

    @api.model
    def _cron_dispatch(self):
        self.env["gateway.connector"]._pause_copies()
        return super()._cron_dispatch()
