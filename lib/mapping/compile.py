"""An effective document → a `Mapping`, or one error that lists everything wrong with its place."""

from __future__ import annotations

from collections.abc import Mapping as Fields
from dataclasses import dataclass
from typing import Any

from ..endpoint import EntityInfo
from .checks import Findings, check_entities, check_source, check_target
from .coercion import TYPES
from .fields import (
    FieldSpec,
    ReferenceSpec,
    constant,
    defaulting,
    leaving,
    nesting,
    referring,
    table,
    then,
)
from .filters import Test, condition, truthy
from .languages import problem_of
from .layers import Effective
from .mapping import Mapping, as_keys
from .paths import Read
from .problem import Problem, nearest
from .record import CompiledRecord
from .sources import Source, path_of, source_of, transforms_of

#: Lists in lists in lists: enough for orders, lines and their taxes.
LEVELS = 3


def compile_mapping(
    effective: Effective, source: EntityInfo | None = None, target: EntityInfo | None = None
) -> Mapping:
    """Compile `effective` for a source and a target entity (checks against one that is None are
    left out). Raises MappingError with every problem and its JSON pointer."""
    document = effective.document
    findings = Findings(source, target)
    check_entities(findings, document)
    here = Place(findings, ("record",), ((("",)),), "")
    record = _record(document["record"], here)
    filters, reads = _filters(document.get("filters", {}), findings)
    _check_keys(findings, ("identity",), document.get("identity", ()), document["record"])
    free = _optional_reads(record, reads) if record else frozenset()
    for path in sorted((record.reads | reads if record else reads) - free):
        check_source(findings, path, document)
    findings.raise_if_any()
    assert record is not None
    return Mapping(effective, record, filters, reads)


def _optional_reads(record: CompiledRecord, reads: frozenset[str]) -> frozenset[str]:
    """Paths that only fields marked «optional» read."""
    kept = [spec.reads for spec in record.fields.values() if not spec.document.get("optional")]
    return record.reads - reads.union(*kept)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the document and in the source we are: `prefixes` are the dotted source paths of the
    records around, outermost first; `under` the target field that holds this record."""

    findings: Findings
    at: tuple[str | int, ...]
    prefixes: tuple[tuple[str, ...], ...]
    under: str

    def inside(self, *at: str | int) -> Place:
        return Place(self.findings, (*self.at, *at), self.prefixes, self.under)

    def problem(self, message: str, remedy: str = "") -> None:
        self.findings.add(self.at, message, remedy)


def _record(document: Fields[str, Any], place: Place) -> CompiledRecord | None:
    """None where a field has a problem; all of them are noted."""
    before = len(place.findings.problems)
    specs = [_field(name, item, place.inside(name)) for name, item in document.items()]
    if len(place.findings.problems) > before:
        return None
    return CompiledRecord(".".join(map(str, place.at)), [spec for spec in specs if spec])


def _field(name: str, document: Fields[str, Any], place: Place) -> FieldSpec | None:
    target, _, language = name.partition("@")
    full = f"{place.under}.{target}" if place.under else target
    optional = document.get("optional", False)
    check_target(
        place.findings,
        place.at,
        full,
        nested=bool(place.under),
        language=language,
        optional=optional,
    )
    _check_translated(name, document, place)
    kind = _type(document, place)
    found = _source(document, place)
    if kind is None or found is None:
        return None
    _check_constants(document, kind, place)
    read = _shaped(document, found.read)
    reference = _reference(document, place)
    reads = found.reads
    if reference is not None:
        read = referring(read, reference, kind == "list")
        reads |= reference.create.reads if reference.create else frozenset()
    nested, keys, key_reads = _nested(document, found, place, full)
    if nested is not None:
        read = nesting(read, nested, keys)
    inner: Fields[str, Any] = document.get("list", {})
    key = inner.get("key", ())
    return FieldSpec(
        name=name,
        target=target,
        type=kind,
        language=language or None,
        required=document.get("required", False),
        create_only=document.get("create_only", False),
        null_yields=document.get("null_yields", False),
        kept=document.get("first_match") == "keep",
        constant="MAPVALUE" in document,
        own_reads=found.reads,
        reads=reads | (nested.reads if nested else frozenset()),
        key_reads=key_reads,
        reference=reference,
        nested=nested,
        key=(key,) if isinstance(key, str) else tuple(key),
        owned=inner.get("owned", False),
        shared=inner.get("shared", False),
        match=as_keys(inner.get("match", ())),
        entity=inner.get("entity"),
        document=document,
        read=read,
    )


def _check_translated(name: str, document: Fields[str, Any], place: Place) -> None:
    if not document.get("translated"):
        return
    found = problem_of(name, document, place.findings.source, place.findings.target)
    if place.under:
        found = ("elements of a list have no translations", "map it in the element's own entity")
    if found:
        place.problem(*found)


def _type(document: Fields[str, Any], place: Place) -> str | None:
    implied = "list" if "list" in document else "reference" if "reference" in document else None
    kind: str | None = document.get("type", implied)
    if kind is None:
        place.problem("the field has no type", f"add one of: {', '.join(TYPES)}")
    elif implied == "list" and kind != "list":
        place.problem(f"a field with «list» has the type list, not {kind}", "leave «type» out")
    elif implied == "reference" and kind not in ("reference", "list"):
        place.problem(f"a reference has the type reference or list, not {kind}", "leave it out")
    elif kind == "reference" and implied is None:
        place.problem("the field does not say what it refers to", "add «reference»")
    elif kind in ("image", "images") and place.under:
        place.problem("elements of a list have no images", "map it in the element's own entity")
    elif "list" in document and "reference" in document:
        place.problem(
            "a field has «list» or «reference», not both", "put it into the list's record"
        )
    else:
        return kind
    return None


def _source(document: Fields[str, Any], place: Place) -> Source | None:
    if "MAPVALUE" in document:
        value = document["MAPVALUE"]
        for option in ("transform", "values", "DEFAULT", "list"):
            if option in document:
                place.problem(f"a constant takes no «{option}»", "write the value as it should be")
        return Source(constant(value), frozenset(), ())
    return source_of(document["MAPTO"], place.inside("MAPTO"))


def _shaped(document: Fields[str, Any], read: Read) -> Read:
    """MAPTO → transforms → value table → DEFAULT or `null_leaves`, in this order."""
    # Problems of transforms are noted by _check_constants; a broken one never gets to run.
    for step in transforms_of(document.get("transform"), None):
        read = then(read, step)
    if "values" in document:
        read = then(read, table(document["values"]))
    if "DEFAULT" in document:
        return defaulting(read, document["DEFAULT"])
    return leaving(read) if document.get("null_leaves") else read


def _check_constants(document: Fields[str, Any], kind: str, place: Place) -> None:
    """MAPVALUE, DEFAULT and the value table hold values in the target's terms: typed at save."""
    transforms_of(document.get("transform"), place.inside("transform"))
    if "list" in document:
        return
    constants = [((name,), document[name]) for name in ("MAPVALUE", "DEFAULT") if name in document]
    entries: Fields[str, Any] = document.get("values", {})
    constants += [(("values", name), value) for name, value in entries.items()]  # type: ignore[misc]
    for at, value in constants:
        try:
            if value is not None:
                TYPES[kind].coerce(value)
        except Problem as problem:
            place.inside(*at).problem(f"{problem} (type {kind})", problem.remedy or "")


def _reference(document: Fields[str, Any], place: Place) -> ReferenceSpec | None:
    told = document.get("reference")
    if told is None:
        return None
    create = None
    if "create" in told:
        # A new record is another entity's: the target's fields are not its fields.
        free = Findings(None, None, place.findings.problems)
        inside = place.inside("reference", "create")
        create = _record(told["create"], Place(free, inside.at, place.prefixes, ""))
    name = told.get("entity") or told["lookup"]
    return ReferenceSpec(name, told.get("key"), told.get("required", True), create)


def _nested(
    document: Fields[str, Any], found: Source, place: Place, full: str
) -> tuple[CompiledRecord | None, list[Read], frozenset[str]]:
    told = document.get("list")
    if told is None:
        return None, [], frozenset()
    if len(place.prefixes) > LEVELS:
        place.problem(f"lists nest at most {LEVELS} deep", "map the inner list as an entity")
        return None, [], frozenset()
    prefixes = tuple(sorted(found.reads)) or ("",)
    at = (*place.at, "list")
    inside = Place(place.findings, at, (*place.prefixes, prefixes), full)
    keys = told["key"]
    paths = [] if keys == "#" else [keys] if isinstance(keys, str) else keys
    sources = [path_of(path, inside.inside("key")) for path in paths]
    _check_keys(place.findings, (*at, "match"), told.get("match", ()), told["record"])
    record = _record(told["record"], inside.inside("record"))
    known = [source for source in sources if source is not None]
    reads = frozenset().union(*(source.reads for source in known))
    return record, [source.read for source in known], reads


def _filters(
    document: Fields[str, Any], findings: Findings
) -> tuple[dict[str, Test], frozenset[str]]:
    tests: dict[str, Test] = {}
    reads: frozenset[str] = frozenset()
    for name, told in document.items():
        place = Place(findings, ("filters", name), ((("",)),), "")
        if "MAPTO" in told:
            found = source_of(told["MAPTO"], place.inside("MAPTO"))
            steps = transforms_of(told.get("transform"), place.inside("transform"))
        else:
            found, steps = path_of(told["path"], place.inside("path")), []
        if found is None:
            continue
        read = found.read
        for step in steps:
            read = then(read, step)
        tests[name] = truthy(read) if "MAPTO" in told else condition(read, told)
        reads |= found.reads
    return tests, reads


def _check_keys(
    findings: Findings, at: tuple[str | int, ...], keys: Any, record: Fields[str, Any]
) -> None:
    for position, key in enumerate(as_keys(keys)):
        for name in key:
            if name not in record:
                hint = nearest(name, record) or "map the field, or leave it out of the keys"
                findings.add((*at, position), f"the key «{name}» is not a mapped field", hint)
