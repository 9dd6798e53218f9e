"""Creates products with their options and variants in one mutation each.

A create that is repeated finds its first try: the handle is the marker. Where the mapping gives
none it is made of the title and the op's key, so it is unique to the intent; the handle is looked
up in the database (not in the search index) before anything is created.
Source: productSet, productByIdentifier in the schema.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ....endpoint import Record
from ....errors import GatewayError, Refused
from ....values import digest
from ..documents import BY_HANDLE, PRODUCT_SET
from .batches import Batches, Outcome
from .user_errors import refusal, user_errors
from .variant_input import NO_OPTIONS, set_input
from .work import Work

Read = Callable[[Mapping[str, Any]], Record]

_PLAIN = ("title", "handle", "descriptionHtml", "vendor", "productType", "status", "tags", "seo")


def create(works: Sequence[Work], batches: Batches, read: Read) -> None:
    """Create the products of `works`. `read` makes a record of a product's node."""
    for work in works:
        work.values["handle"] = handle_of(work)
    _adopt(works, batches, read)
    going = [work for work in works if work.going and work.id is None]
    calls = [{"input": _input(work.values)} for work in going]
    outcomes = batches.run(PRODUCT_SET, calls, repeatable=False, nested=True, most=10)
    for work, outcome in zip(going, outcomes, strict=True):
        _take(work, outcome, read)


def handle_of(work: Work) -> str:
    """The handle the product gets: the mapping's, or one that only this op can have."""
    given = work.values.get("handle")
    if given:
        return slug(str(given))
    start = slug(str(work.values.get("title") or "product"))[:200] or "product"
    return f"{start}-{digest(work.op.key)[:8]}"


def slug(text: str) -> str:
    """A handle as Shopify makes it: lower case, words joined by hyphens, letters of any script."""
    plain = unicodedata.normalize("NFKD", text.strip().lower())
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^\w]+|_+", "-", unicodedata.normalize("NFC", kept)).strip("-")[:255]


def _adopt(works: Sequence[Work], batches: Batches, read: Read) -> None:
    """Products that have the handle already: our own first try, or somebody else's."""
    calls = [{"handle": work.values["handle"]} for work in works]
    outcomes = batches.run(BY_HANDLE, calls, repeatable=True, nested=True)
    for work, outcome in zip(works, outcomes, strict=True):
        if isinstance(outcome, GatewayError):
            work.fail(outcome)
        elif outcome:
            record = read(outcome)
            if _is_ours(work, record):
                _accept(work, record)
            else:
                work.fail(_taken(work, record))


def _is_ours(work: Work, record: Record) -> bool:
    """Same title, and every SKU we would create is there."""
    fields = record.fields
    held = {variant.get("sku") for variant in fields.get("variants") or ()}
    wanted = {v.get("sku") for v in _variants(work.values).values() if v.get("sku")}
    return fields.get("title") == str(work.values.get("title", "")).strip() and wanted <= held


def _taken(work: Work, record: Record) -> Refused:
    return Refused(
        f"Another product of the shop, {record.id}, has this handle.",
        field="handle",
        value=work.values["handle"],
        remedy="Match products by handle in the mapping, or give this one another handle.",
    )


def _take(work: Work, outcome: Outcome, read: Read) -> None:
    if isinstance(outcome, GatewayError):
        work.fail(outcome)
        return
    errors = user_errors(outcome)
    product = outcome.get("product")
    if errors:
        work.fail(refusal(errors, _input(work.values)))
    elif not isinstance(product, Mapping):
        work.fail(Refused("Shopify answered without the new product.", remedy="Run again."))
    else:
        _accept(work, read(product))


def _accept(work: Work, record: Record) -> None:
    work.id, work.record = record.id, record
    ids = {
        frozenset((held.get("options") or NO_OPTIONS).items()): str(held.get("id"))
        for held in record.fields.get("variants") or ()
    }
    wanted = _variants(work.values)
    children = {}
    for key, values in wanted.items():
        options = frozenset(
            (str(n), str(v)) for n, v in (values.get("options") or NO_OPTIONS).items()
        )
        if options in ids:
            children[key] = ids[options]
    children.pop("", None)
    if children:
        work.children["variants"] = children


def _variants(values: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The variants to create. A product without any takes SKU and barcode for its default one."""
    given = {k: v for k, v in (values.get("variants") or {}).items() if v is not None}
    own = {name: values[name] for name in ("sku", "barcode") if values.get(name)}
    return given or ({"": own} if own else {})


def plain_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the inputs of both mutations take as it is. No tags are said by an empty list: what null
    means the schema does not say."""
    made = {name: values[name] for name in _PLAIN if name in values}
    if "tags" in made:
        made["tags"] = made["tags"] or []
    return made


def _input(values: Mapping[str, Any]) -> dict[str, Any]:
    """`ProductSetInput` for a new product."""
    made = plain_fields(values)
    if values.get("collections"):
        made["collections"] = list(values["collections"])
    if values.get("image"):
        sources = [values["image"], *(values.get("furtherImages") or ())]
        made["files"] = [{"contentType": "IMAGE", "originalSource": one} for one in sources]
    variants = list(_variants(values).values())
    if variants:
        made["productOptions"] = _options(values.get("options"), variants)
        made["variants"] = [set_input(variant) for variant in variants]
    return made


def _options(given: Any, variants: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The options that variants use, with the values in use, in the order of `given` first."""
    used: dict[str, dict[str, None]] = {}
    for variant in variants:
        for name, value in (variant.get("options") or NO_OPTIONS).items():
            used.setdefault(str(name), {})[str(value)] = None
    ordered: dict[str, list[str]] = {}
    for option in given if isinstance(given, (list, tuple)) else ():
        name = str(option.get("name")) if isinstance(option, Mapping) else ""
        if name in used:
            first = [str(value) for value in option.get("values") or ()]
            ordered[name] = [value for value in first if value in used[name]]
    for name, values in used.items():
        held = ordered.setdefault(name, [])
        held += [value for value in values if value not in held]
    return [
        {"name": name, "position": place, "values": [{"name": value} for value in values]}
        for place, (name, values) in enumerate(ordered.items(), 1)
    ]
