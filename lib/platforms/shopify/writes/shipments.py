"""Fulfillments of one order: what is wanted against what the shop has.

Shopify takes no idempotency key here. So a fulfillment is created only when the shop has none, not
tied yet, of the same lines: one whose answer was lost is found again and tied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ....errors import Refused

Values = Mapping[str, Any]
Quantities = dict[str, int]

_OPEN = frozenset({"OPEN", "IN_PROGRESS"})


@dataclass(slots=True)
class Plan:
    """What is to be done, by element key: `create` and `track` hold inputs, `tied` ids."""

    create: dict[str, dict[str, Any]] = field(default_factory=dict)
    track: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    cancel: dict[str, str] = field(default_factory=dict)
    tied: dict[str, str] = field(default_factory=dict)


def plan(order: Values, wanted: Mapping[str, Values | None], known: Mapping[str, str]) -> Plan:
    """`wanted` are fulfillments by element key (None: called off), `known` the ids of those that
    are tied. Raises Refused for what the shop has not got open, naming line and remedy."""
    made = Plan(tied=dict(known))
    held = {each["id"]: each for each in order.get("fulfillments") or ()}
    left = _open_lines(order)
    free = [e for id_, e in held.items() if id_ not in known.values() and e["status"] == "SUCCESS"]
    for key, values in wanted.items():
        id_ = known.get(key)
        if values is None:
            if id_ and held.get(id_, {}).get("status") == "SUCCESS":
                made.cancel[key] = id_
            continue
        if not id_ and not _quantities(values):
            continue  # nothing in it that the shop knows of
        found = held.get(id_) if id_ else _adopted(values, free)
        if found is None or found["status"] == "CANCELLED":
            made.create[key] = _created({**(found or {}), **values}, left)
            continue
        _refuse_other_units(values, found)
        made.tied[key] = found["id"]
        tracking = _tracking({**found, **values})  # a change names only what changed
        if tracking and not _same_tracking(tracking, found):
            made.track[key] = (found["id"], tracking)
    return made


def _refuse_other_units(values: Values, found: Values) -> None:
    now = {name: values.get(name, found.get(name)) for name in ("lineIds", "quantities")}
    if _quantities(now) != _quantities(found):
        raise Refused(
            f"The units of fulfillment {found['id']} can't be changed in the shop.",
            field="fulfillments.quantities",
            remedy="Cancel the fulfillment in the shop: it is then made again as it is in Odoo.",
        )


def _quantities(values: Values) -> Quantities:
    """Line id → units."""
    ids, units = values.get("lineIds") or (), values.get("quantities") or ()
    if len(ids) != len(units):
        raise Refused(
            "A fulfillment needs one quantity for each of its lines.",
            field="fulfillments.quantities",
            remedy="Map lineIds and quantities from the same list.",
        )
    found: Quantities = {}
    for line, quantity in zip(ids, units, strict=True):
        whole = int(quantity)
        if whole != quantity:
            raise Refused(
                f"The shop fulfills whole units only, not {quantity}.",
                field="fulfillments.quantities",
                value=quantity,
                remedy="Sell the product in a unit that is delivered whole.",
            )
        if whole > 0:
            found[str(line)] = found.get(str(line), 0) + whole
    return found


def _adopted(values: Values, free: list[Values]) -> Values | None:
    """A fulfillment of the same lines that is nobody's yet; each is taken once."""
    wanted, numbers = _quantities(values), _numbers(values)
    for each in free:
        has = set(each.get("trackingNumbers") or ())
        if _quantities(each) == wanted and (not has or not numbers or has == set(numbers)):
            free.remove(each)
            return each
    return None


@dataclass(slots=True)
class _Open:
    """One line of a fulfillment order, with what is left of it."""

    order: str
    location: Any
    id: str
    line: str
    left: int


def _open_lines(order: Values) -> list[_Open]:
    return [
        _Open(
            each["id"], each.get("locationId"), line["id"], str(line["lineId"]), line["remaining"]
        )
        for each in order.get("fulfillmentOrders") or ()
        if each.get("status") in _OPEN
        for line in each["lines"]
        if line.get("remaining")
    ]


def _created(values: Values, left: list[_Open]) -> dict[str, Any]:
    """`FulfillmentInput`, from the fulfillment orders of one place that have all units."""
    wanted = _quantities(values)
    places = dict.fromkeys([values.get("locationId"), *(each.location for each in left)])
    for place in places:
        taken = _take(wanted, [each for each in left if each.location == place])
        if taken is not None:
            made: dict[str, Any] = {"lineItemsByFulfillmentOrder": list(_by_order(taken))}
            made["notifyCustomer"] = bool(values.get("notifyCustomer"))
            tracking = _tracking(values)
            return {**made, "trackingInfo": tracking} if tracking else made
    raise _short(wanted, left)


def _take(wanted: Quantities, left: Sequence[_Open]) -> list[tuple[_Open, int]] | None:
    """Units from `left` for all that is wanted, which are then gone from it; None if too few."""
    taken: list[tuple[_Open, int]] = []
    for line, quantity in wanted.items():
        for each in left:
            part = min(quantity, each.left) if each.line == line else 0
            if part:
                taken.append((each, part))
                quantity -= part
        if quantity:
            return None
    for each, part in taken:
        each.left -= part
    return taken or None


def _by_order(taken: Sequence[tuple[_Open, int]]) -> Iterator[dict[str, Any]]:
    for order in dict.fromkeys(each.order for each, _ in taken):
        lines = [{"id": e.id, "quantity": part} for e, part in taken if e.order == order]
        yield {"fulfillmentOrderId": order, "fulfillmentOrderLineItems": lines}


def _short(wanted: Quantities, left: Sequence[_Open]) -> Refused:
    for line, quantity in wanted.items():
        there = sum(each.left for each in left if each.line == line)
        if there < quantity:
            return Refused(
                f"{quantity} units of line {line} were delivered, {there} are open in the shop.",
                field="fulfillments.quantities",
                value=quantity,
                remedy="Look at the order in the shop: the rest was sent, refunded or taken off.",
            )
    return Refused(
        "The shop wants to send these units from several places.",
        field="fulfillments",
        remedy="Move the order's fulfillment to one location in the shop, or deliver them apart.",
    )


def _numbers(values: Values) -> list[str]:
    return [str(number) for number in values.get("trackingNumbers") or () if number]


def _tracking(values: Values) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if _numbers(values):
        made["numbers"] = _numbers(values)
    urls = [str(url) for url in values.get("trackingUrls") or () if url]
    if urls:
        made["urls"] = urls
    if made and values.get("carrier"):
        made["company"] = str(values["carrier"])
    return made


def _same_tracking(tracking: Values, found: Values) -> bool:
    told = {
        "numbers": found.get("trackingNumbers"),
        "urls": found.get("trackingUrls"),
        "company": found.get("carrier"),
    }
    return all(told[name] == value for name, value in tracking.items())
