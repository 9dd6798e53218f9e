"""References in transformed values: found at once, looked up in one query a page, put in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import MissingReference
from ..values import PLAIN

Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ref:
    """Another record, as the source names it.

    `name` is an entity («customer») or a lookup («res.country»). With `key` None `value` is the
    source's id and the binding knows the target's; otherwise `value` is looked up in `key`. Two
    Refs are equal when they need the same look-up. `create` are the values (with Refs in them) of a
    record to create where nothing is found, None where the mapping does not say so.
    """

    name: str
    key: str | None
    value: str
    required: bool = field(default=True, compare=False)
    create: Mapping[str, Any] | None = field(default=None, compare=False)


class Resolved(dict[str, Any]):
    """Values with target ids in place of Refs. `unresolved` tells the optional ones that had none,
    by place; their fields are absent."""

    def __init__(self, values: Mapping[str, Any], unresolved: Mapping[Place, Ref]) -> None:
        super().__init__(values)
        self.unresolved = unresolved


class _Gone:
    """Marks an optional reference without an id."""


_GONE = _Gone()


def references(values: Mapping[str, Any]) -> Iterator[tuple[Place, Ref]]:
    """(place, Ref) of every reference in `values`: in fields, elements of lists, and records to
    create («…», "create", field)."""
    for name, value in values.items():
        if type(value) not in PLAIN:
            yield from _within((name,), value)


def resolve(values: Mapping[str, Any], ids: Mapping[Ref, str | None]) -> Resolved:
    """`values` with the id of every Ref. A Ref that `ids` lacks or gives None has no id: a required
    one raises MissingReference, an optional one leaves its field out."""
    unresolved: dict[Place, Ref] = {}
    done = _fields((), values, ids, unresolved)
    return Resolved(done, unresolved)


def _within(place: Place, value: Any) -> Iterator[tuple[Place, Ref]]:
    if isinstance(value, Ref):
        yield place, value
        if value.create is not None:
            for name, inner in value.create.items():
                yield from _within((*place, "create", name), inner)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if type(inner) not in PLAIN:
                yield from _within((*place, str(name)), inner)
    elif isinstance(value, (list, tuple)):
        for position, inner in enumerate(value):
            if isinstance(inner, Ref):
                yield from _within((*place, str(position)), inner)


def _fields(
    place: Place,
    values: Mapping[str, Any],
    ids: Mapping[Ref, str | None],
    unresolved: dict[Place, Ref],
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in values.items():
        found = _value((*place, name), value, ids, unresolved)
        if found is not _GONE:
            result[name] = found
    return result


def _value(
    place: Place, value: Any, ids: Mapping[Ref, str | None], unresolved: dict[Place, Ref]
) -> Any:
    if isinstance(value, Ref):
        return _id(place, value, ids, unresolved)
    if isinstance(value, dict):
        return _fields(place, value, ids, unresolved)
    if isinstance(value, list) and any(isinstance(item, Ref) for item in value):
        items = (_value((*place, str(at)), item, ids, unresolved) for at, item in enumerate(value))
        return [item for item in items if item is not _GONE]
    return value


def _id(place: Place, ref: Ref, ids: Mapping[Ref, str | None], unresolved: dict[Place, Ref]) -> Any:
    found = ids.get(ref)
    if found is not None:
        return found
    if not ref.required:
        unresolved[place] = ref
        return _GONE
    by = f"{ref.key} " if ref.key else ""
    raise MissingReference(
        f"the {ref.name} with {by or 'id '}«{ref.value}» is not known here",
        field=".".join(place),
        value=ref.value,
        rule="reference",
        remedy=f"sync the {ref.name} first, or correct it in the source; it is tried again then",
        details={"name": ref.name, "key": ref.key, "value": ref.value},
    )
