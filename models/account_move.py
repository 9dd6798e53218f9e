from odoo import fields, models


class AccountMove(models.Model):
    """An invoice that an order's workflow rule made."""

    _inherit = "account.move"

    gateway_by_sync = fields.Boolean(
        string="Made by a Sync",
        readonly=True,
        copy=False,
        help="A workflow rule made it, and may post it; a draft that a person makes is theirs.",
    )
