"""Nested lists as flat fields, so that one merge serves both: `variants[gid://…/1].sku`.

Element keys are remote ids in both directions once an element is bound; an element that is not yet
bound is keyed by its id on the source.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

Nested = Mapping[str, Mapping[str, Any] | None]


def path(name: str, key: str, field: str) -> str:
    return f"{name}[{key}].{field}"


def split(flat: str) -> tuple[str, str, str] | None:
    """(list, element key, field) of a flat name, None for a plain field."""
    name, opened, rest = flat.partition("[")
    if not opened:
        return None
    key, _, field = rest.rpartition("].")
    return name, key, field


def spec_path(flat: str) -> str:
    """The name of a flat field in its mapping: `variants[1].sku` → `variants.sku`."""
    parts = split(flat)
    return flat if parts is None else f"{parts[0]}.{parts[2]}"


def flatten(values: Mapping[str, Any], lists: frozenset[str]) -> dict[str, Any]:
    """`values` with each nested list in `lists` (element key → fields) spread over flat names."""
    if not lists:
        return dict(values)
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if name in lists and isinstance(value, Mapping):
            for key, fields in value.items():
                for field, item in (fields or {}).items():
                    flat[path(name, key, field)] = item
        else:
            flat[name] = value
    return flat


def unflatten(flat: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of `flatten`."""
    values: dict[str, Any] = {}
    for name, value in flat.items():
        parts = split(name)
        if parts is None:
            values[name] = value
        else:
            values.setdefault(parts[0], {}).setdefault(parts[1], {})[parts[2]] = value
    return values


def keyed(
    ids: Iterable[str], bound: Mapping[str, str], taken: Collection[str] = ()
) -> dict[str, str]:
    """Id on the source → element key: the remote id of what is `bound`, else its own id. Both sides
    may count from one: where that id is another one's key (or `taken`), it gets one apart."""
    others = {*bound.values(), *taken}
    return {id_: bound.get(id_) or (f"+{id_}" if id_ in others else id_) for id_ in ids}


def keys_of(flat: Mapping[str, Any], name: str) -> Iterator[str]:
    """Element keys of list `name` that occur in `flat`, each once, in order."""
    seen = set()
    for field in flat:
        parts = split(field)
        if parts is not None and parts[0] == name and parts[1] not in seen:
            seen.add(parts[1])
            yield parts[1]
