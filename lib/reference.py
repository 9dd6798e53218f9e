"""What people call a record when they look for it: order number, SKU, e-mail, name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: Fields of either side by which a person knows a record; elements of lists have them too.
TELLING = (
    "name",
    "title",
    "displayName",
    "display_name",
    "default_code",
    "sku",
    "email",
    "phone",
    "barcode",
    "number",
    "client_order_ref",
)
#: Longer values are prose, not names; more of them help nobody.
_LONGEST, _MOST, _DEPTH = 120, 40, 4


def reference(*sides: Mapping[str, Any] | None) -> str | None:
    """The telling values of a record (its payload, the values it became), each once, the record's
    own before those of its elements; None where there is none."""
    found: dict[str, None] = {}
    for depth in range(_DEPTH):
        for side in sides:
            for text in _texts(side, depth):
                if len(found) >= _MOST:
                    break
                found.setdefault(text)
    return " · ".join(found) or None


def _texts(value: Any, depth: int) -> Iterator[str]:
    """Telling values that lie `depth` steps below `value`."""
    if isinstance(value, (list, tuple)):
        for item in value[:_MOST]:
            yield from _texts(item, depth)
    elif isinstance(value, Mapping):
        if depth:
            for item in value.values():
                if isinstance(item, (Mapping, list, tuple)):
                    yield from _texts(item, depth - 1)
        else:
            for name in TELLING:
                text = value.get(name)
                if isinstance(text, (str, int)) and not isinstance(text, bool):
                    yield from _line(str(text))


def _line(text: str) -> Iterator[str]:
    line = " ".join(text.split())
    if line and len(line) <= _LONGEST and line.isprintable():
        yield line
