"""A mapping against the entities it joins: fields that exist, may be read, may be written."""

from __future__ import annotations

from collections.abc import Mapping as Fields
from dataclasses import dataclass, field
from typing import Any

from ..endpoint import EntityInfo
from ..errors import MappingError
from .mapping import Mapping
from .paths import BESIDE, TARGET
from .problem import nearest
from .schema import mapping_error, pointer


@dataclass(slots=True)
class Findings:
    """What was found wrong, and the entities that are looked at (None: not checked)."""

    source: EntityInfo | None
    target: EntityInfo | None
    problems: list[dict[str, str]] = field(default_factory=list)

    def add(self, at: tuple[str | int, ...], message: str, remedy: str = "") -> None:
        problem = {"at": pointer(at), "message": message, "remedy": remedy}
        if problem not in self.problems:
            self.problems.append(problem)

    def raise_if_any(self) -> None:
        if self.problems:
            raise mapping_error(self.problems)


def check_entities(findings: Findings, document: Fields[str, Any]) -> None:
    """The document's two names are the entities'."""
    for key, entity in (("model", findings.target), ("source_table", findings.source)):
        if entity is not None and document[key] != entity.model:
            message = f"«{document[key]}» is not this entity; it is «{entity.model}»"
            findings.add((key,), message, f"write «{entity.model}»")
    if findings.source is not None:
        check_source(findings, document["source_id_field"], document, ("source_id_field",))


def check_creates(mapping: Mapping, target: EntityInfo | None) -> None:
    """A create whose answer was lost is looked up before it is sent again: by the target's own
    idempotency keys, or by the mapping's identity. Raises MappingError where there is neither.

    For targets whose writes are not the caller's transaction.
    """
    if target is None or mapping.on_missing != "create" or mapping.tied_to or mapping.identity:
        return
    if "create" in target.capabilities and "idempotency_key" not in target.capabilities:
        keys = ", ".join(target.natural_keys)
        raise MappingError(
            f"a {target.name} whose create gets no answer could not be found again, and would be "
            "created twice",
            field="identity",
            remedy=f"Name an identity (one of {keys}), or say on_missing «skip».",
        )


def check_target(
    findings: Findings,
    at: tuple[str | int, ...],
    name: str,
    *,
    nested: bool,
    language: str = "",
    optional: bool = False,
) -> None:
    """The target allows writing `name`, in another `language` too. Elements' fields are checked
    where it tells them, and a list that it tells only by its elements' fields is there too.
    `optional`: it need not be there."""
    if findings.target is None:
        return
    known = findings.target.fields
    info = known.get(name)
    if info is None:
        parent = name.rpartition(".")[0]
        told = any(other.startswith(f"{parent}.") for other in known)
        elements = any(other.startswith(f"{name}.") for other in known)
        if elements or optional or (nested and not told):
            return
        hint = nearest(name, known) or "the entity's fields are listed in its help"
        findings.add(at, f"{findings.target.model} has no field «{name}» for mappings", hint)
    elif not (info.readable or info.writable):
        findings.add(at, f"«{name}» of {findings.target.model} is not open to mappings", info.help)
    elif not info.writable:
        message = f"«{name}» of {findings.target.model} may not be written"
        findings.add(at, message, "map another field, or leave it out")
    elif language and not info.translated:
        message = f"«{name}» of {findings.target.model} has no translations"
        findings.add(at, message, f"write «{name}» without a language")


def check_source(
    findings: Findings,
    path: str,
    document: Fields[str, Any],
    at: tuple[str | int, ...] | None = None,
) -> None:
    """The first step of `path` is a field the source gives, after «@.» one the target gives."""
    root, _, rest = path.partition(".")
    entity = findings.source
    if root == TARGET:
        root, entity = rest.partition(".")[0], findings.target
        if root == BESIDE:
            return
    if entity is None or root in ("", document["source_id_field"]):
        return
    root = root.partition("@")[0]
    known = {name.split(".")[0] for name in entity.fields}
    place = at if at is not None else _place_of(document, path)
    info = entity.fields.get(root)
    if info is not None and not info.readable:
        said = "may only be written" if info.writable else "is not open to mappings"
        findings.add(place, f"«{root}» of {entity.model} {said}", info.help)
        return
    if root in known:
        return
    hint = nearest(root, known) or f"it has: {', '.join(sorted(known)[:40])}"
    findings.add(place, f"{entity.model} has no field «{root}»", hint)


def _place_of(document: Fields[str, Any], path: str) -> tuple[str | int, ...]:
    """Where `path` is read: the field or filter whose text names its first step."""
    root = path.split(".")[0]
    for part in ("record", "filters"):
        for name, told in document.get(part, {}).items():
            if root in _names(told):
                return (part, name, *_within(told, root, "^"))
    return ("record",)


def _within(told: Any, root: str, up: str) -> tuple[str | int, ...]:
    """Which entry of a list reads `root` of the record around it, where the list itself does not.
    `up` leads from its elements to that record."""
    inner = told.get("list") if isinstance(told, dict) else None
    if inner is None or root in _names(told["MAPTO"]):
        return ()
    for name, entry in inner["record"].items():
        texts = entry.get("MAPTO", "")
        for text in [texts] if isinstance(texts, str) else texts:
            if text.startswith(f"{up}{root}") and _names(text) == {root}:
                return ("list", "record", name)
        if "list" in entry and root in _names(entry):
            return ("list", "record", name, *_within(entry, root, f"{up}^"))
    return ()


def _names(told: Any) -> set[str]:
    if isinstance(told, str):
        return {told.lstrip("^").removesuffix("?").split(".")[0]}
    if isinstance(told, dict):
        keys = ("MAPTO", "path", "list", "record", "reference", "create", "key")
        inner = [value for key, value in told.items() if key in keys or isinstance(value, dict)]
        return set().union(*map(_names, inner))
    return set().union(*map(_names, told)) if isinstance(told, list) else set()
