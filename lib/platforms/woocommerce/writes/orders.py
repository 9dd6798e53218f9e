"""Creates orders once, and changes them: state, lines, notes, refunds.

The shop has no idempotency key, and looks no order up by its meta data. So before an order is made,
the customer's orders (a guest's: those without account of the last 30 days) are searched for the
op's key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from ....clock import Clock
from ....errors import GatewayError, RetryLater, StopRun
from ..client import Client, Row
from ..failures import Gone
from ..listing import Listing
from ..orders import ORDERS
from ..scalars import is_id, moment_text
from ..shapes import key_of, rows
from .batches import Batches, Body
from .order_input import order_body
from .order_states import name_states
from .product_input import marked
from .refunds import add_refunds
from .work import Work

#: How far back a guest's order is searched for.
_GUESTS = timedelta(days=30)
#: Nested list of an order → where the shop has it.
_ROWS = {
    "lines": "line_items",
    **{name: name for name in ("shipping_lines", "fee_lines", "coupon_lines")},
}


class OrderWrite:
    def __init__(self, client: Client, listing: Listing, batches: Batches, clock: Clock) -> None:
        self._client = client
        self._listing = listing
        self._batches = batches
        self._clock = clock

    def run(self, works: Sequence[Work]) -> None:
        creates = [work for work in works if work.going and work.op.action == "create"]
        self._adopt(creates)
        name_states([work for work in works if work.going], self._listing)
        self._send([w for w in creates if w.going and w.id is None], "create")
        self._send([w for w in works if w.going and w.op.action == "update"], "update")
        for work in works:
            if work.going and (work.values.get("note") or work.values.get("refunds")):
                self._add(work)

    def _send(self, works: Sequence[Work], action: str) -> None:
        going: list[Work] = []
        bodies: list[Body] = []
        for work in works:
            try:
                body = order_body(work.values, work.op.children)
                if action == "create":
                    body = marked(body, work.op.key)
                elif not is_id(str(work.id)):
                    raise Gone(
                        f"{work.id} is no order of the shop.",
                        remedy="Discard the letter: deletes of orders are not carried over.",
                    )
                else:
                    body = {"id": int(str(work.id)), **body}
            except GatewayError as error:
                work.fail(error)
                continue
            if action == "create" or len(body) > 1:
                going.append(work)
                bodies.append(body)
        send = self._batches.create if action == "create" else self._batches.update
        for work, outcome in zip(going, send(ORDERS, bodies), strict=True):
            if isinstance(outcome, GatewayError):
                work.fail(outcome)
            elif outcome.get("status") == "trash":
                work.fail(Gone("The order is in the shop's trash.", remedy="Restore it there."))
            else:
                work.id = str(outcome["id"])
                work.children.update(_children(work, outcome))

    # -- once ----------------------------------------------------------------------------------

    def _adopt(self, works: Sequence[Work]) -> None:
        by_customer: dict[str, list[Work]] = {}
        for work in works:
            by_customer.setdefault(str(work.values.get("customer") or "0"), []).append(work)
        for customer, ours in by_customer.items():
            keys = {work.op.key: work for work in ours}
            for row in self._orders_of(customer):
                ours_too = keys.get(str(key_of(row)))
                if ours_too is not None:
                    ours_too.id = str(row["id"])
                    ours_too.children.update(_children(ours_too, row))

    def _orders_of(self, customer: str) -> Any:
        query: dict[str, Any] = {"customer": customer, "status": "any"}
        if customer == "0":
            query |= {
                "after": moment_text(self._clock.now() - _GUESTS),
                "dates_are_gmt": True,
            }
        fields = "id,customer_id,meta_data,line_items,shipping_lines,fee_lines,coupon_lines"
        return self._listing.all(ORDERS, {**query, "_fields": fields})

    # -- besides -------------------------------------------------------------------------------

    def _add(self, work: Work) -> None:
        """Refunds, then a note: one request each, there is no batch of them."""
        try:
            if work.values.get("refunds"):
                add_refunds(work, self._client, self._listing)
            if work.values.get("note"):
                self._note(work)
        except GatewayError as error:
            if isinstance(error, (RetryLater, StopRun)):
                raise
            work.fail(error)

    def _note(self, work: Work) -> None:
        """A private note, unless the order has one of the same words (a lost answer)."""
        path, text = f"{ORDERS}/{work.id}/notes", str(work.values["note"]).strip()
        held = self._client.list(path, {"type": "internal"}).rows
        if all(str(row.get("note")).strip() != text for row in held):
            self._client.post(path, {"note": text, "customer_note": False}, repeatable=False)


def _children(work: Work, row: Row) -> dict[str, dict[str, str]]:
    """Ids of the elements: those that were new stand in the shop's lists in the order given, behind
    those that were there."""
    children: dict[str, dict[str, str]] = {}
    for name, source in _ROWS.items():
        given: Mapping[str, Any] = work.values.get(name) or {}
        if not given:
            continue
        held = dict(work.op.children.get(name, {}))
        known = set(held.values())
        new = [str(item["id"]) for item in rows(row.get(source)) if str(item["id"]) not in known]
        keys = [key for key, fields in given.items() if fields is not None and key not in held]
        held.update(zip(keys, new, strict=False))
        children[name] = {k: v for k, v in held.items() if given.get(k, ...) is not None}
    return children
