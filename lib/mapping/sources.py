"""MAPTO and transforms of a document → closures, with the source paths they read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from .expressions import Expression, ExpressionRefused, compile_expression
from .fields import several
from .paths import Path, Read, parse_path, reader
from .transforms import find_transform

_LAMBDA = re.compile(r"\s*lambda\b")


class At(Protocol):
    """A place in document and source that problems are noted at."""

    @property
    def prefixes(self) -> tuple[tuple[str, ...], ...]: ...

    def inside(self, *at: str | int) -> At: ...

    def problem(self, message: str, remedy: str = "") -> None: ...


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from, and the dotted paths it reads, from the root of the record."""

    read: Read
    reads: frozenset[str]
    texts: tuple[str, ...]


def source_of(told: str | list[str], place: At) -> Source | None:
    """The source of MAPTO; None where a problem was noted."""
    if isinstance(told, str):
        return path_of(told, place)
    *paths, last = told
    text = last if _LAMBDA.match(last) else None
    names = paths if text is not None else told
    found = [path_of(name, place.inside(at)) for at, name in enumerate(names)]
    expression = _expression(text, len(names), place.inside(len(paths))) if text else None
    if any(one is None for one in found) or (text and expression is None):
        return None
    sources = [one for one in found if one is not None]
    reads = frozenset().union(*(one.reads for one in sources))
    if expression is None and len(sources) == 1:
        return sources[0]
    return Source(several([one.read for one in sources], expression), reads, tuple(names))


def path_of(text: str, place: At) -> Source | None:
    """The source of one path; None where a problem was noted."""
    if _LAMBDA.match(text):
        place.problem(
            "a lambda stands last in a list, after the paths of its arguments",
            'write ["path", "lambda a: …"]',
        )
        return None
    try:
        path = parse_path(text)
    except ValueError as error:
        place.problem(str(error))
        return None
    if path.up >= len(place.prefixes):
        place.problem(f"«{text}» leads out of the record", "use ^ only inside lists")
        return None
    if not path.steps and not path.up and len(place.prefixes) == 1:
        place.problem("«.» is the element of a list; there is none here", "name the fields")
        return None
    return Source(reader(path), frozenset(_reads(path, place.prefixes)), (text,))


def transforms_of(told: Any, place: At | None) -> list[Callable[[Any], Any]]:
    """The transforms of a document, in order. Problems are noted at `place`, if there is one."""
    steps = []
    many = told if isinstance(told, list) else [] if told is None else [told]
    for position, one in enumerate(many):
        arguments = dict(one) if isinstance(one, dict) else {"name": one}
        try:
            steps.append(find_transform(arguments.pop("name")).bind(arguments))
        except ValueError as error:
            if place is not None:
                where = place.inside(position) if isinstance(told, list) else place
                message, _, remedy = str(error).partition("; ")
                where.problem(message, remedy)
    return steps


def _reads(path: Path, prefixes: tuple[tuple[str, ...], ...]) -> list[str]:
    own = path.dotted()
    around = prefixes[-1 - path.up]
    return [".".join(part for part in (prefix, own) if part) for prefix in around]


def _expression(text: str, arguments: int, place: At) -> Expression | None:
    try:
        made = compile_expression(text)
    except ExpressionRefused as error:
        remedy = "docs/mapping.md lists what lambdas may do; or use a named transform"
        place.problem(f"the lambda is refused: {error}", remedy)
        return None
    if made.arity != arguments:
        message = f"the lambda takes {made.arity} arguments, but {arguments} paths are given"
        place.problem(message, "give one path for each argument, in order")
        return None
    return made
