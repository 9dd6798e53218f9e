"""One field of a mapping: what is known of it, and the closures that read and shape its value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..errors import ValidationError
from .coercion import TYPES
from .expressions import Expression, ExpressionFailed
from .paths import Read, Scope
from .problem import ABSENT, Problem, Problems, kind_of
from .references import Ref
from .texts import as_char, as_key
from .trees import elements

if TYPE_CHECKING:
    from .record import CompiledRecord

Step = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class ReferenceSpec:
    """What a reference names. `key` None: by binding. `create` makes the values of a new record."""

    name: str
    key: str | None
    required: bool
    create: CompiledRecord | None = None


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One target field. `target` is its name without a language; `reads` and `key_reads` are
    dotted source paths from the record's root: `own_reads` those of MAPTO alone, `reads` also those
    of elements and of records to create, `key_reads` those that only tell elements apart."""

    name: str
    target: str
    type: str
    language: str | None = None
    required: bool = False
    create_only: bool = False
    null_yields: bool = False
    kept: bool = False  # at the first meeting each side keeps what it has
    constant: bool = False
    own_reads: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    key_reads: frozenset[str] = frozenset()
    reference: ReferenceSpec | None = None
    nested: CompiledRecord | None = None
    key: tuple[str, ...] = ()
    owned: bool = False
    shared: bool = False
    match: tuple[tuple[str, ...], ...] = ()
    entity: str | None = None
    document: Mapping[str, Any] = field(default_factory=dict, compare=False)
    read: Read = field(default=lambda scope: ABSENT, compare=False, repr=False)

    def coerce(self, value: Any) -> Any:
        """`value` in this field's type, as a record of the target holds it (a reference: its id).

        Null stays null. Raises ValidationError."""
        try:
            return None if value is None else TYPES[self.type].coerce(value)
        except Problem as problem:
            raise ValidationError(
                problem.message,
                field=self.name,
                value=problem.value,
                rule=problem.rule,
                remedy=problem.remedy,
            ) from None

    @property
    def made(self) -> bool:
        """Values that are typed where they are made: references and lists of elements."""
        return self.reference is not None or self.nested is not None


def constant(value: Any) -> Read:
    return lambda scope: value


def several(reads: Sequence[Read], expression: Expression | None) -> Read:
    """The values of all paths, as a list or given to the lambda; absent if one of them is."""
    if expression is None:

        def gather(scope: Scope) -> Any:
            values = [read(scope) for read in reads]
            return ABSENT if any(value is ABSENT for value in values) else values

        return gather

    def calculate(scope: Scope) -> Any:
        values = [read(scope) for read in reads]
        for value in values:
            if value is ABSENT:
                return ABSENT
        try:
            return expression(*values)
        except ExpressionFailed as error:
            remedy = "mend the lambda: it has to bear null and every type the source gives"
            message = f"{expression.text}: {error}"
            raise Problem(message, rule="lambda", remedy=remedy, cause="mapping") from None

    return calculate


def then(read: Read, step: Step) -> Read:
    """`read`, and `step` on what it gives, unless that is absent."""

    def run(scope: Scope) -> Any:
        value = read(scope)
        return value if value is ABSENT else step(value)

    return run


def leaving(read: Read) -> Read:
    """`read`, to which null is absent: the source says nothing against what the target has."""

    def run(scope: Scope) -> Any:
        value = read(scope)
        return ABSENT if value is None else value

    return run


def defaulting(read: Read, default: Any) -> Read:
    def run(scope: Scope) -> Any:
        value = read(scope)
        return default if value is None or value is ABSENT else value

    return run


def table(values: Mapping[str, Any]) -> Step:
    """A value table. Null stays null unless the table has «null»."""
    other = values.get("*", ABSENT)

    def look_up(value: Any) -> Any:
        word = _word(value)
        if word != "*" and word in values:
            return values[word]
        if value is None:
            return None
        if other is ABSENT:
            known = ", ".join(values)
            remedy = "add it to «values», or add «*» for all others"
            message = f"the value table has no entry for it; it has: {known}"
            raise Problem(message, value=value, rule="values", remedy=remedy)
        return other

    return look_up


def _word(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int)):
        return str(value)
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 50:
        return format(value, "f")
    raise Problem(f"{kind_of(value)} can't be looked up in a value table", rule="values")


def referring(read: Read, spec: ReferenceSpec, many: bool) -> Read:
    """The value as a Ref, a list's as a list of Refs."""

    def ref(value: Any, scope: Scope) -> Ref:
        create = spec.create.run(scope) if spec.create else None
        return Ref(spec.name, spec.key, as_key(value), spec.required, create)

    def run(scope: Scope) -> Any:
        value = read(scope)
        if value is None or value is ABSENT:
            return value
        if many:
            return [ref(item, scope) for item in elements(value)]
        return ref(value, scope)

    return run


def nesting(read: Read, record: CompiledRecord, keys: Sequence[Read]) -> Read:
    """A list of elements as element key → fields, in the source's order. No `keys`: positions."""

    def run(scope: Scope) -> Any:
        value = read(scope)
        if value is None or value is ABSENT:
            return value
        result: dict[str, dict[str, Any]] = {}
        wrong: list[tuple[str, Problem]] = []
        for position, element in enumerate(elements(value)):
            inner = (element, scope)
            key = f"#{position}"
            try:
                key = _element_key(inner, keys) if keys else str(position)
                if key in result:
                    raise _twice(key)
                result[key] = record.run(inner)
            except Problem as problem:
                wrong.append((f"[{key}]", problem))
            except Problems as problems:
                wrong += [(f"[{key}].{place}", problem) for place, problem in problems.found]
        if wrong:
            raise Problems(wrong)
        return result

    return run


def _element_key(scope: Scope, keys: Sequence[Read]) -> str:
    parts = []
    for read in keys:
        value = read(scope)
        if value is None or value is ABSENT:
            remedy = "choose another «key», or # for the position"
            raise Problem("the element has no key", rule="list key", remedy=remedy)
        parts.append(as_char(value) if isinstance(value, Decimal) else as_key(value))
    return "|".join(parts)


def _twice(key: str) -> Problem:
    remedy = "choose a «key» that tells elements apart, or several paths, or # for the position"
    return Problem(f"two elements have the key «{key}»", rule="list key", remedy=remedy)
