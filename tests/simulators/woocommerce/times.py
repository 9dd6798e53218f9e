"""Moments as WooCommerce writes and reads them: naive, in the site's time and beside it in GMT."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from .errors import invalid_param

_FULL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?")


#: Minutes that the site's clock is ahead of UTC, or its zone, which has summer time.
Site = int | str


def local(moment: datetime, site: Site) -> datetime:
    """What the site's clock shows then."""
    if isinstance(site, str):
        return moment.astimezone(ZoneInfo(site))
    return moment + timedelta(minutes=site)


def utc(shown: datetime, site: Site) -> datetime:
    """The moment at which the site's clock shows this; the first one where it does so twice."""
    if isinstance(site, str):
        return shown.replace(tzinfo=ZoneInfo(site)).astimezone(timezone.utc)
    return shown.replace(tzinfo=timezone.utc) - timedelta(minutes=site)


def pair(name: str, moment: datetime | None, site: Site) -> dict[str, str | None]:
    """`name` in the site's time, and `name_gmt`."""
    if moment is None:
        return {name: None, f"{name}_gmt": None}
    return {name: text(local(moment, site)), f"{name}_gmt": text(moment)}


def text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def whole(moment: datetime) -> datetime:
    """Dates are kept to the second."""
    return moment.replace(microsecond=0)


def filter_bound(name: str, value: str, site: Site, are_gmt: bool) -> datetime:
    """The moment that a filter means.

    Naive: in the site's time, or GMT with the flag. With a zone: that moment; with the flag as
    well, WooCommerce turns it into the site's time and takes that for GMT: wrong by the offset.
    """
    match = _FULL.fullmatch(value)
    if match is None:
        raise invalid_param(name, f"{name} is not a date-time.")
    parsed = datetime.fromisoformat(value.replace("Z", "+00:00"))
    if parsed.tzinfo is None:
        return parsed.replace(tzinfo=timezone.utc) if are_gmt else utc(parsed, site)
    moment = parsed.astimezone(timezone.utc)
    return local(moment, site).replace(tzinfo=timezone.utc) if are_gmt else moment


def given(data: dict[str, Any], name: str, site: Site) -> datetime | None:
    """A date of a body: the `*_gmt` field before the local one."""
    value = data.get(f"{name}_gmt")
    there: Site = 0 if value else site
    value = value or data.get(name)
    if not value:
        return None
    parsed = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    if parsed.tzinfo is not None:
        return parsed.astimezone(timezone.utc)
    return utc(parsed, there)
