"""Where in a document's text a place is: its JSON pointer → line and column."""

from __future__ import annotations

import json
import re

from .schema import pointer

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


def position(text: str, at: str) -> tuple[int, int]:
    """Line and column, from 1, of the value at JSON pointer `at`; where the text has no such value,
    of the nearest one around it. The text is valid JSON."""
    places = _places(text)
    while at not in places and at:
        at = at.rpartition("/")[0]
    offset = places.get(at, 0)
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _places(text: str) -> dict[str, int]:
    """JSON pointer → offset of the value there."""
    found: dict[str, int] = {}
    path: list[str | int] = []  # the key or position in each container around
    key, is_key = "", False
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "}]":
            path.pop()
            is_key = False
        elif mark == ",":
            last = path[-1]
            is_key = isinstance(last, str)
            if isinstance(last, int):
                path[-1] = last + 1
        elif mark == ":":
            path[-1] = key
            is_key = False
        elif is_key:
            key = json.loads(mark)
        else:
            found[pointer(path)] = token.start()
            if mark in "{[":
                path.append("" if mark == "{" else 0)
                is_key = mark == "{"
    return found
