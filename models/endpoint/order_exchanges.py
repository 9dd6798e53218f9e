"""Goods that go out in exchange for others of the order that came, or are to come, back."""

from decimal import Decimal

from .columns import to_decimal
from .kit_shares import is_kit
from .order_back import back_of
from .order_fulfillments import bound, is_sent
from .order_line_read import back_held


def owed_in_exchange(line):
    """What of a line's transfers, those that are open too, is more than was ordered and stands for
    returns, received or awaited, and was not marked yet; in the line's unit. Of kits none."""
    moves = line.move_ids.filtered(lambda one: one.state != "cancel")
    back = moves.filtered(_comes_back)
    if not back or is_kit(line):
        return Decimal(0)
    marked = to_decimal(sum(moves.mapped("gateway_exchanged")))
    ordered = to_decimal(line.product_uom_qty) + _given_back(line)
    again = back.returned_move_ids.filtered(lambda one: one.state != "cancel")
    more = units(moves.filtered(is_sent)) - ordered - marked
    return max(Decimal(0), min(more, units(back) - units(again) - marked))


def _given_back(line):
    """What the shop gave money back for after a return, and is on the line no more: it was sent as
    ordered, and does not make what is sent later an exchange."""
    refunds = line.order_id.gateway_refund_ids
    returned = refunds.filtered(lambda one: (one.payload or {}).get("return"))
    found = Decimal(0)
    for connector, kept in returned.grouped("connector_id").items():
        remote = bound(line.env, connector, "order_line", line.ids).get(str(line.id))
        for part in (part for one in kept for part in one.payload.get("lines") or ()):
            if str(part["line"]) == remote:
                found += back_of(part).quantity
    return min(found, back_held(line).quantity)


def units(moves):
    """In the unit of the order's line: what was moved, or is to be."""
    return sum(map(_units, moves), Decimal(0))


def _units(move):
    quantity = move.quantity if move.state == "done" else move.product_uom_qty
    unit = move.sale_line_id.product_uom_id or move.product_uom
    return to_decimal(move.product_uom._compute_quantity(quantity, unit))


def _comes_back(move):
    return move.location_id.usage == "customer" and move.location_dest_id.usage != "customer"
