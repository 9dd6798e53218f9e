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
from ...errors import GatewayError, Refused, StopRun
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
from .writes import (
    categories,
    customers,
    market_prices,
    product_create,
    product_update,
    stock,
    variants,
)
from .writes.batches import Batches
from .writes.further_images import FurtherImageWriter
from .writes.images import ImageWriter
from .writes.metafields import MetafieldWriter
from .writes.order_input import WRITABLE as ORDER_WRITABLE
from .writes.orders import OrderWriter
from .writes.staging import Staging
from .writes.taking_in import TakingIn
from .writes.translations import TranslationWriter, texts_of
from .writes.variant_input import WRITABLE as VARIANT_WRITABLE
from .writes.work import Work, begin, rounds

Read = Callable[[str, Watermark | None, Token | None, Mapping[str, Any]], Iterator[Page]]

#: With bulk operations a full read is in no order, whatever the later ones are in.
UNORDERED = {
    name: replace(info, order="unordered") if name in BULK else info
    for name, info in ENTITIES.items()
}

_PRODUCT_WRITABLE = (
    "title",
    "handle",
    "descriptionHtml",
    "vendor",
    "productType",
    "status",
    "tags",
    "collections",
    "options",
    "variants",
    "sku",
    "barcode",
    "seo",
    "metafields",
    "image",
    "furtherImages",
)
_PRICE_WRITABLE = ("price", "compareAtPrice")


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
        self._batches = Batches(client, self._connection)
        self._price_lists = PriceLists(self._batches, price_lists or {})
        self._writers: Mapping[str, Callable[[Sequence[Op]], list[Work]]] = {
            "category": self._write_categories,
            "product": self._write_products,
            "variant": self._write_variants,
            "price": self._write_prices,
            "market_price": self._write_market_prices,
            "customer": self._write_customers,
            "stock": self._write_stock,
            "order": self._write_orders,
        }
        staging = Staging(client, http)
        taking_in = TakingIn(self._batches, self._connection, clock)
        self._image_writer = ImageWriter(staging, taking_in, self._batches, self.fetch)
        self._further_images = FurtherImageWriter(
            staging, taking_in, self._batches, lambda ids: self.fetch("product", ids)
        )
        self._metafields = MetafieldWriter(client, self._batches)
        self._translations = Translations(client, self._connection, self._scopes, locales)
        self._translation_writer = TranslationWriter(self._translations, self._batches)
        self._orders = OrderWriter(
            client,
            self._batches,
            self._connection,
            self.find,
            lambda ids: self.fetch("order", ids),
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
            yield from self._beside(entity, self._records_of(entity, nodes))

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
        writer = self._writers.get(entity)
        for part in rounds(ops):
            works = writer(part) if writer else _begin(part, (), (), entity)
            yield from (work.result() for work in works)

    def _write_products(self, ops: Sequence[Op]) -> list[Work]:
        texts = [name for op in ops for name in texts_of(op.values)]
        writable = (*_PRODUCT_WRITABLE, *texts)
        works = _begin(ops, writable, ("create", "update", "delete"), "product")
        self._translation_writer.take(works)
        for work in works:
            if work.op.action == "delete":
                _archive(work)
        self._image_writer.stage(works)
        self._further_images.stage(works)
        going = [work for work in works if work.going]
        creates = [work for work in going if work.op.action == "create"]
        if creates:
            product_create.create(creates, self._batches, self._read_node("product"))
            self._image_writer.look(creates)
            self._further_images.look(creates)
        updates = [work for work in going if work.op.action != "create"]
        if updates:
            product_update.update(
                updates,
                self._batches,
                self._read_node("product"),
                lambda ids: self.fetch("product", ids),
            )
            self._image_writer.put_first(updates)
            self._further_images.put_behind(updates)
        self._metafields.write(works, "PRODUCT")
        self._translation_writer.write(works)
        self._show_translations(works)
        return works

    def _show_translations(self, works: Sequence[Work]) -> None:
        """Of the records as they are answered, in one request for all."""
        shown = [work for work in works if work.record is not None]
        records = self._translations.beside([work.record for work in shown if work.record])
        for work, record in zip(shown, records, strict=True):
            work.record = record

    def _write_categories(self, ops: Sequence[Op]) -> list[Work]:
        works = _begin(ops, categories.WRITABLE, ("create", "update"), "category")
        categories.write(works, self._batches, self._read_node("category"))
        return works

    def _write_variants(self, ops: Sequence[Op]) -> list[Work]:
        works = _begin(ops, tuple(VARIANT_WRITABLE), ("create", "update"), "variant")
        writer = self._image_writer
        read = self._read_node("variant")
        products = variants.write(works, self._batches, self._connection, read, writer.stage)
        writer.look([work for work in works if work.op.action == "create"])
        updates = [work for work in works if work.op.action == "update"]
        writer.settle_variants(updates, products)
        return works

    def _write_prices(self, ops: Sequence[Op]) -> list[Work]:
        works = _begin(ops, _PRICE_WRITABLE, ("update",), "price")
        variants.write(works, self._batches, self._connection, self._read_node("price"))
        return works

    def _write_market_prices(self, ops: Sequence[Op]) -> list[Work]:
        works = _begin(ops, tuple(market_prices.WRITABLE), ("update",), "market_price")
        market_prices.write(works, self._batches, self._price_lists)
        return works

    def _write_customers(self, ops: Sequence[Op]) -> list[Work]:
        works = _begin(ops, tuple(customers.WRITABLE), ("create", "update"), "customer")
        customers.write(
            works,
            self._batches,
            self._read_node("customer"),
            lambda ids: self.fetch("customer", ids),
            self._scopes.flags("customer"),
        )
        return works

    def _write_stock(self, ops: Sequence[Op]) -> list[Work]:
        works = _begin(ops, tuple(stock.WRITABLE), ("create", "update"), "stock")
        stock.write(works, self._client, self._batches, self._connection, self._read_node("stock"))
        return works

    def _write_orders(self, ops: Sequence[Op]) -> list[Work]:
        works = _begin(ops, tuple(ORDER_WRITABLE), ("create", "update"), "order")
        self._orders.write(works)
        return works

    def _read_node(self, entity: str) -> Callable[[Mapping[str, Any]], Record]:
        return lambda node: self._records_of(entity, [node])[0]

    def _records_of(self, entity: str, nodes: Sequence[Mapping[str, Any]]) -> list[Record]:
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


def _archive(work: Work) -> None:
    """A product's verb of deletion: what was sold is not taken away from its orders."""
    if work.op.for_good:
        work.fail(
            Refused(
                "Products are archived in the shop, never deleted for good.",
                remedy="Set on_delete to «archive» in the mapping, or delete it in the shop.",
            )
        )
    work.values = {"status": "ARCHIVED"}


def _begin(
    ops: Sequence[Op], writable: Sequence[str], actions: Sequence[str], entity: str
) -> list[Work]:
    works = begin(ops, dict.fromkeys(writable, ""))
    for work in works:
        if work.op.action not in actions:
            work.error = None  # rather this than a field that it would not take either
            work.fail(
                Refused(
                    f"Shopify's client can't {work.op.action} a {entity}.",
                    remedy="Take it out of the export, or do it in the shop.",
                )
            )
        elif work.op.action == "update" and not work.op.id:
            work.fail(
                Refused("An update needs an id.", remedy="Report it: a defect of the gateway.")
            )
    return works
