"""Shopify as one side of a connector: the contract, delegated to the modules beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...clock import Clock
from ...endpoint import (
    EntityInfo,
    Event,
    Health,
    Op,
    Page,
    Record,
    Result,
    Subscription,
    Token,
    Watermark,
)
from ...errors import GatewayError, StopRun
from ...http import HttpSession
from ...images import Image
from ..images import ImageReader
from . import canonical as canonical_values
from . import counts as counting
from . import health, subscriptions, webhooks
from .bulk import BulkReader
from .client import Client
from .connection import MOST, Connection
from .documents import BULK, ID_LISTS, NODES, OPTION_NAMES, REPEATED, TRANSLATIONS
from .entities import ENTITIES, SOURCES
from .position import Position
from .price_lists import PriceLists
from .reads import DEPTH, Reader, record_of
from .scopes import RETURNS, Scopes
from .search import Finder
from .translations import Translations
from .writer import Writer
from .writes.batches import Batches

Read = Callable[[str, Watermark | None, Token | None, Mapping[str, Any]], Iterator[Page]]

#: With bulk operations a full read is in no order, whatever the later ones are in.
UNORDERED = {
    name: replace(info, order="unordered") if name in BULK else info
    for name, info in ENTITIES.items()
}


class ShopifyEndpoint:
    """One shop through one app. Reads and writes are resumable and repeatable; see the contract."""

    transactional = False

    def __init__(
        self,
        client: Client,
        http: HttpSession,
        clock: Clock,
        *,
        webhook_secret: str = "",
        shop: str = "",
        depth: int = DEPTH,
        bulk_above: int = 0,
        base_url: str = "",
        price_lists: Mapping[str, str] | None = None,
        locales: Sequence[str] = (),
        returns: bool = False,
    ) -> None:
        """`price_lists`: gid of each price list whose prices are synced → their currency.
        `returns`: returns are written, too, so their scope is asked for."""
        self._client = client
        self._images = ImageReader(http, base_url, clock)
        self._clock = clock
        self._returns = returns
        self._webhook_secret = webhook_secret
        self._shop = shop
        self._connection = Connection(client, _starts())
        self._scopes = Scopes(client)
        self._reader = Reader(self._connection, clock, depth)
        self._bulk = BulkReader(client, http, self._connection, self._reader, clock, bulk_above)
        self._finder = Finder(client, self._connection)
        batches = Batches(client, self._connection)
        self._batches = batches
        self._price_lists = PriceLists(batches, price_lists or {})
        self._translations = Translations(client, self._connection, self._scopes, locales)
        self._writer = Writer(
            client,
            http,
            clock,
            self._connection,
            batches=batches,
            source=self,
            scopes=self._scopes,
            price_lists=self._price_lists,
            translations=self._translations,
        )

    def __repr__(self) -> str:
        return "ShopifyEndpoint()"

    # -- what there is -------------------------------------------------------------------------

    def check(self) -> Health:
        needs = {**self._translations.needs(), **(RETURNS if self._returns else {})}
        return health.check(self._client, self._scopes, self._clock, needs)

    def entities(self) -> Mapping[str, EntityInfo]:
        return UNORDERED if self._bulk.above else ENTITIES

    # -- reading -------------------------------------------------------------------------------

    def pages(
        self, entity: str, since: Watermark | None = None, token: Token | None = None
    ) -> Iterator[Page]:
        _known(entity)
        for page in self._pages(entity, since, token):
            yield replace(page, records=self._beside(entity, page.records))

    def _pages(self, entity: str, since: Watermark | None, token: Token | None) -> Iterator[Page]:
        flags = self._scopes.flags(entity)
        place = Position.parse(token) if token is not None else None
        if place is None and since is None:
            place = self._bulk.begin(entity, flags)
        if place is not None and place.bulk:
            yield from self._in_bulk(entity, place, flags)
        elif entity == "market_price":
            for page in self._read(entity)(entity, since, token, flags):
                yield replace(page, records=self._price_lists.filled(page.records))
        else:
            yield from self._read(entity)(entity, since, token, flags)

    def _in_bulk(self, entity: str, place: Position, flags: Mapping[str, Any]) -> Iterator[Page]:
        for page in self._bulk.pages(entity, place, flags):
            if page is not None:
                yield page
            else:  # from the beginning, of which nothing is settled yet
                rest = Position(place.start).token()
                yield from self._read(entity)(entity, None, rest, flags)

    def _read(self, entity: str) -> Read:
        by_time = ENTITIES[entity].order == "by_time"
        return self._reader.by_time if by_time else self._reader.unordered

    def fetch(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        """Stock may also be asked for as «item gid|location gid», as webhooks name it."""
        _known(entity)
        if entity == "stock":
            ids = self._level_ids(ids)
        source = SOURCES[entity]
        flags = self._scopes.flags(entity)
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), MOST):
            part = wanted[start : start + MOST]
            found = self._connection.nodes(NODES[entity], part, flags)
            nodes = [node for node in found if node.get("__typename") == source.kind]
            yield from self._beside(entity, self.records_of(entity, nodes))

    def _beside(self, entity: str, records: Sequence[Record]) -> Sequence[Record]:
        return self._translations.beside(records) if entity == "product" else records

    def _level_ids(self, ids: Sequence[str]) -> list[str]:
        pairs = [id_ for id_ in ids if "|" in id_]
        found = [id_ for _, id_ in self._finder.find("stock", "item|location", pairs)]
        return [*(id_ for id_ in ids if "|" not in id_), *found]

    def find(self, name: str, key: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
        return self._finder.find(name, key, values)

    def ids(self, entity: str) -> Iterator[str]:
        _known(entity)
        return self._reader.ids(entity)

    def unseen(self, entity: str, ids: Sequence[str]) -> Sequence[str]:
        """Orders, where the token does not see old ones: which of them are gone can't be told."""
        return () if entity != "order" or self._scopes.shows_all_orders() else list(ids)

    def counts(self, entities: Sequence[str]) -> Mapping[str, int]:
        return counting.counts(self._client, self._scopes, entities)

    def canonical(self, entity: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        lists = self._price_lists.currencies
        return canonical_values.canonical(entity, values, self._client.currency, lists)

    def images(
        self, entity: str, wanted: Mapping[str, Record]
    ) -> Iterator[tuple[str, Image | GatewayError | None]]:
        return self._images.read(wanted)

    # -- writing -------------------------------------------------------------------------------

    def write(self, entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        """Ops on one record are carried out in their order, the others together.

        Raises StopRun and RetryLater; the same ops may then be written again: products are found
        by handle, stock by its idempotency key, updates set the same values.
        """
        _known(entity)
        return self._writer.write(entity, ops)

    def records_of(self, entity: str, nodes: Sequence[Mapping[str, Any]]) -> list[Record]:
        source = SOURCES[entity]
        if entity == "stock":  # a level has nothing to complete; its item has
            return [record_of(source, node) for node in nodes]
        if entity == "market_price":
            return self._price_lists.filled([record_of(source, node) for node in nodes])
        return self._reader.records(source, nodes, self._scopes.flags(entity))

    # -- webhooks ------------------------------------------------------------------------------

    def events(self, headers: Mapping[str, str], body: bytes) -> list[Event]:
        now = self._clock.now()
        return webhooks.events(headers, body, self._webhook_secret, now, self._shop)

    def subscribe(self, url: str) -> list[Subscription]:
        return subscriptions.subscribe(self._client, url)

    def unsubscribe(self, url: str) -> int:
        return subscriptions.unsubscribe(self._client, self._batches, url)


def _starts() -> dict[str, tuple[int, int]]:
    """How much to ask for at first, by document."""
    starts = {TRANSLATIONS.name: (MOST, 0), OPTION_NAMES.name: (MOST, 0)}
    for name, source in SOURCES.items():
        starts[source.page.name] = starts[NODES[name].name] = (source.size, source.nested)
        starts[ID_LISTS[name].name] = (MOST, source.nested)
    return {**{repeated.name: (8, 20) for repeated in REPEATED}, **starts}


def _known(entity: str) -> EntityInfo:
    if entity not in ENTITIES:
        raise StopRun(
            f"Shopify has no entity named {entity!r}.",
            cause="mapping",
            remedy=f"Use one of: {', '.join(sorted(ENTITIES))}.",
        )
    return ENTITIES[entity]
