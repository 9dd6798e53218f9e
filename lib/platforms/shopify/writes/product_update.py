"""Updates products field by field, and their variants one by one: nothing is replaced as a list.

`productUpdate` takes the plain fields; variants go through productVariantsBulkUpdate, -Create and
-Delete, so a variant that the mapping does not know is never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from ....endpoint import Record
from ....errors import GONE_REMEDY, GatewayError, Refused
from ..documents import OPTIONS_CREATE, PRODUCT_UPDATE, VARIANTS_CREATE, VARIANTS_DELETE
from .batches import Batches, Outcome
from .option_moves import move, says_options
from .option_order import put_in_order
from .product_create import Read, plain_fields
from .user_errors import refusal, user_errors
from .variant_input import NO_OPTIONS, bulk_input
from .variants import VariantWrite, update_variants
from .work import Work

#: Values of which a part may be given.
_WHOLE = ("collections", "seo")

Fetch = Callable[[Sequence[str]], Iterable[Record]]


def update(works: Sequence[Work], batches: Batches, read: Read, fetch: Fetch) -> None:
    """Update the products of `works`, as far as each goes; `fetch` reads their current state."""
    _refuse_variant_fields(works)
    current = _current(works, fetch)
    _plain_fields([w for w in works if w.going], batches, read, current)
    nested = [w for w in works if w.going and w.values.get("variants")]
    if nested:
        _variants(nested, batches, current, fetch)
    ordered = put_in_order(works, batches)
    changed = [work for work in works if work.going and (work in nested or work in ordered)]
    now = {record.id: record for record in fetch([str(w.id) for w in changed])} if changed else {}
    for work in changed:
        work.record = now.get(str(work.id))


def _variants(
    nested: Sequence[Work], batches: Batches, current: dict[str, Record], fetch: Fetch
) -> None:
    _match(nested, current)
    moved = move([w for w in nested if w.going], batches, current)
    if moved:
        current.update({r.id: r for r in fetch([str(work.id) for work in moved])})
        _match(moved, current)
    _first_options([w for w in nested if w.going], batches, current, fetch)
    _update_bound([w for w in nested if w.going], batches)
    _create_unbound([w for w in nested if w.going], batches)
    _delete([w for w in nested if w.going], batches)


def _refuse_variant_fields(works: Sequence[Work]) -> None:
    for work in works:
        for name in ("sku", "barcode"):
            if name in work.values:
                work.fail(
                    Refused(
                        f"The {name} of a product that is there belongs to its variants.",
                        field=name,
                        remedy="Map it in variants, or mark it as create_only.",
                    )
                )


def _current(works: Sequence[Work], fetch: Fetch) -> dict[str, Record]:
    """Products whose change depends on what is there: new variants, options, joined collections,
    one of the search texts."""
    ids = [str(w.id) for w in works if w.going and _needs_current(w)]
    found = {record.id: record for record in fetch(ids)} if ids else {}
    for work in works:
        if work.going and work.id in ids and work.id not in found:
            work.fail(
                Refused(
                    "The product is no longer in the shop.",
                    remedy=GONE_REMEDY,
                )
            )
    return found


def _needs_current(work: Work) -> bool:
    return bool(_unbound(work) or says_options(work) or not work.values.keys().isdisjoint(_WHOLE))


# -- plain fields ------------------------------------------------------------------------------


def _plain_fields(
    works: Sequence[Work], batches: Batches, read: Read, current: Mapping[str, Record]
) -> None:
    made = [(work, _input(work, current)) for work in works]
    calls = [(work, made_) for work, made_ in made if len(made_) > 1]
    outcomes = batches.run(
        PRODUCT_UPDATE, [{"input": made_} for _, made_ in calls], repeatable=True, nested=True
    )
    for (work, made_), outcome in zip(calls, outcomes, strict=True):
        product = _payload(work, outcome, made_, "product")
        if isinstance(product, Mapping):
            work.record = read(product)


def _input(work: Work, current: Mapping[str, Record]) -> dict[str, Any]:
    made = plain_fields(work.values)
    if "collections" in work.values:
        wanted = set(work.values["collections"] or ())
        held = set(current[str(work.id)].fields.get("collections") or ())
        # Only collections that were seen when this was decided are left, never newer ones.
        seen = set(work.op.expect.get("collections") or ())
        for name, ids in (
            ("collectionsToJoin", wanted - held),
            ("collectionsToLeave", (seen & held) - wanted),
        ):
            if ids:
                made[name] = sorted(ids)
    if made.get("seo"):
        # The schema does not say whether a text that is not given stays.
        seo = current[str(work.id)].fields.get("seo") or {}
        made["seo"] = {name: seo.get(name) for name in ("title", "description")} | made["seo"]
    return {"id": work.id, **made}


# -- variants ----------------------------------------------------------------------------------


def _bound(work: Work) -> dict[str, str]:
    return work.children.get("variants") or dict(work.op.children.get("variants") or {})


def _unbound(work: Work) -> dict[str, Mapping[str, Any]]:
    bound = _bound(work)
    variants = work.values.get("variants") or {}
    return {key: values for key, values in variants.items() if values and key not in bound}


def _match(works: Sequence[Work], current: Mapping[str, Record]) -> None:
    """Unbound elements whose option values exist already are those variants (a lost answer)."""
    for work in works:
        bound = _bound(work)
        record = current.get(str(work.id))
        held = {_options(v): str(v.get("id")) for v in _held_variants(record)}
        for key, values in _unbound(work).items():
            id_ = held.get(_options(values))
            if id_ is not None and id_ not in bound.values():
                bound[key] = id_
        work.children["variants"] = bound


def _held_variants(record: Record | None) -> Sequence[Mapping[str, Any]]:
    return (record.fields.get("variants") or ()) if record else ()


def _options(values: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    options = values.get("options") or NO_OPTIONS
    return frozenset((str(name), str(value)) for name, value in options.items())


def _first_options(
    works: Sequence[Work], batches: Batches, current: dict[str, Record], fetch: Fetch
) -> None:
    """A product without options gets those of its new variants; its only variant takes the first
    value of each. A product that has options gets no further ones: the shop would put its variants
    under the first new value, which nobody decided."""
    calls: list[tuple[Work, list[dict[str, Any]]]] = []
    for work in works:
        record = current.get(str(work.id))
        held = (record.fields.get("options") or ()) if record else ()
        known = {str(option.get("name")) for option in held}
        new = _values_by_option(_unbound(work).values(), known)
        if not new:
            continue
        if known <= set(NO_OPTIONS):
            calls.append((work, new))
        else:
            work.fail(_another_option(sorted(known), new[0]["name"]))
    outcomes = batches.run(
        OPTIONS_CREATE,
        [{"product": work.id, "options": options} for work, options in calls],
        repeatable=False,
    )
    for (work, _), outcome in zip(calls, outcomes, strict=True):
        _payload(work, outcome, None, "product")
    if calls:
        again = [work for work, _ in calls if work.going]
        current.update({r.id: r for r in fetch([str(work.id) for work in again])})
        _match(again, current)


def _values_by_option(
    variants: Iterable[Mapping[str, Any]], known: Collection[str]
) -> list[dict[str, Any]]:
    new: dict[str, dict[str, None]] = {}
    for values in variants:
        for name, value in (values.get("options") or {}).items():
            if name not in known:
                new.setdefault(str(name), {})[str(value)] = None
    return [
        {"name": name, "values": [{"name": value} for value in values]}
        for name, values in new.items()
    ]


def _another_option(known: Sequence[str], name: str) -> Refused:
    return Refused(
        f"The product has the options {', '.join(known)} in the shop, and {name} is not one.",
        field="variants.options",
        value=name,
        remedy="Add the option to the product in the shop, or take it out of the source.",
    )


def _update_bound(works: Sequence[Work], batches: Batches) -> None:
    writes: list[VariantWrite] = []
    owners: list[Work] = []
    for work in works:
        bound = _bound(work)
        for key, values in (work.values.get("variants") or {}).items():
            if values and key in bound:
                writes.append(VariantWrite(str(work.id), bulk_input(values, bound[key])))
                owners.append(work)
    for work, outcome in zip(owners, update_variants(writes, batches), strict=True):
        if isinstance(outcome, GatewayError):
            work.fail(outcome)


def _create_unbound(works: Sequence[Work], batches: Batches) -> None:
    calls = [(work, _unbound(work)) for work in works]
    calls = [(work, unbound) for work, unbound in calls if unbound]
    outcomes = batches.run(
        VARIANTS_CREATE,
        [
            {"product": work.id, "variants": [_new_variant(v) for v in unbound.values()]}
            for work, unbound in calls
        ],
        repeatable=False,
    )
    for (work, unbound), outcome in zip(calls, outcomes, strict=True):
        made = _payload(work, outcome, None, "productVariants")
        if isinstance(made, list) and len(made) == len(unbound):
            for key, node in zip(unbound, made, strict=True):
                work.children["variants"][key] = str(node.get("id"))


def _new_variant(values: Mapping[str, Any]) -> dict[str, Any]:
    return bulk_input({**values, "options": values.get("options") or NO_OPTIONS})


def _delete(works: Sequence[Work], batches: Batches) -> None:
    """Elements whose fields are None: the mapping owns the list and the source lost them."""
    calls = []
    for work in works:
        bound = _bound(work)
        gone = [k for k, values in (work.values.get("variants") or {}).items() if values is None]
        # An owned element that is bound under its own id is keyed by it.
        ids = [bound.get(key, key) for key in gone]
        ids = [id_ for id_ in ids if id_.startswith("gid://shopify/ProductVariant/")]
        if ids:
            calls.append((work, ids))
    outcomes = batches.run(
        VARIANTS_DELETE, [{"product": w.id, "ids": ids} for w, ids in calls], repeatable=True
    )
    for (work, ids), outcome in zip(calls, outcomes, strict=True):
        codes = {error.code for error in user_errors(outcome)}
        if codes != {"AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT"}:
            _payload(work, outcome, None, "userErrors")
        held = work.children.get("variants") or {}
        work.children["variants"] = {k: v for k, v in held.items() if v not in ids}


def _payload(work: Work, outcome: Outcome, sent: Mapping[str, Any] | None, name: str) -> Any:
    """A payload's field; a failure ends the work."""
    if isinstance(outcome, GatewayError):
        work.fail(outcome)
        return None
    errors = user_errors(outcome)
    if errors:
        work.fail(refusal(errors, sent))
        return None
    return outcome.get(name)
