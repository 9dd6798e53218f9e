"""Takes products away: archived, which is a change of their status; for good where that is asked.

A product that was sold and is deleted for good stays as text in its orders.
https://shopify.dev/docs/api/admin-graphql/latest/mutations/productDelete
"""

from __future__ import annotations

from collections.abc import Sequence

from ....errors import GatewayError
from ..documents import PRODUCT_DELETE
from .batches import Batches
from .product_update import Fetch
from .user_errors import refusal, user_errors
from .work import Work


def delete(works: Sequence[Work], batches: Batches, fetch: Fetch) -> list[Work]:
    """Those of `works` that go on, as changes of their status; the others are deleted by now. A
    first try whose answer was lost makes the second one fail: what is not there is deleted.
    """
    for_good = [work for work in works if work.going and work.op.for_good]
    calls = [{"id": work.id} for work in for_good]
    outcomes = batches.run(PRODUCT_DELETE, calls, repeatable=True)
    refused = []
    for work, outcome in zip(for_good, outcomes, strict=True):
        if isinstance(outcome, GatewayError):
            work.fail(outcome)
        elif errors := user_errors(outcome):
            refused.append((work, errors))
    there = {one.id for one in fetch([str(work.id) for work, _ in refused])} if refused else set()
    for work, errors in refused:
        if work.id in there:
            work.fail(refusal(errors, work.values))
    archived = [work for work in works if not work.op.for_good]
    for work in archived:
        work.values = {"status": "ARCHIVED"}
    return archived
