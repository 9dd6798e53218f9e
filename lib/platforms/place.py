"""Where a read stands, as a page's token has it: opaque to everyone but the client that made it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, TypeVar, get_args, get_type_hints

from ..endpoint import Token
from ..errors import StopRun

P = TypeVar("P", bound="Place")


@dataclass(frozen=True, slots=True)
class Place:
    """`start`: when the whole read began, by the shop's clock. `since`: what was changed then or
    later is still to come. A platform adds what its lists need: times, numbers and texts.
    """

    start: datetime
    since: datetime | None = None

    def token(self) -> Token:
        told = {k: _text(v) for k, v in asdict(self).items() if v not in (None, 0)}
        return Token(json.dumps({"v": 1, **told}, separators=(",", ":")))

    @classmethod
    def parse(cls: type[P], token: Token) -> P:
        """The place a token stands for. Raises `StopRun` for one that this client did not make."""
        try:
            told = json.loads(token)
            if told.get("v") != 1:
                raise ValueError("unknown version")
            kinds = get_type_hints(cls)
            return cls(**{f.name: _value(kinds[f.name], told.get(f.name)) for f in fields(cls)})
        except (ValueError, TypeError, AttributeError) as error:
            raise StopRun(
                "The place in the list can't be read; it was made by another version.",
                cause="unknown",
                remedy="Start the run again: it reads from the last settled time.",
            ) from error


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _value(kind: Any, told: Any) -> Any:
    """What is told of a field of that type; raises ValueError or TypeError where it is none."""
    if kind is int:
        return int(told or 0)
    kinds = get_args(kind)
    if told is None and kinds:
        return None
    if str in kinds:
        return str(told)
    time = datetime.fromisoformat(told)
    if time.tzinfo is None:
        raise ValueError(f"no zone: {told!r}")
    return time
