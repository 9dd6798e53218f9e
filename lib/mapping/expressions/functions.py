"""The builtins of lambdas. None is a value: they can only be called, by their name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .budget import (
    DIGITS,
    ITEMS,
    MAPPINGS,
    SEQUENCES,
    BudgetExceeded,
    ExpressionFailed,
    Frame,
    decimal,
    items,
    kind,
    number,
    spend,
    text,
    walk,
)
from .formats import as_text
from .operators import CONTEXT, add, at, put


@dataclass(frozen=True, slots=True)
class Builtin:
    """`run(frame, *args, **keywords)`; how many arguments, and which keywords, are allowed."""

    run: Callable[..., Any]
    least: int
    most: int
    keywords: frozenset[str] = frozenset()


def iterate(frame: Frame, value: Any) -> Sequence[Any]:
    """The elements of `value`, paid for."""
    if type(value) in SEQUENCES or type(value) is str:
        items(frame, len(value))
        return value  # type: ignore[no-any-return]
    if type(value) in MAPPINGS:
        items(frame, len(value))
        return list(value)
    raise ExpressionFailed(f"{kind(value)} has no elements to go through")


def length(frame: Frame, value: Any) -> int:
    if type(value) in SEQUENCES or type(value) in MAPPINGS or type(value) is str:
        return len(value)
    raise ExpressionFailed(f"{kind(value)} has no length")


def to_text(frame: Frame, value: Any = "") -> str:
    return as_text(value)


def to_decimal(frame: Frame, value: Any = 0) -> Decimal:
    """A decimal from text or number; `float` means this too, binary fractions do not exist here."""
    if type(value) is str:
        if len(value) > DIGITS:
            raise BudgetExceeded(f"a number of more than {DIGITS} digits")
        return decimal(CONTEXT.create_decimal(value.strip()))
    return Decimal(number(value))


def to_int(frame: Frame, value: Any = 0) -> int:
    """A whole number; decimals are cut towards zero."""
    if type(value) is str and len(value) > DIGITS:
        raise BudgetExceeded(f"a number of more than {DIGITS} digits")
    return int(value if type(value) is str else number(value))


def truth(frame: Frame, value: Any = False) -> bool:
    return bool(value)


def rounded(frame: Frame, value: Any, digits: Any = None) -> Any:
    """Rounded half up, as people do; without `digits` a whole number."""
    places = number(0 if digits is None else digits)
    if type(places) is not int or abs(places) > 30:
        raise ExpressionFailed("round takes a whole number of digits, at most 30")
    exact = Decimal(number(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, CONTEXT)
    return int(exact) if digits is None or type(value) is int else exact


def absolute(frame: Frame, value: Any) -> Any:
    return abs(number(value)) if type(value) is not Decimal else decimal(value).copy_abs()


def total(frame: Frame, value: Any, start: Any = 0) -> Any:
    result = number(start)
    for item in iterate(frame, value):
        result = add(frame, result, number(item))
    return result


def some(frame: Frame, value: Any) -> bool:
    return any(iterate(frame, value))


def every(frame: Frame, value: Any) -> bool:
    return all(iterate(frame, value))


def ordered(frame: Frame, value: Any, key: Any = None, reverse: Any = False) -> list[Any]:
    elements = list(iterate(frame, value))
    ranks = [key(element) for element in elements] if key else elements
    for _ in range(max(1, len(ranks).bit_length())):
        walk(frame, ranks)
    indices = sorted(range(len(elements)), key=ranks.__getitem__, reverse=bool(reverse))
    return [elements[index] for index in indices]


def _extreme(pick: Callable[..., Any]) -> Callable[..., Any]:
    def run(frame: Frame, *values: Any, key: Any = None, **default: Any) -> Any:
        elements = iterate(frame, values[0]) if len(values) == 1 else values
        if not elements and "default" in default:
            return default["default"]
        if not elements:
            raise ExpressionFailed("min and max need at least one element, or default=…")
        ranks = [key(element) for element in elements] if key else list(elements)
        walk(frame, ranks)
        return elements[pick(range(len(elements)), key=ranks.__getitem__)]

    return run


def to_list(frame: Frame, value: Any = ()) -> list[Any]:
    return list(iterate(frame, value))


def to_tuple(frame: Frame, value: Any = ()) -> tuple[Any, ...]:
    return tuple(iterate(frame, value))


def to_dict(frame: Frame, value: Any = ()) -> dict[Any, Any]:
    if type(value) in MAPPINGS:
        items(frame, len(value))
        return dict(value)
    result: dict[Any, Any] = {}
    for pair in iterate(frame, value):
        if length(frame, pair) != 2:
            raise ExpressionFailed("dict takes pairs")
        put(frame, result, at(frame, pair, 0), at(frame, pair, 1))
    return result


def zipped(frame: Frame, *values: Any) -> list[Any]:
    return list(zip(*[iterate(frame, value) for value in values], strict=False))


def numbered(frame: Frame, value: Any, start: Any = 0) -> list[Any]:
    return list(enumerate(iterate(frame, value), number(start)))


def counting(frame: Frame, *bounds: Any) -> list[int]:
    if any(type(bound) is not int or abs(bound) > 10**15 for bound in bounds):
        raise ExpressionFailed("range takes whole numbers below 10**15")
    numbers = range(*bounds)
    if len(numbers) > ITEMS:
        raise BudgetExceeded(f"a range of more than {ITEMS:,} numbers")
    items(frame, len(numbers))
    return list(numbers)


def backwards(frame: Frame, value: Any) -> Any:
    return list(iterate(frame, value))[::-1]


def character_cost(frame: Frame, value: str, factor: int = 1) -> None:
    """Pay for scanning `value` `factor` times."""
    text(frame, len(value))
    spend(frame, (len(value) * (factor - 1)) >> 4)


BUILTINS: dict[str, Builtin] = {
    "Decimal": Builtin(to_decimal, 0, 1),
    "abs": Builtin(absolute, 1, 1),
    "all": Builtin(every, 1, 1),
    "any": Builtin(some, 1, 1),
    "bool": Builtin(truth, 0, 1),
    "dict": Builtin(to_dict, 0, 1),
    "enumerate": Builtin(numbered, 1, 2, frozenset({"start"})),
    "float": Builtin(to_decimal, 0, 1),
    "int": Builtin(to_int, 0, 1),
    "len": Builtin(length, 1, 1),
    "list": Builtin(to_list, 0, 1),
    "max": Builtin(_extreme(max), 1, 20, frozenset({"key", "default"})),
    "min": Builtin(_extreme(min), 1, 20, frozenset({"key", "default"})),
    "range": Builtin(counting, 1, 3),
    "reversed": Builtin(backwards, 1, 1),
    "round": Builtin(rounded, 1, 2),
    "sorted": Builtin(ordered, 1, 1, frozenset({"key", "reverse"})),
    "str": Builtin(to_text, 0, 1),
    "sum": Builtin(total, 1, 2),
    "tuple": Builtin(to_tuple, 0, 1),
    "zip": Builtin(zipped, 1, 5),
}
