"""What is wrong with one value, before its record and field are known; and the mark of absence."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Literal

from ..errors import Cause


class Absent(Enum):
    """The one value that says «the source does not give this field»; unlike None, which is null."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "absent"


ABSENT: Final[Literal[Absent.ABSENT]] = Absent.ABSENT


class Problem(ValueError):
    """One value breaks one rule. `cause` says whether the value or the mapping is to be mended."""

    def __init__(
        self,
        message: str,
        *,
        value: Any = None,
        rule: str | None = None,
        remedy: str | None = None,
        cause: Cause = "validation",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.value = value
        self.rule = rule
        self.remedy = remedy
        self.cause: Cause = cause


class Problems(Exception):
    """Everything that is wrong with one record: pairs of field path and problem."""

    def __init__(self, found: list[tuple[str, Problem]]) -> None:
        super().__init__("; ".join(f"{place}: {problem}" for place, problem in found))
        self.found = found


_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true/false"),
    (str, "text"),
    (int, "a whole number"),
    (Decimal, "a decimal number"),
    (float, "a binary float"),
    (datetime, "a time"),
    (date, "a date"),
    ((list, tuple), "a list"),
    (type(None), "null"),
)


def kind_of(value: Any) -> str:
    """What a person calls the type of `value`."""
    for types, word in _KINDS:
        if isinstance(value, types):
            return word
    return "an object" if hasattr(value, "keys") else type(value).__name__


def nearest(name: str, known: Iterable[str]) -> str:
    """« Did you mean «x»?», or nothing."""
    close = closest(name, known)
    return f"did you mean «{close}»?" if close else ""


def closest(name: str, known: Iterable[str]) -> str:
    """The one of `known` that `name` is most like, or nothing."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)), "")
