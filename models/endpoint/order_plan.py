"""The edits of an order that is here already: which are carried out, which are left to a person."""

from dataclasses import dataclass, field, replace
from typing import Any

from .order_edits import (
    ACTIVITY,
    NOTED,
    REASONS,
    REMEDIES,
    UNSENT,
    UPDATE,
    state_of,
    verdict,
)
from .order_fields import GROUPS, QUANTITIES, STATES
from .order_line_read import line_fields

#: May change on an order in any state: information only, nothing follows from it.
_ALWAYS = frozenset({*STATES, "tags", "client_order_ref", "origin"})
#: Emptied at the shop when a person is erased there: the order keeps its contacts.
_PERSONAL = ("partner_id", "billing_address", "shipping_address")
_ADDRESSES = ("billing_address", "shipping_address")
#: Decided on elsewhere: the total follows from the lines, refunds have rules of their own.
_APART = frozenset({"total", "total_tax", "refunds", "cancelled"})


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit. `text` says what changed, `verdict` what becomes of it."""

    kind: str
    text: str
    verdict: str
    key: str = ""

    @property
    def remedy(self):
        return REMEDIES[self.kind]


@dataclass(slots=True)
class Plan:
    """What becomes of one update: `op` holds what is carried out, `edits` all there were."""

    row: Any
    op: Any
    state: str = ""
    edits: list[Edit] = field(default_factory=list)

    @property
    def left(self):
        return [edit for edit in self.edits if edit.verdict == ACTIVITY]

    @property
    def noted(self):
        return [edit for edit in self.edits if edit.verdict == NOTED]

    @property
    def whole(self):
        """Whether all of it is carried out, so that the totals have to be equal after it."""
        return not self.left and not self.noted

    @property
    def why(self):
        return REASONS["locked" if self.row.locked else self.state]


def plan(row, op):
    """The plan of one update of `row`; refunds are left in it, they are judged one by one."""
    made = Plan(row, op)
    op = made.op = _leave_gone(made)
    if row.state in ("draft", "sent") or made.edits or _has_edits(op):
        made.state = state_of(row)
    if row.state in ("draft", "sent"):
        return made
    values = {name: v for name, v in op.values.items() if name in _ALWAYS or name in _APART}
    for name, value in op.values.items():
        if name in GROUPS:
            kept = _elements(made, name, value or {})
            if kept:
                values[name] = kept
        elif name not in values and not (name in _PERSONAL and not value):
            kind = "address" if name in _ADDRESSES else "header"
            before = _text(op.expect.get(name))
            if _judge(made, kind, f"{name}: {before} → {_text(value)}") == UPDATE:
                values[name] = value
    _judge_cancel(made, values)
    made.op = replace(op, values=values)
    return made


def _leave_gone(made):
    """The operation without the lines that a person took off here: what the shop took off as well
    is settled, what it changed of them is left to a person."""
    op, children, lists = made.op, dict(made.op.children), {}
    there = set(made.row.order_line.ids)
    for group in GROUPS:
        known = op.children.get(group, {})
        gone = {key for key, id_ in known.items() if int(id_) not in there}
        if not gone:
            continue
        children[group] = {key: id_ for key, id_ in known.items() if key not in gone}
        elements = op.values.get(group) or {}
        lists[group] = {key: fields for key, fields in elements.items() if key not in gone}
        for key in gone.intersection(elements):
            if elements[key] is not None:
                said = ", ".join(f"{n} {_text(v)}" for n, v in elements[key].items())
                text = f"{group}: {said} of «{key}», which was taken off the order here"
                found = NOTED if made.row.state == "cancel" else ACTIVITY
                made.edits.append(Edit("line gone", text, found, f"{group}[{key}]"))
    if not lists:
        return op
    values = {name: lists.get(name, value) for name, value in op.values.items()}
    return replace(op, values=values, children=children)


def _has_edits(op):
    """Whether anything but information changed: the state need not be asked for otherwise."""
    quiet = {*_ALWAYS, "total", "total_tax"}
    lines = [fields for group in GROUPS for fields in (op.values.get(group) or {}).values()]
    return any(name not in quiet and name not in GROUPS for name in op.values) or any(
        fields is None or set(fields) - {*QUANTITIES, "sku"} for fields in lines
    )


def _judge(made, kind, text, key="", sent_below=None):
    """The verdict on an edit, which is kept. `sent_below`: (line, quantity it would have)."""
    found = verdict(made.row, made.state, kind)
    if found == UNSENT:
        line, quantity = sent_below
        found = UPDATE if line.qty_delivered <= quantity else ACTIVITY
    made.edits.append(Edit(kind, text, found, key))
    return found


def _elements(made, group, elements):
    """What of the elements of a list is carried out."""
    known = made.op.children.get(group, {})
    lines = {line.id: line for line in made.row.order_line}  # read for all at once
    out = {}
    for key, fields in elements.items():
        line = lines[int(known[key])] if key in known else None
        if fields is None:
            if line and _judge_removed(made, group, line):
                out[key] = None
        elif line:
            kept = _fields(made, group, line, fields)
            if kept:
                out[key] = kept
        elif _judge_added(made, group, key, fields):
            out[key] = fields
    return out


def _judge_removed(made, group, line):
    text = f"{group}: «{line.name}» removed"
    return _judge(made, "line removed", text, sent_below=(line, 0)) == UPDATE


def _judge_added(made, group, key, fields):
    number = _text(fields.get("quantity", 1))
    text = f"{group}: «{fields.get('name') or key}» added ({number})"
    return _judge(made, "line added", text, f"{group}[{key}]") == UPDATE


def _fields(made, group, line, fields):
    kept = {name: value for name, value in fields.items() if name in QUANTITIES or name == "sku"}
    before = line_fields(line)
    for name, value in fields.items():
        if name in kept:
            continue
        kind, below = "product" if name in ("product_id", "kind") else "line terms", None
        if name == "quantity":
            kind = "quantity up" if value > before["quantity"] else "quantity down"
            below = (line, float(value))
        said = before.get("unit_price" if name in ("price", "amount") else name)
        text = f"{group}: «{line.name}» {name} {_text(said)} → {_text(value)}"
        if _judge(made, kind, text, sent_below=below) == UPDATE:
            kept[name] = value
    return kept


def _judge_cancel(made, values):
    cancelled, is_cancelled = values.get("cancelled"), made.row.state == "cancel"
    if "cancelled" not in values or bool(cancelled) == is_cancelled:
        return
    kind = "cancel" if cancelled else "reopen"
    text = "cancelled at the shop" if cancelled else "open again at the shop"
    if _judge(made, kind, text) != UPDATE:
        del values["cancelled"]


def _text(value):
    if isinstance(value, list):
        return "; ".join(_text(part) for part in value) or "none"
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if part)
    return "empty" if value is None else str(value)
