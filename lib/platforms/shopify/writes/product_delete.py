"""Takes products away: archived, which is a change of their status; for good where that is asked.

A product that was sold and is deleted for good stays as text in its orders.
https://shopify.dev/docs/api/admin-graphql/latest/mutations/productDelete
"""

from __future__ import annotations

from collections.abc import Sequence

from ....errors import GatewayError
from ..documents import PRODUCT_DELETE
from .batches import Batches
from .user_errors import refusal, user_errors
from .work import Work


def delete(works: Sequence[Work], batches: Batches) -> list[Work]:
    """Those of `works` that go on, as changes of their status; the others are deleted by now."""
    for_good = [work for work in works if work.going and work.op.for_good]
    calls = [{"id": work.id} for work in for_good]
    outcomes = batches.run(PRODUCT_DELETE, calls, repeatable=True)
    for work, outcome in zip(for_good, outcomes, strict=True):
        if isinstance(outcome, GatewayError):
            work.fail(outcome)
        elif errors := user_errors(outcome):
            work.fail(refusal(errors, work.values))
    archived = [work for work in works if not work.op.for_good]
    for work in archived:
        work.values = {"status": "ARCHIVED"}
    return archived
