"""Sets available quantities, with compare-and-set and an idempotency key for each request.

One request sets up to 250 levels and is all or nothing: what is named in its errors is taken out
and the rest is sent again, under a new key since it is another intent. The key is made of the ops'
keys and of what is asked, so that a repetition of one intent has the same key in any process.
Source: inventorySetQuantities, inventoryActivate in the schema;
shopify.dev/docs/api/usage/idempotent-requests
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ....endpoint import Op, Record
from ....errors import GatewayError, Moved, Refused, RetryLater
from ....values import digest
from ..client import Client
from ..connection import MOST, Connection
from ..documents import STOCK_ACTIVATE, STOCK_SET
from .batches import Batches
from .stock_places import Place, places_of
from .user_errors import UserError, refusal, user_errors
from .work import Work

Read = Callable[[Mapping[str, Any]], Record]

WRITABLE: Mapping[str, str] = {"available": "", "variant": "", "location": "", "item": ""}
_STALE = frozenset({"CHANGE_FROM_QUANTITY_STALE", "COMPARE_QUANTITY_STALE"})


def write(
    works: Sequence[Work], client: Client, batches: Batches, connection: Connection, read: Read
) -> None:
    """Set the quantity of each level; activate items at locations where they are not stocked."""
    for work in works:
        quantity = work.values.get("available")
        if work.going and (isinstance(quantity, bool) or not isinstance(quantity, int)):
            work.fail(
                Refused(
                    "A stock quantity is a whole number.",
                    field="available",
                    value=quantity,
                    remedy="Map available to an integer (transform to_int).",
                )
            )
    places = places_of([w for w in works if w.going], connection)
    stocked = [place for place in places if place.level is not None]
    for part in _parts(stocked):
        _set(part, client)
    _activate([p for p in places if p.level is None and p.work.going], batches, read)


# -- set ---------------------------------------------------------------------------------------


def _parts(places: Sequence[Place]) -> list[list[Place]]:
    """At most 250 at once, and no (item, location) twice in one request."""
    parts: list[list[Place]] = []
    part: list[Place] = []
    seen: set[tuple[str, str]] = set()
    for place in places:
        pair = (place.item, place.location)
        if part and (pair in seen or len(part) >= MOST):
            parts.append(part)
            part, seen = [], set()
        part.append(place)
        seen.add(pair)
    return [*parts, part] if part else parts


def _set(places: list[Place], client: Client) -> None:
    """Send, take out what the errors name, send the rest again; halve it when they name none."""
    attempt = 0
    while places:
        quantities = [_quantity(place) for place in places]
        outcome = _send(client, places, quantities, attempt)
        errors = user_errors(outcome) if isinstance(outcome, Mapping) else []
        codes = {error.code for error in errors}
        if isinstance(outcome, Mapping) and not errors:
            for place in places:
                place.work.id = place.level
            return
        if "IDEMPOTENCY_CONCURRENT_REQUEST" in codes:
            raise RetryLater(
                "The same stock request is under way at Shopify.",
                seconds=5.0,
                sent=True,
                remedy="Nothing to do: it is tried again.",
            )
        if "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED" in codes and attempt < 3:
            attempt += 1
            continue
        named = _named(errors, places, quantities)
        if named:
            places = [place for place in places if place not in named]
        elif len(places) > 1:
            middle = len(places) // 2
            _set(places[:middle], client)
            places = places[middle:]
        else:
            places[0].work.fail(_error(outcome, errors, quantities[0]))
            return


def _send(
    client: Client,
    places: Sequence[Place],
    quantities: Sequence[Mapping[str, Any]],
    attempt: int,
) -> Mapping[str, Any] | GatewayError:
    keys = [place.work.op.key for place in places]
    variables = {
        "input": {"name": "available", "reason": "correction", "quantities": quantities},
        "key": idempotency_key([keys, quantities, attempt]),
    }
    try:
        reply = client.send(STOCK_SET, variables, repeatable=True, weight=len(places))
    except Refused as error:
        return error
    if "m0" in reply.failed:
        return reply.failed["m0"]
    payload = reply.data.get("m0")
    if isinstance(payload, Mapping):
        return payload
    return Refused("Shopify answered without a result.", remedy="Run again.")


def idempotency_key(intent: Any) -> str:
    """A UUID that is the same for the same intent, in any process."""
    return str(uuid.UUID(hex=digest(intent), version=5))


def _quantity(place: Place) -> dict[str, Any]:
    """`changeFromQuantity` must be there; null says that nothing is compared."""
    expected = place.work.op.expect.get("available")
    whole = isinstance(expected, int) and not isinstance(expected, bool)
    return {
        "inventoryItemId": place.item,
        "locationId": place.location,
        "quantity": place.work.values["available"],
        "changeFromQuantity": expected if whole else None,
    }


def _named(
    errors: Sequence[UserError], places: Sequence[Place], quantities: Sequence[Mapping[str, Any]]
) -> list[Place]:
    """The places that the errors name; their ops fail with what is said of them, or wait to be
    activated."""
    named: dict[int, list[UserError]] = {}
    for error in errors:
        position = error.index("quantities")
        if position is not None and position < len(places):
            named.setdefault(position, []).append(error)
    for position, about in named.items():
        if any("not stocked" in error.message.lower() for error in about):
            places[position].level = None  # switched off at the location since it was read
        else:
            places[position].work.fail(_error(None, about, quantities[position]))
    return [places[position] for position in named]


def _error(
    outcome: Mapping[str, Any] | GatewayError | None,
    errors: Sequence[UserError],
    quantity: Mapping[str, Any],
) -> GatewayError:
    if isinstance(outcome, GatewayError):
        return outcome
    if any(error.code in _STALE for error in errors):
        return Moved(
            "The shop's quantity changed meanwhile.",
            field="available",
            value=quantity["changeFromQuantity"],
            remedy="Nothing to do: orders are read, and the quantity is computed again.",
        )
    trimmed = [UserError(e.message, e.code, e.path[-1:]) for e in errors]
    return refusal(trimmed, quantity)


# -- activate ----------------------------------------------------------------------------------


def _activate(places: Sequence[Place], batches: Batches, read: Read) -> None:
    """Stock items at locations where they are not yet, with their first quantity."""
    calls = [
        {
            "item": place.item,
            "location": place.location,
            "available": place.work.values["available"],
            "key": _activation_key(place.work.op, place),
        }
        for place in places
    ]
    outcomes = batches.run(STOCK_ACTIVATE, calls, repeatable=True)
    for place, outcome in zip(places, outcomes, strict=True):
        if isinstance(outcome, GatewayError):
            place.work.fail(outcome)
            continue
        errors = user_errors(outcome)
        level = outcome.get("inventoryLevel")
        if errors:
            place.work.fail(refusal(errors, place.work.values))
        elif isinstance(level, Mapping):
            place.work.record = read(level)
            place.work.id = place.work.record.id
        else:
            place.work.fail(Refused("Shopify answered without the level.", remedy="Run again."))


def _activation_key(op: Op, place: Place) -> str:
    return idempotency_key([op.key, place.item, place.location, place.work.values["available"]])
