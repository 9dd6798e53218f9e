"""What the body of a refusal says, in words for a person; the body itself goes into the details."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..values import loads

#: Names under which answers of APIs put their words, the fullest first.
_NAMES = ("error_description", "message", "detail", "errors", "error")
_TITLE = re.compile(r"<(title|h1)\b[^>]*>(.*?)</\1", re.IGNORECASE | re.DOTALL)
_UNSEEN = re.compile(r"<(script|style|title)\b.*?(</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>?")


def said(text: str, length: int = 300) -> str:
    """The words of a body in one line: of JSON its messages, of a page its title or its text.

    Empty where there are none, as in JSON without a message.
    """
    start = text.lstrip()[:1]
    if start in ("{", "["):
        words = "; ".join(dict.fromkeys(_words(_parsed(text))))
    elif start == "<":
        title = _TITLE.search(text)
        words = _TAG.sub(" ", title[2] if title else _UNSEEN.sub(" ", text))
    else:
        words = text
    words = " ".join(words.split())
    return words if len(words) <= length else f"{words[:length]}…"


def _parsed(text: str) -> Any:
    try:
        return loads(text.encode())
    except (ValueError, RecursionError):
        return None


def _words(value: Any) -> Iterator[str]:
    """Messages anywhere below the names that hold them; `{field: [message]}` names the field."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)
    elif isinstance(value, Mapping):
        known = next((value[name] for name in _NAMES if value.get(name)), None)
        if known is not None:
            yield from _words(known)
        else:
            for name, held in value.items():
                if isinstance(held, list):
                    yield from (f"{name}: {text}" for text in _words(held))
