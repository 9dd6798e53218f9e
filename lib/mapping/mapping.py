"""A compiled mapping: what it reads and writes, what it takes, and what it makes of a record."""

from __future__ import annotations

from collections.abc import Mapping as Fields
from typing import Any, Literal

from ..endpoint import Record
from ..errors import MappingError, SkipRecord, ValidationError
from .fields import FieldSpec
from .filters import Test
from .layers import Effective
from .problem import Problem, Problems
from .record import CompiledRecord

#: How many problems of one record an error's text lists; `details` has them all.
LISTED = 10


class Mapping:
    """Made once a version by `compile_mapping`; calling it changes nothing, threads share it."""

    __slots__ = (
        "document", "fields", "filters", "first_match", "identity", "model", "on_delete",
        "on_missing", "reads", "record", "roots", "shared", "source_id_field", "source_table",
        "tied_to", "version", "writes",
    )  # fmt: skip

    def __init__(
        self,
        effective: Effective,
        record: CompiledRecord,
        filters: dict[str, Test],
        filter_reads: frozenset[str],
    ) -> None:
        document = effective.document
        self.version = effective.version
        self.document = document
        self.model: str = document["model"]
        self.source_table: str = document["source_table"]
        self.source_id_field: str = document["source_id_field"]
        #: Natural keys to match by, tried in order; each a tuple of target fields.
        self.identity = as_keys(document.get("identity", ()))
        #: What to do with a record that has no counterpart: create, skip or wait.
        self.on_missing: Literal["create", "skip", "wait"] = document.get("on_missing", "create")
        #: Where a record meets a counterpart with no base: decided by rule, or only filled.
        self.first_match: Literal["rule", "fill"] = document.get("first_match", "rule")
        #: What becomes of the target of a record that is deleted.
        self.on_delete: Literal["archive", "delete", "keep"] = document.get("on_delete", "archive")
        #: Whether several records of the source may share one target.
        self.shared: bool = document.get("shared", False)
        #: The entity whose bindings tell an unbound record's counterpart, before identity keys.
        self.tied_to: str | None = document.get("tied_to")
        self.record = record
        self.fields: Fields[str, FieldSpec] = record.fields
        self.filters = filters
        #: Dotted source paths that fields, element keys and filters read.
        self.reads = record.reads | filter_reads
        #: First steps of `reads`: what has to be fetched and kept of a source record.
        self.roots = frozenset(path.split(".")[0] for path in self.reads if path)
        #: Dotted target paths; elements' fields under their list.
        self.writes = record.writes

    def filtered_by(self, fields: Fields[str, Any]) -> str | None:
        """The name of the first filter that refuses the record, None if it is to be taken.

        Raises ValidationError when a filter reads an absent field, MappingError for a bad lambda.
        """
        for name, takes in self.filters.items():
            try:
                if not takes((fields, None)):
                    return name
            except Problem as problem:
                raise _single(problem, f"filter «{name}»", None) from None
        return None

    def transform(self, record: Record) -> dict[str, Any]:
        """Typed values in the target's terms; absent fields are left out, null stays None.

        A reference is a `Ref`, a list of elements a dict key → values in the source's order.
        Raises one ValidationError or MappingError that names the record and every wrong field;
        `details["problems"]` lists them.
        """
        try:
            return self.record.run((record.fields, None))
        except Problems as problems:
            raise self._error(record, problems) from None

    def _error(self, record: Record, problems: Problems) -> SkipRecord:
        name = f"{self.source_table} {record.id}"
        first_field, first = problems.found[0]
        if len(problems.found) == 1:
            error = _single(first, first_field, name)
        else:
            error = _several(problems.found, name)
        error.details["problems"] = [
            {"field": field, "message": one.message, "rule": one.rule, "remedy": one.remedy}
            for field, one in problems.found
        ]
        return error


def as_keys(keys: Any) -> tuple[tuple[str, ...], ...]:
    """["a", ["b", "c"]] as (("a",), ("b", "c"))."""
    return tuple((key,) if isinstance(key, str) else tuple(key) for key in keys)


def _single(problem: Problem, field: str, record: str | None) -> SkipRecord:
    kind = MappingError if problem.cause == "mapping" else ValidationError
    return kind(
        problem.message,
        record=record,
        field=field,
        value=problem.value,
        rule=problem.rule,
        remedy=problem.remedy,
    )


def _several(found: list[tuple[str, Problem]], record: str) -> SkipRecord:
    kind = MappingError if any(one.cause == "mapping" for _, one in found) else ValidationError
    lines = [str(_single(problem, field, None)) for field, problem in found[:LISTED]]
    rest = len(found) - len(lines)
    more = f"; and {rest} more" if rest else ""
    return kind(
        f"{len(found)} fields are wrong: {'; '.join(lines)}{more}",
        record=record,
        rule="several",
        remedy="mend each of them",
    )
