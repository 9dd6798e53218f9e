"""Layers of one mapping → the effective document: shipped < company < workspace < connector."""

from __future__ import annotations

from collections.abc import Mapping as Fields
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .document import version_of
from .parts import is_part, over
from .schema import check_document

#: Keys whose parts are overridden one by one; every other key is overridden whole.
MERGED = ("record", "filters")


@dataclass(frozen=True, slots=True)
class Effective:
    """The document that holds, its content hash, and which layer each part comes from.

    `provenance` maps «model», «record.email», «filters.Only active» to the layer's name; an entry
    of a list that another layer than the list's has changed is «record.lines.list.record.name».
    """

    document: dict[str, Any]
    version: str
    provenance: Fields[str, str]


def effective(layers: Sequence[tuple[str, dict[str, Any]]]) -> Effective:
    """Merge `layers`, last wins: `record` field by field, `filters` by name, other keys whole.

    A field set to null in a later layer is removed; a list of which a layer tells a part (it has no
    MAPTO) keeps the rest, and its entries are merged like fields. Raises MappingError when the
    result does not follow the schema; it names place, layer and remedy of everything that is wrong.
    """
    document, provenance = merge(layers)
    check_document(document, provenance)
    return Effective(document, version_of(document), provenance)


def merge(
    layers: Sequence[tuple[str, dict[str, Any]]],
) -> tuple[dict[str, Any], dict[str, str]]:
    """The document that `layers` make and its provenance, whether or not it follows the schema."""
    document: dict[str, Any] = {}
    provenance: dict[str, str] = {}
    for layer, part in layers:
        for key, value in part.items():
            if key in MERGED and isinstance(value, dict):
                inner = document.get(key)
                document[key] = dict(inner) if isinstance(inner, dict) else {}
                for name, item in value.items():
                    _set(document[key], provenance, name, item, (f"{key}.{name}", layer))
            else:
                _set(document, provenance, key, value, (key, layer))
    return document, provenance


def _set(
    target: dict[str, Any], provenance: dict[str, str], key: str, value: Any, at: tuple[str, str]
) -> None:
    place, layer = at
    if is_part(target.get(key), value):
        target[key], changed = over(target[key], value)
        provenance.update((f"{place}{inner}", layer) for inner in changed)
        return
    for inner in [one for one in provenance if one == place or one.startswith(f"{place}.list.")]:
        del provenance[inner]
    if value is None:
        target.pop(key, None)
    else:
        target[key] = value
        provenance[place] = layer
