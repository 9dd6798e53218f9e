"""Moments as WooCommerce writes and reads them: naive, in the site's time and beside it in GMT."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

from .errors import invalid_param

_FULL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?")


def pair(name: str, moment: datetime | None, offset: int) -> dict[str, str | None]:
    """`name` in the site's time, and `name_gmt`."""
    if moment is None:
        return {name: None, f"{name}_gmt": None}
    local = moment + timedelta(minutes=offset)
    return {name: text(local), f"{name}_gmt": text(moment)}


def text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def whole(moment: datetime) -> datetime:
    """Dates are kept to the second."""
    return moment.replace(microsecond=0)


def filter_bound(name: str, value: str, offset: int, are_gmt: bool) -> datetime:
    """The moment that a filter means.

    Naive: in the site's time, or GMT with the flag. With a zone: that moment; with the flag as
    well, WooCommerce turns it into the site's time and takes that for GMT: wrong by the offset.
    """
    match = _FULL.fullmatch(value)
    if match is None:
        raise invalid_param(name, f"{name} is not a date-time.")
    parsed = datetime.fromisoformat(value.replace("Z", "+00:00"))
    if parsed.tzinfo is None:
        moment = parsed.replace(tzinfo=timezone.utc)
        return moment if are_gmt else moment - timedelta(minutes=offset)
    moment = parsed.astimezone(timezone.utc)
    return moment + timedelta(minutes=offset) if are_gmt else moment


def given(data: dict[str, Any], name: str, offset: int) -> datetime | None:
    """A date of a body: the `*_gmt` field before the local one."""
    value = data.get(f"{name}_gmt")
    shift = 0 if value else offset
    value = value or data.get(name)
    if not value:
        return None
    parsed = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    if parsed.tzinfo is not None:
        return parsed.astimezone(timezone.utc)
    return parsed.replace(tzinfo=timezone.utc) - timedelta(minutes=shift)
