"""Elements of an order's lists as lines: what was sold, shipping, charges."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ...lib.errors import Refused
from .order_fields import CHARGES, GROUPS
from .order_taxes import charged, wanted_tax

#: Fields of a line that its price, its discount and its taxes come from.
MONEY = ("quantity", "unit_price", "discount_amount", "taxes")


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for all lines of an order. `included`: prices hold their taxes. `country`: ISO
    code of where it is shipped to, empty where that is not known."""

    currency: Any
    included: bool
    country: str = ""


#: Lists whose elements are lines of one piece → what they call its price.
_PRICES = {"shipping": "price", "charges": "amount"}


def as_line(group, fields, whole=True):
    """An element of `group` as a line. `whole`: not just what changed."""
    if group not in _PRICES:
        kind = next((k for k in ("shipping", "gift_card") if fields.get(f"is_{k}")), None)
        return {**fields, "kind": kind} if kind else fields
    price = _PRICES[group]
    line = {name: value for name, value in fields.items() if name not in (price, "id")}
    if price in fields:
        line["unit_price"] = fields[price]
    if group == "shipping":
        line["kind"] = "shipping"
    elif whole:
        line["kind"] = _kind_of(fields)
    return {"quantity": Decimal(1), **line} if whole else line


def _kind_of(fields):
    kind = fields.get("kind")
    if kind not in CHARGES:
        raise Refused(
            f"the charge «{fields.get('name') or fields.get('id')}» is of no known kind",
            field="charges.kind",
            value=kind,
            remedy=f"Let the mapping give one of {', '.join(CHARGES)}, then retry.",
        )
    return kind


def all_lines(values):
    """The lines of an order as given: goods, shipping, charges."""
    return [
        as_line(group, fields)
        for group in GROUPS
        for fields in (values.get(group) or {}).values()
        if fields
    ]


def wanted_taxes(lines, terms):
    """Every tax that `lines` charge, as what it asks for."""
    return {wanted_tax(tax, terms) for line in lines for tax in charged(line.get("taxes"))}
