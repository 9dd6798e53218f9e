"""What may change on an order that is here already, by the state it is in."""

from ...lib.errors import Refused
from .order_fields import GROUPS, QUANTITIES, STATES

#: May change on an order in any state: information only, nothing follows from it.
_ALWAYS = frozenset({*STATES, "tags", "client_order_ref", "origin", "cancelled"})
#: Emptied at the shop when a person is erased there: the order keeps its contacts.
_PERSONAL = ("partner_id", "billing_address", "shipping_address")
_REMEDY = (
    "Make the same change on {name} in Odoo by hand (for goods: its quantities and transfers; for "
    "money: an invoice or credit note), then retry: what is equal by then is settled."
)


def check_changes(row, op):
    """Raises Refused when `op` changes what a confirmed or cancelled order no longer takes."""
    if row.state in ("draft", "sent"):
        return
    changes = [*_header_changes(op), *_line_changes(row, op)]
    if changes:
        state = "cancelled" if row.state == "cancel" else "confirmed"
        raise Refused(
            f"{row.name} is {state}, and at the shop this changed: {'; '.join(changes)}",
            field=changes[0].partition(":")[0],
            remedy=_REMEDY.format(name=row.name),
        )


def _header_changes(op):
    for name, value in op.values.items():
        erased = name in _PERSONAL and not value
        if name not in _ALWAYS and name not in GROUPS and not erased:
            yield f"{name}: {_text(op.expect.get(name))} → {_text(value)}"


def _line_changes(row, op):
    names = {str(line.id): line.name for line in row.order_line}
    for group in GROUPS:
        known = op.children.get(group, {})
        held = {str(element.get("id")): element for element in op.expect.get(group) or ()}
        for key, fields in (op.values.get(group) or {}).items():
            title = names.get(known.get(key)) or (fields or {}).get("name") or key
            if fields is None:
                yield f"{group}: «{title}» removed"
            elif key not in known:
                yield f"{group}: «{title}» added ({_text(fields.get('quantity', 1))})"
            else:
                before = held.get(known[key], {})
                for name, value in fields.items():
                    if name not in QUANTITIES and name != "sku":
                        yield (
                            f"{group}: «{title}» {name} {_text(before.get(name))} → {_text(value)}"
                        )


def _text(value):
    if isinstance(value, list):
        return "; ".join(_text(part) for part in value) or "none"
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if part)
    return "empty" if value is None else str(value)


def check_cancel(row, op):
    """Raises Refused where the shop's cancelling, or taking it back, can't be followed."""
    cancelled = op.values.get("cancelled")
    if cancelled is False and row.state == "cancel":
        raise Refused(
            f"{row.name} is cancelled here and open again at the shop",
            field="cancelled",
            remedy="Set it to quotation and confirm it by hand, then retry.",
        )
    problem = _obstacle(row) if cancelled and row.state != "cancel" else None
    if problem:
        raise Refused(
            f"{row.name} is cancelled at the shop, but here {problem}",
            field="cancelled",
            remedy="Take the goods back or credit the invoice, cancel it by hand, then retry.",
        )


def _obstacle(row):
    if row.locked:
        return "it is locked"
    if any(move.state == "done" for move in row.order_line.move_ids):
        return "goods have been delivered"
    if any(invoice.state == "posted" for invoice in row.sudo().invoice_ids):
        return "it has been invoiced"
    return None
