from odoo import fields, models


class StockPicking(models.Model):
    """A transfer that only follows what the shop has sent itself."""

    _inherit = "stock.picking"

    gateway_by_shop = fields.Boolean(
        string="Sent by the Shop",
        readonly=True,
        copy=False,
        help="Delivered here because the shop said so: the shop is not told of it again.",
    )
