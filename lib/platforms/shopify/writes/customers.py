"""Creates and updates customers, many in one request.

A create without e-mail and phone can't be found again after a lost answer; with one of them it can
(`find` by email or phone), and the shop refuses a second customer with the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ....endpoint import Record
from ....errors import GatewayError, Refused
from ..documents import CUSTOMER_CREATE, CUSTOMER_UPDATE
from .batches import Batches, Outcome
from .user_errors import refusal, user_errors
from .work import Work

Read = Callable[[Mapping[str, Any]], Record]

_PLAIN = ("firstName", "lastName", "email", "phone", "note", "tags", "taxExempt", "locale")
WRITABLE: Mapping[str, str] = {name: "" for name in (*_PLAIN, "addresses")}

_ADDRESS = (
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


def write(works: Sequence[Work], batches: Batches, read: Read) -> None:
    creates = [w for w in works if w.going and w.op.action == "create"]
    calls = [{"input": _new(w.values)} for w in creates]
    _take(creates, batches.run(CUSTOMER_CREATE, calls, repeatable=False, nested=True), read)
    updates = [w for w in works if w.going and w.op.action == "update"]
    for work in updates:
        if work.values.get("addresses"):
            work.fail(
                Refused(
                    "Addresses of a customer that is in the shop already are not written.",
                    field="addresses",
                    remedy="Mark addresses as create_only in the export mapping.",
                )
            )
    going = [w for w in updates if w.going]
    calls = [{"input": {"id": w.id, **_plain(w.values)}} for w in going]
    _take(going, batches.run(CUSTOMER_UPDATE, calls, repeatable=True, nested=True), read)


def _new(values: Mapping[str, Any]) -> dict[str, Any]:
    given = values.get("addresses") or {}
    items = given.values() if isinstance(given, Mapping) else given
    addresses = [
        {name: item[name] for name in _ADDRESS if item.get(name) not in (None, "")}
        for item in items
        if isinstance(item, Mapping)
    ]
    made = _plain(values)
    return {**made, "addresses": addresses} if addresses else made


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in _PLAIN if name in values}


def _take(works: Sequence[Work], outcomes: Sequence[Outcome], read: Read) -> None:
    for work, outcome in zip(works, outcomes, strict=True):
        if isinstance(outcome, GatewayError):
            work.fail(outcome)
            continue
        errors = user_errors(outcome)
        customer = outcome.get("customer")
        if errors:
            work.fail(refusal(errors, work.values))
        elif isinstance(customer, Mapping):
            work.record = read(customer)
            work.id = work.record.id
        else:
            work.fail(Refused("Shopify answered without the customer.", remedy="Run again."))
