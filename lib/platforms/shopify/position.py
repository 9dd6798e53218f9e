"""Where a read of Shopify stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..place import Place


@dataclass(frozen=True, slots=True)
class Position(Place):
    """One read's place: `since` is the lower bound of time of the query under way.

    `after_id`: lower bound of ids of the query under way (unordered reads). `cursor`: within that
    query. `seen`: objects it gave so far, of a file its lines. `last`: time of the last record
    given. `bulk`: the operation whose file is read, from the byte `offset` on.
    """

    after_id: int = 0
    cursor: str | None = None
    seen: int = 0
    last: datetime | None = None
    bulk: str | None = None
    offset: int = 0
