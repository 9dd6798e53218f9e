"""Goods that go out in exchange for others of the order that came, or are to come, back."""

from decimal import Decimal

from .columns import to_decimal
from .kit_shares import is_kit
from .order_fulfillments import is_sent


def owed_in_exchange(line):
    """What of a line's transfers, those that are open too, is more than was ordered and stands for
    returns, received or awaited, and was not marked yet; in the line's unit. Of kits none."""
    if is_kit(line):
        return Decimal(0)
    moves = line.move_ids.filtered(lambda one: one.state != "cancel")
    marked = to_decimal(sum(moves.mapped("gateway_exchanged")))
    more = units(moves.filtered(is_sent)) - to_decimal(line.product_uom_qty) - marked
    back = moves.filtered(_comes_back)
    again = back.returned_move_ids.filtered(lambda one: one.state != "cancel")
    return max(Decimal(0), min(more, units(back) - units(again) - marked))


def units(moves):
    """In the unit of the order's line: what was moved, or is to be."""
    return sum(map(_units, moves), Decimal(0))


def _units(move):
    quantity = move.quantity if move.state == "done" else move.product_uom_qty
    unit = move.sale_line_id.product_uom_id or move.product_uom
    return to_decimal(move.product_uom._compute_quantity(quantity, unit))


def _comes_back(move):
    return move.location_id.usage == "customer" and move.location_dest_id.usage != "customer"
