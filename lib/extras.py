"""Prices of a product's variants as one base price plus an extra for each option value.

Exact: either every price comes out to the last digit, or there is no such sum.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

#: The option values of one variant, and its price.
Priced = tuple[Collection[Hashable], Decimal]
Row = dict[Hashable, Fraction]


def additive(
    variants: Sequence[Priced], reference: int
) -> tuple[Decimal, dict[Hashable, Decimal]] | None:
    """(base, option value → extra) so that each price is base + the extras of its values.

    The variant at position `reference` costs the base: its own values have no extra. Values whose
    extra is not determined get 0. None when no such sum gives every price exactly.
    """
    base = variants[reference][1]
    own = frozenset(variants[reference][0])
    solution = _Solution()
    rows = [(frozenset(values) - own, Fraction(price - base)) for values, price in variants]
    for values, difference in sorted(rows, key=lambda row: len(row[0])):
        if not solution.add({value: Fraction(1) for value in values}, difference):
            return None
    extras = {value: _exact(number) for value, number in solution.numbers().items()}
    if any(extra is None for extra in extras.values()):
        return None
    everything = {value for values, _price in variants for value in values}
    return base, {value: extras.get(value) or Decimal(0) for value in everything}


class _Solution:
    """Linear equations, kept reduced: each pivot is expressed by values that have none."""

    def __init__(self) -> None:
        self._pivots: dict[Hashable, tuple[Row, Fraction]] = {}

    def add(self, row: Row, total: Fraction) -> bool:
        """Take one more equation in; False when it contradicts those before."""
        row, total = self._reduced(row, total)
        if not row:
            return total == 0
        pivot, factor = next(iter(row.items()))
        rest = {value: -number / factor for value, number in row.items() if value != pivot}
        equation = (rest, total / factor)
        for value, (known, amount) in list(self._pivots.items()):
            if pivot in known:
                self._pivots[value] = _substituted(known, amount, pivot, equation)
        self._pivots[pivot] = equation
        return True

    def numbers(self) -> dict[Hashable, Fraction]:
        """Every pivot's number when the undetermined values are 0."""
        return {pivot: amount for pivot, (_rest, amount) in self._pivots.items()}

    def _reduced(self, row: Row, total: Fraction) -> tuple[Row, Fraction]:
        out: Row = {}
        for value, number in row.items():
            rest, amount = self._pivots.get(value, ({value: Fraction(1)}, Fraction(0)))
            total -= number * amount
            for other, factor in rest.items():
                out[other] = out.get(other, Fraction(0)) + number * factor
        return {value: number for value, number in out.items() if number}, total


def _substituted(
    known: Row, amount: Fraction, pivot: Hashable, equation: tuple[Row, Fraction]
) -> tuple[Row, Fraction]:
    out = dict(known)
    factor = out.pop(pivot)
    for value, number in equation[0].items():
        out[value] = out.get(value, Fraction(0)) + factor * number
    return {v: n for v, n in out.items() if n}, amount + factor * equation[1]


def _exact(number: Fraction) -> Decimal | None:
    with localcontext() as context:
        context.prec = 60
        value = Decimal(number.numerator) / Decimal(number.denominator)
    return value if Fraction(value) == number else None
