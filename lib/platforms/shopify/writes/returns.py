"""Returns of one order: what came back elsewhere against what the shop can still take back.

A return is known by the mark that the notes of its lines end with, and never changed or taken back.
It is closed without being processed, so nothing is restocked: what is on the shelf is told by
whoever has the stock.
Source: returnCreate, returnClose, ReturnInput in the schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ....errors import Refused
from ...refunds import about
from ..shapes_after import marked

Values = Mapping[str, Any]

#: «Other» of the reasons that Shopify publishes: data/return_reasons.yml of its product taxonomy.
#: A line without a reason is refused, and Odoo knows none.
REASON = "gid://shopify/ReturnReasonDefinition/5"
#: Characters of a line's note.
NOTE = 255
_OFF = frozenset({"CANCELED", "DECLINED"})
_BY_HAND = (
    "Look at the order in the shop: make the return there without restocking, where it misses one. "
    "Then discard the letter."
)


@dataclass(slots=True)
class Plan:
    """What is to be done, by element key: `create` holds inputs, `close` ids of returns that are
    open still, `tied` ids. `said`: what is not told to the shop, and why."""

    create: dict[str, dict[str, Any]] = field(default_factory=dict)
    close: dict[str, str] = field(default_factory=dict)
    tied: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    """One line of a fulfillment, and its units that did not come back."""

    id: str
    left: int


@dataclass(slots=True)
class _Left:
    """What of one line can come back. `paid`: units that the money was given back for without a
    return; they are no longer on the order."""

    parts: list[_Part] = field(default_factory=list)
    paid: int = 0

    @property
    def units(self) -> int:
        return max(0, self.sent - self.paid)

    @property
    def sent(self) -> int:
        return sum(part.left for part in self.parts)

    def take(self, units: int) -> Iterator[tuple[str, int]]:
        """(line of a fulfillment, units) for `units`, what was sent first before the rest."""
        for part in self.parts:
            count = min(units, part.left)
            part.left -= count
            units -= count
            if count > 0:
                yield part.id, count


def plan(order: Values, wanted: Mapping[str, Values | None], known: Mapping[str, str]) -> Plan:
    """`wanted` are returns by element key, `known` the ids of those that are tied: `note`, `mark`,
    `lines` `[{lineId, quantity, name}]`. Raises Refused for what the shop has not sent, or took
    back already, naming order, product and remedy."""
    if "returns" not in order:
        raise Refused(
            "The app may not read returns: whether one was made already can't be looked up.",
            field="returns",
            remedy="Grant write_returns to the app in the Dev Dashboard, then retry.",
        )
    made, left = Plan(tied=dict(known)), _left(order)
    held = {each["mark"]: each for each in order["returns"] if each.get("mark")}
    free = [each for each in order["returns"] if _is_free(each, known)]
    for key, values in wanted.items():
        if values is None or key in known:
            raise _unchangeable(known.get(key, key))
        found, own = held.get(_mark(values)), _own(values, free)
        if found is not None:
            made.tied[key] = found["id"]
            if found["status"] == "OPEN":
                made.close[key] = found["id"]
        elif own is not None:
            free.remove(own)
            made.tied[key] = own["id"]
            made.said.append(f"the shop's own return {own['name']} stands for it, and stays open")
        else:
            with about(values):
                _open(made, key, order, values, left)
    return made


def _is_free(each: Values, known: Mapping[str, str]) -> bool:
    """Whether it is the shop's own, on its way, and nobody's yet."""
    return each["status"] == "OPEN" and not each.get("mark") and each["id"] not in known.values()


def _own(values: Values, free: list[Values]) -> Values | None:
    """The shop's own return of just these units: a person has received it here."""
    wanted = _units(values)
    return next((each for each in free if wanted and _units(each) == wanted), None)


def _units(values: Values) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in values.get("lines") or ():
        id_ = str(line.get("lineId"))
        found[id_] = found.get(id_, Decimal(0)) + Decimal(line.get("quantity") or 0)
    return {id_: units for id_, units in found.items() if units}


def _mark(values: Values) -> str:
    if not values.get("mark"):
        raise Refused(
            "A return needs a mark of its own.", field="returns.mark", remedy="Map its mark."
        )
    return str(values["mark"])


def _left(order: Values) -> dict[str, _Left]:
    """Order line → what is left of it."""
    back, found = _back(order), dict[str, _Left]()
    for each in order.get("fulfillments") or ():
        for line in each["lines"] if each["status"] == "SUCCESS" else ():
            units = int(line["quantity"]) - back.get(line["id"], 0)
            found.setdefault(str(line["lineId"]), _Left()).parts.append(_Part(line["id"], units))
    for line in order.get("lines") or ():
        left = found.get(line["id"])
        if left is not None:
            here = int(line["currentQuantity"]) - int(line["unfulfilledQuantity"])
            left.paid = max(0, left.sent - here)
    return found


def _back(order: Values) -> dict[str, int]:
    """Line of a fulfillment → its units in returns, on their way or done."""
    back: dict[str, int] = {}
    for each in order["returns"]:
        for line in each["lines"] if each["status"] not in _OFF else ():
            id_ = line["sentLineId"]
            back[id_] = back.get(id_, 0) + int(line["quantity"])
    return back


def _open(made: Plan, key: str, order: Values, values: Values, left: Mapping[str, _Left]) -> None:
    rows: list[dict[str, Any]] = []
    for line in values.get("lines") or ():
        units, one = _whole(order, line), left.get(str(line.get("lineId")), _Left())
        gone = min(units, one.paid)
        if gone:
            one.paid -= sum(count for _, count in one.take(gone))
            made.said.append(
                f"{gone} × «{line.get('name')}» are not told as returned: the shop gave the money "
                "back already, and has them no longer on the order"
            )
        if units - gone > one.units:
            raise _too_many(order, line, units - gone, one)
        rows += [
            {
                "fulfillmentLineItemId": id_,
                "quantity": count,
                "returnReasonDefinitionId": REASON,
                "returnReasonNote": _note(values),
            }
            for id_, count in one.take(units - gone)
        ]
    if rows:
        made.create[key] = {"orderId": order["id"], "returnLineItems": rows}


def _note(values: Values) -> str:
    mark = marked(None, _mark(values))
    return marked(str(values.get("note") or "")[: NOTE - len(mark) - 1], _mark(values))


def _whole(order: Values, line: Values) -> int:
    quantity = Decimal(line.get("quantity") or 0)
    if quantity != int(quantity):
        raise Refused(
            f"Order {order.get('name')}: the shop takes back whole units only, not {quantity} × "
            f"«{line.get('name')}».",
            field="returns.lines",
            value=quantity,
            remedy=_BY_HAND,
        )
    return int(quantity)


def _too_many(order: Values, line: Values, units: int, one: _Left) -> Refused:
    what = f"Order {order.get('name')}: {units} × «{line.get('name')}» came back, and "
    if not line.get("lineId"):
        what += "the shop has no such line on it."
    elif not one.parts:
        what += "the shop has sent none of them."
    else:
        what += f"{one.units} that the shop has sent are left to come back."
    return Refused(what, field="returns.lines", value=units, remedy=_BY_HAND)


def _unchangeable(id_: str) -> Refused:
    return Refused(
        "A return in the shop is not changed or taken back.",
        field="returns",
        value=id_,
        remedy="Settle the difference with the customer, in the shop and in Odoo.",
    )
