"""Where a read stands: what a page's token holds. Opaque to everyone else."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ...endpoint import Token
from ...errors import StopRun
from .scalars import moment


@dataclass(frozen=True, slots=True)
class Position:
    """One read's place.

    `start`: when the whole read began. `since`: lower bound of time of the query under way.
    `after_id`: lower bound of ids of the query under way (unordered reads). `cursor`: within that
    query. `seen`: objects it gave so far, of a file its lines. `last`: time of the last record
    given. `bulk`: the operation whose file is read, from the byte `offset` on.
    """

    start: datetime
    since: datetime | None = None
    after_id: int = 0
    cursor: str | None = None
    seen: int = 0
    last: datetime | None = None
    bulk: str | None = None
    offset: int = 0

    def token(self) -> Token:
        fields = {k: _text(v) for k, v in asdict(self).items() if v not in (None, 0)}
        return Token(json.dumps({"v": 1, **fields}, separators=(",", ":")))


def parse(token: Token) -> Position:
    """The place a token stands for. Raises `StopRun` for one that this client did not make."""
    try:
        fields = json.loads(token)
        times = {name: _time(fields.get(name)) for name in ("start", "since", "last")}
        start = times["start"]
        if fields.get("v") != 1 or start is None:
            raise ValueError("unknown version")
        return Position(
            start,
            times["since"],
            int(fields.get("after_id", 0)),
            fields.get("cursor"),
            int(fields.get("seen", 0)),
            times["last"],
            fields.get("bulk"),
            int(fields.get("offset", 0)),
        )
    except (ValueError, TypeError, AttributeError) as error:
        raise StopRun(
            "The place in the list can't be read; it was made by another version.",
            cause="unknown",
            remedy="Start the run again: it reads from the last settled time.",
        ) from error


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _time(value: Any) -> datetime | None:
    if value is None:
        return None
    parsed = moment(value)
    if not isinstance(parsed, datetime):
        raise ValueError(f"no time: {value!r}")
    return parsed
