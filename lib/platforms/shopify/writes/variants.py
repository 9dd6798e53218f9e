"""Writes variants and prices: grouped by product, several products in one request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....endpoint import Record
from ....errors import GONE_REMEDY, GatewayError, Refused
from ..connection import MOST, Connection
from ..documents import PARENTS, VARIANTS_CREATE, VARIANTS_UPDATE
from .batches import Batches, Outcome
from .user_errors import UserError, refusal, user_errors
from .variant_input import NO_OPTIONS, bulk_input, media_of
from .work import Work

Read = Callable[[Mapping[str, Any]], Record]
Stage = Callable[[Sequence[Work], Mapping[str, str]], None]


@dataclass(frozen=True, slots=True)
class VariantWrite:
    product: str
    input: Mapping[str, Any]


def write(
    works: Sequence[Work],
    batches: Batches,
    connection: Connection,
    read: Read,
    stage: Stage | None = None,
) -> Mapping[str, str]:
    """Carry out creates and updates of variants (or of their prices alone). Variant → product of
    those updated. `stage` prepares their images, once it is known whose they are."""
    products = _products(works, connection)
    if stage is not None:
        stage(works, products)
    updates = [w for w in works if w.going and w.op.action == "update" and w.id in products]
    writes = [VariantWrite(products[str(w.id)], bulk_input(w.values, w.id)) for w in updates]
    _take(updates, update_variants(writes, batches), read)
    creates = [w for w in works if w.going and w.op.action == "create"]
    _take(creates, _create(creates, batches), read)
    return products


def _take(works: Sequence[Work], outcomes: Sequence[Outcome], read: Read) -> None:
    for work, outcome in zip(works, outcomes, strict=True):
        if isinstance(outcome, GatewayError):
            work.fail(outcome)
        elif outcome:
            work.record = read(outcome)
            work.id = work.record.id


def _products(works: Sequence[Work], connection: Connection) -> dict[str, str]:
    """Variant → product: from what the decision was made on, else asked in one query."""
    known: dict[str, str] = {}
    for work in works:
        for values in (work.values, work.op.expect):
            product = values.get("product")
            if work.id and isinstance(product, Mapping) and product.get("id"):
                known[work.id] = str(product["id"])
    rest = [w.id for w in works if w.op.action == "update" and w.id and w.id not in known]
    for node in connection.nodes(PARENTS, rest, {}):
        product = node.get("product")
        if isinstance(product, Mapping):
            known[str(node["id"])] = str(product.get("id"))
    for work in works:
        if work.op.action == "update" and work.id not in known:
            work.fail(
                Refused(
                    "The variant is no longer in the shop.",
                    remedy=GONE_REMEDY,
                )
            )
    return known


def update_variants(writes: Sequence[VariantWrite], batches: Batches) -> list[Outcome]:
    """One outcome a write, in order: the variant's node (empty when not given back) or an error."""
    groups = _groups(writes)
    payloads = batches.run(
        VARIANTS_UPDATE,
        [
            {
                "product": writes[places[0]].product,
                "variants": [writes[p].input for p in places],
                "media": media_of(writes[p].input for p in places),
            }
            for places in groups
        ],
        repeatable=True,
    )
    outcomes: list[Outcome] = [{} for _ in writes]
    for places, payload in zip(groups, payloads, strict=True):
        for place, outcome in zip(places, _outcomes(payload, places, writes), strict=True):
            outcomes[place] = outcome
    return outcomes


def _groups(writes: Sequence[VariantWrite]) -> list[list[int]]:
    """Positions by product, at most 250 variants each."""
    by_product: dict[str, list[int]] = {}
    for place, write_ in enumerate(writes):
        by_product.setdefault(write_.product, []).append(place)
    return [
        places[start : start + MOST]
        for places in by_product.values()
        for start in range(0, len(places), MOST)
    ]


def _outcomes(
    payload: Outcome, places: Sequence[int], writes: Sequence[VariantWrite]
) -> list[Outcome]:
    if isinstance(payload, GatewayError):
        return [payload] * len(places)
    errors: dict[int | None, list[UserError]] = {}
    for error in user_errors(payload):
        errors.setdefault(error.index("variants"), []).append(error)
    found = payload.get("productVariants")
    nodes = {str(n.get("id")): n for n in found or () if isinstance(n, Mapping)}
    outcomes: list[Outcome] = []
    for position, place in enumerate(places):
        given = writes[place].input
        about = errors.get(position) or ([] if str(given["id"]) in nodes else errors.get(None, []))
        if about:
            trimmed = [UserError(e.message, e.code, _inside(e.path)) for e in about]
            outcomes.append(refusal(trimmed, given))
        else:
            outcomes.append(nodes.get(str(given["id"]), {}))
    return outcomes


def _inside(path: tuple[str, ...]) -> tuple[str, ...]:
    """The path within one variant: («variants», «3», «price») → («price»,)."""
    return path[2:] if path[:1] == ("variants",) else path


def _create(works: Sequence[Work], batches: Batches) -> list[Outcome]:
    """New variants of products that are there, one alias each so that a bad one stands alone."""
    calls = []
    for work in works:
        product = work.values.get("product")
        id_ = product.get("id") if isinstance(product, Mapping) else None
        if not id_:
            work.fail(
                Refused(
                    "A new variant needs its product.",
                    field="product.id",
                    remedy="Map product.id, or create variants with their product.",
                )
            )
        options = work.values.get("options") or NO_OPTIONS
        calls.append((id_, bulk_input({**work.values, "options": options})))
    sent = [
        {"product": id_, "variants": [given], "media": media_of([given])}
        for id_, given in calls
        if id_
    ]
    payloads = iter(batches.run(VARIANTS_CREATE, sent, repeatable=False))
    outcomes: list[Outcome] = []
    for id_, given in calls:
        payload: Outcome = next(payloads) if id_ else {}
        errors = [] if isinstance(payload, GatewayError) else user_errors(payload)
        if errors:
            trimmed = [UserError(e.message, e.code, _inside(e.path)) for e in errors]
            payload = refusal(trimmed, given)
        elif isinstance(payload, Mapping):
            made = payload.get("productVariants")
            payload = made[0] if isinstance(made, list) and made else {}
        outcomes.append(payload)
    return outcomes
