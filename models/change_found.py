from odoo import api, fields, models

from ..lib.store import BOUND
from .wording import field_label


class GatewayChange(models.Model):
    """How the counterpart of a change's record was found."""

    _inherit = "gateway.change"

    found = fields.Char(help="By its binding, or the identity keys by which the two met.")
    found_text = fields.Char(string="Found by", compute="_compute_found_text")

    @api.depends("found", "outcome")
    @api.depends_context("lang")
    def _compute_found_text(self):
        for change in self:
            if change.found == BOUND:
                change.found_text = self.env._("its binding, from an earlier sync")
            elif change.found:
                model = change._odoo_model()
                keys = [field_label(self.env, name, model) for name in change.found.split("|")]
                change.found_text = self.env._("the same %s", ", ".join(keys))
            elif change.outcome == "created":
                change.found_text = self.env._("nothing: it is new there")
            else:
                change.found_text = False
