"""Writes variants and their prices: products and variations, many in one request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
    outcomes = batches.update_rows(rows)
    for work, (_product, _variation, body), outcome in zip(going, rows, outcomes, strict=True):
        if isinstance(outcome, GatewayError):
            work.fail(outcome)
        elif outcome.get("status") == "trash":
            work.fail(Gone("The variant is in the shop's trash.", remedy="Restore it there."))
        elif body.get("sale_price") and outcome.get("sale_price") == "":
            work.fail(_dropped(body["sale_price"], outcome.get("regular_price")))


def _dropped(sale: str, regular: Any) -> Refused:
    """The shop takes a sale price that is none without a word, and keeps nothing."""
    return Refused(
        f"The shop dropped the sale price: it is not below the regular price, {regular or 'none'}.",
        field="sale_price",
        value=sale,
        remedy="Bring the regular prices of both sides into line, or lower the sale price.",
    )
