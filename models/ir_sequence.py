import uuid

from odoo import models

from .endpoint.foresight import TRIED
from .guarded import is_by_sync


class IrSequence(models.Model):
    """A number that is only tried takes none: numbers of a sequence don't come back by rollback."""

    _inherit = "ir.sequence"

    def _next(self, sequence_date=None):
        if is_by_sync(self.env, TRIED):
            return f"{self.env._('Planned')} {uuid.uuid4().hex[:12]}"
        return super()._next(sequence_date)
