from odoo import fields, models

from .endpoint.order_exchanges import owed_in_exchange, units
from .endpoint.order_fulfillments import is_sent


class StockMove(models.Model):
    """Goods that are sent in exchange for others of the order: the shop has them as sent already.
    Settled when they leave, for an order may be edited later."""

    _inherit = "stock.move"

    gateway_exchanged = fields.Float(
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="So much of it, in the unit of the order's line, was sent in exchange.",
    )

    def _settle_exchanges(self):
        for move in self.sorted("id"):
            exchanged = min(units(move), owed_in_exchange(move.sale_line_id))
            if exchanged > 0:
                move.gateway_exchanged = float(exchanged)


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        result = super()._action_done()
        moves = self.sudo().move_ids.filtered(lambda one: one.state == "done" and is_sent(one))
        moves._settle_exchanges()
        for picking in moves.filtered("gateway_exchanged").picking_id:
            if picking._gateway_is_in_a_shop():
                picking._message_log(
                    body=self.env._(
                        "Goods of it were sent in exchange for a return. The shop has them as sent "
                        "already, and is not told of them."
                    )
                )
        return result

    def _gateway_is_in_a_shop(self):
        """Whether a shop has its order."""
        domain = [("entity", "=", "order"), ("state", "=", "bound")]
        orders = [str(id_) for id_ in self.move_ids.sale_line_id.order_id.ids]
        bindings = self.env["gateway.binding"]
        return bool(bindings.search_count([*domain, ("odoo_id", "in", orders)], limit=1))
