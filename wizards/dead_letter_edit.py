import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.editing import restored
from ..lib.values import loads, stage


class GatewayDeadLetterEdit(models.TransientModel):
    """A letter's payload to be edited and applied as edited, once. The original is kept."""

    _name = "gateway.dead.letter.edit"
    _description = "Edit a Gateway Dead Letter"

    letter_id = fields.Many2one(
        "gateway.dead.letter",
        required=True,
        ondelete="cascade",
        default=lambda self: (self.env.context.get("active_ids") or [False])[0],
    )
    what_happened = fields.Text(string="What happened", compute="_compute_letter")
    what_to_do = fields.Char(string="What to do", compute="_compute_letter")
    original_text = fields.Text(compute="_compute_letter", string="Payload as read")
    text = fields.Text(
        string="Payload to apply", required=True, default=lambda self: self._default_text()
    )

    @api.depends("letter_id")
    def _compute_letter(self):
        """Of a letter that the user may read, for a dialog can be made of any."""
        self.letter_id.check_access("read")
        for dialog in self:
            letter = dialog.letter_id
            dialog.what_happened, dialog.what_to_do = letter.what_happened, letter.what_to_do
            dialog.original_text = letter.payload_text

    @api.model
    def _default_text(self):
        letters = self.env["gateway.dead.letter"].browse(self.env.context.get("active_ids"))
        letters.check_access("read")
        return letters[:1].payload_text

    def action_apply(self):
        """Keep what was edited and apply it."""
        self.ensure_one()
        self.env["gateway.run"]._check_operator()
        letter = self.letter_id
        letter.check_access("read")
        edited = restored(self._parsed(), letter._shown(), letter._payload())
        letter.sudo().edited_payload = stage(edited)
        letter.message_post(body=self.env._("Retried with a payload edited by hand."))
        answer = letter.action_retry()
        answer["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return answer

    def _parsed(self):
        """The edited JSON object; says at which line and column it is none."""
        try:
            json.loads(self.text)  # its error tells the place
            value = loads(self.text)
        except json.JSONDecodeError as error:
            raise UserError(
                self.env._(
                    "Line %(line)s, column %(column)s is not JSON: %(message)s",
                    line=error.lineno,
                    column=error.colno,
                    message=error.msg,
                )
            ) from error
        except (ValueError, RecursionError) as error:
            raise UserError(self.env._("The payload is not JSON: %s", error)) from error
        if not isinstance(value, dict):
            raise UserError(self.env._("The payload has to be a JSON object: { … }"))
        return value
