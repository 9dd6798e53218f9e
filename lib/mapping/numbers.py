"""Values as numbers and truth: whole numbers of 64 bits, exact decimals, true and false."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from .problem import Problem, kind_of

_WHOLE = re.compile(r"[+-]?[0-9]{1,20}")
_DECIMAL = re.compile(r"[+-]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})([eE][+-]?[0-9]{1,2})?")
_EMPTY = "use the transform empty_to_null if empty means nothing"
_TRUTH = {"true": True, "false": False}


def as_integer(value: Any) -> int:
    if type(value) is int:
        number = value
    elif type(value) is str:
        number = _whole(value)
    elif isinstance(value, Decimal):
        number = _without_fraction(value)
    else:
        raise _not_a_number(value, "integer")
    if not -(2**63) <= number < 2**63:
        raise Problem("the number has more than 64 bits", rule="integer", remedy="map it as char")
    return number


def as_decimal(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        number = value
    elif type(value) is int and value.bit_length() < 256:
        return Decimal(value)
    elif type(value) is str:
        number = _amount(value)
    else:
        raise _not_a_number(value, "decimal")
    if not number.is_finite():
        raise Problem("NaN and Infinity are not amounts", rule="decimal", remedy="mend the source")
    if abs(number.adjusted()) > 60 or number.__sizeof__() > 200:
        remedy = "round it, or map it as char"
        raise Problem("the number has too many digits", rule="decimal", remedy=remedy)
    return number


def as_boolean(value: Any) -> bool:
    if type(value) is bool:
        return value
    truth = _TRUTH.get(value.strip().lower()) if type(value) is str else None
    if truth is None:
        remedy = "use the transform to_bool"
        message = f"{kind_of(value)} is not true or false"
        raise Problem(message, value=value, rule="boolean", remedy=remedy)
    return truth


def _whole(text: str) -> int:
    stripped = text.strip()
    if not _WHOLE.fullmatch(stripped):
        remedy = "use the transform to_int" if stripped else _EMPTY
        raise Problem("the text is not a whole number", value=text, rule="integer", remedy=remedy)
    return int(stripped)


def _without_fraction(value: Decimal) -> int:
    if not value.is_finite() or abs(value.adjusted()) > 30 or value != int(value):
        remedy = "use the transform round, or map it as decimal"
        raise Problem("the number is not whole", value=value, rule="integer", remedy=remedy)
    return int(value)


def _amount(text: str) -> Decimal:
    stripped = text.strip()
    if not _DECIMAL.fullmatch(stripped):
        remedy = _EMPTY
        if stripped:
            remedy = 'use the transform to_float, with "decimal": "," for a decimal comma'
        raise Problem("the text is not a number", value=text, rule="decimal", remedy=remedy)
    return Decimal(stripped)


def _not_a_number(value: Any, rule: str) -> Problem:
    remedy = "map a number, or text of digits"
    if isinstance(value, float):
        remedy = "give it as Decimal: binary floats lose cents"
    return Problem(f"{kind_of(value)} is not a number", value=value, rule=rule, remedy=remedy)
