"""What every shop refuses of a refund: more than is left of something, and any second thought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from ..errors import GatewayError, Refused

#: Where a shop can't note what Odoo gave back.
IN_SHOP = "Give the money back in the shop and discard the letter"


@contextmanager
def about(values: Mapping[str, Any]) -> Iterator[None]:
    """What is refused within is about the refund or return that has the mark of `values`."""
    try:
        yield
    except Refused as error:
        name_mark(error, values)
        raise


def name_mark(error: GatewayError | None, values: Mapping[str, Any]) -> None:
    """Whoever gives up what was refused gives up just the one with this mark, not its order."""
    if isinstance(error, Refused) and values.get("mark"):
        error.details.setdefault("mark", str(values["mark"]))


def refuse_more(name: str, wanted: Decimal, left: Decimal, what: str) -> None:
    """Raises Refused where more is `wanted` than is `left`; `name` is the field, `what` «of the
    order»."""
    if wanted > left:
        raise Refused(
            f"{wanted} are to be given back, and {left} {what} are left.",
            field=name,
            value=wanted,
            remedy="Look in the shop what was given back already. Discard the letter if that is "
            "it; else credit what is left by another credit note.",
        )


def whole_units(quantity: Decimal) -> int:
    """Raises Refused for parts of a unit."""
    if quantity != int(quantity):
        raise Refused(
            f"The shop gives back whole units only, not {quantity}.",
            field="refunds.lines",
            value=quantity,
            remedy=f"{IN_SHOP}.",
        )
    return int(quantity)


def unchangeable(refund: str) -> Refused:
    """The refusal to change or remove `refund`, by its id or key: no shop knows it."""
    return Refused(
        "A refund in the shop is not changed or taken back.",
        field="refunds",
        value=refund,
        remedy="Settle the difference with the customer, in the shop and in Odoo.",
    )
