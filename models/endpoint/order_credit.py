"""The draft credit note of a refund: the shop's amounts, on the invoiced lines' own taxes."""

from decimal import Decimal

from odoo.exceptions import UserError
from odoo.fields import Command

from ...lib.errors import Refused
from .columns import to_decimal
from .order_back import returned
from .order_line_read import line_fields
from .order_money import rounded


def credit_note(side, one):
    """A draft credit note for the refund `one` (`order_refunds.Refund`), equal to the cent.

    Raises Refused where nothing is posted to credit or more than that, rights are missing, or Odoo
    refuses it.
    """
    moves = side.env["account.move"]
    invoice = one.row.sudo().invoice_ids.filtered(
        lambda move: move.state == "posted" and move.move_type == "out_invoice"
    )[:1]
    if not invoice:
        raise Refused(f"the invoice of {one.row.name} is not posted")
    _check_left(one, side._terms_of(one.row, {}))
    if not moves.has_access("create"):
        raise Refused(f"the integration user {side.env.user.name} may not create credit notes")
    terms = side._terms_of(one.row, {})
    try:
        move = moves.with_company(side.company).create(
            {
                **one.row._prepare_invoice(),
                "move_type": "out_refund",
                "reversed_entry_id": invoice.id,
                "ref": f"{one.row.client_order_ref or one.row.name}: {one.title}",
                "invoice_line_ids": [Command.create(values) for values in _lines(side, one, terms)],
            }
        )
    except UserError as error:
        raise Refused(str(error)) from error
    _check(move, one, terms)
    return move


def _check_left(one, terms):
    """Raises Refused where the order's credit notes, drafts too and whoever made them, would come
    to more than its posted invoices. Of money alone a credit note is on no line of the order: it
    is found by the invoice."""
    row = one.row.sudo()
    moves = row.invoice_ids | row.invoice_ids.reversal_move_ids
    moves = moves.filtered(lambda move: move.currency_id == row.currency_id)
    billed = moves.filtered(lambda m: m.move_type == "out_invoice" and m.state == "posted")
    credited = moves.filtered(lambda m: m.move_type == "out_refund" and m.state != "cancel")
    left = sum(billed.mapped("amount_total")) - sum(credited.mapped("amount_total"))
    left = rounded(to_decimal(left), terms.currency.decimal_places)
    if Decimal(str(one.given.get("amount") or 0)) > left:
        raise Refused(f"no more than {left} is left of what was invoiced")


def _lines(side, one, terms):
    money = side._lines(set())
    places = terms.currency.decimal_places
    for line, back, _given in one.lines:
        piece = returned(line_fields(line), back, places)
        values = line._prepare_invoice_line(**money.invoice_values(line, piece, terms))
        if not back.quantity:  # money alone: what was invoiced stays invoiced
            values.pop("sale_line_ids")
        yield values
    if one.adjustment:
        yield {
            "product_id": side._product_for("refund").id,
            "quantity": 1.0,
            "price_unit": float(one.adjustment),
            "tax_ids": [Command.clear()],
        }


def _check(move, one, terms):
    places = terms.currency.decimal_places
    parts = [back.total(terms.included) for _line, back, _given in one.lines]
    wanted = rounded(sum(parts, one.adjustment), places)
    held = rounded(to_decimal(move.amount_total), places)
    said = rounded(Decimal(str(one.given.get("amount") or wanted)), places)
    if wanted != said:
        raise Refused(f"its lines come to {wanted}, and it gave back {said}")
    if held != said:
        raise Refused(f"Odoo computes {held} for it")
