"""Goods that come back: return transfers of what Odoo has delivered."""

from decimal import Decimal

from .columns import to_decimal
from .kit_shares import shares


def return_goods(connector, wanted):
    """(return transfers, [(line, quantity) that no delivery of Odoo has]) for `wanted`: (order
    line, quantity, shop's location or None)."""
    picked, missing, places = {}, [], {}
    for line, quantity, location in wanted:
        lacks = []
        for share, moves in _parts(line):
            left = quantity * share
            for move, part in _moves_of(moves, left):
                held = picked.setdefault(move.picking_id, {})
                held[move] = held.get(move, Decimal(0)) + part
                places[move.picking_id] = location
                left -= part
            lacks.append(left / share)
        lack = max(lacks, default=quantity)
        if lack > 0:
            missing.append((line, lack))
    made = connector.env["stock.picking"]
    for picking, moves in picked.items():
        made |= _return(connector, picking, moves, places[picking])
    return made, missing


def _parts(line):
    """(share of one unit of the line, its moves) of each product that was sent for the line; not
    of what somebody put in besides."""
    taken = shares(line)
    for product, moves in line.move_ids.filtered(_is_sent).grouped("product_id").items():
        if product == line.product_id:
            yield Decimal(1), moves
        elif product in taken:
            yield to_decimal(taken[product]), moves


def _is_sent(move):
    return move.state == "done" and move.location_dest_id.usage == "customer"


def _moves_of(moves, quantity):
    """Done deliveries of one product, each with what of `quantity` it still can give back."""
    for move in moves:
        back = move.returned_move_ids.filtered(lambda one: one.state != "cancel")
        free = to_decimal(move.quantity) - sum(
            (to_decimal(one.quantity or one.product_uom_qty) for one in back), Decimal(0)
        )
        part = min(free, quantity)
        if part > 0:
            quantity -= part
            yield move, part


def _return(connector, picking, moves, location):
    wizard = picking.env["stock.return.picking"].create({"picking_id": picking.id})
    for line in wizard.product_return_moves:
        line.quantity = float(moves.get(line.move_id, 0))
    back = wizard._create_return()
    back.gateway_by_shop = True
    place = _place(connector, location)
    if place:
        back.location_dest_id = place
        back.move_ids.location_dest_id = place
    if connector.refund_restock == "done":
        for move in back.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        back.with_context(skip_backorder=True).button_validate()
    return back


def _place(connector, location):
    """The Odoo location of a shop's location, by the connector's map."""
    if not location:
        return None
    found = connector.location_ids.filtered(lambda one: one.remote_id == str(location))
    return found.location_id
