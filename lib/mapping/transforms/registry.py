"""The one registry of named transforms: their examples are their documentation and their tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from ..problem import Problem, kind_of, nearest

Kind = Literal["text", "number", "boolean", "time", "date", "list", "any"]
Function = Callable[..., Any]

#: Marks an argument that has to be given.
REQUIRED: Any = type("Required", (), {"__repr__": lambda self: "required"})()
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_WORDS: dict[str, str] = {
    "text": "text",
    "number": "a number",
    "boolean": "true/false",
    "time": "a time",
    "date": "a date",
    "list": "a list",
    "any": "any value",
}


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a transform; `check` gives a sentence for a value that is not allowed."""

    name: str
    type: Literal["text", "integer", "number", "boolean"]
    help: str
    default: Any = REQUIRED
    check: Callable[[Any], str | None] | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """What the transform makes of `given` with `arguments`. `result` may be a Problem: refused."""

    given: Any
    result: Any
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Transform:
    """A named function of one value: total over `takes`, or a Problem says what is wrong.

    Null passes by unless `nulls`.
    """

    name: str
    help: str
    function: Function
    takes: tuple[Kind, ...]
    arguments: tuple[Argument, ...]
    examples: tuple[Example, ...]
    nulls: bool

    def __call__(self, value: Any, **arguments: Any) -> Any:
        if value is None and not self.nulls:
            return None
        if "any" not in self.takes and value is not None and not _fits(value, self.takes):
            wanted = " or ".join(_WORDS[one] for one in self.takes)
            raise Problem(
                f"the transform {self.name} takes {wanted}, not {kind_of(value)}",
                value=value,
                rule=self.name,
                remedy="convert it first (to_str, to_float, …) or map another field",
            )
        try:
            return self.function(value, **arguments)
        except ArithmeticError:
            message = "the number is too large to calculate with"
            raise Problem(message, rule=self.name, remedy="mend the source") from None

    def bind(self, given: Mapping[str, Any]) -> Callable[[Any], Any]:
        """The transform with its arguments filled in. Raises ValueError where they don't fit."""
        known = {argument.name: argument for argument in self.arguments}
        for name in given:
            if name not in known:
                hint = nearest(name, known) or f"it takes: {', '.join(known) or 'none'}"
                raise ValueError(f"{self.name} has no argument «{name}»; {hint}")
        bound = {name: _argument(self, one, given) for name, one in known.items()}
        return lambda value: self(value, **bound)


TRANSFORMS: dict[str, Transform] = {}


def register_transform(
    name: str,
    function: Function,
    *,
    help: str,
    takes: Sequence[Kind],
    examples: Sequence[tuple[Any, ...]],
    arguments: Sequence[Argument] = (),
    nulls: bool = False,
) -> Transform:
    """Add a transform. Other addons call this too.

    `examples` are (given, result) or (given, arguments, result), at least one. Raises ValueError
    when the name is taken or malformed, or an example does not hold.
    """
    if not _NAME.fullmatch(name) or name in TRANSFORMS:
        raise ValueError(f"a transform named {name!r} exists already, or the name is malformed")
    shown = tuple(Example(one[0], one[-1], one[1] if len(one) == 3 else {}) for one in examples)
    made = Transform(name, help, function, tuple(takes), tuple(arguments), shown, nulls)
    if not shown or not help:
        raise ValueError(f"the transform {name} needs a help sentence and an example")
    for example in shown:
        wrong = check_example(made, example)
        if wrong:
            raise ValueError(wrong)
    TRANSFORMS[name] = made
    return made


def find_transform(name: str) -> Transform:
    """The transform of that name. Raises ValueError with the nearest name."""
    found = TRANSFORMS.get(name)
    if found is None:
        hint = nearest(name, TRANSFORMS) or "docs/mapping.md lists them all"
        raise ValueError(f"there is no transform «{name}»; {hint}")
    return found


def check_example(transform: Transform, example: Example) -> str | None:
    """What is wrong with an example, or None."""
    try:
        result = transform.bind(example.arguments)(example.given)
    except Problem as problem:
        if isinstance(example.result, Problem):
            return None
        return f"{transform.name}: {example.given!r} is refused: {problem}"
    if type(result) is not type(example.result) or result != example.result:
        return f"{transform.name}: {example.given!r} gives {result!r}, not {example.result!r}"
    return None


def _argument(transform: Transform, argument: Argument, given: Mapping[str, Any]) -> Any:
    value = given.get(argument.name, argument.default)
    if value is REQUIRED:
        raise ValueError(f"{transform.name} needs the argument «{argument.name}»")
    if argument.name not in given:
        return value
    types: dict[str, tuple[type, ...]] = {
        "text": (str,),
        "integer": (int,),
        "number": (int, Decimal),
        "boolean": (bool,),
    }
    boolean = isinstance(value, bool)
    if not isinstance(value, types[argument.type]) or boolean is not (argument.type == "boolean"):
        wanted = f"«{argument.name}» of {transform.name} is {argument.type}"
        raise ValueError(f"{wanted}, not {kind_of(value)}")
    wrong = argument.check(value) if argument.check else None
    if wrong:
        raise ValueError(f"«{argument.name}» of {transform.name}: {wrong}")
    return value


def _fits(value: Any, takes: Sequence[Kind]) -> bool:
    if isinstance(value, bool):
        return "boolean" in takes
    if isinstance(value, str):
        return "text" in takes
    if isinstance(value, (int, Decimal)):
        return "number" in takes
    if isinstance(value, datetime):
        return "time" in takes
    if isinstance(value, date):
        return "date" in takes
    return isinstance(value, (list, tuple)) and "list" in takes
