from odoo import fields, models


class GatewayDeadLetterAssign(models.TransientModel):
    """Asks who takes letters on."""

    _name = "gateway.dead.letter.assign"
    _description = "Assign Gateway Dead Letters"

    letter_ids = fields.Many2many(
        "gateway.dead.letter", default=lambda self: self.env.context.get("active_ids")
    )
    user_id = fields.Many2one(
        "res.users",
        string="Assign to",
        required=True,
        default=lambda self: self.env.user,
        domain=lambda self: [
            ("all_group_ids", "in", self.env.ref("gateway_ng.group_operator").ids)
        ],
    )

    def action_assign(self):
        self.env["gateway.run"]._check_operator()
        self.letter_ids.check_access("read")
        self.letter_ids.sudo().user_id = self.user_id
        return {"type": "ir.actions.act_window_close"}
