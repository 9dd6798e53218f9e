"""Addresses of customers that are there: the default one, and the further ones by their ids.

Each is written as a whole, what it was with what changed; none is replaced as a list. One whose
answer was lost is found by what it says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....endpoint import Record
from ....errors import GatewayError, Refused
from ..documents import ADDRESS_CREATE, ADDRESS_DELETE, ADDRESS_UPDATE
from .batches import Batches
from .user_errors import refusal, user_errors
from .work import Work

Values = Mapping[str, Any]

_FIELDS = (
    "firstName",
    "lastName",
    "company",
    "address1",
    "address2",
    "zip",
    "city",
    "provinceCode",
    "countryCode",
    "phone",
)


def address_input(values: Values, held: Values | None = None) -> dict[str, Any]:
    """`MailingAddressInput`: `values` over what is held. A `name` is split at its last space."""
    merged = {**(held or {}), **values}
    if values.get("name") and values["name"] != (held or {}).get("name"):
        first, _, last = str(values["name"]).strip().rpartition(" ")
        merged.update(firstName=first or None, lastName=last)
    return {name: merged[name] for name in _FIELDS if merged.get(name) not in (None, "")}


def write(works: Sequence[Work], batches: Batches, now: Mapping[str, Record]) -> None:
    """Carry out `defaultAddress` and `addresses` of `works`; `now` are the customers by id."""
    creates: list[tuple[Work, str, dict[str, Any]]] = []  # work, element key, call
    updates: list[tuple[Work, dict[str, Any]]] = []
    deletes: list[tuple[Work, dict[str, Any]]] = []
    for work in works:
        record = now[str(work.id)]
        _default(work, record, creates, updates)
        bound = dict(work.op.children.get("addresses") or {})
        work.children["addresses"] = bound
        held = {str(each["id"]): each for each in record.fields.get("addresses") or ()}
        for key, values in (work.values.get("addresses") or {}).items():
            id_ = bound.get(key)
            if values is None:
                if id_ in held:
                    deletes.append((work, {"customer": work.id, "id": id_}))
                continue
            if id_ is None:
                id_ = _same(values, held, set(bound.values()))
            if id_ is None:
                call = {"customer": work.id, "address": address_input(values), "main": False}
                creates.append((work, key, call))
                continue
            bound[key] = id_
            if id_ in held and address_input(values, held[id_]) != address_input({}, held[id_]):
                given = address_input(values, held[id_])
                updates.append((work, {"customer": work.id, "id": id_, "address": given}))
    _create(creates, batches)
    for document, calls in ((ADDRESS_UPDATE, updates), (ADDRESS_DELETE, deletes)):
        outcomes = batches.run(document, [call for _, call in calls], repeatable=True)
        for (work, call), outcome in zip(calls, outcomes, strict=True):
            _checked(work, outcome, call)


def _default(
    work: Work,
    record: Record,
    creates: list[tuple[Work, str, dict[str, Any]]],
    updates: list[tuple[Work, dict[str, Any]]],
) -> None:
    values = work.values.get("defaultAddress")
    if not values:
        return
    held = record.fields.get("defaultAddress")
    if not held:
        call = {"customer": work.id, "address": address_input(values), "main": True}
        creates.append((work, "", call))
    elif address_input(values, held) != address_input({}, held):
        given = address_input(values, held)
        updates.append((work, {"customer": work.id, "id": held["id"], "address": given}))


def _same(values: Values, held: Mapping[str, Values], taken: set[str]) -> str | None:
    """An address that says the same and is nobody's: our own first try."""
    wanted = address_input(values)
    free = (
        id_ for id_, each in held.items() if id_ not in taken and address_input({}, each) == wanted
    )
    return next(free, None)


def _create(calls: Sequence[tuple[Work, str, dict[str, Any]]], batches: Batches) -> None:
    outcomes = batches.run(ADDRESS_CREATE, [call for _, _, call in calls], repeatable=False)
    for (work, key, call), outcome in zip(calls, outcomes, strict=True):
        payload = _checked(work, outcome, call)
        made = payload.get("address") if payload else None
        if isinstance(made, Mapping) and key:
            work.children["addresses"][key] = str(made.get("id"))
        elif payload is not None and not isinstance(made, Mapping):
            work.fail(Refused("Shopify answered without the address.", remedy="Run again."))


def _checked(work: Work, outcome: Any, call: Values) -> Values | None:
    if isinstance(outcome, GatewayError):
        work.fail(outcome)
        return None
    errors = user_errors(outcome)
    if errors:
        work.fail(refusal(errors, call))
        return None
    found: Values = outcome
    return found
