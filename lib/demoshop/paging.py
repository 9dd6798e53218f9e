"""Pages of connections: keyset cursors over sorted keys, and position cursors over short lists."""

from __future__ import annotations

import base64
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import bad_request
from .ids import number
from .store import Rec

Key = tuple[Any, int]
DEEPEST = 25_000
WINDOW = ("first", "last", "after", "before")
ALL = 2**31 - 1  # of a connection in a bulk operation
LARGEST = 250


@dataclass(slots=True)
class Page:
    """One page: `nodes` with their `keys` (of which cursors are made), and what
    lies around it."""

    nodes: list[Any]
    keys: list[Key]
    has_next: bool
    has_previous: bool


AROUND: Mapping[str, Callable[[Page], Any]] = {
    "nodes": lambda page: page.nodes,
    "edges": lambda page: [
        {"node": node, "cursor": cursor(key)}
        for node, key in zip(page.nodes, page.keys, strict=True)
    ],
    "pageInfo": lambda page: {
        "hasNextPage": page.has_next,
        "hasPreviousPage": page.has_previous,
        "startCursor": cursor(page.keys[0]) if page.keys else None,
        "endCursor": cursor(page.keys[-1]) if page.keys else None,
    },
}


def cursor(key: Key) -> str:
    text = json.dumps({"last_id": key[1], "last_value": key[0]}, separators=(",", ":"))
    return base64.b64encode(text.encode()).decode()


def key_of(text: str) -> Key:
    """Raises ShopError when the cursor was not made here."""
    try:
        parts = json.loads(base64.b64decode(text.encode(), validate=True))
        return parts["last_value"], int(parts["last_id"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise bad_request(f"Invalid cursor for current pagination sort. ({text[:40]})") from wrong


def size(name: str, args: Mapping[str, Any]) -> int:
    """How many are asked for. Raises ShopError when neither or too many are."""
    first, last = args.get("first"), args.get("last")
    if first is None and last is None:
        raise bad_request(f"you must provide one of first or last ({name})")
    if first is not None and last is not None:
        raise bad_request(f"providing both first and last is not supported ({name})")
    count: int = first if first is not None else last  # type: ignore[assignment]
    if not 0 <= count <= LARGEST and count != ALL:
        raise bad_request(f"{'first' if first is not None else 'last'} must be 0..250, is {count}")
    return count


def window(start: int, end: int, args: Mapping[str, Any]) -> tuple[int, int]:
    if args.get("first") is not None:
        return start, min(end, start + args["first"])
    return max(start, end - args["last"]), end


def sorted_page(keys: Sequence[Key], args: Mapping[str, Any], load: Callable[[int], Rec]) -> Page:
    """The page of ascending `keys` that `args` ask for; `reverse` reads them from the end."""
    total, back = len(keys), bool(args.get("reverse"))
    start, end = 0, total
    try:
        if args.get("after"):
            key = key_of(args["after"])
            start = total - bisect_left(keys, key) if back else bisect_right(keys, key)
        if args.get("before"):
            key = key_of(args["before"])
            end = total - bisect_right(keys, key) if back else bisect_left(keys, key)
    except TypeError as wrong:
        raise bad_request("Invalid cursor for current pagination sort.") from wrong
    start, end = window(start, end, args)
    if start >= DEEPEST:
        raise bad_request(f"Pagination is limited to {DEEPEST} objects; narrow the query.")
    chosen = [keys[total - 1 - i] for i in range(start, end)] if back else list(keys[start:end])
    nodes = [load(key[1]) for key in chosen]
    return Page(nodes, chosen, end < total, start > 0)


def list_page(items: Sequence[Rec], args: Mapping[str, Any]) -> Page:
    """A page of a short list in its own order (or reversed)."""
    rows = list(reversed(items)) if args.get("reverse") else list(items)
    keys: list[Key] = [(place, _id(row, place)) for place, row in enumerate(rows)]
    start = _after(keys, args["after"]) if args.get("after") else 0
    end = _after(keys, args["before"]) - 1 if args.get("before") else len(rows)
    start, end = window(start, max(start, end), args)
    return Page(rows[start:end], keys[start:end], end < len(rows), start > 0)


def _id(row: Rec, place: int) -> int:
    return number(row["id"]) if row.get("id") else place


def _after(keys: Sequence[Key], text: str) -> int:
    place, wanted = key_of(text)
    for index, key in enumerate(keys):
        if key[1] == wanted:
            return index + 1
    return int(place)  # it is gone: what stood behind it has moved up
