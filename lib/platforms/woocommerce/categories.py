"""The tree of categories: small, without any date, so it is read whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .client import Row
from .listing import Listing
from .routes import API
from .scalars import plain
from .shapes import SEPARATOR, Fields, category

CATEGORIES = f"{API}/products/categories"
_LIGHT = "id,name,parent"


class Tree:
    """Every category's place, by id."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows: Mapping[int, Row] = {row["id"]: row for row in rows}

    def path(self, id_: int) -> str:
        """Names from the root down, joined by « / »; a parent that is not there ends the way."""
        names = [str(plain(row.get("name"))).strip() for row in self._way(id_)]
        return SEPARATOR.join(reversed(names))

    def _way(self, id_: int) -> list[Row]:
        """The category and those above it, up to the root."""
        way: list[Row] = []
        row = self._rows.get(id_)
        while row is not None and row not in way:
            way.append(row)
            row = self._rows.get(row.get("parent") or 0)
        return way

    def place(self, row: Row) -> tuple[int, int]:
        """(how many categories are above it, its id)"""
        return len(self._way(row["id"])), row["id"]

    def by_depth(self) -> list[tuple[tuple[int, int], Row]]:
        """Every row with its place, parents before their children."""
        return sorted(((self.place(row), row) for row in self._rows.values()), key=lambda p: p[0])

    def fields(self, row: Row) -> Fields:
        return category(row, self.path(row["id"]))


def tree(listing: Listing) -> Tree:
    """The tree by names alone."""
    return Tree(list(listing.all(CATEGORIES, {"_fields": _LIGHT})))
