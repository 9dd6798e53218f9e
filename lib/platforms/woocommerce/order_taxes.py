"""Which tax of which rate each line of an order bears, to the cent.

A row's `taxes` are `[{id: rate, total}]`, unrounded in older versions and where the shop rounds at
the subtotal; what the customer was charged of a rate stands in the order's `tax_lines`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .scalars import amount, plain
from .shapes import Fields, Row, rows

#: (kind of row, position among its kind, rate's id)
_Place = tuple[str, int, str]
#: Kinds of rows whose taxes are summed in `tax_total`, and in `shipping_tax_total`.
_SUMS: Mapping[str, Sequence[str]] = {
    "tax_total": ("line_items", "fee_lines"),
    "shipping_tax_total": ("shipping_lines",),
}


@dataclass(frozen=True, slots=True)
class Rate:
    name: str
    rate: Decimal | None  # a fraction
    country: str | None


class OrderTaxes:
    """The taxes of one order's rows."""

    def __init__(self, order: Row, places: int) -> None:
        self._cent = Decimal(1).scaleb(-places)
        self._rates = {str(line.get("rate_id")): _rate(line) for line in rows(order["tax_lines"])}
        self._raw = _raw(order)
        self._amounts = {place: self._rounded(value) for place, value in self._raw.items()}
        for line in rows(order["tax_lines"]):
            for name, kinds in _SUMS.items():
                self._fit(str(line.get("rate_id")), kinds, amount(line.get(name)))

    def of(self, kind: str, position: int) -> list[Fields]:
        """`[{name, rate, amount, country}]` of one row; rates that take nothing of it are left out.

        `rate` is a fraction, null where the order does not tell it.
        """
        found = []
        for (of_kind, at, id_), value in self._amounts.items():
            if (of_kind, at) == (kind, position) and value:
                rate = self._rates.get(id_) or Rate(f"Tax {id_}", None, None)
                found.append(
                    {
                        "name": rate.name,
                        "rate": rate.rate,
                        "amount": value,
                        "country": rate.country,
                    }
                )
        return found

    def total(self, kind: str, position: int) -> Decimal:
        return sum((tax["amount"] for tax in self.of(kind, position)), Decimal(0))

    def _rounded(self, value: Decimal) -> Decimal:
        return value.quantize(self._cent, ROUND_HALF_UP)

    def _fit(self, rate: str, kinds: Sequence[str], total: Decimal) -> None:
        """Move single cents to where most was lost by rounding, until the rate's sum is right.

        More than a cent a row is no matter of rounding: then the rows stay as they are.
        """
        places = [p for p in self._raw if p[0] in kinds and p[2] == rate]
        off = total - sum((self._amounts[p] for p in places), Decimal(0))
        step = self._cent if off > 0 else -self._cent
        count = int(off / step)
        if not places or count > len(places) or count * step != off:
            return
        lost = {p: (self._raw[p] - self._amounts[p]) / step for p in places}
        for place in sorted(places, key=lambda p: lost[p], reverse=True)[:count]:
            self._amounts[place] += step


def _rate(line: Row) -> Rate:
    percent = line.get("rate_percent")
    fraction = None if percent is None else amount(percent) / 100
    code = str(line.get("rate_code") or "")
    country = code.partition("-")[0]
    known = len(country) == 2 and country.isalpha() and country.isupper()
    return Rate(str(plain(line.get("label")) or code), fraction, country if known else None)


def _raw(order: Row) -> dict[_Place, Decimal]:
    found: dict[_Place, Decimal] = {}
    for kind in ("line_items", "fee_lines", "shipping_lines"):
        for position, row in enumerate(rows(order.get(kind))):
            for tax in rows(row.get("taxes")):
                found[kind, position, str(tax.get("id"))] = amount(tax.get("total"))
    return found


def places_of(order: Mapping[str, Any]) -> int:
    """Decimals of the order's money, as its total is written."""
    _, dot, fraction = str(order.get("total") or "0.00").partition(".")
    return len(fraction) if dot else 0
