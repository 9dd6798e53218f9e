"""WooCommerce as one side of a connector: the contract, delegated to the modules beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from ...images import Image
from ...redact import Redactor
from ..images import ImageReader
from . import canonical as canonical_values
from . import counts as counting
from . import health, webhooks
from .client import Client
from .entities import ENTITIES
from .failures import Gone
from .families import PRODUCTS
from .reads import Reader
from .routes import Routes
from .scalars import is_id
from .search import Finder
from .writes import categories, customers, order_input, product_input, stock, variants
from .writes.attributes import Attributes
from .writes.batches import Batches
from .writes.images import FIELD, FURTHER, ImageWriter
from .writes.orders import OrderWrite
from .writes.product_create import Creation
from .writes.product_update import Update
from .writes.tags import Tags
from .writes.work import Work, begin, rounds


class WooCommerceEndpoint:
    """One shop through one pair of keys. Reads and writes are resumable and repeatable; see the
    contract. `sizes`: entity → rows of one page, where it is not the usual number."""

    transactional = False
    takes_addresses = True  # of images, which it fetches by itself

    def __init__(
        self,
        client: Client,
        clock: Clock,
        *,
        secret: str,
        weight_unit: str = "kg",
        with_notes: bool = False,
        redactor: Redactor | None = None,
        images: ImageReader,
        sizes: Mapping[str, int] | None = None,
    ) -> None:
        self._client = client
        self._clock = clock
        self._images = images
        self._webhook_secret = webhooks.secret_of(secret)
        self._unit = weight_unit
        self._routes = Routes(client)
        self._reader = Reader(
            client,
            clock,
            self._routes,
            weight_unit=weight_unit,
            with_notes=with_notes,
            sizes=sizes or {},
        )
        self._finder = Finder(client, self._reader.listing)
        self._batches = Batches(client, redactor or Redactor())
        self._writers: Mapping[str, Callable[[Sequence[Op]], list[Work]]] = {
            "category": self._write_categories,
            "product": self._write_products,
            "variant": self._write_variants,
            "price": self._write_prices,
            "customer": self._write_customers,
            "stock": self._write_stock,
            "order": self._write_orders,
        }

    def __repr__(self) -> str:
        return "WooCommerceEndpoint()"

    # -- what there is -------------------------------------------------------------------------

    def check(self) -> Health:
        return health.check(self._client, self._routes, self._clock)

    def entities(self) -> Mapping[str, EntityInfo]:
        return ENTITIES

    def counts(self, entities: Sequence[str]) -> Mapping[str, int]:
        return counting.counts(self._client, self._routes, entities)

    # -- reading -------------------------------------------------------------------------------

    def pages(
        self, entity: str, since: Watermark | None = None, token: Token | None = None
    ) -> Iterator[Page]:
        _known(entity)
        return self._reader.pages(entity, since, token)

    def fetch(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        _known(entity)
        return self._reader.fetch(entity, ids)

    def find(self, name: str, key: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
        return self._finder.find(name, key, values)

    def ids(self, entity: str) -> Iterator[str]:
        _known(entity)
        return self._reader.ids(entity)

    def unseen(self, entity: str, ids: Sequence[str]) -> Sequence[str]:
        """Orders that are not in the trash: the list leaves out states of other plugins, and what
        was deleted for good is not told from those."""
        return self._reader.untold(ids) if entity == "order" else ()

    def images(
        self, entity: str, wanted: Mapping[str, Record]
    ) -> Iterator[tuple[str, Image | GatewayError | None]]:
        return self._images.read(wanted)

    def canonical(self, entity: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return canonical_values.canonical(entity, values)

    # -- writing -------------------------------------------------------------------------------

    def write(self, entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        """Ops on one record are carried out in their order, the others together.

        Raises StopRun and RetryLater; the same ops may then be written again: what was made is
        found by SKU, e-mail or the op's key, and updates set the same values.
        """
        _known(entity)
        for part in rounds(ops):
            yield from (work.result() for work in self._writers[entity](part))

    def _write_products(self, ops: Sequence[Op]) -> list[Work]:
        actions = ("create", "update", "delete")
        works = begin(ops, "product", {*product_input.WRITABLE, FIELD, FURTHER}, actions)
        pictures = ImageWriter(self._batches, self._reader)
        pictures.take(works)
        Tags(self._reader.listing, self._batches).take(works)
        creates = [work for work in works if work.going and work.op.action == "create"]
        attributes = Attributes(self._client)
        if creates:
            Creation(
                self._batches, self._finder, self._reader.families, attributes, self._unit
            ).run(creates)
        updates = [work for work in works if work.going and work.op.action == "update"]
        if updates:
            Update(self._batches, self._reader, attributes, self._unit).run(updates)
        for work in works:
            if work.going and work.op.action == "delete":
                self._trash(work)
        pictures.products(works)
        return works

    def _trash(self, work: Work) -> None:
        """One request each: a batch deletes for good."""
        try:
            if not is_id(str(work.id)):
                raise Gone(f"{work.id} is no product of the shop.")
            params = {"force": "true"} if work.op.for_good else None
            self._client.delete(f"{PRODUCTS}/{work.id}", params)
        except Gone:
            return  # deleted by somebody, or by an earlier try

    def _write_variants(self, ops: Sequence[Op]) -> list[Work]:
        works = begin(ops, "variant", {*product_input.VARIANT_WRITABLE, FIELD}, ("update",))
        pictures = ImageWriter(self._batches, self._reader)
        pictures.take(works)
        going = [work for work in works if work.going and (work.values or not work.op.values)]
        variants.write(going, self._batches, self._unit)
        pictures.variations(works)
        return works

    def _write_prices(self, ops: Sequence[Op]) -> list[Work]:
        works = begin(ops, "price", product_input.PRICE_WRITABLE, ("update",))
        variants.write([work for work in works if work.going], self._batches, self._unit)
        return works

    def _write_stock(self, ops: Sequence[Op]) -> list[Work]:
        works = begin(ops, "stock", stock.WRITABLE, ("update",))
        stock.write([work for work in works if work.going], self._reader, self._batches)
        return works

    def _write_customers(self, ops: Sequence[Op]) -> list[Work]:
        works = begin(ops, "customer", customers.WRITABLE, ("create", "update"))
        customers.write(works, self._batches, self._finder, self._clock)
        return works

    def _write_categories(self, ops: Sequence[Op]) -> list[Work]:
        works = begin(ops, "category", categories.WRITABLE, ("create", "update"))
        categories.write(works, self._batches)
        return works

    def _write_orders(self, ops: Sequence[Op]) -> list[Work]:
        works = begin(ops, "order", order_input.WRITABLE, ("create", "update"))
        OrderWrite(self._client, self._reader.listing, self._batches, self._clock).run(works)
        return works

    # -- webhooks ------------------------------------------------------------------------------

    def events(self, headers: Mapping[str, str], body: bytes) -> list[Event]:
        return webhooks.events(headers, body, self._webhook_secret)

    def subscribe(self, url: str) -> list[Subscription]:
        return webhooks.subscribe(self._client, url, self._webhook_secret)

    def unsubscribe(self, url: str) -> int:
        return webhooks.unsubscribe(self._client, url)


def _known(entity: str) -> EntityInfo:
    if entity not in ENTITIES:
        raise StopRun(
            f"WooCommerce has no entity named {entity!r}.",
            cause="mapping",
            remedy=f"Use one of: {', '.join(sorted(ENTITIES))}.",
        )
    return ENTITIES[entity]
