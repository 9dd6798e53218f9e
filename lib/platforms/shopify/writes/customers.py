"""Creates and updates customers, many in one request.

A create without e-mail and phone can't be found again after a lost answer; with one of them it can
(`find` by email or phone), and the shop refuses a second customer with the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ....endpoint import Record
from ....errors import GONE_REMEDY, GatewayError, Refused
from ..documents import CUSTOMER_CONSENT, CUSTOMER_CREATE, CUSTOMER_UPDATE
from . import addresses
from .addresses import address_input
from .batches import Batches, Outcome
from .user_errors import refusal, user_errors
from .work import Work

Read = Callable[[Mapping[str, Any]], Record]

Fetch = Callable[[Sequence[str]], Iterable[Record]]

_PLAIN = ("firstName", "lastName", "email", "phone", "note", "tags", "taxExempt", "locale")
_PLACES = ("defaultAddress", "addresses")
_CONSENT = "emailConsent"
#: What the shop lets others say of a consent; the rest it says itself.
_CONSENTS = ("SUBSCRIBED", "UNSUBSCRIBED", "PENDING")
WRITABLE: Mapping[str, str] = {name: "" for name in (*_PLAIN, *_PLACES, _CONSENT)}


def write(
    works: Sequence[Work], batches: Batches, read: Read, fetch: Fetch, flags: Mapping[str, Any]
) -> None:
    creates = [w for w in works if w.going and w.op.action == "create"]
    calls = [{"input": _new(w.values)} for w in creates]
    outcomes = batches.run(CUSTOMER_CREATE, calls, repeatable=False, nested=True, flags=flags)
    _take(creates, outcomes, read)
    for work in creates:
        _tie(work)
    updates = [w for w in works if w.going and w.op.action == "update"]
    plain = [w for w in updates if set(_PLAIN) & set(w.values)]
    calls = [{"input": {"id": w.id, **_plain(w.values)}} for w in plain]
    outcomes = batches.run(CUSTOMER_UPDATE, calls, repeatable=True, nested=True, flags=flags)
    _take(plain, outcomes, read)
    _write_consents([*creates, *updates], batches, read, flags)
    placed = [w for w in updates if w.going and any(w.values.get(name) for name in _PLACES)]
    if placed:
        _write_places(placed, batches, fetch)


def _write_consents(
    works: Sequence[Work], batches: Batches, read: Read, flags: Mapping[str, Any]
) -> None:
    """Of customers that are there: neither create nor update takes a consent."""
    asked = [w for w in works if w.going and w.values.get(_CONSENT) is not None]
    for work in asked:
        if work.values[_CONSENT] not in _CONSENTS:
            work.fail(_no_consent(work.values[_CONSENT]))
    asked = [w for w in asked if w.going]
    calls = [
        {"input": {"customerId": w.id, "emailMarketingConsent": {"marketingState": state}}}
        for w in asked
        if (state := w.values[_CONSENT])
    ]
    outcomes = batches.run(CUSTOMER_CONSENT, calls, repeatable=True, nested=True, flags=flags)
    _take(asked, outcomes, read)


def _no_consent(given: Any) -> Refused:
    return Refused(
        f"The shop takes {', '.join(_CONSENTS)} as consent to e-mail marketing.",
        field=_CONSENT,
        value=given,
        remedy="Let the mapping give one of these, or nothing.",
    )


def _write_places(works: Sequence[Work], batches: Batches, fetch: Fetch) -> None:
    now = {record.id: record for record in fetch([str(w.id) for w in works])}
    for work in works:
        if work.id not in now:
            work.fail(Refused("The customer is no longer in the shop.", remedy=GONE_REMEDY))
    addresses.write([w for w in works if w.going], batches, now)
    for work in works:
        work.record = None  # it shows them as they were; it is read again


def _new(values: Mapping[str, Any]) -> dict[str, Any]:
    """A new customer; the first address becomes the default one."""
    given = values.get("addresses") or {}
    items = given.values() if isinstance(given, Mapping) else given
    main = values.get("defaultAddress")
    places = [address_input(item) for item in (main, *items) if isinstance(item, Mapping)]
    made = _plain(values)
    wanted = [place for place in places if place]
    return {**made, "addresses": wanted} if wanted else made


def _tie(work: Work) -> None:
    """The addresses of a new customer, which keep the order they were given in."""
    given = work.values.get("addresses")
    held = (work.record.fields.get("addresses") or ()) if work.record else ()
    if not isinstance(given, Mapping) or not work.going:
        return
    keys = [key for key, item in given.items() if item and address_input(item)]
    skipped = len(held) - len(keys)
    if skipped in (0, 1):
        ids = [str(each["id"]) for each in held[skipped:]]
        work.children["addresses"] = dict(zip(keys, ids, strict=True))


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
