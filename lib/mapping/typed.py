"""The typed Pydantic record of one mapping, built once: every value passes through it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import pydantic

from .coercion import TYPES, Coerce
from .problem import Problem

_MISSING = "the field is required and the source does not give it"
_EMPTY = "the field is required and the source has nothing in it"
_REMEDY = "fill it in the source and retry; or, in the mapping, fill in «If empty» of the field"


class TypedRecord:
    """Coerces a record's values by type; absent fields stay absent, null stays null unless
    required. `model` is the Pydantic class; its aliases are the target's field names."""

    def __init__(self, name: str, fields: Mapping[str, tuple[str, bool, bool]]) -> None:
        """`fields`: name → (type, required, made): `made` values (references, elements) are
        typed where they are made and pass as they are."""
        annotations: dict[str, Any] = {}
        for position, (alias, (type_name, required, made)) in enumerate(fields.items()):
            coerce = _as_made if made else TYPES[type_name].coerce
            python = Any if made else TYPES[type_name].python | None
            validator = pydantic.PlainValidator(
                _required(coerce) if required else _optional(coerce)
            )
            default: Any = ... if required else None
            info = pydantic.Field(default, alias=alias)
            annotations[f"f{position}"] = (Annotated[python, validator], info)
        config = pydantic.ConfigDict(extra="forbid")
        self.model = pydantic.create_model(name, __config__=config, **annotations)
        self._validate = self.model.__pydantic_validator__.validate_python
        self._slots = [(f"f{position}", alias) for position, alias in enumerate(fields)]

    def __call__(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The typed values. Raises pydantic.ValidationError; `problems_of` reads it."""
        typed = self._validate(values).__dict__
        return {alias: typed[slot] for slot, alias in self._slots if alias in values}


def problems_of(
    error: pydantic.ValidationError, skip: Mapping[str, Any] | None = None
) -> list[tuple[str, Problem]]:
    """(field, problem) of everything that was refused, but for fields in `skip`."""
    found = []
    for one in error.errors(include_url=False):
        name = str(one["loc"][0])
        problem = one.get("ctx", {}).get("error")
        if one["type"] == "missing":
            problem = Problem(_MISSING, rule="required", remedy=_REMEDY)
        if not isinstance(problem, Problem):
            problem = Problem(one["msg"], value=one.get("input"), rule=one["type"])
        if not skip or name not in skip:
            found.append((name, problem))
    return found


def _as_made(value: Any) -> Any:
    return value


def _optional(coerce: Coerce) -> Coerce:
    def run(value: Any) -> Any:
        return None if value is None else coerce(value)

    return run


def _required(coerce: Coerce) -> Coerce:
    def run(value: Any) -> Any:
        if value is None or (type(value) is str and not value.strip()):
            raise Problem(_EMPTY, rule="required", remedy=_REMEDY)
        return coerce(value)

    return run
