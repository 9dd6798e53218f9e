"""A compiled `record`: reads every field, types the values, and tells everything that is wrong."""

from __future__ import annotations

from collections.abc import Mapping as Fields
from types import MappingProxyType
from typing import Any

import pydantic

from .fields import FieldSpec
from .paths import Scope
from .problem import ABSENT, Problem, Problems
from .typed import TypedRecord, problems_of


class CompiledRecord:
    """The fields of one record, of a list's elements or of a record to create."""

    __slots__ = ("_reads", "_typed", "fields", "reads", "writes")

    def __init__(self, name: str, specs: list[FieldSpec]) -> None:
        self.fields: Fields[str, FieldSpec] = MappingProxyType({one.name: one for one in specs})
        #: Dotted source paths from the root of the record, those of elements' keys among them.
        self.reads = frozenset().union(*(one.reads | one.key_reads for one in specs))
        #: Dotted target paths, those of elements under their list's name.
        self.writes = frozenset(_written(specs))
        self._typed = TypedRecord(name, {s.name: (s.type, s.required, s.made) for s in specs})
        self._reads = [(one.name, one.read) for one in specs]

    @property
    def model(self) -> type[pydantic.BaseModel]:
        """The Pydantic class that every value passes through."""
        model: type[pydantic.BaseModel] = self._typed.model
        return model

    def run(self, scope: Scope) -> dict[str, Any]:
        """The typed values of one record. Raises Problems with everything that is wrong."""
        values: dict[str, Any] = {}
        wrong: list[tuple[str, Problem]] = []
        for name, read in self._reads:
            try:
                value = read(scope)
            except Problem as problem:
                wrong.append((name, problem))
            except Problems as problems:
                wrong += [_under(name, place, problem) for place, problem in problems.found]
            else:
                if value is not ABSENT:
                    values[name] = value
        if not wrong:
            try:
                return self._typed(values)
            except pydantic.ValidationError as error:
                raise Problems(problems_of(error)) from None
        raise Problems(wrong + self._also(values, {place.split("[")[0] for place, _ in wrong}))

    def _also(self, values: Fields[str, Any], known: set[str]) -> list[tuple[str, Problem]]:
        """What typing refuses besides the fields that could not even be read."""
        try:
            self._typed(values)
        except pydantic.ValidationError as error:
            return problems_of(error, dict.fromkeys(known))
        return []


def _under(name: str, place: str, problem: Problem) -> tuple[str, Problem]:
    return (f"{name}{place}" if place.startswith("[") else f"{name}.{place}"), problem


def _written(specs: list[FieldSpec]) -> list[str]:
    paths = [spec.name for spec in specs]
    for spec in specs:
        if spec.nested is not None:
            paths += [f"{spec.name}.{inner}" for inner in spec.nested.writes]
    return paths
