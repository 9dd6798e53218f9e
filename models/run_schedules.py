import logging

from odoo import models

from .turns import anew
from .work import UnitOfWork

_logger = logging.getLogger(__name__)


class GatewayRun(models.Model):
    """The dispatcher starts what is due before it looks after the runs there are."""

    _inherit = "gateway.run"

    def _cron_dispatch(self):
        try:
            anew(self.env.cr, self._start_what_is_due)
        except Exception:  # logged: Odoo switches a cron off that keeps failing
            _logger.exception("Gateway: could not start what is due")
        return super()._cron_dispatch()

    def _start_what_is_due(self):
        with UnitOfWork(self.env, own=True).unit():
            self.env["gateway.schedule"].sudo()._start_due()
            self.env["gateway.connector"].sudo()._start_due_compares()
