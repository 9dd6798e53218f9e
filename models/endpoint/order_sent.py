"""Refunds of the shop that credit notes of Odoo stand for: they are not carried out again."""

from .order_fulfillments import bound


def recognise(side, found):
    """Tie each of `found` (`order_refund.Refund`) that was made by a credit note of ours (by its
    mark, or its binding), or that gives back what a posted one credits and no shop was told yet."""
    rows = side.records.browse([one.row.id for one in found]).sudo()
    invoices = rows.order_line.invoice_lines.move_id
    moves = invoices.filtered("gateway_refund_mark") | invoices.search(
        [("reversed_entry_id", "in", invoices.ids), ("gateway_refund_mark", "!=", False)]
    )
    moves = moves.filtered(lambda move: move.gateway_refund_connector_id.id == side.connector.id)
    if not moves:
        return
    sent = bound(side.env, side.connector, "order_refund", moves.ids)
    by_remote = {remote: moves.browse(int(id_)) for id_, remote in sent.items()}
    by_mark = {move.gateway_refund_mark: move for move in moves}
    for one in found:
        mark, remote = one.given.get("mark"), str(one.given["id"])
        move = by_mark.get(mark) or by_remote.get(remote)
        if move:
            _tie(one, move, "sent", "was sent from here")
            continue
        for move in moves.filtered(lambda move: str(move.id) not in sent):
            if move.state == "posted" and _is_same(move, one):
                move.gateway_refund_mode = False  # the shop has it
                _tie(one, move, "credited", "is taken for the one that the shop made itself")
                break


def find_returns(side, found):
    """Note on each of `found` that belongs to a return which was made from here by which transfer
    the goods came back."""
    rows = side.records.browse([one.row.id for one in found if one.given.get("return")]).sudo()
    pickings = rows.picking_ids.filtered(
        lambda one: one.gateway_return_connector_id.id == side.connector.id
    )
    told = bound(side.env, side.connector, "order_return", pickings.ids)
    by_remote = {remote: pickings.browse(int(id_)) for id_, remote in told.items()}
    for one in found:
        one.came_by = by_remote.get(str(one.given.get("return")))


def _is_same(move, one):
    return (
        bool(move.gateway_refund_mode)
        and one.row in move._gateway_orders()
        and move._credits(one.given.get("amount") or 0)
    )


def _tie(one, move, outcome, how):
    one.move, one.outcome = move, outcome
    one.said.append(f"{one.title}: credit note {move.name} {how}")
