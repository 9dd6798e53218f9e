from odoo import fields, models


class ResPartner(models.Model):
    """A customer who ordered without an account belongs to one order, and to no shop customer."""

    _inherit = "res.partner"

    gateway_guest = fields.Boolean(
        string="Shop Guest",
        readonly=True,
        copy=False,
        help="Made for one order that was placed without an account. A shop customer with the same "
        "e-mail is another contact until somebody merges them.",
    )
