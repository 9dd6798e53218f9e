"""Lists: filters that all share, order, pages, and the headers that tell of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from math import ceil
from typing import Any
from urllib.parse import urlencode

from .errors import invalid_param
from .request import Request
from .store import Row
from .times import Site, filter_bound

_EARLY = datetime(1970, 1, 1, tzinfo=timezone.utc)


def numbers(text: str) -> list[int]:
    return [int(part) for part in text.replace(" ", "").split(",") if part.lstrip("-").isdigit()]


def included(rows: Sequence[Row], request: Request) -> list[Row]:
    """`include` and `exclude`; empty ones count as not given."""
    wanted, unwanted = (numbers(request.params.get(n, "")) for n in ("include", "exclude"))
    found = [row for row in rows if row["id"] not in unwanted]
    return [row for row in found if row["id"] in wanted] if wanted else found


def by_date(rows: Sequence[Row], request: Request, site: Site) -> list[Row]:
    """`after`, `before`, `modified_after`, `modified_before`: exclusive, to the second."""
    are_gmt = request.params.get("dates_are_gmt", "") in ("true", "1")
    found = list(rows)
    for name, column, later in (
        ("after", "created", True),
        ("before", "created", False),
        ("modified_after", "modified", True),
        ("modified_before", "modified", False),
    ):
        if name in request.params:
            bound = filter_bound(name, request.params[name], site, are_gmt)
            found = [r for r in found if _beyond(r[column] or _EARLY, bound, later)]
    return found


def _beyond(moment: datetime, bound: datetime, later: bool) -> bool:
    return moment > bound if later else moment < bound


def ordered(
    rows: Sequence[Row], request: Request, keys: dict[str, Callable[[Row], Any]], default: str
) -> list[Row]:
    """Sorted by one key, without a second one: rows of one value come as the table has them."""
    name = request.params.get("orderby", default)
    order = request.params.get("order", "asc" if default in ("name", "id") else "desc")
    if name == "include":
        wanted = numbers(request.params.get("include", ""))
        return sorted(rows, key=lambda row: wanted.index(row["id"]) if row["id"] in wanted else 0)
    if name not in keys:
        raise invalid_param("orderby", f"orderby is not one of {', '.join(keys)}.")
    if order not in ("asc", "desc"):
        raise invalid_param("order", "order is not one of asc, desc.")
    return sorted(rows, key=keys[name], reverse=order == "desc")


def page(
    rows: Sequence[Row], request: Request, *, zero_past_end: bool = False
) -> tuple[list[Row], dict[str, str]]:
    """The rows of the page asked for, and its headers. `offset` moves the rows and leaves the count
    of pages as it is."""
    size, number = _whole(request, "per_page", 10, 1, 100), _whole(request, "page", 1, 1, 10**9)
    start = (number - 1) * size
    if request.params.get("offset", "").isdigit():
        start = int(request.params["offset"])
    found = list(rows[start : start + size])
    total = len(rows)
    pages = ceil(total / size)
    if zero_past_end and not found:
        total = pages = 0
    headers = {"X-WP-Total": str(total), "X-WP-TotalPages": str(pages)}
    address = request.url.partition("?")[0]
    if number < pages:
        query = urlencode({**request.params, "page": number + 1})
        headers["Link"] = f'<{address}?{query}>; rel="next"'
    else:
        root = address.partition("/wp-json")[0]
        headers["Link"] = f'<{root}/wp-json/>; rel="https://api.w.org/"'
    return found, headers


def _whole(request: Request, name: str, default: int, low: int, high: int) -> int:
    text = request.params.get(name)
    if text is None:
        return default
    if not text.lstrip("-").isdigit() or not low <= int(text) <= high:
        raise invalid_param(name, f"{name} must be between {low} (inclusive) and {high}.")
    return int(text)


def only_fields(body: Any, wanted: str) -> Any:
    """`_fields=id,name,environment.version` cuts what is not named."""
    names = [part.strip() for part in wanted.split(",") if part.strip()]
    if not names:
        return body
    if isinstance(body, list):
        return [only_fields(item, wanted) for item in body]
    if not isinstance(body, dict):
        return body
    roots = {name.partition(".")[0] for name in names}
    return {name: value for name, value in body.items() if name in roots}
