"""Named filters: what a record needs to be taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from .paths import Read, Scope
from .problem import ABSENT, Problem

Test = Callable[[Scope], bool]


def truthy(read: Read) -> Test:
    """The form with MAPTO: what is false, null, zero or empty is refused."""
    return lambda scope: bool(_present(read(scope)))


def condition(read: Read, wanted: Mapping[str, Any]) -> Test:
    """The form without Python: every rule of `wanted` has to hold."""
    rules = [_RULES[name](value) for name, value in wanted.items() if name in _RULES]

    def run(scope: Scope) -> bool:
        value = _present(read(scope))
        return all(rule(value) for rule in rules)

    return run


def _present(value: Any) -> Any:
    """Absent is not «no»: a field hidden by a scope must not make records leave the filter."""
    if value is ABSENT:
        remedy = "grant the scope that shows it, or end the path with ? to take missing as null"
        raise Problem("the filter reads a field that the source does not give", remedy=remedy)
    return value


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, Decimal)) and isinstance(right, (int, Decimal)):
        return left == right
    return type(left) is type(right) and bool(left == right)


def _among(choices: Any) -> Callable[[Any], bool]:
    return lambda value: any(_same(value, choice) for choice in choices)


def _not_among(choices: Any) -> Callable[[Any], bool]:
    return lambda value: not any(_same(value, choice) for choice in choices)


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {}, ())


_RULES: dict[str, Callable[[Any], Callable[[Any], bool]]] = {
    "in": _among,
    "not_in": _not_among,
    "equals": lambda choice: _among([choice]),
    "empty": lambda wanted: _empty,
    "present": lambda wanted: lambda value: not _empty(value),
}
