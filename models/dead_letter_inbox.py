from odoo import models

from .dead_letter_limits import PASSING

#: Causes that are no fault of the record: what the next read brings may be taken.
NOT_ITS_OWN = (*PASSING, "moved", "credentials")


class GatewayDeadLetter(models.Model):
    """What people do with letters besides retrying: take them on, edit them, give them up."""

    _inherit = "gateway.dead.letter"

    def action_discard(self, reason=None):
        """Give the records up until they change at their source, or their mapping does. What only
        did not get through, or was overtaken, was refused by nobody: a later read brings it."""
        self.env["gateway.run"]._check_operator()
        self.check_access("read")
        open_ones = self.sudo().filtered(lambda letter: letter.state == "open")
        open_ones._close("discarded", "given_up", by_person=True, discard_reason=reason or False)
        open_ones.filtered(lambda letter: letter.cause not in NOT_ITS_OWN).is_given_up = True
        open_ones._give_up()
        return True

    def action_reopen(self):
        """Take back that they were discarded: they are open, to be retried as any. Not so returns
        and refunds that were given up, which their orders have gone on without."""
        self.env["gateway.run"]._check_operator()
        self.check_access("read")
        closed = self.sudo().filtered(
            lambda letter: letter.state == "discarded" and not (letter.details or {}).get("mark")
        )
        closed.is_given_up = False
        newest = {letter._place(): letter for letter in closed.sorted("id")}
        taken = {letter._place() for letter in closed._open_of_these()}
        letters = closed.browse().concat(
            *(one for place, one in newest.items() if place not in taken)
        )
        letters.write(self._open_again())
        return True

    def _place(self):
        place = self.connector_id.id, self.entity, self.direction, self.source_id
        return *place, self.is_take_back

    def _open_of_these(self):
        """Open letters of the same records, and of some others."""
        return self.search(
            [
                ("state", "=", "open"),
                ("connector_id", "in", self.connector_id.ids),
                ("source_id", "in", self.mapped("source_id")),
            ]
        )

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
