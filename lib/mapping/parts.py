"""A list of which a layer tells a part only: laid over the one below, and made from two lists.

A field with «list» and without MAPTO is such a part: its options and its list's replace those of
the field below one by one, its list's `record` is changed entry by entry, and null takes one out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

from ..errors import MappingError
from .document import version_of

Field = dict[str, Any]


def is_part(below: Any, told: Any) -> bool:
    """Whether `told` changes the list `below` and does not replace it."""
    return has_list(below) and has_list(told) and "MAPTO" not in told and "MAPVALUE" not in told


def has_list(told: Any) -> TypeGuard[Field]:
    return isinstance(told, dict) and isinstance(told.get("list"), dict)


def over(below: Field, part: Field) -> tuple[Field, list[str]]:
    """`below` with the part laid over it, and the places that changed: "" for its own options,
    «.list.record.name» for an entry."""
    inner = part["list"]
    record = inner.get("record")
    made = {**below, **part, "list": {**below["list"], **inner}}
    places = [""] if len(part) > 1 or set(inner) - {"record"} else []
    held = below["list"].get("record")
    if isinstance(record, dict) and isinstance(held, dict):
        made["list"]["record"] = dict(held)
        for name, told in record.items():
            places += _entry(made["list"]["record"], name, told)
    return made, places


def _entry(record: dict[str, Any], name: str, told: Any) -> list[str]:
    place = f".list.record.{name}"
    if is_part(record.get(name), told):
        record[name], inner = over(record[name], told)
        return [f"{place}{one}" for one in inner]
    if told is None:
        record.pop(name, None)
        return []
    record[name] = told
    return [place]


def difference(below: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """The least that a layer has to say of a `record` to make `wanted` of the one `below`."""
    said: dict[str, Any] = {name: None for name in below if name not in wanted}
    for name, told in wanted.items():
        if name not in below or not same(below[name], told):
            said[name] = _least(below.get(name), told)
    return said


def _least(below: Any, told: Any) -> Any:
    if not (has_list(below) and has_list(told)):
        return told
    options = {k: v for k, v in told.items() if k != "list" and not _has(below, k, v)}
    listed = below["list"]
    inner = {k: v for k, v in told["list"].items() if k != "record" and not _has(listed, k, v)}
    is_whole = {"MAPTO", "MAPVALUE"} & set(options) or below.keys() - told.keys()
    if is_whole or listed.keys() - told["list"].keys():
        return told
    record = difference(listed.get("record", {}), told["list"].get("record", {}))
    return {**options, "list": {**inner, "record": record} if record else inner}


def _has(told: Field, key: str, value: Any) -> bool:
    return key in told and same(told[key], value)


def same(one: Any, other: Any) -> bool:
    """Whether two parts of documents mean the same: 1, 1.0 and true do not."""
    return version_of({"": one}) == version_of({"": other})


def place(path: Sequence[str]) -> list[str]:
    """Where in a document the entry at `path` is: its keys, from the outermost."""
    found = ["record", path[0]]
    for name in path[1:]:
        found += ["list", "record", name]
    return found


def entry(record: Any, path: Sequence[str]) -> Any:
    """The field at a path of names, each but the last a list's; None where there is none."""
    *lists, name = path
    for one in lists:
        record = _inside(record, one)
    return record.get(name) if isinstance(record, dict) else None


def with_entry(record: dict[str, Any], path: Sequence[str], told: Any) -> dict[str, Any]:
    """`record` with the field at `path` as `told`, or without it where that is None. A list that is
    told without entries keeps those it has."""
    name, *rest = path
    made = dict(record)
    if rest:
        inner = _inside(record, name)
        if not isinstance(inner, dict):
            raise MappingError(
                f"«{name}» is not a list here", remedy="change it where it is mapped as a list"
            )
        changed = with_entry(inner, rest, told)
        made[name] = {**record[name], "list": {**record[name]["list"], "record": changed}}
    elif told is None:
        made.pop(name, None)
    else:
        kept = _inside(record, name)
        if kept is not None and has_list(told) and "record" not in told["list"]:
            told = {**told, "list": {**told["list"], "record": kept}}
        made[name] = told
    return made


def _inside(record: Any, name: str) -> Any:
    """The entries of a list of `record`, None where it is none."""
    told = record.get(name) if isinstance(record, dict) else None
    return told["list"].get("record") if has_list(told) else None
