"""What a record shows through one direction's mapping, in comparable (frozen, flat) form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import elements
from .errors import GatewayError
from .mapping import FieldSpec, Ref
from .mapping import Mapping as FieldMapping
from .mapping.paths import BESIDE as BESIDE  # under these a mapping reads the target's records
from .mapping.paths import TARGET as TARGET
from .values import freeze

#: What `dig` gives where a step of the path is absent.
MISSING = object()

#: list name → element id on one side → element key (the remote id once bound).
ElementKeys = Mapping[str, Mapping[str, str]]


class Lens:
    """One mapping, seen as a way to compare: what its source says and what its target holds."""

    def __init__(self, mapping: FieldMapping) -> None:
        self.mapping = mapping
        fields = mapping.fields
        self.lists = frozenset(name for name, spec in fields.items() if spec.nested is not None)
        self.images = frozenset(name for name, spec in fields.items() if spec.type == "image")
        self.galleries = frozenset(name for name, spec in fields.items() if spec.type == "images")
        self.has_images = bool(self.images or self.galleries)
        #: Fields that are compared by their order alone.
        self.ordered = frozenset(name for name, spec in fields.items() if spec.type == "options")
        #: Fields of which each text is compared for itself.
        self.texts = frozenset(name for name, spec in fields.items() if spec.type == "texts")
        self.created_only = frozenset(name for name, spec in fields.items() if spec.create_only)
        self.yielding = _named(fields, lambda spec: spec.null_yields)
        #: Fields of which each side keeps its own at the first meeting.
        self.kept = _named(fields, lambda spec: spec.kept and not spec.create_only)
        self.roots = frozenset(mapping.roots) - {TARGET}
        #: First steps of what the mapping reads of the target's own record.
        self.target_roots = frozenset(
            steps[1]
            for path in mapping.reads
            if (steps := path.split("."))[0] == TARGET and steps[1:]
        )
        #: Fields that are made with the target's own record: what the source says of them is no
        #: statement of its own.
        self.relative = frozenset(
            name
            for name, spec in fields.items()
            if any(path.split(".")[0] == TARGET for path in spec.own_reads)
        )
        #: Those of them that are made with what the target holds of the very same field.
        self.own_word = frozenset(
            name for name in self.relative if f"{TARGET}.{name}" in mapping.fields[name].own_reads
        )
        self._plain = [
            (name, spec)
            for name, spec in fields.items()
            if spec.nested is None and not spec.create_only
        ]
        self._nested = {
            name: [(field, one) for field, one in spec.nested.fields.items() if not one.create_only]
            for name, spec in fields.items()
            if spec.nested is not None and not spec.create_only
        }
        #: What is compared; a field of elements as «list.field».
        self.compares = frozenset(
            [name for name, _spec in self._plain]
            + [f"{name}.{field}" for name, fields in self._nested.items() for field, _one in fields]
        )

    def has(self, flat: str) -> bool:
        """Whether a field that a base knows is still mapped."""
        parts = elements.split(flat)
        spec = self.mapping.fields.get(parts[0] if parts else flat)
        if parts is None or spec is None:
            return spec is not None
        return spec.nested is not None and parts[2] in spec.nested.fields

    def compared(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Resolved `values`, flat and frozen, without the create-only fields."""
        return self._flat(values, freeze)

    def said(
        self, raw: Mapping[str, Any], known: Callable[[Ref], bool], keys: ElementKeys
    ) -> dict[str, Any]:
        """What the source says: `raw` values, flat and frozen, a reference as its own text.

        A source is compared with its own past, so what a reference was resolved to plays no part.
        References that are not `known` on the target are absent. `keys`: of `raw`'s elements.
        """
        renamed = _rekeyed(raw, keys)
        return {
            name: value
            for name, value in self._flat(renamed, lambda one: _told(one, known)).items()
            if value is not MISSING
        }

    def _flat(self, values: Mapping[str, Any], freezing: Callable[[Any], Any]) -> dict[str, Any]:
        out = {}
        for name, _spec in self._plain:
            if name in values:
                out[name] = freezing(values[name])
        for name, fields in self._nested.items():
            for key, element in (values.get(name) or {}).items():
                for field, _spec in fields:
                    if element is not None and field in element:
                        out[elements.path(name, key, field)] = freezing(element[field])
        return out

    def held(self, fields: Mapping[str, Any], keys: ElementKeys) -> dict[str, Any]:
        """The mapped fields as the target's record holds them; absent ones are left out."""
        out: dict[str, Any] = {}
        for name, spec in self._plain:
            value = dig(fields, name)
            if value is not MISSING:
                out[name] = _comparable(spec, value)
        for name, specs in self._nested.items():
            known = keys.get(name)
            there = dig(fields, name) if known else None
            if not known or there is MISSING:
                continue
            for element in there or ():
                key = known.get(str(element.get("id")))
                if key is not None:
                    self._hold_element(out, name, key, specs, element)
        return out

    @staticmethod
    def _hold_element(
        out: dict[str, Any],
        name: str,
        key: str,
        specs: list[tuple[str, FieldSpec]],
        element: Mapping[str, Any],
    ) -> None:
        for field, spec in specs:
            value = dig(element, field)
            if value is not MISSING:
                out[elements.path(name, key, field)] = _comparable(spec, value)


def _named(fields: Mapping[str, FieldSpec], test: Callable[[FieldSpec], bool]) -> frozenset[str]:
    """The names of the fields that pass; those of elements are «list.field»."""
    inner = (
        (f"{name}.{field}", one)
        for name, spec in fields.items()
        if spec.nested is not None
        for field, one in spec.nested.fields.items()
    )
    return frozenset(name for name, spec in (*fields.items(), *inner) if test(spec))


def dig(fields: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, or a marker when a step is absent; null ends the walk as null."""
    if path in fields:
        return fields[path]
    if "." not in path:
        return MISSING
    value: Any = fields
    for step in path.split("."):
        if value is None:
            return None
        if not isinstance(value, Mapping) or step not in value:
            return MISSING
        value = value[step]
    return value


def _rekeyed(raw: Mapping[str, Any], keys: ElementKeys) -> Mapping[str, Any]:
    if not keys:
        return raw
    renamed = dict(raw)
    for name, names in keys.items():
        if given := renamed.get(name):
            named = elements.keyed(given, names)
            renamed[name] = {named[key]: element for key, element in given.items()}
    return renamed


def told(value: Any) -> Any:
    """`value` frozen, every reference in it as text."""
    return _told(value, lambda _ref: True)


def _told(value: Any, known: Callable[[Ref], bool]) -> Any:
    """`value` frozen; a reference as text, what is not known left out."""
    if isinstance(value, Ref):
        return _text(value) if known(value) else MISSING
    if isinstance(value, list) and any(isinstance(item, Ref) for item in value):
        return [_text(ref) for ref in value if known(ref)]
    if isinstance(value, Mapping):
        told = {str(name): _told(item, known) for name, item in value.items()}
        return {name: item for name, item in told.items() if item is not MISSING}
    return freeze(value)


def _text(ref: Ref) -> str:
    return f"{ref.name} {ref.key or 'id'} {ref.value}"


def _comparable(spec: FieldSpec, value: Any) -> Any:
    """A held value in the field's type; one that does not fit is compared as it is."""
    try:
        return freeze(spec.coerce(value))
    except GatewayError:
        return freeze(value)
