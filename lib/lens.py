"""What a record shows through one direction's mapping, in comparable (frozen, flat) form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import elements
from .errors import GatewayError
from .mapping import Mapping as FieldMapping
from .values import freeze

_MISSING = object()

#: list name → element id on one side → element key (the remote id once bound).
ElementKeys = Mapping[str, Mapping[str, str]]

#: Under this name a mapping reads the target's record as it now is: `@.committed`.
TARGET = "@"


class Lens:
    """One mapping, seen as a way to compare: what its source says and what its target holds."""

    def __init__(self, mapping: FieldMapping) -> None:
        self.mapping = mapping
        self.lists = frozenset(n for n, spec in mapping.fields.items() if spec.nested is not None)
        self.created_only = frozenset(n for n, s in mapping.fields.items() if s.create_only)
        self.reads_target = any(r.partition(".")[0] == TARGET for r in mapping.reads)
        self.roots = frozenset(mapping.roots) - {TARGET}

    def compared(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Transformed and resolved `values`, flat and frozen, without the create-only fields."""
        flat = elements.flatten(values, self.lists)
        return {n: freeze(v) for n, v in flat.items() if not self._only_on_create(n)}

    def held(self, fields: Mapping[str, Any], keys: ElementKeys) -> dict[str, Any]:
        """The mapped fields as the target's record holds them; absent ones are left out."""
        out: dict[str, Any] = {}
        for name, spec in self.mapping.fields.items():
            if name in self.created_only:
                continue
            value = dig(fields, name)
            if value is _MISSING:
                continue
            if spec.nested is None:
                out[name] = _comparable(spec, value)
                continue
            for element in value or ():
                key = keys.get(name, {}).get(str(element.get("id")))
                if key is not None:
                    self._hold_element(out, name, key, spec.nested, element)
        return out

    def _hold_element(
        self, out: dict[str, Any], name: str, key: str, nested: FieldMapping, element: Any
    ) -> None:
        for field, spec in nested.fields.items():
            value = dig(element, field)
            if value is not _MISSING and not spec.create_only:
                out[elements.path(name, key, field)] = _comparable(spec, value)

    def _only_on_create(self, flat: str) -> bool:
        parts = elements.split(flat)
        if parts is None or parts[0] in self.created_only:
            return (parts[0] if parts else flat) in self.created_only
        nested = self.mapping.fields[parts[0]].nested
        spec = nested.fields.get(parts[2]) if nested else None
        return bool(spec and spec.create_only)


def dig(fields: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, or a marker when a step is absent; null ends the walk as null."""
    if path in fields:
        return fields[path]
    value: Any = fields
    for step in path.split("."):
        if value is None:
            return None
        if not isinstance(value, Mapping) or step not in value:
            return _MISSING
        value = value[step]
    return value


def _comparable(spec: Any, value: Any) -> Any:
    """A held value in the field's type; one that does not fit is compared as it is."""
    try:
        return freeze(spec.coerce(value))
    except GatewayError:
        return freeze(value)
