from odoo import models


class GatewayDeadLetter(models.Model):
    """What people do with letters besides retrying: take them on, edit them, give them up."""

    _inherit = "gateway.dead.letter"

    def action_discard(self, reason=None):
        """Give the records up until they change at their source, or their mapping does."""
        self.env["gateway.run"]._check_operator()
        self.check_access("read")
        open_ones = self.sudo().filtered(lambda letter: letter.state == "open")
        open_ones.write(
            {"state": "discarded", "discard_reason": reason or False, "is_given_up": True}
        )
        open_ones._give_up()
        return True

    def action_ask_discard(self):
        """Discard, after asking for the reason."""
        return self._action_wizard("gateway.dead.letter.discard", self.env._("Discard"))

    def action_ask_assign(self):
        return self._action_wizard("gateway.dead.letter.assign", self.env._("Assign"))

    def action_edit(self):
        """Edit the payload and apply it so."""
        self.ensure_one()
        return self._action_wizard("gateway.dead.letter.edit", self.env._("Edit and retry"))

    def _action_wizard(self, model, name):
        self.env["gateway.run"]._check_operator()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"active_ids": self.ids, "active_model": self._name},
        }
