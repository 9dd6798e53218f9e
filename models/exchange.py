from decimal import Decimal

from odoo import fields, models

from .endpoint.columns import to_decimal
from .endpoint.kit_shares import is_kit
from .endpoint.order_fulfillments import is_sent


class StockMove(models.Model):
    """Goods that are sent in exchange for others of the order that came, or are to come, back: the
    shop has them as sent already. Settled when they leave, for an order may be edited later."""

    _inherit = "stock.move"

    gateway_exchanged = fields.Float(
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="So much of it, in the unit of the order's line, was sent in exchange.",
    )

    def _gateway_units(self):
        """In the unit of the order's line: what was moved, or is to be."""
        return sum(
            (
                to_decimal(
                    move.product_uom._compute_quantity(
                        move.quantity if move.state == "done" else move.product_uom_qty,
                        move.sale_line_id.product_uom_id,
                    )
                )
                for move in self
            ),
            Decimal(0),
        )

    def _settle_exchanges(self):
        """Mark what of these moves, just done, is more than was ordered and stands for returns
        that there are by now, received or awaited. Of kits nothing is marked."""
        for move in self.sorted("id"):
            line = move.sale_line_id
            others = line.move_ids.filtered(lambda one: one.state != "cancel")
            out, marked = others.filtered(is_sent), sum(others.mapped("gateway_exchanged"))
            more = out._gateway_units() - to_decimal(line.product_uom_qty + marked)
            back = others.filtered(_comes_back)
            again = back.returned_move_ids.filtered(lambda one: one.state != "cancel")
            back = back._gateway_units() - again._gateway_units() - to_decimal(marked)
            exchanged = min(move._gateway_units(), more, back)
            if exchanged > 0:
                move.gateway_exchanged = float(exchanged)


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        result = super()._action_done()
        moves = self.sudo().move_ids.filtered(lambda one: one.state == "done" and is_sent(one))
        moves = moves.filtered(lambda one: not is_kit(one.sale_line_id))
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


def _comes_back(move):
    return move.location_id.usage == "customer" and move.location_dest_id.usage != "customer"
