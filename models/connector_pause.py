from odoo import fields, models


class GatewayConnector(models.Model):
    """Since when a connector is paused, and whether a person did it."""

    _inherit = "gateway.connector"

    paused_since = fields.Datetime(readonly=True, copy=False)
    is_paused_by_hand = fields.Boolean(readonly=True, copy=False)

    def write(self, vals):
        if vals.get("state") == "paused":
            vals = {"paused_since": fields.Datetime.now(), "is_paused_by_hand": False, **vals}
        return super().write(vals)

    def action_pause(self):
        done = super().action_pause()
        self.is_paused_by_hand = True
        return done

    def _pause(self, reason):
        """Pause loudly: the chatter says why."""
        self.ensure_one()
        self.sudo().write({"state": "paused", "pause_reason": reason})
        self.message_post(body=self.env._("Paused: %s", reason))
