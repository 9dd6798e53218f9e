"""Named transforms of times and days."""

from __future__ import annotations

import re
from datetime import date, datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

from ..problem import Problem
from ..times import as_datetime, parse_moment
from .registry import Argument, register_transform

REFUSED = Problem("refused")
_FORMAT = re.compile(r"(?:[^%]|%[YymdHIMSfzpj%])+")


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else parse_moment(value)


def _parse_datetime(value: Any, format: str = "") -> datetime:
    """Without a format ISO 8601. The result has no zone where the text names none."""
    if isinstance(value, datetime) or not format:
        return _moment(value)
    try:
        return datetime.strptime(value.strip(), format)  # noqa: DTZ007  (assume_… adds the zone)
    except ValueError:
        remedy = "mend the format, or the source"
        message = f"the text does not follow the format {format}"
        raise Problem(message, value=value, rule="parse_datetime", remedy=remedy) from None


def _assume_utc(value: Any) -> datetime:
    moment = _moment(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return as_datetime(moment)


def _assume_timezone(value: Any, zone: str) -> datetime:
    moment = _moment(value)
    return as_datetime(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone)))


def _date_part(value: Any, zone: str = "UTC") -> date:
    """The day in `zone`; a time without a zone gives its own day."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    moment = _moment(value)
    try:
        return (moment.astimezone(ZoneInfo(zone)) if moment.tzinfo else moment).date()
    except (OverflowError, ValueError):
        raise Problem("the year is out of range", value=value, rule="date_part") from None


def _known_zone(value: Any) -> str | None:
    try:
        ZoneInfo(value)
    except (OSError, ValueError, KeyError):
        return "there is no such time zone; write it like Europe/Paris"
    return None


def _known_format(value: Any) -> str | None:
    if _FORMAT.fullmatch(value) and len(value) <= 100:
        return None
    return "use %Y %y %m %d %H %I %M %S %f %z %p %j"


_AT = datetime(2026, 1, 31, 12, 30, tzinfo=timezone.utc)
register_transform(
    "parse_datetime", _parse_datetime, takes=["text", "time"],
    help="A time from text: ISO 8601, or by a format.",
    arguments=[Argument("format", "text", "like %d/%m/%Y %H:%M", "", _known_format)],
    examples=[
        ("2026-01-31T12:30:00Z", _AT),
        ("31/01/2026 12:30", {"format": "%d/%m/%Y %H:%M"}, _AT.replace(tzinfo=None)),
        ("soon", REFUSED),
    ],
)  # fmt: skip
register_transform(
    "assume_utc", _assume_utc, takes=["text", "time"],
    help="A time that names no zone is in UTC.",
    examples=[("2026-01-31 12:30:00", _AT), ("2026-01-31T13:30:00+01:00", _AT)],
)  # fmt: skip
register_transform(
    "assume_timezone", _assume_timezone, takes=["text", "time"],
    help="A time that names no zone is in this one.",
    arguments=[Argument("zone", "text", "like Europe/Paris", check=_known_zone)],
    examples=[("2026-01-31 13:30:00", {"zone": "Europe/Paris"}, _AT)],
)  # fmt: skip
register_transform(
    "date_part", _date_part, takes=["text", "time", "date"],
    help="The day of a time, in UTC or in a zone.",
    arguments=[Argument("zone", "text", "like Europe/Paris", "UTC", _known_zone)],
    examples=[
        ("2026-01-31T23:30:00Z", date(2026, 1, 31)),
        ("2026-01-31T23:30:00Z", {"zone": "Europe/Paris"}, date(2026, 2, 1)),
    ],
)  # fmt: skip
