import uuid

from odoo import models

from .endpoint.foresight import TRIED


class IrSequence(models.Model):
    """A number that is only tried takes none: numbers of a sequence don't come back by rollback."""

    _inherit = "ir.sequence"

    def _next(self, sequence_date=None):
        if self.env.context.get(TRIED):
            return f"{self.env._('Planned')} {uuid.uuid4().hex[:12]}"
        return super()._next(sequence_date)
