"""What a record shows after an op, where its system can't be asked: values laid over fields."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from ..endpoint import EntityInfo, Op
from ..lens import MISSING, dig

Children = dict[str, dict[str, str]]


def laid_over(
    fields: Mapping[str, Any],
    stored: Mapping[str, Any],
    op: Op,
    lists: frozenset[str],
    new_id: Callable[[], str],
) -> tuple[dict[str, Any], Children]:
    """(`fields` after `op`, its children): `stored` are the op's values as the target keeps them.

    New elements get ids by `new_id`; those whose fields are None are taken out.
    """
    out, children = dict(fields), Children()
    for name, value in stored.items():
        if name in lists and isinstance(value, Mapping):
            there = dig(out, name)
            value, children[name] = _elements(
                [] if there in (MISSING, None) else there, value, op.children.get(name, {}), new_id
            )
        _put(out, name, value)
    return out, children


def _elements(
    there: list[Mapping[str, Any]],
    given: Mapping[str, Any],
    bound: Mapping[str, str],
    new_id: Callable[[], str],
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    by_id = {str(element["id"]): dict(element) for element in there}
    ids = dict(bound)
    for key, values in given.items():
        if values is None:
            by_id.pop(ids.pop(key, ""), None)
            continue
        id_ = ids[key] = ids[key] if key in ids else new_id()
        element = by_id.setdefault(id_, {"id": id_})
        for field, value in values.items():
            _put(element, field, value)
    return list(by_id.values()), ids


def _put(fields: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a dotted path, as `dig` finds it; nothing that is shared is changed."""
    if path in fields or "." not in path:
        fields[path] = value
        return
    steps = path.split(".")
    there = fields
    for step in steps[:-1]:
        below = there.get(step)
        there[step] = copy.copy(below) if isinstance(below, dict) else {}
        there = there[step]
    there[steps[-1]] = value


def merged(before: Mapping[str, Any], values: Mapping[str, Any], lists: frozenset[str]) -> Any:
    """All that was asked of a record so far: later values win, lists element by element."""
    out = dict(before)
    for name, value in values.items():
        old = out.get(name)
        if name in lists and isinstance(value, Mapping) and isinstance(old, Mapping):
            both = {
                key: {**(old.get(key) or {}), **given} if given is not None else None
                for key, given in value.items()
            }
            out[name] = {**old, **both}
        else:
            out[name] = value
    return out


def natural_keys(
    info: EntityInfo, fields: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, str]:
    """Natural key → the record's value; composite ones joined by «|», none if a part is empty."""
    out = {}
    for key in info.natural_keys:
        parts = [_part(name, fields, values) for name in key.split("|")]
        if all(part not in (None, "", MISSING) for part in parts):
            out[key] = "|".join(str(part) for part in parts)
    return out


def _part(name: str, fields: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    there = dig(fields, name)
    return values.get(name) if there is MISSING else there
