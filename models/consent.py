from odoo import fields, models


class ResPartner(models.Model):
    """What a shop's customer said to e-mail marketing, to choose recipients by."""

    _inherit = "res.partner"

    gateway_email_consent = fields.Selection(
        [("subscribed", "Subscribed"), ("unsubscribed", "Unsubscribed")],
        string="E-mail Marketing",
        readonly=True,
        copy=False,
        help="As the shop has it. Who is on the e-mail blacklist is unsubscribed in the shop, too.",
    )
