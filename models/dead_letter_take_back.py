from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.errors import sentence


class GatewayDeadLetter(models.Model):
    """The letter of a take-back: what it asks for is to take the run back again. A retry would
    sync its record, which is another thing, so that there is none; nor does a sync of the record
    close it."""

    _inherit = "gateway.dead.letter"

    is_take_back = fields.Boolean(
        string="Of a take-back",
        compute="_compute_is_take_back",
        store=True,
        precompute=True,
        compute_sudo=True,
    )

    @api.depends("run_id")
    def _compute_is_take_back(self):
        """Stored: a run may be deleted before its letters are."""
        for letter in self:
            letter.is_take_back = bool(letter.run_id.undoes_id)

    def _of_take_backs(self):
        return self.filtered("is_take_back")

    def _again_text(self):
        """What to do in place of a retry."""
        undone = self.sudo().run_id.undoes_id[:1]
        if not undone:
            return self.env._("Mend the cause, then take the run back again.")
        return self.env._("Mend the cause, then take run #%s back again.", undone.id)

    def _no_retry_text(self):
        told = self.env._("What could not be taken back can't be retried.")
        return f"{told} {self[:1]._again_text()}"

    # -- what is told

    @api.depends("is_take_back")
    def _compute_what_to_do(self):
        taken = self._of_take_backs()
        done = super(GatewayDeadLetter, self - taken)._compute_what_to_do()
        for letter in taken:
            letter.what_to_do = sentence(letter._again_text())
        return done

    @api.depends("is_take_back")
    def _compute_next_try(self):
        taken = self._of_take_backs()
        done = super(GatewayDeadLetter, self - taken)._compute_next_try()
        for letter in taken:
            letter.next_try = letter.state == "open" and letter._again_text()
        return done

    # -- by a person

    def action_retry(self, as_then=False):
        self.env["gateway.run"]._check_operator()
        taken = self.filtered(lambda letter: letter.state == "open")._of_take_backs()
        rest = self - taken
        if not taken:
            return super().action_retry(as_then)
        if not rest:
            raise UserError(taken._no_retry_text())
        answer = super(GatewayDeadLetter, rest).action_retry(as_then)
        told = [answer["params"]["message"], taken._no_retry_text()]
        answer["params"].update(message=" ".join(told), type="warning")
        return answer

    def action_edit(self):
        if self._of_take_backs():
            raise UserError(self._no_retry_text())
        return super().action_edit()

    def action_discard(self, reason=None):
        """Its record goes on being synced: only the take-back is done without."""
        taken = self._of_take_backs()
        answer = super().action_discard(reason)
        taken.sudo().is_given_up = False
        return answer

    # -- by itself

    def _retry_all(self, as_then=False):
        return super(GatewayDeadLetter, self - self._of_take_backs())._retry_all(as_then)

    @api.model
    def _waits(self, connector, entity, direction):
        return [*super()._waits(connector, entity, direction), ("is_take_back", "=", False)]
