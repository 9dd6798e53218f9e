"""Sets and takes away fixed prices in price lists, up to 250 of one list in one mutation.

What stands in the shop is read first: what is there already is not written, a price that nobody
set is not taken away, and the price it is compared at stays, for Shopify replaces both.
Source: shopify.dev/docs/api/admin-graphql/latest/mutations/priceListFixedPricesUpdate
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ....endpoint import Record
from ....errors import GatewayError, Refused
from ..connection import MOST
from ..documents import LIST_PRICES_SET
from ..price_lists import FixedPrice, Place, PriceLists, price_of
from ..shapes import id_of, nodes
from .batches import Batches, Outcome
from .user_errors import UserError, refusal, user_errors
from .work import Work

WRITABLE: Mapping[str, str] = {"prices": ""}
_FIELDS = frozenset({"price", "compareAtPrice"})

#: Place → its price, None where it has no fixed one.
Fixed = dict[Place, FixedPrice | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One price of one op: what it is to be, None to take it away."""

    work: Work
    list: str
    price: FixedPrice | None

    @property
    def place(self) -> Place:
        return self.list, str(self.work.id)


def write(works: Sequence[Work], batches: Batches, lists: PriceLists) -> None:
    """Carry out updates of `prices` (gid of the list → fields)."""
    going = [work for work in works if work.going]
    if not going:
        return
    fixed: Fixed = {**lists.fixed([str(work.id) for work in going])}
    steps = [step for work in going for step in _steps(work, fixed, lists)]
    todo = _parts([step for step in steps if step.work.going and _differs(step, fixed)])
    while todo:
        outcomes = batches.run(
            LIST_PRICES_SET, [_call(part, lists) for part in todo], repeatable=True
        )
        again: list[list[Step]] = []
        for part, outcome in zip(todo, outcomes, strict=True):
            again += _settle(part, outcome, fixed)
        todo = again
    for work in going:
        if work.going:
            id_ = str(work.id)
            work.record = Record(id_, {"id": id_, "prices": lists.elements(id_, fixed)})


def _steps(work: Work, fixed: Fixed, lists: PriceLists) -> list[Step]:
    steps = []
    for gid, fields in (work.values.get("prices") or {}).items():
        unknown = sorted(set(fields or ()) - _FIELDS)
        if gid not in lists.currencies or unknown:
            field = f"prices.{unknown[0]}" if unknown else "prices"
            work.fail(
                Refused(
                    f"The price list {gid} is not one of the connector's, or has no writable "
                    f"field {field}.",
                    field=field,
                    remedy="Say under «Price lists» of the connector which lists belong together, "
                    "and map prices.price alone.",
                )
            )
            continue
        held = fixed.get((gid, str(work.id)))
        steps.append(Step(work, gid, _wanted(fields or {"price": None}, held)))
    return steps


def _wanted(fields: Mapping[str, Any], held: FixedPrice | None) -> FixedPrice | None:
    amount = fields.get("price", held and held.amount)
    compared = fields.get("compareAtPrice", held and held.compared)
    return None if amount is None else FixedPrice(Decimal(amount), compared)


def _differs(step: Step, fixed: Fixed) -> bool:
    return fixed.get(step.place) != step.price


def _parts(steps: Sequence[Step]) -> list[list[Step]]:
    """Of one list each, at most 250."""
    by_list: dict[str, list[Step]] = {}
    for step in steps:
        by_list.setdefault(step.list, []).append(step)
    return [
        each[start : start + MOST]
        for each in by_list.values()
        for start in range(0, len(each), MOST)
    ]


def _call(part: Sequence[Step], lists: PriceLists) -> dict[str, Any]:
    gid = part[0].list
    currency = lists.currencies[gid]
    return {
        "list": gid,
        "prices": [_input(step, step.price, currency) for step in part if step.price],
        "gone": [str(step.work.id) for step in part if step.price is None],
    }


def _input(step: Step, price: FixedPrice, currency: str) -> dict[str, Any]:
    given = {"variantId": str(step.work.id), "price": _money(price.amount, currency)}
    if price.compared is not None:
        given["compareAtPrice"] = _money(price.compared, currency)
    return given


def _money(amount: Decimal, currency: str) -> dict[str, str]:
    return {"amount": format(amount, "f"), "currencyCode": currency}


def _settle(part: list[Step], outcome: Outcome, fixed: Fixed) -> list[list[Step]]:
    """Note what was written; what is left to be sent again. What the errors name is refused and the
    rest goes again; where they name none of several, they are halved."""
    errors = user_errors(outcome) if isinstance(outcome, Mapping) else []
    if isinstance(outcome, Mapping) and not errors:
        _take(part, outcome, fixed)
        return []
    named = _named(part, errors)
    for step, error in named:
        step.work.fail(error)
    refused = {id(step) for step, _error in named}
    rest = [step for step in part if id(step) not in refused]
    if named:
        return [rest] if rest else []
    if len(part) > 1:
        middle = len(part) // 2
        return [part[:middle], part[middle:]]
    part[0].work.fail(outcome if isinstance(outcome, GatewayError) else refusal(errors))
    return []


def _named(part: Sequence[Step], errors: Sequence[UserError]) -> list[tuple[Step, GatewayError]]:
    places = {
        "pricesToAdd": [step for step in part if step.price is not None],
        "variantIdsToDelete": [step for step in part if step.price is None],
    }
    named = []
    for error in errors:
        for name, steps in places.items():
            at = _index(error, name)
            if at is not None and at < len(steps):
                told = UserError(error.message, error.code, ("prices", *error.path[2:]))
                named.append((steps[at], refusal([told])))
    return named


def _index(error: UserError, name: str) -> int | None:
    """The position in the list `name`, which is the last step where the list is one of ids."""
    return UserError(error.message, error.code, (*error.path, "")).index(name)


def _take(part: Sequence[Step], payload: Mapping[str, Any], fixed: Fixed) -> None:
    """The prices as the shop tells them; one that it does not tell is as it was asked for."""
    told = {str(id_of(n.get("variant"))): price_of(n) for n in nodes(payload.get("pricesAdded"))}
    for step in part:
        variant = str(step.work.id)
        fixed[step.place] = step.price and (told.get(variant) or step.price)
