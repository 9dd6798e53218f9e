from datetime import timedelta
from math import ceil

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class GatewayConnector(models.Model):
    """When a connector looks for deletes, and how many it carries over without asking."""

    _inherit = "gateway.connector"

    sweep_hours = fields.Integer(
        string="Look for deletes every (hours)",
        default=24,
        tracking=True,
        help="Shops and Odoo do not tell of every delete: so often the ids of both sides are "
        "compared with what is bound. 0: only when somebody looks for deletes by hand.",
    )
    guard_count = fields.Integer(
        string="Deletes without asking",
        default=50,
        tracking=True,
        help="Of an entity and a direction within a day; or the percentage, whichever is more.",
    )
    guard_percent = fields.Float(
        string="Or percent of the records",
        default=10.0,
        tracking=True,
        help="More deletes than that are kept until a manager lets them go.",
    )

    @api.constrains("sweep_hours", "guard_count", "guard_percent")
    def _check_guard(self):
        for connector in self:
            least = min(connector.sweep_hours, connector.guard_count, connector.guard_percent)
            if least < 0 or connector.guard_percent > 100:
                raise ValidationError(
                    self.env._(
                        "%s: hours and deletes can't be negative, and the percentage is 0 to 100.",
                        connector.name,
                    )
                )

    def action_look_for_deletes(self):
        """Start a sync that looks for deletes, whenever the last look was, and show it."""
        self.ensure_one()
        run = self.run_sync()
        run.sudo().looks_for_deletes = True
        return run._action_form()

    def _delete_limit(self, bound):
        return max(self.guard_count, ceil(bound * self.guard_percent / 100))

    def _sweep_due(self, entity, direction):
        if self.sweep_hours <= 0:
            return False
        mark = self.env["gateway.watermark"]._of(self, entity, direction)
        due = fields.Datetime.now() - timedelta(hours=self.sweep_hours)
        return not mark.swept or mark.swept <= due
