"""Products with their variations: one list of all where the shop has it (10.3), else one each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .client import Row
from .listing import MOST, Listing
from .routes import API, VARIATIONS, Routes
from .shapes_product import Family

PRODUCTS = f"{API}/products"


class Families:
    def __init__(self, listing: Listing, routes: Routes) -> None:
        self._listing = listing
        self._routes = routes

    def of(self, products: Sequence[Row]) -> list[Family]:
        """The products with all their variations that are not in the trash."""
        parents = [row for row in products if row.get("type") == "variable"]
        found = self._variations(parents)
        return [Family(row, found.get(row["id"], ())) for row in products]

    def fetch(self, ids: Sequence[int]) -> Iterator[Family]:
        """The products of these ids that there are, each with its variations."""
        for start in range(0, len(ids), MOST):
            part = ids[start : start + MOST]
            yield from self.of(list(self._listing.included(PRODUCTS, part)))

    def _variations(self, parents: Sequence[Row]) -> dict[int, list[Row]]:
        if not parents:
            return {}
        if self._routes.have(VARIATIONS):
            return self._in_one_list(parents)
        return {
            row["id"]: list(self._listing.all(below(row["id"])))
            for row in parents
            if row.get("variations")
        }

    def _in_one_list(self, parents: Sequence[Row]) -> dict[int, list[Row]]:
        owner = {id_: row["id"] for row in parents for id_ in row.get("variations") or ()}
        found: dict[int, list[Row]] = {}
        rows = self._listing.included(f"{API}/{VARIATIONS}", list(owner))
        for row in sorted(rows, key=lambda row: row["id"]):
            found.setdefault(owner[row["id"]], []).append(row)
        return found


def below(product: int | str) -> str:
    """The path of a product's variations."""
    return f"{PRODUCTS}/{product}/variations"


def in_order(family: Family) -> Family:
    """The family with its variations as the shop shows them: by their place, then by id."""
    rows = sorted(family.variations, key=lambda row: (row.get("menu_order") or 0, row["id"]))
    return Family(family.product, rows)


def by_product(families: Sequence[Family]) -> Mapping[int, Family]:
    return {family.product["id"]: family for family in families}
