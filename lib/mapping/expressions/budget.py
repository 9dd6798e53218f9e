"""What one evaluation of a lambda may cost, and the checks made *before* anything is produced.

One number, the steps left, bounds time and memory together: an element of a list costs one step,
sixteen characters of text cost one, a turn of a comprehension costs as many as its body has nodes.
The steps left are kept in slot 0 of the frame, so that counting costs nothing where nothing loops.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

#: Steps of one evaluation; about 50 ms at worst.
STEPS = 200_000
#: Characters of one text that is produced.
TEXT = 1_000_000
#: Elements of one list that is produced.
ITEMS = 100_000
#: Bits of a whole number (about 300 digits), digits of a decimal, and its power of ten.
INT_BITS = 1024
DIGITS = 300
#: Weight of a result: its characters and elements, counted as often as they occur.
RESULT = 1_000_000

SCALARS = frozenset({str, int, bool, type(None), Decimal, datetime, date})
SEQUENCES = frozenset({list, tuple})
MAPPINGS = frozenset({dict, MappingProxyType})
_NAMES: dict[type, str] = {
    str: "text",
    int: "a whole number",
    bool: "true/false",
    type(None): "null",
    Decimal: "a decimal number",
    datetime: "a time",
    date: "a date",
    list: "a list",
    tuple: "a list",
    dict: "an object",
    MappingProxyType: "an object",
}

Frame = list[Any]


class ExpressionRefused(ValueError):
    """The lambda's text is not allowed; `line` and `column` count from 1."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(f"{message} (line {line}, column {column})")
        self.message = message
        self.line = line
        self.column = column


class ExpressionFailed(ValueError):
    """The lambda could not be evaluated on these values; the text tells types, never values."""


class BudgetExceeded(ExpressionFailed):
    """The lambda wanted more steps, text or elements than one evaluation has."""


def kind(value: Any) -> str:
    """What a person calls the type of `value`."""
    return _NAMES.get(type(value), type(value).__name__)


def spend(frame: Frame, steps: int) -> None:
    """Take `steps` from what is left."""
    frame[0] -= steps
    if frame[0] < 0:
        raise BudgetExceeded(f"more than {STEPS:,} steps")


def text(frame: Frame, length: int) -> None:
    """Allow a text of `length` characters to be produced or scanned."""
    if length > TEXT:
        raise BudgetExceeded(f"a text of more than {TEXT:,} characters")
    spend(frame, length >> 4)


def items(frame: Frame, count: int) -> None:
    """Allow a list of `count` elements to be produced or walked."""
    if count > ITEMS:
        raise BudgetExceeded(f"a list of more than {ITEMS:,} elements")
    spend(frame, count)


def number(value: Any) -> Any:
    """`value` when it is a number small enough to calculate with."""
    whole = type(value)
    if whole is int or whole is bool:
        if value.bit_length() > INT_BITS:
            raise BudgetExceeded(f"a number of more than {DIGITS} digits")
        return value
    if whole is Decimal:
        return decimal(value)
    raise ExpressionFailed(f"a number was expected, not {kind(value)}")


def decimal(value: Decimal) -> Decimal:
    """`value` when it is finite and small; `__sizeof__` tells the digits without copying them."""
    if not value.is_finite():
        raise ExpressionFailed("NaN and Infinity are not numbers to calculate with")
    if value.__sizeof__() > 104 + DIGITS or abs(value.adjusted()) > DIGITS:
        raise BudgetExceeded(f"a number of more than {DIGITS} digits")
    return value


def weigh(value: Any, limit: int = RESULT, shift: int = 0) -> int:
    """Characters (each 2**shift counted as one) and elements in `value`, shared parts each time.

    With a `shift` it is weighed to be compared, which huge numbers are not. Walks at most `limit`
    elements. Raises BudgetExceeded above it, and ExpressionFailed for what is not plain data.
    """
    total = 0
    stack = [value]
    while stack:
        item = stack.pop()
        # Compared with a decimal it is converted each time, at the square of its digits.
        if shift and type(item) is int and item.bit_length() > INT_BITS:
            raise BudgetExceeded(f"a number of more than {DIGITS} digits")
        total += _own_weight(item, shift)
        if total > limit:
            raise BudgetExceeded(f"a result of more than {limit:,} characters and elements")
        of = type(item)
        if of in SEQUENCES:
            stack.extend(item)
        elif of in MAPPINGS:
            stack.extend(item.keys())
            stack.extend(item.values())
    return total


def _own_weight(item: Any, shift: int) -> int:
    of = type(item)
    if of is str:
        return 1 + (len(item) >> shift)
    if of in SEQUENCES:
        return 1 + len(item)
    if of in MAPPINGS:
        return 1 + 2 * len(item)
    if of is int:
        return 1 + int(item.bit_length() >> 3)
    if of is Decimal:
        return 1 + int(item.__sizeof__() >> 3)
    if of in SCALARS:
        return 1
    raise ExpressionFailed(f"{of.__name__} is not plain data")


def walk(frame: Frame, value: Any) -> None:
    """Pay for an operation that goes through all of `value` (comparing, sorting)."""
    try:
        weight = weigh(value, frame[0], 4)
    except BudgetExceeded:
        weight = STEPS
    spend(frame, weight)
