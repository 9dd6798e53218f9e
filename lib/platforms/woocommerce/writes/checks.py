"""What a field takes. The shop checks its schema in single calls only: in a batch it would keep
«12,50» as 1250, and an unknown type as «simple»."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from ....errors import Refused
from ..scalars import is_id, moment_text

Check = Callable[[str, Any], Any]

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def text(name: str, value: Any) -> str:
    """Null is written as "": the shop knows no other way to empty a text."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _wrong(name, value, "text", "Map it as char, text or html.")
    return value


def flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong(name, value, "true or false", "Map it as boolean.")
    return value


def whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(name, value, "a whole number", "Map it to an integer (transform to_int).")
    return value


def money(name: str, value: Any) -> str:
    """Amounts go out as text; null takes the amount away."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise _wrong(name, value, "an amount", "Map it as decimal or monetary.")
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def time(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise _wrong(name, value, "a time", "Map it as datetime.")
    return moment_text(value)


def email(name: str, value: Any) -> str:
    if not isinstance(value, str) or not _EMAIL.fullmatch(value.strip()):
        raise _wrong(name, value, "an e-mail", "Give the record a valid e-mail, or filter it out.")
    return value.strip()


def one_of(*words: str) -> Check:
    def check(name: str, value: Any) -> str:
        if value not in words:
            raise _wrong(name, value, f"one of {', '.join(words)}", "Map its values to these.")
        return str(value)

    return check


def id_of(name: str, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str) or not is_id(value):
        raise _wrong(name, value, "an id of the shop", "Map it as a reference.")
    return int(value)


def ids(name: str, value: Any) -> list[int]:
    return [id_of(name, item) for item in value or ()]


def checked(checks: Mapping[str, Check], values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `values` that have a check, as they are sent. Raises Refused for the first wrong."""
    return {name: check(name, values[name]) for name, check in checks.items() if name in values}


def _wrong(name: str, value: Any, what: str, remedy: str) -> Refused:
    return Refused(f"The field takes {what}.", field=name, value=value, rule=what, remedy=remedy)
