"""Mappings and registries in words: a table per mapping for the screen, the tables of the guide."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .coercion import REFUSED, TYPES, Type
from .expressions import ARGUMENTS, BUILTINS
from .fields import FieldSpec
from .languages import ONLY
from .mapping import Mapping as CompiledMapping
from .problem import Problem
from .record import CompiledRecord
from .transforms import TRANSFORMS, Transform
from .transforms.registry import REQUIRED


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a mapping in words; `path` are the lists' names it is in, and its own. Of a list
    `reads` are where it is, those of its elements are its fields'."""

    field: str
    type: str
    reads: tuple[str, ...]
    says: str
    path: tuple[str, ...]


def explain(mapping: CompiledMapping) -> list[Line]:
    """What a mapping does, a line a field, elements of lists under their list."""
    return list(_lines(mapping.record, ()))


def render_tables(text: str) -> str:
    """`text` with what stands between «<!-- name -->» and «<!-- /name -->» made anew from the
    registries; names: types, transforms, builtins, methods."""
    for name, make in _TABLES.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        body = make()
        text = pattern.sub(lambda found, body=body: f"{found[1]}{body}{found[2]}", text)  # type: ignore[misc]
    return text


def _lines(record: CompiledRecord, under: tuple[str, ...]) -> Iterable[Line]:
    for spec in record.fields.values():
        path = (*under, spec.name)
        reads = spec.own_reads if spec.nested else spec.reads
        yield Line(".".join(path), spec.type, tuple(sorted(reads)), "; ".join(_phrases(spec)), path)
        if spec.nested is not None:
            yield from _lines(spec.nested, path)


_OPTIONS = {
    "required": "required",
    "create_only": "on create only",
    "translated": "in each language of the connector's map",
    "optional": "where there is such a field",
    "first_match": "each side keeps its own at the first meeting",
    "null_yields": "null yields at the first meeting",
    "null_leaves": "null leaves what is there",
}


def _phrases(spec: FieldSpec) -> Iterable[str]:
    told: Any = spec.document
    if spec.constant:
        yield f"fixed value {_written(told['MAPVALUE'])}"
    else:
        source = told["MAPTO"]
        yield source if isinstance(source, str) else ", ".join(source)
    steps = told.get("transform", [])
    for step in steps if isinstance(steps, list) else [steps]:
        yield f"then {step if isinstance(step, str) else step['name']}"
    if "values" in told:
        yield "by a value table"
    if "DEFAULT" in told:
        yield f"if empty {_written(told['DEFAULT'])}"
    if spec.reference is not None:
        by = f"by its {spec.reference.key}" if spec.reference.key else "by its binding"
        yield f"the {spec.reference.name} {by}"
    if spec.nested is not None:
        each = "each shared" if spec.shared else "each"
        yield f"one element for {each} {', '.join(spec.key)}"
        yield "others are removed" if spec.owned else "others stay"
    yield from (words for option, words in _OPTIONS.items() if told.get(option))
    if told.get("translated") == ONLY:
        yield "and in none but these"


def _table(heads: list[str], rows: Iterable[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in lines)


def _shown(value: Any) -> str:
    """A value as the guide writes it: as in JSON, exact numbers and times plain."""
    if isinstance(value, Problem):
        return "refused"
    return f"`{_written(value).replace('|', chr(92) + '|')}`"


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        zone = value.strftime(" %z") if value.tzinfo else ""
        return f"{value:%Y-%m-%d %H:%M:%S}{zone}"
    if isinstance(value, (Decimal, date)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_written(key)}: {_written(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    text = isinstance(value, str)
    return json.dumps(value, ensure_ascii=text and not value.isprintable())


def _types() -> str:
    return _table(
        ["type", "is", "takes", "refuses", "examples"],
        ([f"`{t.name}`", t.help, t.accepts, t.refuses, _type_examples(t)] for t in TYPES.values()),
    )


def _type_examples(of: Type) -> str:
    plain = [pair for pair in of.examples if not isinstance(pair[0], (bytes, float))]
    return ", ".join(
        f"{_shown(given)} → {'refused' if result is REFUSED else _shown(result)}"
        for given, result in plain[:5]
    )


def _transforms() -> str:
    rows = (_transform_row(TRANSFORMS[name]) for name in sorted(TRANSFORMS))
    return _table(["transform", "does", "takes", "arguments", "examples"], rows)


def _transform_row(of: Transform) -> list[str]:
    arguments = "<br>".join(
        f"`{one.name}`: {one.help}"
        + ("" if one.default is REQUIRED else f" (else {_shown(one.default)})")
        for one in of.arguments
    )
    examples = "<br>".join(
        f"{_shown(one.given)}{_given(one.arguments)} → {_shown(one.result)}" for one in of.examples
    )
    return [f"`{of.name}`", of.help, ", ".join(of.takes), arguments, examples]


def _given(arguments: Any) -> str:
    return (
        f" with {', '.join(f'{k} {_shown(v)}' for k, v in arguments.items())}" if arguments else ""
    )


def _names(names: Iterable[str]) -> Callable[[], str]:
    return lambda: ", ".join(f"`{name}`" for name in sorted(names)) + "\n"


_TABLES: dict[str, Callable[[], str]] = {
    "types": _types,
    "transforms": _transforms,
    "builtins": _names(BUILTINS),
    "methods": _names(ARGUMENTS),
}
