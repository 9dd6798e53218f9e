"""Fields that are carried in several languages: a field of its own for each of them.

A field is one language's text, so everything that holds for fields (merge, conflicts, changes,
undo) holds for a language; nothing else knows that there are any.
"""

from __future__ import annotations

from collections.abc import Mapping as Fields
from collections.abc import Sequence
from typing import Any

from ..endpoint import EntityInfo
from .document import version_of
from .layers import Effective

#: The layer that fields of further languages come from.
LAYER = "languages"
#: A field that is marked «translated» so is in further languages and in none but these.
ONLY = "only"
#: What a text in another language has of the field that it translates.
_SHARED = ("type", "transform", "values", "create_only", "optional")


def spread(effective: Effective, languages: Sequence[tuple[str, str]]) -> Effective:
    """`effective` with the fields marked «translated» in each of `languages` too, pairs (the
    source's code, the target's); what a layer says of a language itself stays. Those that are there
    in further languages only are left out."""
    record: dict[str, Any] = effective.document["record"]
    added = {
        f"{name}@{target}": _translation(told, source)
        for name, told in record.items()
        if told.get("translated")
        for source, target in languages
        if f"{name}@{target}" not in record
    }
    gone = {name for name, told in record.items() if told.get("translated") == ONLY}
    if not added and not gone:
        return effective
    kept = {name: told for name, told in record.items() if name not in gone}
    document = {**effective.document, "record": {**kept, **added}}
    places = {f"record.{name}" for name in gone}
    before = {at: layer for at, layer in effective.provenance.items() if at not in places}
    provenance = before | dict.fromkeys((f"record.{name}" for name in added), LAYER)
    return Effective(document, version_of(document), provenance)


def _translation(told: Fields[str, Any], language: str) -> dict[str, Any]:
    made = {option: told[option] for option in _SHARED if option in told}
    path = told["MAPTO"].removesuffix("?")
    return {**made, "MAPTO": f"{path}@{language}", "null_yields": True}


def problem_of(
    name: str, told: Fields[str, Any], source: EntityInfo | None, target: EntityInfo | None
) -> tuple[str, str] | None:
    """(what is wrong with a field that is marked «translated», what to do), None: nothing."""
    path = told.get("MAPTO")
    if not isinstance(path, str) or path.startswith(("^", ".", "@")):
        return (
            "a field is translated by one path of its own",
            "read one path, or take «translated» off",
        )
    for entity, field in ((target, name), (source, path.removesuffix("?"))):
        info = entity.fields.get(field) if entity else None
        if entity and info and not info.translated:
            known = sorted(one.name for one in entity.fields.values() if one.translated)
            has = ", ".join(known) or "none"
            return f"«{field}» of {entity.model} has no translations", f"it has them of: {has}"
    return None
