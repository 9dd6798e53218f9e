"""What came back of orders, for the shop: per return transfer, with its lines."""

from decimal import Decimal

from .columns import aware, to_decimal
from .kit_shares import is_kit, sums, whole
from .order_fulfillments import bound


def returns_of(rows, connector):
    """Order id → its `returns`, the oldest first, for all of `rows` at once: those marked for this
    connector. What went out again before the shop was told is not in them, nor what a person gave
    up."""
    rows = rows.sudo()
    moves = rows.order_line.move_ids.filtered(
        lambda move: (
            came_back(move) and move.picking_id.gateway_return_connector_id.id == connector.id
        )
    )
    found = {row.id: [] for row in rows}
    if not moves:
        return found
    lines = bound(rows.env, connector, "order_line", moves.sale_line_id.ids)
    told = bound(rows.env, connector, "order_return", moves.picking_id.ids)
    # Read for all at once: the parts below forget what they were read with.
    moves.returned_move_ids.mapped("state")
    moves.sale_line_id.mapped("product_id")
    before = moves.browse()
    for picking in moves.picking_id.sorted(lambda one: (one.date_done, one.id)):
        mine = moves.filtered(lambda move, picking=picking: move.picking_id == picking)
        one = _return(picking, mine, before, lines)
        before |= mine
        if str(picking.id) not in told and picking._is_return_given_up(mine):
            continue
        if one["lines"] or str(picking.id) in told:  # none while no kit is whole
            found[mine.sale_line_id.order_id.id].append(one)
    return found


def came_back(move):
    """Whether a done move brought goods of an order back from the customer."""
    return (
        move.state == "done"
        and bool(move.picking_id and move.sale_line_id)
        and move.location_id.usage == "customer"
        and move.location_dest_id.usage != "customer"
    )


def undone(move):
    """Whether a move sends goods again that a return brought."""
    return move.state == "done" and came_back(move.origin_returned_move_id)


def _return(picking, moves, before, lines):
    parts = {
        line: units_of(line, before | moves) - units_of(line, before) for line in moves.sale_line_id
    }
    return {
        "id": str(picking.id),
        "number": picking.name,
        "mark": picking.gateway_return_mark,
        "date": aware(picking.date_done),
        "lines": [
            {
                "line": str(line.id),
                "shop_line": lines.get(str(line.id)),
                "name": line.product_id.display_name,
                "quantity": quantity,
            }
            for line, quantity in parts.items()
            if quantity > 0
        ],
    }


def units_of(line, moves):
    """What of the line these moves carry, in its unit, less what of it went the other way again.
    Of a kit as many as are whole."""
    mine = moves.filtered(lambda move: move.sale_line_id == line)
    off = mine.returned_move_ids.filtered(lambda move: move.state == "done")
    if is_kit(line):
        held, gone = sums(mine, "quantity"), sums(off, "quantity")
        left = {part: quantity - gone.get(part, 0.0) for part, quantity in held.items()}
        return Decimal(int(whole(line, left) + 1e-6))
    return _sum(line, mine) - _sum(line, off)


def _sum(line, moves):
    quantities = (
        move.product_uom._compute_quantity(move.quantity, line.product_uom_id) for move in moves
    )
    return sum(map(to_decimal, quantities), Decimal(0))
