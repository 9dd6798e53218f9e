"""What people call a record when they look for it: order number, SKU, e-mail, name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .values import PLAIN

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
_KNOWN = frozenset(TELLING)
#: Longer values are prose, not names; more of them help nobody.
_LONGEST, _MOST, _DEPTH = 120, 40, 4


def reference(*sides: Mapping[str, Any] | None) -> str | None:
    """The telling values of a record (its payload, the values it became), each once, the record's
    own before those of its elements; None where there is none."""
    levels: list[list[str]] = [[] for _ in range(_DEPTH)]
    for side in sides:
        _collect(side, 0, levels)
    found = dict.fromkeys(text for level in levels for text in level)
    return " · ".join(list(found)[:_MOST]) or None


def _collect(value: Any, depth: int, levels: list[list[str]]) -> None:
    """Add telling values to the level they lie on."""
    if isinstance(value, (list, tuple)):
        for item in value[:_MOST]:
            _collect(item, depth, levels)
    elif isinstance(value, Mapping):
        known = _KNOWN.intersection(value)
        for name in sorted(known, key=TELLING.index) if len(known) > 1 else known:
            text = value[name]
            if isinstance(text, (str, int)) and not isinstance(text, bool):
                levels[depth].extend(_line(str(text)))
        if depth + 1 < _DEPTH:
            for item in value.values():
                if type(item) not in PLAIN:
                    _collect(item, depth + 1, levels)


def _line(text: str) -> Iterator[str]:
    line = " ".join(text.split())
    if line and len(line) <= _LONGEST and line.isprintable():
        yield line
