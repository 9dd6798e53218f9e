from odoo import fields, models


class StockPicking(models.Model):
    """A transfer that only follows what the shop has sent, or taken back, itself."""

    _inherit = "stock.picking"

    gateway_by_shop = fields.Boolean(
        string="Sent by the Shop",
        readonly=True,
        copy=False,
        help="Made here because the shop said so: the shop is not told of it again.",
    )

    def _send_confirmation_email(self):
        """What the shop sent it has told its customer of, and has bought the label of: with the
        e-mail Odoo sends text messages and orders shipments of carriers."""
        own = self.filtered(lambda picking: not picking.gateway_by_shop)
        return super(StockPicking, own)._send_confirmation_email()
