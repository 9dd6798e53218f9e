"""Where a read of WooCommerce stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..place import Place


@dataclass(frozen=True, slots=True)
class Position(Place):
    """One read's place: `since` is a second, as the shop tells no parts of it.

    `second`: set while the rows of one second, too many for one page, are read by id. `after_id`,
    `offset`: within a list by id, the last id given and where the next row stood then.
    """

    second: datetime | None = None
    after_id: int = 0
    offset: int = 0
