"""Named transforms of numbers. All of them calculate with exact decimals."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from ..numbers import as_boolean, as_decimal, as_integer
from ..problem import Problem, kind_of
from .registry import Argument, register_transform

REFUSED = Problem("refused")
CONTEXT = Context(prec=400, Emin=-999, Emax=999, traps=[InvalidOperation, DivisionByZero, Overflow])
_FALSE = frozenset({"false", "no", "n", "off", "0", ""})
_TRUE = frozenset({"true", "yes", "y", "on", "1"})
_KILOGRAMS: dict[str, Decimal] = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "mg": Decimal("0.000001"),
    "t": Decimal(1000),
    "lb": Decimal("0.45359237"),
    "oz": Decimal("0.028349523125"),
}
_UNITS = {
    "kilogram": "kg", "gram": "g", "pound": "lb", "ounce": "oz", "tonne": "t", "milligram": "mg",
    "lbs": "lb", "kgs": "kg",
}  # fmt: skip


def _round(value: Any, digits: int = 0) -> Decimal:
    """Half up: 1.005 becomes 1.01, as on an invoice."""
    return as_decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, CONTEXT)


def _to_float(value: Any, decimal: str = ".") -> Decimal:
    """Text by its decimal mark; the other mark, blanks and apostrophes group thousands."""
    if not isinstance(value, str):
        return as_decimal(value)
    thousands = "," if decimal == "." else "."
    text = re.sub(r"[\s'’\u202f\u00a0]", "", value)
    whole, mark, fraction = text.partition(decimal)
    if thousands in whole:
        if not re.fullmatch(rf"[+-]?\d{{1,3}}({re.escape(thousands)}\d{{3}})+", whole):
            remedy = 'name the mark, like {"name": "to_float", "decimal": ","}'
            raise Problem("the thousands are odd", value=value, rule="to_float", remedy=remedy)
        whole = whole.replace(thousands, "")
    return as_decimal(f"{whole}.{fraction}" if mark else whole)


def _to_int(value: Any) -> int:
    """Decimals are cut towards zero; use round before to round."""
    return as_integer(as_decimal(value).to_integral_value("ROUND_DOWN", CONTEXT))


def _to_str(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(as_decimal(value), "f")
    if isinstance(value, int):
        return format(as_decimal(value), "f")
    return value if isinstance(value, str) else str(value.isoformat())


def _to_bool(value: Any) -> bool:
    if isinstance(value, (int, Decimal)) and value in (0, 1):
        return bool(value)
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
        remedy = "use a value table for other words"
        raise Problem("the text is not true or false", value=value, rule="to_bool", remedy=remedy)
    return as_boolean(value)


def _times(factor: Decimal) -> Callable[[Any], Decimal]:
    return lambda value: CONTEXT.multiply(as_decimal(value), factor)


def _multiply(value: Any, by: Any) -> Decimal:
    return CONTEXT.multiply(as_decimal(value), Decimal(by))


def _divide(value: Any, by: Any) -> Decimal:
    return CONTEXT.divide(as_decimal(value), Decimal(by))


def _amount_to_cents(value: Any) -> int:
    return as_integer(CONTEXT.multiply(as_decimal(value), Decimal(100)))


def _weight_to_kg(value: Any, unit: str = "kg") -> Decimal | None:
    amount = value
    if isinstance(value, (list, tuple)):
        if len(value) != 2:
            raise Problem("weight and unit were expected", value=value, rule="weight_to_kg")
        amount, unit = value[0], value[1] if value[1] is not None else unit
    if amount is None:
        return None
    factor = _KILOGRAMS.get(_unit(unit))
    if factor is None:
        remedy = f"use one of: {', '.join(_KILOGRAMS)}"
        raise Problem("the unit is not known", value=unit, rule="weight_to_kg", remedy=remedy)
    return CONTEXT.multiply(as_decimal(amount), factor)


def _unit(word: Any) -> str:
    lower = word.strip().lower() if isinstance(word, str) else kind_of(word)
    lower = lower if lower in _UNITS or lower in _KILOGRAMS else lower.removesuffix("s")
    return _UNITS.get(lower, lower)


def _few(value: Any) -> str | None:
    return None if 0 <= value <= 20 else "from 0 to 20"


def _known_unit(value: Any) -> str | None:
    return None if _unit(value) in _KILOGRAMS else f"use one of: {', '.join(_KILOGRAMS)}"


def _mark(value: Any) -> str | None:
    return None if value in (".", ",") else "a point or a comma"


def _not_zero(value: Any) -> str | None:
    return None if value else "it can't be zero"


_DIGITS = Argument("digits", "integer", "how many digits after the point", 0, _few)
register_transform(
    "round", _round, help="Rounded half up.", takes=["number", "text"], arguments=[_DIGITS],
    examples=[
        (Decimal("1.005"), {"digits": 2}, Decimal("1.01")), (Decimal("-2.5"), Decimal(-3)),
        ("2.345", {"digits": 2}, Decimal("2.35")), ("abc", REFUSED),
    ],
)  # fmt: skip
register_transform(
    "round2", lambda value: _round(value, 2), help="Rounded half up to two digits.",
    takes=["number", "text"],
    examples=[(Decimal("19.995"), Decimal("20.00")), (5, Decimal("5.00"))],
)  # fmt: skip
register_transform(
    "to_float", _to_float, help="An exact decimal number (never a binary float).",
    takes=["number", "text"],
    arguments=[Argument("decimal", "text", "the decimal mark in text", ".", _mark)],
    examples=[
        ("19.90", Decimal("19.90")), (3, Decimal(3)),
        ("1.234,50", {"decimal": ","}, Decimal("1234.50")),
        ("1,234.50", Decimal("1234.50")), ("19,90", REFUSED), ("", REFUSED),
    ],
)  # fmt: skip
register_transform(
    "to_int", _to_int, help="A whole number; what is after the point is cut off.",
    takes=["number", "text"],
    examples=[("12", 12), (Decimal("12.9"), 12), ("-1.5", -1), ("x", REFUSED)],
)  # fmt: skip
register_transform(
    "to_str", _to_str, help="Text: numbers as digits, true/false as words, times in ISO 8601.",
    takes=["text", "number", "boolean", "time", "date"],
    examples=[(12, "12"), (Decimal("1E+3"), "1000"), (True, "true"), ("a", "a")],
)  # fmt: skip
register_transform(
    "to_bool", _to_bool, takes=["boolean", "number", "text"],
    help="True or false from 1/0, yes/no, y/n, on/off, true/false; empty text is false.",
    examples=[("1", True), ("No", False), (0, False), ("", False), ("perhaps", REFUSED)],
)  # fmt: skip
register_transform(
    "cents_to_amount", _times(Decimal("0.01")), help="Hundredths of a currency → an amount.",
    takes=["number", "text"], examples=[(1990, Decimal("19.90")), ("5", Decimal("0.05"))],
)  # fmt: skip
register_transform(
    "amount_to_cents", _amount_to_cents, help="An amount → whole hundredths of a currency.",
    takes=["number", "text"],
    examples=[(Decimal("19.90"), 1990), ("0.05", 5), (Decimal("0.001"), REFUSED)],
)  # fmt: skip
register_transform(
    "negate", _times(Decimal(-1)), help="The number with the other sign.",
    takes=["number", "text"], examples=[(Decimal("1.5"), Decimal("-1.5")), ("3", Decimal(-3))],
)  # fmt: skip
register_transform(
    "absolute", lambda value: abs(as_decimal(value)), help="The number without its sign.",
    takes=["number", "text"], examples=[(Decimal("-1.5"), Decimal("1.5")), ("-3", Decimal(3))],
)  # fmt: skip
register_transform(
    "multiply", _multiply, help="Times a number: a tax rate of 0.19 becomes 19.",
    takes=["number", "text"], arguments=[Argument("by", "number", "the factor")],
    examples=[(Decimal("0.19"), {"by": 100}, Decimal("19.00"))],
)  # fmt: skip
register_transform(
    "divide", _divide, help="Divided by a number.", takes=["number", "text"],
    arguments=[Argument("by", "number", "the divisor", check=_not_zero)],
    examples=[(Decimal(19), {"by": 100}, Decimal("0.19"))],
)  # fmt: skip
register_transform(
    "weight_to_kg", _weight_to_kg, takes=["number", "text", "list"],
    help="A weight in kilograms, from a number, or from the list of a number and its unit.",
    arguments=[Argument("unit", "text", "kg, g, mg, t, lb or oz", "kg", _known_unit)],
    examples=[
        ([Decimal("250"), "GRAMS"], Decimal("0.250")), (2, {"unit": "lb"}, Decimal("0.90718474")),
        ([None, "kg"], None), ([1, "stone"], REFUSED),
    ],
)  # fmt: skip
