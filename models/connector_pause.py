from odoo import fields, models
from odoo.exceptions import UserError


class GatewayConnector(models.Model):
    """Since when a connector is paused, and whether a person did it."""

    _inherit = "gateway.connector"

    paused_since = fields.Datetime(readonly=True, copy=False)
    is_paused_by_hand = fields.Boolean(readonly=True, copy=False)

    def write(self, vals):
        if vals.get("state") == "paused":
            vals = {"paused_since": fields.Datetime.now(), "is_paused_by_hand": False, **vals}
        restored = self.filtered(lambda one: vals.get("active") and not one.active)
        done = super().write(vals)
        restored._go_on()
        return done

    def _is_halted(self):
        """Whether runs stop where they are, until somebody resumes or restores the connector."""
        return self.state == "paused" or not self.active

    def _refuse_halted(self):
        """Raises UserError: nothing starts on a connector that is paused or archived."""
        self._refuse_archived()
        if self.state == "paused":
            raise UserError(self.env._("%s is paused; resume it first.", self.name))

    def _refuse_archived(self):
        if not self.active:
            raise UserError(self.env._("%s is archived; restore it first.", self.name))

    def action_resume(self):
        for connector in self:
            connector._refuse_archived()
        done = super().action_resume()
        self._go_on()
        return done

    def _go_on(self):
        """Runs that stopped go on where they were."""
        open_runs = self.sudo().run_ids.filtered(lambda run: run.state in ("queued", "running"))
        open_runs._enqueue()

    def action_pause(self):
        done = super().action_pause()
        self.is_paused_by_hand = True
        return done

    def _pause(self, reason):
        """Pause loudly: the chatter says why."""
        self.ensure_one()
        self.sudo().write({"state": "paused", "pause_reason": reason})
        told = self._for_chatter()
        told.message_post(body=told.env._("Paused: %s", reason))
