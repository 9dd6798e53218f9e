"""Credit notes of orders, for the shop: what each gives back of which line, to the cent."""

from odoo.tools import SQL

from .columns import to_decimal
from .order_fulfillments import bound

#: Nearer than this two prices are one.
_SAME = 0.005
CHANGES = (
    SQL(
        "SELECT line.order_id, move.write_date FROM sale_order_line_invoice_rel rel"
        " JOIN sale_order_line line ON line.id = rel.order_line_id"
        " JOIN account_move_line item ON item.id = rel.invoice_line_id"
        " JOIN account_move move ON move.id = item.move_id"
    ),
    SQL(
        "SELECT line.order_id, note.write_date FROM account_move note"
        " JOIN account_move_line item ON item.move_id = note.reversed_entry_id"
        " JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = item.id"
        " JOIN sale_order_line line ON line.id = rel.order_line_id"
        " WHERE note.gateway_refund_mode IS NOT NULL"
    ),
)


def credit_notes_of(rows, connector):
    """Order id → its `credit_notes`, the oldest first, for all of `rows` at once: those marked for
    this connector that are posted, and those that its shop has already."""
    rows = rows.sudo()
    invoices = rows.order_line.invoice_lines.move_id
    moves = rows.env["account.move"].search(
        [
            ("gateway_refund_connector_id", "=", connector.id),
            ("gateway_refund_mode", "!=", False),
            "|",
            ("id", "in", invoices.ids),
            ("reversed_entry_id", "in", invoices.ids),
        ],
        order="id",
    )
    found = {row.id: [] for row in rows}
    if not moves:
        return found
    lines = bound(rows.env, connector, "order_line", rows.order_line.ids)
    sent = bound(rows.env, connector, "order_refund", moves.ids)
    for move in moves:
        if move.state == "posted" or str(move.id) in sent:
            order = move._gateway_orders()
            if order.id in found:
                found[order.id].append(_credit_note(move, order, lines))
    return found


def _credit_note(move, order, shop_lines):
    parts = {}
    for item in move.invoice_line_ids:
        line = (item.sale_line_ids & order.order_line)[:1]
        if line and item.display_type == "product" and item.price_total > 0:
            parts.setdefault(line, []).append(item)
    places = (16, move.currency_id.decimal_places)
    lines = [_line(line, items, shop_lines, places) for line, items in parts.items()]
    return {
        "id": str(move.id),
        "number": move.name,
        "reason": move.ref or None,
        "mark": move.gateway_refund_mark,
        "pay": move.gateway_refund_mode == "pay",
        "currency": move.currency_id.name,
        "amount": to_decimal(move.amount_total, places),
        "lines": lines,
    }


def _line(line, items, shop_lines, places):
    net = sum((to_decimal(item.price_subtotal, places) for item in items), to_decimal(0))
    whole = sum((to_decimal(item.price_total, places) for item in items), to_decimal(0))
    return {
        "line": str(line.id),
        "shop_line": shop_lines.get(str(line.id)),
        "kind": "shipping" if line.is_delivery else line.gateway_charge or "goods",
        "quantity": sum((_units(line, item) for item in items), to_decimal(0)),
        "amount": net,
        "tax": whole - net,
    }


def _units(line, item):
    """Units that come back: those credited at the price of sale. At another price it is money
    alone, for nobody says that goods come back by it."""
    unit, own = item.product_uom_id or line.product_uom_id, line.product_uom_id
    price = unit._compute_price(item.price_unit, own) * (1 - item.discount / 100)
    if abs(price - line.price_unit * (1 - line.discount / 100)) >= _SAME:
        return to_decimal(0)
    return to_decimal(unit._compute_quantity(item.quantity, own))
