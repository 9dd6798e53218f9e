"""Sets stock quantities. The shop has no compare-and-set: each batch of at most 100 levels is read
right before it is written, and what is no longer as it was when the quantity was computed is
refused. A sale between that read and the write is overwritten; see the platform's page."""

from __future__ import annotations

from collections.abc import Sequence

from ....errors import GONE_REMEDY, GatewayError, Moved, Refused
from ..client import Row
from ..failures import Gone
from ..listing import MOST
from ..reads import Reader
from ..scalars import split_id, variant_id
from ..shapes_product import LOCATION, sold_rows
from .batches import Batches
from .checks import whole
from .work import Work

WRITABLE = frozenset({"quantity", "variant", "location"})


def write(works: Sequence[Work], reader: Reader, batches: Batches) -> None:
    # Those of one product stand together, so that its variations are one list and one batch.
    ordered = sorted(works, key=lambda work: split_id(str(work.id)) or (0, 0))
    for start in range(0, len(ordered), MOST):
        _write(ordered[start : start + MOST], reader, batches)


def _write(works: Sequence[Work], reader: Reader, batches: Batches) -> None:
    current = _current(works, reader)
    going, rows = [], []
    for work in works:
        try:
            quantity = whole("quantity", work.values.get("quantity"))
            parts = split_id(str(work.id)) or (0, None)
            _check(work, current.get(str(work.id)))
        except GatewayError as error:
            work.fail(error)
            continue
        going.append(work)
        rows.append((*parts, {"manage_stock": True, "stock_quantity": quantity}))
    for work, outcome in zip(going, batches.update_rows(rows), strict=True):
        if isinstance(outcome, GatewayError):
            work.fail(outcome)


def _current(works: Sequence[Work], reader: Reader) -> dict[str, Row]:
    products = {parts[0] for work in works if (parts := split_id(str(work.id))) is not None}
    found = {}
    for family in reader.current(sorted(products)).values():
        for row in sold_rows(family):
            own = row["id"] if family.has_variations else None
            found[str(variant_id(family.product["id"], own))] = row
    return found


def _check(work: Work, row: Row | None) -> None:
    """Raises where the level is not what the quantity was computed for."""
    if row is None:
        raise Gone("The variant is no longer in the shop.", remedy=GONE_REMEDY)
    if work.values.get("location", LOCATION) != LOCATION:
        raise Refused(
            "The shop has one place for stock.",
            field="location",
            value=work.values["location"],
            remedy="Map one location of Odoo to it.",
        )
    if row.get("manage_stock") == "parent":
        raise Refused(
            "The shop counts one quantity for all variations of this product.",
            field="quantity",
            remedy="Switch on stock management of each variation in the shop, or leave the "
            "product out by a filter.",
        )
    if "quantity" in work.op.expect and work.op.expect["quantity"] != row.get("stock_quantity"):
        raise Moved(
            "The shop's quantity changed meanwhile.",
            field="quantity",
            value=work.op.expect["quantity"],
            remedy="Nothing to do: orders are read, and the quantity is computed again.",
        )
