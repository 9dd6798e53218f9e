from odoo import fields, models


class GatewayDeadLetterDiscard(models.TransientModel):
    """Asks why letters are given up."""

    _name = "gateway.dead.letter.discard"
    _description = "Discard Gateway Dead Letters"

    letter_ids = fields.Many2many(
        "gateway.dead.letter", default=lambda self: self.env.context.get("active_ids")
    )
    reason = fields.Char(required=True)

    def action_discard(self):
        self.letter_ids.action_discard(self.reason)
        return {"type": "ir.actions.act_window_close"}
