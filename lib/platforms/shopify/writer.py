"""Writing to Shopify: which module of `writes` carries out the operations of an entity."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from ...clock import Clock
from ...endpoint import Op, Record, Result
from ...errors import Refused
from ...http import HttpSession
from .client import Client
from .connection import Connection
from .price_lists import PriceLists
from .scopes import Scopes
from .translations import Translations
from .writes import (
    categories,
    customers,
    market_prices,
    product_create,
    product_delete,
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


class Source(Protocol):
    """What a write reads: records by id, ids by key, records of the nodes that answer it."""

    def fetch(self, entity: str, ids: Sequence[str]) -> Iterator[Record]: ...

    def find(self, name: str, key: str, values: Sequence[str]) -> Iterator[tuple[str, str]]: ...

    def records_of(self, entity: str, nodes: Sequence[Mapping[str, Any]]) -> list[Record]: ...


class Writer:
    """The writers of one shop."""

    def __init__(
        self,
        client: Client,
        http: HttpSession,
        clock: Clock,
        connection: Connection,
        *,
        batches: Batches,
        source: Source,
        scopes: Scopes,
        price_lists: PriceLists,
        translations: Translations,
    ) -> None:
        self._client = client
        self._connection = connection
        self._batches = batches
        self._source = source
        self._scopes = scopes
        self._price_lists = price_lists
        self._translations = translations
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
        taking_in = TakingIn(batches, connection, clock)
        self._image_writer = ImageWriter(staging, taking_in, batches, source.fetch)
        self._further_images = FurtherImageWriter(
            staging, taking_in, batches, lambda ids: source.fetch("product", ids)
        )
        self._metafields = MetafieldWriter(client, batches)
        self._translation_writer = TranslationWriter(translations, batches)
        self._orders = OrderWriter(
            client,
            batches,
            connection,
            source.find,
            lambda ids: source.fetch("order", ids),
        )

    def write(self, entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        writer = self._writers.get(entity)
        for part in rounds(ops):
            works = writer(part) if writer else _begin(part, (), (), entity)
            yield from (work.result() for work in works)

    def _write_products(self, ops: Sequence[Op]) -> list[Work]:
        texts = [name for op in ops for name in texts_of(op.values)]
        writable = (*_PRODUCT_WRITABLE, *texts)
        works = _begin(ops, writable, ("create", "update", "delete"), "product")
        self._translation_writer.take(works)
        deletes = [work for work in works if work.op.action == "delete"]
        archived = product_delete.delete(
            deletes, self._batches, lambda ids: self._source.fetch("product", ids)
        )
        self._image_writer.stage(works)
        self._further_images.stage(works)
        going = [work for work in works if work.going]
        creates = [work for work in going if work.op.action == "create"]
        if creates:
            product_create.create(creates, self._batches, self._record("product"))
            self._image_writer.look(creates)
            self._further_images.look(creates)
        updates = [work for work in going if work.op.action == "update"]
        updates += [work for work in archived if work.going]
        if updates:
            product_update.update(
                updates,
                self._batches,
                self._record("product"),
                lambda ids: self._source.fetch("product", ids),
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
        categories.write(works, self._batches, self._record("category"))
        return works

    def _write_variants(self, ops: Sequence[Op]) -> list[Work]:
        works = _begin(ops, tuple(VARIANT_WRITABLE), ("create", "update"), "variant")
        writer = self._image_writer
        read = self._record("variant")
        products = variants.write(works, self._batches, self._connection, read, writer.stage)
        writer.look([work for work in works if work.op.action == "create"])
        updates = [work for work in works if work.op.action == "update"]
        writer.settle_variants(updates, products)
        return works

    def _write_prices(self, ops: Sequence[Op]) -> list[Work]:
        works = _begin(ops, _PRICE_WRITABLE, ("update",), "price")
        variants.write(works, self._batches, self._connection, self._record("price"))
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
            self._record("customer"),
            lambda ids: self._source.fetch("customer", ids),
            self._scopes.flags("customer"),
        )
        return works

    def _write_stock(self, ops: Sequence[Op]) -> list[Work]:
        works = _begin(ops, tuple(stock.WRITABLE), ("create", "update"), "stock")
        stock.write(works, self._client, self._batches, self._connection, self._record("stock"))
        return works

    def _write_orders(self, ops: Sequence[Op]) -> list[Work]:
        works = _begin(ops, tuple(ORDER_WRITABLE), ("create", "update"), "order")
        self._orders.write(works)
        return works

    def _record(self, entity: str) -> Callable[[Mapping[str, Any]], Record]:
        return lambda node: self._source.records_of(entity, [node])[0]


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
