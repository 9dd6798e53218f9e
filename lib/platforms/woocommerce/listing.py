"""Lists of a shop, read so that none of their rows is missed while they move.

Pages are built here, never from the `Link` header: it repeats the signature of the request, and
behind a proxy names another host. Sorting has no second key, and a row that changes goes to
another place; so a list is read either by id, or second by second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ...errors import StopRun
from .client import Client, Row, malformed
from .position import Position
from .scalars import EPOCH, moment_text
from .shapes import times

#: No list gives more rows at once, no `include` names more.
MOST = 100
_SECOND = timedelta(seconds=1)


class Listing:
    """Reads lists of one shop, `size` rows (2 to 100) at a time."""

    def __init__(self, client: Client, size: int = MOST) -> None:
        self._client = client
        self.size = size

    def included(
        self, path: str, ids: Sequence[int | str], params: Mapping[str, Any] | None = None
    ) -> Iterator[Row]:
        """The rows of these ids that the list has, up to 100 a request."""
        wanted = list(dict.fromkeys(str(id_) for id_ in ids))
        for start in range(0, len(wanted), MOST):
            part = wanted[start : start + MOST]
            query = {"include": part, "per_page": MOST, "orderby": "id", "order": "asc"}
            yield from self._client.list(path, {**query, **(params or {})}).rows

    # -- by id ---------------------------------------------------------------------------------

    def all(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[Row]:
        """Every row, by id."""
        after, offset, more = 0, 0, True
        while more:
            found, offset, more = self.by_id(path, params or {}, after, offset)
            after = row_id(found[-1]) if found else after
            yield from found

    def by_id(
        self, path: str, params: Mapping[str, Any], after: int, offset: int
    ) -> tuple[list[Row], int, bool]:
        """(the next rows with an id above `after`, where the row behind them stands, more to come).

        There is no filter by id, only an offset. So each request begins one row early: unless a row
        that is known already comes first, rows before it were deleted, and it begins earlier still.
        """
        query = {"per_page": self.size, "orderby": "id", "order": "asc", **params}
        last = 0
        while True:
            start = max(offset - 1, 0)
            found = self._client.list(path, {**query, "offset": start} if start else query).rows
            if start and (not found or row_id(found[0]) > after):
                offset = max(start - self.size, 0)
                continue
            fresh = [row for row in found if row_id(row) > after]
            full, offset = len(found) >= self.size, start + len(found)
            if fresh or not full:
                return fresh, offset, full
            if last and row_id(found[-1]) <= last:
                raise endless(path)
            last = row_id(found[-1])

    # -- by time -------------------------------------------------------------------------------

    def by_time(
        self, path: str, params: Mapping[str, Any], place: Position
    ) -> tuple[list[Row], Position, bool]:
        """(the next rows in order of their seconds, the place behind them, more to come).

        Rows of the last second of a full page are left for the next one, which begins with that
        very second: none of them can hide behind the page's end.
        """
        if place.second is not None:
            return self._one_second(path, params, place)
        # `modified_after` is exclusive and knows whole seconds only.
        since = {} if place.since is None else _bound("modified_after", place.since - _SECOND)
        query = {"per_page": self.size, "orderby": "modified", "order": "asc", **since, **params}
        found = sorted(self._client.list(path, query).rows, key=_place_of)
        if len(found) < self.size:
            return found, place, False
        last = modified(found[-1])
        if place.since is not None and modified(found[0]) < place.since:
            raise _blind(path)
        given = [row for row in found if modified(row) < last]
        if given:
            return given, replace(place, since=last), True
        return self._one_second(path, params, replace(place, second=last))

    def _one_second(
        self, path: str, params: Mapping[str, Any], place: Position
    ) -> tuple[list[Row], Position, bool]:
        second = place.second or EPOCH
        window = _bound("modified_before", second + _SECOND)
        if second > EPOCH:
            window |= _bound("modified_after", second - _SECOND)
        found, offset, more = self.by_id(path, {**window, **params}, place.after_id, place.offset)
        if more:
            return found, replace(place, after_id=row_id(found[-1]), offset=offset), True
        done = replace(place, since=second + _SECOND, second=None, after_id=0, offset=0)
        return found, done, True


def modified(row: Row) -> datetime:
    """When a row was modified; before all others where the shop does not say."""
    time = times(row, ("date_modified",)).get("date_modified")
    return time if isinstance(time, datetime) else EPOCH


def row_id(row: Row) -> int:
    id_ = row.get("id")
    if not isinstance(id_, int):
        raise malformed("a list", "a row has no id")
    return id_


def _blind(path: str) -> StopRun:
    """Without the filter the same page would come for ever."""
    return StopRun(
        f"The shop gave rows of {path} from before the time that was asked for.",
        cause="unknown",
        remedy="Look for a plugin that changes WooCommerce's REST API (its filter by time), and "
        "switch that off.",
    )


def endless(path: str) -> StopRun:
    """The same rows wherever in the list is asked for."""
    return StopRun(
        f"The shop gives the same page of {path} again and again.",
        cause="unknown",
        remedy="Look for a plugin or cache that changes WooCommerce's REST API (its paging), and "
        "switch that off.",
    )


def _place_of(row: Row) -> tuple[datetime, int]:
    return modified(row), row_id(row)


def _bound(name: str, time: datetime) -> dict[str, Any]:
    """A bound of time. Naive with the flag: with a «Z» the flag shifts it by the site's offset."""
    return {name: moment_text(time), "dates_are_gmt": True}
