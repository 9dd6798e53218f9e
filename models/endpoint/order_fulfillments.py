"""What Odoo has delivered of orders, for the shop: per transfer, with tracking and lines."""

import json
import re
from decimal import Decimal

from odoo.tools import SQL

from .columns import aware, to_decimal
from .kit_shares import is_kit, kits_in


def fulfillments_of(rows, connector):
    """Order id → its `fulfillments`, for all of `rows` at once.

    Done deliveries to the customer, the oldest first; what only follows the shop's own fulfilments
    is left out, and so are returns, and what is sent again of them or in exchange for them: the
    shop has it as sent.
    """
    moves = rows.order_line.move_ids.filtered(_is_delivered)
    lines = bound(rows.env, connector, "order_line", moves.sale_line_id.ids)
    places = bound(rows.env, connector, "location", _stock(moves.picking_id).ids)
    found, told = {row.id: [] for row in rows}, {}
    for picking in moves.picking_id.sorted(lambda one: (one.date_done, one.id)):
        mine = moves.filtered(lambda move, picking=picking: move.picking_id == picking)
        for order in mine.sale_line_id.order_id & rows:
            parts = mine.filtered(lambda move, order=order: move.sale_line_id.order_id == order)
            one = _fulfillment(picking, parts, lines, places, told)
            if one["lines"]:  # none while no kit is whole
                found[order.id].append(one)
    return found


def _is_delivered(move):
    return (
        move.state == "done"
        and bool(move.picking_id)
        and not move.picking_id.gateway_by_shop
        and is_sent(move)
    )


def is_sent(move):
    """Whether it brings goods of an order to the customer, other than those of a return again."""
    return (
        move.location_dest_id.usage == "customer"
        and bool(move.sale_line_id)
        and move.origin_returned_move_id.location_id.usage != "customer"
    )


def _fulfillment(picking, moves, lines, places, told):
    stock = _stock(picking)
    return {
        "id": str(picking.id),
        "date": aware(picking.date_done),
        "tracking_numbers": _numbers(picking.carrier_tracking_ref),
        "tracking_urls": _urls(picking.carrier_tracking_url),
        "carrier": picking.carrier_id.name or None,
        "location": str(stock.id) if stock else None,
        "shop_location": places.get(str(stock.id)),
        "lines": [
            {"line": str(line.id), "shop_line": lines.get(str(line.id)), "quantity": quantity}
            for line in moves.sale_line_id
            if (quantity := _quantity(line, moves, told))
        ],
    }


def _quantity(line, moves, told):
    """What of the line left with these moves, in its unit. `told`: line → moves of the transfers
    before. Of a kit as many as are whole by now, less those that were whole before."""
    mine = moves.filtered(lambda move: move.sale_line_id == line)
    before = told.get(line, mine.browse())
    told[line] = before | mine
    if not is_kit(line):
        quantities = (
            move.product_uom._compute_quantity(move.quantity, line.product_uom_id) for move in mine
        )
        left = sum(map(to_decimal, quantities), Decimal(0))
        return left - to_decimal(sum(mine.mapped("gateway_exchanged")))
    return Decimal(kits_in(line, before | mine) - kits_in(line, before))


def _stock(pickings):
    return pickings.picking_type_id.warehouse_id.lot_stock_id


def bound(env, connector, entity, ids):
    """Odoo id → the shop's, of what is bound."""
    if not ids:
        return {}
    env["gateway.binding"].flush_model(["connector_id", "entity", "odoo_id", "remote_id", "state"])
    return dict(
        env.execute_query(
            SQL(
                "SELECT odoo_id, remote_id FROM gateway_binding WHERE connector_id = %s"
                " AND entity = %s AND odoo_id = ANY(%s) AND state = 'bound'"
                " AND remote_id IS NOT NULL ORDER BY is_primary, id DESC",
                connector.id,
                entity,
                [str(id_) for id_ in ids],
            )
        )
    )


def _numbers(text):
    return [part for part in re.split(r"[\s,;+]+", text or "") if part]


def _urls(text):
    """Carriers give one address, or a JSON list of (name, address) pairs."""
    if not text:
        return []
    if text.startswith("["):
        return [pair[1] if isinstance(pair, list) else pair for pair in json.loads(text)]
    return [text]
