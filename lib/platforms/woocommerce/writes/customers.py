"""Creates and updates customers, many in one request. The shop has one account an e-mail: a create
that was carried out already is known by it and by its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....clock import Clock
from ....errors import GONE_REMEDY, GatewayError, Refused
from ..entities import CUSTOMERS
from ..scalars import is_id
from ..search import Finder
from ..shapes import key_of
from .batches import Batches
from .checks import Check, checked, email, text
from .product_input import marked, meta_data
from .work import Work

_PLAIN: Mapping[str, Check] = {
    "email": email,
    "first_name": text,
    "last_name": text,
    "username": text,
}
_ADDRESS = (
    "first_name",
    "last_name",
    "company",
    "address_1",
    "address_2",
    "city",
    "postcode",
    "country",
    "state",
    "phone",
)
_BILLING = (*_ADDRESS, "email")
_TAKEN = "registration-error-email-exists"

WRITABLE = frozenset({*_PLAIN, "billing", "shipping", "meta"})


def write(works: Sequence[Work], batches: Batches, finder: Finder, clock: Clock) -> None:
    creates = [work for work in works if work.going and work.op.action == "create"]
    _create(creates, batches, finder, clock)
    going, bodies = [], []
    for work in works:
        if not work.going or work.op.action != "update":
            continue
        try:
            bodies.append({"id": _id(work), **_body(work.values)})
            going.append(work)
        except GatewayError as error:
            work.fail(error)
    for work, outcome in zip(going, batches.update(CUSTOMERS, bodies), strict=True):
        if isinstance(outcome, GatewayError):
            work.fail(outcome)


def _create(works: Sequence[Work], batches: Batches, finder: Finder, clock: Clock) -> None:
    going, bodies = [], []
    for work in works:
        try:
            if not work.values.get("email"):
                raise Refused(
                    "A customer of the shop needs an e-mail.",
                    field="email",
                    remedy="Enter one, or leave the customer out by a filter.",
                )
            # Nobody is told this password: who wants to sign in asks for a new one.
            password = f"{clock.key()}{clock.key()}"
            bodies.append(marked({**_body(work.values), "password": password}, work.op.key))
            going.append(work)
        except GatewayError as error:
            work.fail(error)
    taken = []
    for work, outcome in zip(going, batches.create(CUSTOMERS, bodies), strict=True):
        if not isinstance(outcome, GatewayError):
            work.id = str(outcome["id"])
        elif outcome.details.get("code") == _TAKEN:
            taken.append((work, outcome))
        else:
            work.fail(outcome)
    held = finder.customers([work.values["email"] for work, _ in taken])
    for work, refused in taken:
        row = held.get(str(work.values["email"]).strip().casefold())
        if row is not None and key_of(row) == work.op.key:
            work.id = str(row["id"])
        else:
            work.fail(refused)


def _id(work: Work) -> int:
    if not is_id(str(work.id)):
        raise Refused(f"{work.id} is no customer of the shop.", remedy=GONE_REMEDY)
    return int(str(work.id))


def _body(values: Mapping[str, Any]) -> dict[str, Any]:
    body = checked(_PLAIN, values)
    for side, names in (("billing", _BILLING), ("shipping", _ADDRESS)):
        if side in values:
            body[side] = address(values[side], names)
    if values.get("meta"):
        body["meta_data"] = meta_data(values["meta"])
    return body


def address(values: Any, names: Sequence[str] = _BILLING) -> dict[str, str]:
    """Those lines of an address that are given; the shop leaves the others alone. The shop refuses
    an empty e-mail of an address, so that one is left out."""
    given = values or {}
    lines = {name: text(name, given[name]) for name in names if name in given}
    if lines.get("email") == "":
        del lines["email"]
    return lines
