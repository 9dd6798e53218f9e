"""Paths into a source record: `email`, `address.city`, `variants.0.price`, `^currency`, `note?`.

A path that is not there because a container is null or empty is null; because a key is missing, it
is absent. `?` after a path makes a missing key null. `^` looks in the record around a list's
element, `.` is the element itself.
`@.field` reads the target's record as it now is (the pipeline puts it there; absent on create).
`@.beside` are the target's records of others that the source names in its own field `beside`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as Fields
from dataclasses import dataclass
from typing import Any

from .problem import ABSENT, Problem, kind_of

#: The first step that leads into the target's record.
TARGET = "@"
#: Of a source record: ids of others of its entity. Of a target's: id → the target's record of it.
BESIDE = "beside"
#: The record a path starts in and, for elements of lists, the scope around it.
Scope = tuple[Any, Any]
Read = Callable[[Scope], Any]

PATTERN = r"^\^*(\.|[^.\s^?]+(\.[^.\s^?]+)*)\??$"
_PATH = re.compile(PATTERN)


@dataclass(frozen=True, slots=True)
class Path:
    """A parsed path: `up` records outwards, then `steps`; `optional` where missing means null."""

    text: str
    up: int
    steps: tuple[str, ...]
    optional: bool

    def dotted(self) -> str:
        """The path without positions in lists: what a change of it is compared by."""
        return ".".join(step for step in self.steps if not step.isdigit())


def parse_path(text: str) -> Path:
    """Parse `text`. Raises ValueError with a sentence."""
    if not _PATH.fullmatch(text):
        raise ValueError(f"«{text}» is not a path; write steps with dots, like address.city")
    inner = text.lstrip("^")
    optional = inner.endswith("?")
    body = inner[:-1] if optional else inner
    steps = () if body == "." else tuple(body.split("."))
    return Path(text, len(text) - len(inner), steps, optional)


def reader(path: Path) -> Read:
    """A function scope → value, null or ABSENT. It raises Problem where a step leads nowhere."""
    read = _one(path.steps[0]) if len(path.steps) == 1 else _many(path)
    if path.up:
        read = _outwards(read, path.up)
    if not path.optional:
        return read

    def missing_is_null(scope: Scope) -> Any:
        value = read(scope)
        return None if value is ABSENT else value

    return missing_is_null


def _one(step: str) -> Read:
    def read(scope: Scope) -> Any:
        fields = scope[0]
        if type(fields) is dict:
            return fields.get(step, ABSENT)
        return _follow(fields, step, step)

    return read


def _many(path: Path) -> Read:
    steps, text = path.steps, path.text

    def read(scope: Scope) -> Any:
        value = scope[0]
        for step in steps:
            value = _follow(value, step, text)
            if value is None or value is ABSENT:
                return value
        return value

    return read


def _outwards(read: Read, count: int) -> Read:
    def from_outside(scope: Scope) -> Any:
        for _ in range(count):
            scope = scope[1]
        return read(scope)

    return from_outside


def _follow(value: Any, step: str, text: str) -> Any:
    if isinstance(value, Fields):
        return value.get(step, ABSENT)
    if isinstance(value, (list, tuple)) and step.isdigit():
        index = int(step)
        return value[index] if index < len(value) else None
    if isinstance(value, (list, tuple)):
        remedy = f"name one, like «0.{step}», or map it with «list»"
        raise _lost(f"path {text}: «{step}» is looked for in a list of elements", remedy)
    remedy = "end the path one step earlier"
    raise _lost(f"path {text}: «{step}» is looked for in {kind_of(value)}", remedy)


def _lost(message: str, remedy: str) -> Problem:
    return Problem(message, rule="path", remedy=remedy, cause="mapping")
