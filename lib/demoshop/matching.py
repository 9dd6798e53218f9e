"""How one search term compares with a value, by the kind of its field."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from .criteria import Kind
from .search import Term
from .store import Rec, stamp

Test = Callable[[Rec], bool]
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: bool(left == right),
    "<": lambda left, right: bool(left < right),
    "<=": lambda left, right: bool(left <= right),
    ">": lambda left, right: bool(left > right),
    ">=": lambda left, right: bool(left >= right),
}


def _exact(term: Term) -> Callable[[Any], bool]:
    """Any of a comma list, whatever the case; `abc*` is a prefix; `*` is anything there is."""
    wanted = [term.value] if term.quoted else term.value.split(",")
    lower = [value.strip().lower() for value in wanted]
    if lower == ["any"]:
        return lambda _value: True
    whole = {value for value in lower if not value.endswith("*")}
    starts = tuple(value[:-1] for value in lower if value.endswith("*"))

    def matches(value: Any) -> bool:
        text = "" if value is None else str(value).lower()
        return text in whole or (bool(starts) and bool(text) and text.startswith(starts))

    return matches


def _words(term: Term) -> Callable[[Any], bool]:
    """A phrase is contained; a bare word begins a word."""
    wanted = term.value.lower()
    if term.quoted:
        return lambda value: wanted in str(value or "").lower()
    start = wanted.rstrip("*")
    return lambda value: any(w.startswith(start) for w in str(value or "").lower().split())


def _number(term: Term) -> Callable[[Any], bool]:
    compare = COMPARE[term.op]
    text = term.value.rpartition("/")[2]
    wanted = {int(one) for one in text.split(",") if one.strip().isdigit()}
    if term.op == "=":
        return lambda value: value in wanted
    if len(wanted) != 1:
        return lambda _value: False
    limit = wanted.pop()
    return lambda value: value is not None and compare(value, limit)


def _time(term: Term) -> Callable[[Any], bool]:
    at = moment(term.value)
    assert at is not None  # finding has seen to it
    if term.op == "=":
        length = timedelta(days=1) if len(term.value) == 10 else timedelta(seconds=1)
        low, high = stamp(at), stamp(at + length)
        return lambda value: value is not None and low <= value < high
    up = math.ceil(at.microsecond / 1_000_000) if term.op in (">=", "<") else 0
    limit, compare = stamp(at + timedelta(seconds=up)), COMPARE[term.op]
    return lambda value: value is not None and compare(value, limit)


def moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00").replace("z", "+00:00"))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=timezone.utc)


MATCHERS: Mapping[Kind, Callable[[Term], Callable[[Any], bool]]] = {
    "exact": _exact,
    "words": _words,
    "time": _time,
    "id": _number,
}
