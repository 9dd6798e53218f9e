"""Writes variants and their prices: products and variations, many in one request."""

from __future__ import annotations

from collections.abc import Sequence

from ....errors import GONE_REMEDY, GatewayError, Refused
from ..failures import Gone
from ..scalars import split_id
from .batches import Batches
from .product_input import variant_body
from .work import Work


def write(works: Sequence[Work], batches: Batches, unit: str) -> None:
    """Carry out updates of variants (or of their prices alone)."""
    rows = []
    going = []
    for work in works:
        parts = split_id(str(work.id))
        try:
            if parts is None:
                raise Gone(f"{work.id} is no variant of the shop.", remedy=GONE_REMEDY)
            if "options" in work.values:
                raise Refused(
                    "The options of a variant are written with its product.",
                    field="options",
                    remedy="Mark options as create_only, or map them in the product's variants.",
                )
            rows.append((*parts, variant_body(work.values, unit)))
            going.append(work)
        except GatewayError as error:
            work.fail(error)
    for work, outcome in zip(going, batches.update_rows(rows), strict=True):
        if isinstance(outcome, GatewayError):
            work.fail(outcome)
        elif outcome.get("status") == "trash":
            work.fail(Gone("The variant is in the shop's trash.", remedy="Restore it there."))
