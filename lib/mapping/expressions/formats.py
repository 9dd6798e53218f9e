"""Values as text: f-strings with checked format specifications, and what `str()` gives."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .budget import SCALARS, ExpressionFailed, Frame, kind, number, text

WIDTH = 200
PRECISION = 30
_SPEC = re.compile(
    r"(?:.?[<>=^])?[-+ ]?#?0?(?P<width>\d*)[,_]?(?:\.(?P<precision>\d+))?"
    r"(?P<type>[sdfFeEgG%xXob]?)",
    re.DOTALL,
)
#: Directives that mean the same on every machine; glibc would take a width between % and letter.
_TIME = re.compile(r"(?:[^%]|%[YmdHMSfjyGVuz%])*", re.DOTALL)


def as_text(value: Any) -> str:
    """What `str(value)` and `{value}` give. Lists and objects are refused: join them instead."""
    if type(value) is str:
        return value
    if type(value) is int or type(value) is bool:
        return str(number(value))
    if type(value) is Decimal:
        return format(number(value), "f")
    if type(value) in SCALARS:
        return str(value)
    raise ExpressionFailed(f"{kind(value)} can't be put into text; use ', '.join(…)")


def represent(frame: Frame, value: Any) -> str:
    """What `{value!r}` gives, for plain values; paid for, whatever a format leaves of it."""
    if type(value) is not str:
        return as_text(value)
    text(frame, len(value))
    return repr(value)


def check_time(spec: str) -> str:
    """`spec` when it is a format for dates that is safe and the same everywhere."""
    if len(spec) > WIDTH or not _TIME.fullmatch(spec):
        raise ExpressionFailed("the date format may use %Y %m %d %H %M %S %f %j %y %G %V %u %z")
    return spec


def formatter(spec: str) -> Callable[[Any], str]:
    """A function that formats by `spec`. Raises ExpressionFailed where `spec` is not allowed."""
    plain = _SPEC.fullmatch(spec)
    if plain is None:
        check_time(spec)
    elif int(plain["width"] or 0) > WIDTH or int(plain["precision"] or 0) > PRECISION:
        raise ExpressionFailed(f"a width of at most {WIDTH} and at most {PRECISION} decimals")
    exact = plain is not None and plain["type"] in tuple("fFeEgG%")

    def run(value: Any) -> str:
        if isinstance(value, (datetime, date)):
            return value.strftime(check_time(spec))
        if type(value) is str and plain is not None:
            return format(value, spec)
        if plain is None:
            raise ExpressionFailed(f"a date format does not fit {kind(value)}")
        checked = number(value)
        return format(Decimal(checked) if exact else checked, spec)

    return run
