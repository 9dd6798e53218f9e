"""One op on its way through a platform: its values in nested form, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from ..endpoint import Op, Record, Result
from ..errors import GatewayError, Refused


@dataclass(slots=True)
class Work:
    op: Op
    values: dict[str, Any]
    id: str | None = None
    record: Record | None = None
    children: dict[str, dict[str, str]] = field(default_factory=dict)
    error: GatewayError | None = None
    left: list[str] = field(default_factory=list)  # images that were not written
    warning: GatewayError | None = None
    note: str = ""
    #: (language, the platform's name of the text) → the text, None where it is taken away.
    translations: dict[tuple[str, str], str | None] = field(default_factory=dict)
    #: Language → name of an option or value → what it is called there.
    option_texts: dict[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def going(self) -> bool:
        return self.error is None

    def fail(self, error: GatewayError) -> None:
        """Ends this op; the first failure stays."""
        if self.error is None:
            self.error = error.at(record=self.op.id or self.op.key)

    def leave(self, name: str, error: GatewayError) -> None:
        """The op goes on without the image in this field."""
        self.values.pop(name, None)
        self.left.append(name)
        self.warn(name, error)

    def put_off(self, name: str, note: str) -> None:
        """The op goes on without the images in this field, until what the note says is done."""
        self.values.pop(name, None)
        self.left.append(name)
        self.note = note

    def warn(self, name: str, error: GatewayError) -> None:
        """Something about the image in this field, which a person has to know."""
        if self.warning is None:
            self.warning = copy(error)  # several ops may have the same image
            self.warning.record, self.warning.field = None, name

    def result(self) -> Result:
        if self.error is not None:
            return Result(error=self.error)
        return Result(
            self.id,
            self.record,
            self.children,
            note=self.note,
            warning=self.warning,
            left=tuple(self.left),
            stage="image",
        )


@dataclass(frozen=True, slots=True)
class Nesting:
    """What of a platform's values is nested. `lists`: element key → fields, whose keys are data and
    no names. `data`: mappings that are data as a whole."""

    lists: frozenset[str]
    data: frozenset[str]

    def expand(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Dotted names as nested mappings, at every level: {"a.b": 1} → {"a": {"b": 1}}."""
        out: dict[str, Any] = {}
        for name, value in values.items():
            first, _, rest = name.partition(".")
            inner = self.expand({rest: value}) if rest else self._inner(name, value)
            out = _merged(out, {first: inner})
        return out

    def _inner(self, name: str, value: Any) -> Any:
        if not isinstance(value, Mapping) or name.partition("@")[0] in self.data:
            return value
        if name in self.lists:
            return {k: self.expand(v) if isinstance(v, Mapping) else v for k, v in value.items()}
        return self.expand(value)


def begin(
    ops: Sequence[Op], nesting: Nesting, writable: Collection[str], platform: str
) -> list[Work]:
    """Work for `ops`; an op with a field that can't be written is refused at once."""
    works = []
    for op in ops:
        work = Work(op, nesting.expand(op.values), op.id)
        unknown = sorted(set(work.values) - set(writable))
        if unknown:
            work.fail(
                Refused(
                    f"{platform} has no writable field {unknown[0]} here.",
                    field=unknown[0],
                    remedy="Take it out of the export mapping.",
                )
            )
        works.append(work)
    return works


def rounds(ops: Sequence[Op]) -> Iterator[Sequence[Op]]:
    """`ops` in consecutive parts that hold no id twice: writes to one record keep their order."""
    part: list[Op] = []
    seen: set[str] = set()
    for op in ops:
        if op.id is not None and op.id in seen:
            yield part
            part, seen = [], set()
        if op.id is not None:
            seen.add(op.id)
        part.append(op)
    if part:
        yield part


def _merged(one: dict[str, Any], two: dict[str, Any]) -> dict[str, Any]:
    out = dict(one)
    for name, value in two.items():
        held = out.get(name)
        both = isinstance(held, dict) and isinstance(value, dict)
        out[name] = _merged(held, value) if both else value  # type: ignore[arg-type]
    return out
