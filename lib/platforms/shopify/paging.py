"""Where a list goes on: a shop that says «more» and gives no new place is not asked for ever."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...errors import StopRun


def next_cursor(name: str, info: Any, after: str | None) -> str | None:
    """The cursor behind what came after `after`, from a `PageInfo`; None at the list's end.

    Raises `StopRun` where there is more, and nowhere to go on. `name` is the request's.
    """
    if not isinstance(info, Mapping) or not info.get("hasNextPage"):
        return None
    cursor = info.get("endCursor")
    if not isinstance(cursor, str) or cursor == after:
        raise StopRun(
            f"Shopify's answer to {name} says that there is more and does not give it.",
            cause="unknown",
            remedy="Resume the run later; if it stays so, check the address that is called.",
        )
    return cursor
