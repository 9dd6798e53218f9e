"""Reads whole entities, page by page, resumable.

Products and orders ascend by time. Variants, prices and stock come with the products that were
modified; customers and categories can't be asked for by time at all and are gone through in full.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ...clock import Clock
from ...endpoint import Page, Record, Token, Watermark
from .categories import CATEGORIES, Tree
from .client import Client, Row
from .entities import CUSTOMERS, SOURCES, Source
from .families import PRODUCTS, Families, by_product, in_order
from .listing import Listing, modified, row_id
from .orders import ORDERS, Orders
from .position import Position
from .routes import Routes
from .scalars import EPOCH, is_id, moment_text, split_id
from .shapes import customer
from .shapes_order import order
from .shapes_product import Family, level, price, product, sold_rows, variant

#: Seconds by which a shop's clock may be behind ours and be believed.
_BEHIND = 86_400.0
#: How often levels are read again that are sold while they are read.
_LOOKS = 3
_TRASH = {"status": "trash"}


class Reader:
    def __init__(
        self,
        client: Client,
        clock: Clock,
        routes: Routes,
        *,
        weight_unit: str,
        with_notes: bool,
        sizes: Mapping[str, int],
    ) -> None:
        self._client = client
        self._clock = clock
        self._unit = weight_unit
        self._listings = {
            name: Listing(client, sizes.get(name, source.size)) for name, source in SOURCES.items()
        }
        self.listing = Listing(client)
        self.families = Families(self.listing, routes)
        self.orders = Orders(client, self.listing, routes, with_notes)

    # -- whole entities ------------------------------------------------------------------------

    def pages(self, entity: str, since: Watermark | None, token: Token | None) -> Iterator[Page]:
        source = SOURCES[entity]
        if source.way == "whole":
            return self._whole(entity, token)
        if source.way == "id":
            return self._by_id(entity, source, since, token)
        return self._by_time(entity, source, since, token)

    def _by_time(
        self, entity: str, source: Source, since: Watermark | None, token: Token | None
    ) -> Iterator[Page]:
        place = Position.parse(token) if token is not None else self._begin(since)
        ascending = entity in ("product", "order")
        if entity == "product" and token is None and since is not None:
            yield from self._trashed(since, place)
        begun, more = token is not None, True
        while more:
            rows, place, more = self._listings[entity].by_time(source.path, source.params, place)
            begun, place = True, place if begun else self._started(place)
            if not rows and more:
                continue
            records = list(self._records(entity, rows))
            watermark = _settled(rows, place.start) if ascending else None
            if not ascending and not more:
                watermark = Watermark(place.start)
            yield Page(records, place.token() if more else None, watermark)

    def _by_id(
        self, entity: str, source: Source, since: Watermark | None, token: Token | None
    ) -> Iterator[Page]:
        """Every row, by id; those modified before `since` are left out here."""
        place = Position.parse(token) if token is not None else self._begin(since)
        begun, more = token is not None, True
        while more:
            rows, offset, more = self._listings[entity].by_id(
                source.path, source.params, place.after_id, place.offset
            )
            begun, place = True, place if begun else self._started(place)
            after = row_id(rows[-1]) if rows else place.after_id
            place = replace(place, after_id=after, offset=offset)
            rows = [row for row in rows if _is_due(row, place.since)]
            watermark = None if more else Watermark(place.start)
            token = place.token() if more else None
            yield Page(list(self._records(entity, rows)), token, watermark)

    def _whole(self, entity: str, token: Token | None) -> Iterator[Page]:
        """The whole tree each time: it has no dates, and a path needs its parents. Parents come
        before their children; the place in it is that of the last one given, by depth and id."""
        place = Position.parse(token) if token is not None else self._begin(None)
        listing = self._listings[entity]
        tree = Tree(list(listing.all(CATEGORIES)))
        place = place if token is not None else self._started(place)
        rest = [row for at, row in tree.by_depth() if at > (place.offset, place.after_id)]
        for start in range(0, max(len(rest), 1), listing.size):
            rows, more = rest[start : start + listing.size], start + listing.size < len(rest)
            if more:
                depth, id_ = tree.place(rows[-1])
                place = replace(place, offset=depth, after_id=id_)
            records = [Record(str(row["id"]), tree.fields(row)) for row in rows]
            watermark = None if more else Watermark(place.start)
            yield Page(records, place.token() if more else None, watermark)

    def _trashed(self, since: Watermark, place: Position) -> Iterator[Page]:
        """First of all, what went to the trash since: no other list has it. It settles nothing, so
        the watermark stays where it was. What is deleted for good is only found by its id."""
        query = {
            **_TRASH,
            "modified_after": moment_text(since.time - timedelta(seconds=1)),
            "dates_are_gmt": True,
        }
        rows = list(self.listing.all(PRODUCTS, query))
        if rows:
            yield Page(list(self._records("product", rows)), self._started(place).token(), since)

    # -- records of rows -----------------------------------------------------------------------

    def _records(self, entity: str, rows: Sequence[Row]) -> Iterator[Record]:
        if entity == "stock":
            yield from self._levels(rows)
        elif SOURCES[entity].of_products:
            for family in self.families.of(rows):
                yield from self.members(entity, family)
        elif entity == "order":
            around = self.orders.around(rows)
            for row in rows:
                yield record(order(row, around[row["id"]]))
        else:
            for row in rows:
                yield record(customer(row))

    def _levels(self, rows: Sequence[Row]) -> Iterator[Record]:
        """Levels with what open orders hold of them at the same moment: orders are read before and
        behind, and a product that was sold in between is read again."""
        before = self.orders.committed()
        families = self.families.of(rows)
        for _ in range(_LOOKS):
            after = self.orders.committed()
            moved = {id_ for id_ in {*before, *after} if before.get(id_) != after.get(id_)}
            products = {parts[0] for id_ in moved if (parts := split_id(id_)) is not None}
            again = [f.product["id"] for f in families if f.product["id"] in products]
            before = after
            if not again:
                break
            fresh = by_product(list(self.families.fetch(again)))
            families = [fresh.get(f.product["id"], f) for f in families]
        for family in families:
            yield from self.members("stock", family, before)

    def members(
        self, entity: str, family: Family, committed: Mapping[str, int] | None = None
    ) -> Iterator[Record]:
        """The records of one product's family."""
        family = in_order(family)
        committed = committed or {}
        if entity == "product":
            yield record(product(family, self._unit))
            return
        for row in sold_rows(family):
            if entity == "variant":
                yield record(variant(family, row, self._unit))
            elif entity == "price":
                yield record(price(family, row))
            else:
                fields = level(family, row, 0)
                held = committed.get(fields["id"], 0)
                yield record(level(family, row, held))

    # -- by id ---------------------------------------------------------------------------------

    def fetch(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        """Those of `ids` that there are, products in the trash too. Stock may also be asked for as
        «variant|location»."""
        if SOURCES[entity].of_products:
            yield from self._fetch_members(entity, [id_.partition("|")[0] for id_ in ids])
            return
        known = [id_ for id_ in ids if is_id(id_)]
        if entity == "category":
            yield from self._fetch_categories(known)
            return
        path = CUSTOMERS if entity == "customer" else ORDERS
        params = {"role": "all"} if entity == "customer" else {"status": "any"}
        yield from self._records(entity, list(self.listing.included(path, known, params)))

    def _fetch_members(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        wanted = {id_: parts for id_ in ids if (parts := split_id(id_)) is not None}
        products = sorted({product for product, _variation in wanted.values()})
        families = list(self.families.fetch(products))
        if entity == "product":
            there = {family.product["id"] for family in families}
            rest = [id_ for id_ in products if id_ not in there]
            families += self.families.of(list(self.listing.included(PRODUCTS, rest, _TRASH)))
        # After the quantities: a sale in between shows as a quantity that is no longer the shop's
        # when it is written, where one that was missed here would be sold twice.
        committed = self.orders.committed() if entity == "stock" and families else {}
        for family in families:
            for found in self.members(entity, family, committed):
                if found.id in wanted:
                    yield found

    def _fetch_categories(self, ids: Sequence[str]) -> Iterator[Record]:
        rows = list(self.listing.all(CATEGORIES)) if ids else []
        tree = Tree(rows)
        for row in rows:
            if str(row["id"]) in ids:
                yield Record(str(row["id"]), tree.fields(row))

    def current(self, products: Sequence[int]) -> Mapping[int, Family]:
        """Product id → its family, of those that there are."""
        return by_product(list(self.families.fetch(products)))

    def untold(self, ids: Sequence[str]) -> Sequence[str]:
        """Those orders of `ids` that are not in the trash."""
        known = [id_ for id_ in ids if is_id(id_)]
        query = {**_TRASH, "_fields": "id"}
        gone = {str(row["id"]) for row in self.listing.included(ORDERS, known, query)}
        return [id_ for id_ in ids if id_ not in gone]

    def ids(self, entity: str) -> Iterator[str]:
        source = SOURCES[entity]
        if not source.of_products:
            for row in self.listing.all(source.path, {**source.params, "_fields": "id"}):
                yield str(row["id"])
            return
        light = {} if entity != "product" else {"_fields": "id"}
        for row in self.listing.all(PRODUCTS, light):
            if entity == "product":
                yield str(row["id"])
            elif row.get("type") == "variable":
                yield from (f"{row['id']}/{id_}" for id_ in row.get("variations") or ())
            elif row.get("type") != "grouped":
                yield str(row["id"])

    def _begin(self, since: Watermark | None) -> Position:
        return Position(start=self._clock.now(), since=since.time if since else None)

    def _started(self, place: Position) -> Position:
        """The read's start by the shop's clock, which the first answer told; never after ours."""
        skew = min(max(self._client.skew or 0.0, -_BEHIND), 0.0)
        return replace(place, start=place.start + timedelta(seconds=skew))


def record(fields: Mapping[str, Any]) -> Record:
    updated = fields.get("date_modified")
    return Record(str(fields["id"]), fields, updated if isinstance(updated, datetime) else None)


def _settled(rows: Sequence[Row], start: datetime) -> Watermark | None:
    """The last row's place, but never after the read's start: one row with a wrong date would hide
    all that changes until that day."""
    if not rows or modified(rows[-1]) == EPOCH:
        return None
    time = modified(rows[-1])
    return Watermark(time, str(rows[-1]["id"])) if time <= start else Watermark(start)


def _is_due(row: Row, since: datetime | None) -> bool:
    return since is None or modified(row) == EPOCH or modified(row) >= since.replace(microsecond=0)
