"""Creates and updates collections, many in one request. What lies in one is its products' affair.

A create that is repeated finds its first try by the handle, as products do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ....endpoint import Record
from ....errors import GatewayError, Refused
from ....values import digest
from ..documents import COLLECTION_BY_HANDLE, COLLECTION_CREATE, COLLECTION_UPDATE
from .batches import Batches, Outcome
from .product_create import slug
from .user_errors import refusal, user_errors
from .work import Work

Read = Callable[[Mapping[str, Any]], Record]

WRITABLE = ("title", "handle", "descriptionHtml", "seo", "sortOrder")


def write(works: Sequence[Work], batches: Batches, read: Read) -> None:
    creates = [work for work in works if work.going and work.op.action == "create"]
    for work in creates:
        work.values["handle"] = _handle(work)
    _adopt(creates, batches, read)
    going = [work for work in creates if work.going and work.id is None]
    calls = [{"input": _input(work)} for work in going]
    _take(going, batches.run(COLLECTION_CREATE, calls, repeatable=False), read)
    updates = [work for work in works if work.going and work.op.action == "update"]
    calls = [{"input": {"id": work.id, **_input(work)}} for work in updates]
    _take(updates, batches.run(COLLECTION_UPDATE, calls, repeatable=True), read)


def _handle(work: Work) -> str:
    given = work.values.get("handle")
    if given:
        return slug(str(given))
    start = slug(str(work.values.get("title") or "collection"))[:200] or "collection"
    return f"{start}-{digest(work.op.key)[:8]}"


def _adopt(works: Sequence[Work], batches: Batches, read: Read) -> None:
    """Collections that have the handle already: our own first try, or somebody else's."""
    calls = [{"handle": work.values["handle"]} for work in works]
    outcomes = batches.run(COLLECTION_BY_HANDLE, calls, repeatable=True)
    for work, outcome in zip(works, outcomes, strict=True):
        if isinstance(outcome, GatewayError):
            work.fail(outcome)
        elif outcome:
            record = read(outcome)
            if record.fields.get("title") == str(work.values.get("title") or "").strip():
                work.id, work.record = record.id, record
            else:
                work.fail(
                    Refused(
                        f"Another collection of the shop, {record.id}, has this handle.",
                        field="handle",
                        value=work.values["handle"],
                        remedy="Match by handle in the mapping, or give it another handle.",
                    )
                )


def _input(work: Work) -> dict[str, Any]:
    return {name: work.values[name] for name in WRITABLE if name in work.values}


def _take(works: Sequence[Work], outcomes: Sequence[Outcome], read: Read) -> None:
    for work, outcome in zip(works, outcomes, strict=True):
        if isinstance(outcome, GatewayError):
            work.fail(outcome)
            continue
        errors = user_errors(outcome)
        made = outcome.get("collection")
        if errors:
            work.fail(refusal(errors, work.values))
        elif isinstance(made, Mapping):
            work.record = read(made)
            work.id = work.record.id
        else:
            work.fail(Refused("Shopify answered without the collection.", remedy="Run again."))
