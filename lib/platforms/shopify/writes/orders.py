"""Creates orders that were made elsewhere, and carries to the shop what became of its orders:
note, tags, address, fulfillments with tracking, returns, refunds, cancellation.

A create that is repeated finds its first try: the order's source identifier is the marker, looked
for in the search index and, since that lags, among the orders made last.
Source: orderCreate, orderUpdate, orderCancel, fulfillmentCreate, returnCreate, refundCreate in
the schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ....endpoint import Record
from ....errors import GONE_REMEDY, Refused
from ...refunds import name_mark
from ..client import Client
from ..connection import Connection
from ..documents import (
    FULFILLMENT_CANCEL,
    FULFILLMENT_CREATE,
    FULFILLMENT_TRACK,
    NEWEST_ORDERS,
    ORDER_CANCEL,
    ORDER_CREATE,
    ORDER_UPDATE,
    REFUND_CREATE,
    RETURN_CLOSE,
    RETURN_CREATE,
    Repeated,
)
from ..shapes import nodes
from . import refunds, returns
from .answers import taken
from .batches import Batches
from .order_input import CHANGEABLE, create_input, update_input
from .shipments import Plan, plan
from .stock import idempotency_key
from .user_errors import user_errors
from .work import Work

Find = Callable[[str, str, Sequence[str]], Iterable[tuple[str, str]]]
Fetch = Callable[[Sequence[str]], Iterable[Record]]

#: Parts of an order that are given when it is made and not rewritten.
_ONCE = frozenset({"lines", "shippingLines", "transactions"})
#: Parts that are compared with what the shop has of the order.
_DEEP = frozenset({"fulfillments", "returns", "refunds", "cancelled"})
#: So often a refund whose last try failed for sure is sent anew.
_TRIES = 3


class OrderWriter:
    def __init__(
        self, client: Client, batches: Batches, connection: Connection, find: Find, fetch: Fetch
    ) -> None:
        self._client = client
        self._batches = batches
        self._connection = connection
        self._find = find
        self._fetch = fetch

    def write(self, works: Sequence[Work]) -> None:
        creates = [work for work in works if work.going and work.op.action == "create"]
        if creates:
            self._create(creates)
        updates = [work for work in works if work.going and work.op.action == "update"]
        if updates:
            self._update(updates)

    # -- new orders ----------------------------------------------------------------------------

    def _create(self, works: Sequence[Work]) -> None:
        marks: dict[str, Work] = {}
        for work in works:
            mark = str(work.values.get("sourceIdentifier") or work.op.key)
            if marks.setdefault(mark, work) is not work:
                work.fail(_twice(mark))
        for mark, id_ in self._made(list(marks)).items():
            marks[mark].id = id_
        going = {mark: work for mark, work in marks.items() if work.id is None}
        for work in going.values():
            if not work.values.get("lines"):
                work.fail(Refused("An order needs lines.", field="lines", remedy="Map lines."))
        sent = [(mark, work) for mark, work in going.items() if work.going]
        calls = [{"order": create_input(work.values, mark)} for mark, work in sent]
        outcomes = self._batches.run(ORDER_CREATE, calls, repeatable=False, nested=True, most=5)
        for (_, work), outcome in zip(sent, outcomes, strict=True):
            made = taken(work, outcome, "order")
            if made is not None:
                work.id = str(made.get("id"))
                self._tie_lines(work, made)
        self._tie_adopted([work for work in works if work.going and not work.children])

    def _made(self, marks: Sequence[str]) -> dict[str, str]:
        """Source identifier → id of the orders that are there already."""
        found = dict(self._find("order", "sourceIdentifier", marks))
        if len(found) < len(marks):
            newest = self._client.send(NEWEST_ORDERS, {}).data.get("orders")
            for node in nodes(newest):
                if node.get("sourceIdentifier") in marks:
                    found[str(node["sourceIdentifier"])] = str(node.get("id"))
        return found

    def _tie_lines(self, work: Work, made: Mapping[str, Any]) -> None:
        whole = self._connection.complete(made, ("lineItems",))
        _tie(work, "lines", [str(node["id"]) for node in nodes(whole.get("lineItems"))])
        _tie(work, "shippingLines", [str(n["id"]) for n in nodes(whole.get("shippingLines"))])

    def _tie_adopted(self, works: Sequence[Work]) -> None:
        by_id = {work.id: work for work in works if work.id}
        for record in self._fetch(list(by_id)) if by_id else ():
            for name in ("lines", "shippingLines"):
                ids = [str(line["id"]) for line in record.fields.get(name) or ()]
                _tie(by_id[record.id], name, ids)

    # -- orders that are there -----------------------------------------------------------------

    def _update(self, works: Sequence[Work]) -> None:
        for work in works:
            for name in sorted(_ONCE & set(work.values)):
                work.fail(
                    Refused(
                        "The lines and payments of an order in the shop are not rewritten.",
                        field=name,
                        remedy=f"Mark {name} as create_only in the export mapping.",
                    )
                )
        plain = [w for w in works if w.going and set(CHANGEABLE) & set(w.values)]
        calls = [{"input": {"id": work.id, **update_input(work.values)}} for work in plain]
        self._each(ORDER_UPDATE, plain, calls, repeatable=True)
        deep = [w for w in works if w.going and _DEEP & set(w.values)]
        now = {r.id: r for r in self._fetch([str(w.id) for w in deep])} if deep else {}
        for work in deep:
            if work.id not in now:
                work.fail(Refused("The order is no longer in the shop.", remedy=GONE_REMEDY))
        self._ship([w for w in deep if w.going and w.values.get("fulfillments")], now)
        self._take_back([w for w in deep if w.going and w.values.get("returns")], now)
        self._give_back([w for w in deep if w.going and w.values.get("refunds")], now)
        cancels = [w for w in deep if w.going and _to_cancel(w, now[str(w.id)])]
        reasons = [str(w.values.get("cancelReason") or "OTHER") for w in cancels]
        told = [{"id": w.id, "reason": r} for w, r in zip(cancels, reasons, strict=True)]
        self._each(ORDER_CANCEL, cancels, told, repeatable=False)

    def _each(
        self,
        document: Repeated,
        works: Sequence[Work],
        calls: Sequence[Mapping[str, Any]],
        *,
        repeatable: bool,
    ) -> None:
        for work, outcome in zip(
            works, self._batches.run(document, calls, repeatable=repeatable), strict=True
        ):
            taken(work, outcome, None)

    def _ship(self, works: Sequence[Work], now: Mapping[str, Record]) -> None:
        plans: list[tuple[Work, Plan]] = []
        for work in works:
            known = work.op.children.get("fulfillments", {})
            try:
                plans.append((work, plan(now[str(work.id)].fields, _wanted(work), known)))
            except Refused as error:
                work.fail(error)
        creates = [(work, made, key) for work, made in plans for key in made.create]
        calls: list[dict[str, Any]] = [{"given": made.create[key]} for _, made, key in creates]
        outcomes = self._batches.run(FULFILLMENT_CREATE, calls, repeatable=False)
        for (work, made, key), outcome in zip(creates, outcomes, strict=True):
            sent = taken(work, outcome, "fulfillment")
            if sent is not None:
                made.tied[key] = str(sent.get("id"))
        tracks = [(work, *each) for work, made in plans for each in made.track.values()]
        calls = [
            {"id": id_, "tracking": told, "notify": _notifies(work)} for work, id_, told in tracks
        ]
        self._each(FULFILLMENT_TRACK, [work for work, _, _ in tracks], calls, repeatable=True)
        cancels = [(work, id_) for work, made in plans for id_ in made.cancel.values()]
        calls = [{"id": id_} for _, id_ in cancels]
        self._each(FULFILLMENT_CANCEL, [work for work, _ in cancels], calls, repeatable=False)
        for work, made in plans:
            work.children["fulfillments"] = made.tied

    def _take_back(self, works: Sequence[Work], now: dict[str, Record]) -> None:
        """Before the refunds: what the money was given back for can't be returned any more."""
        shipped = [str(work.id) for work in works if work.values.get("fulfillments")]
        now.update({r.id: r for r in self._fetch(shipped)} if shipped else {})
        plans: list[tuple[Work, returns.Plan]] = []
        for work in works:
            known = work.op.children.get("returns", {})
            try:
                plans.append(
                    (work, returns.plan(now[str(work.id)].fields, work.values["returns"], known))
                )
            except Refused as error:
                work.fail(error)
        creates = [(work, made, key) for work, made in plans for key in made.create]
        calls: list[dict[str, Any]] = [{"input": made.create[key]} for _, made, key in creates]
        outcomes = self._batches.run(RETURN_CREATE, calls, repeatable=False)
        for (work, made, key), outcome in zip(creates, outcomes, strict=True):
            opened = taken(work, outcome, "return")
            if opened is not None:
                made.tied[key] = made.close[key] = str(opened.get("id"))
            else:
                name_mark(work.error, work.values["returns"][key])
        closes = [(work, id_) for work, made in plans for id_ in made.close.values()]
        calls = [{"id": id_} for _, id_ in closes]
        self._each(RETURN_CLOSE, [work for work, _ in closes], calls, repeatable=True)
        for work, made in plans:
            work.children["returns"] = made.tied
            work.note = "; ".join(made.said)

    def _give_back(self, works: Sequence[Work], now: Mapping[str, Record]) -> None:
        plans: list[tuple[Work, refunds.Plan]] = []
        for work in works:
            known = work.op.children.get("refunds", {})
            try:
                plans.append(
                    (work, refunds.plan(now[str(work.id)].fields, work.values["refunds"], known))
                )
            except Refused as error:
                work.fail(error)
        due = [(work, made, key) for work, made in plans for key in made.create]
        for attempt in range(_TRIES):
            due = self._refund(due, now, attempt)
        for work, made in plans:
            work.children["refunds"] = made.tied
            if made.owed:
                owed = f"the shop shows {made.owed} as owed to the customer: no money was moved"
                work.note = "; ".join(filter(None, (work.note, owed)))

    def _refund(
        self,
        due: Sequence[tuple[Work, refunds.Plan, str]],
        now: Mapping[str, Record],
        attempt: int,
    ) -> list[tuple[Work, refunds.Plan, str]]:
        """Create those that are due; those that are to be sent again under another key."""
        again = []
        calls = [
            {
                "input": made.create[key],
                "key": _refund_key(made.create[key], now[str(w.id)], attempt),
            }
            for w, made, key in due
        ]
        outcomes = self._batches.run(REFUND_CREATE, calls, repeatable=True)
        for (work, made, key), outcome in zip(due, outcomes, strict=True):
            said = " ".join(error.message.lower() for error in user_errors(outcome))
            if "idempotency key failed" in said and attempt + 1 < _TRIES:
                again.append((work, made, key))
                continue
            given = taken(work, outcome, "refund")
            if given is not None:
                made.tied[key] = str(given.get("id"))
            else:
                name_mark(work.error, work.values["refunds"][key])
        return again


def _refund_key(given: Mapping[str, Any], order: Record, attempt: int) -> str:
    """The same for a try whose answer was lost; another once the order has changed."""
    return idempotency_key([given, str(order.fields.get("updatedAt")), attempt])


def _twice(mark: str) -> Refused:
    return Refused(
        "Two orders have one source identifier.",
        field="sourceIdentifier",
        value=mark,
        remedy="Map a value that is unique, like the order's number.",
    )


def _wanted(work: Work) -> Mapping[str, Any]:
    found: Mapping[str, Any] = work.values["fulfillments"]
    return found


def _notifies(work: Work) -> bool:
    return any(bool(each and each.get("notifyCustomer")) for each in _wanted(work).values())


def _to_cancel(work: Work, record: Record) -> bool:
    """A cancelled order stays so: nothing opens it again in the shop."""
    return bool(work.values.get("cancelled")) and not record.fields.get("cancelled")


def _tie(work: Work, name: str, ids: Sequence[str]) -> None:
    """The shop keeps the order of lines."""
    keys = [key for key, item in (work.values.get(name) or {}).items() if item]
    if len(keys) == len(ids):
        work.children[name] = dict(zip(keys, ids, strict=True))
