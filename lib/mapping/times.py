"""Values as days and moments. A moment has a zone and is kept in UTC; a day has none."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import Any

from .problem import Problem, kind_of

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?"
    r"\s?(Z|z|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)
_ZONE = "use the transform assume_utc or assume_timezone"
_EMPTY = "use the transform empty_to_null if empty means nothing"


def as_date(value: Any) -> date:
    if isinstance(value, datetime):
        remedy = "use the transform date_part"
        raise Problem("a time is not a day", value=value, rule="date", remedy=remedy)
    if isinstance(value, date):
        return value
    found = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        remedy = "write it like 2026-01-31, or use parse_datetime and date_part"
        raise _unlike(value, "date", remedy)
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        raise _unlike(value, "date", "there is no such day") from None


def as_datetime(value: Any) -> datetime:
    moment = parse_moment(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise _unlike(value, "datetime", "map a time with its zone")
    if moment.tzinfo is None:
        raise Problem("the time has no zone", value=value, rule="datetime", remedy=_ZONE)
    try:
        return moment.astimezone(timezone.utc)
    except (OverflowError, ValueError):
        raise _unlike(value, "datetime", "the year has to be from 1 to 9999") from None


def parse_moment(text: str) -> datetime:
    """ISO 8601 text as a time, without a zone if it names none. Raises Problem."""
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        remedy = "write it like 2026-01-31T12:00:00Z, or use parse_datetime with a format"
        raise _unlike(text, "datetime", remedy)
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    micro = int((fraction or "0").ljust(6, "0")[:6])
    try:
        return datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micro,
            tzinfo=_zone(zone),
        )  # fmt: skip
    except ValueError:
        raise _unlike(text, "datetime", "there is no such time") from None


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text in ("Z", "z"):
        return timezone.utc
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _unlike(value: Any, rule: str, remedy: str) -> Problem:
    if isinstance(value, str) and not value.strip():
        remedy = _EMPTY
    word = "the text" if isinstance(value, str) else kind_of(value)
    return Problem(f"{word} is not a {rule}", value=value, rule=rule, remedy=remedy)
