"""The two sides: a shop that sells while it is read, and an Odoo with writers that commit late."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from gateway_ng.lib.endpoint import EntityInfo, Op, Page, Record, Result, Token, Watermark
from gateway_ng.lib.watermark import behind_horizon
from gateway_ng.tests.contract.memory import MemoryEndpoint, Row, able, entity

from .documents import mappings
from .ledger import Ledger
from .outside import SIDE, STORE, Outside, Watched

#: One line of an order: variant of its side, quantity.
Stock = dict[str, Any]


class Side(MemoryEndpoint):
    """`stamp` dates what a person writes, where it is not the clock that does. `wrote` is called
    with (entity, op, result) for each write of the engine that was carried out."""

    stamp: datetime | None = None
    variants = ""  # the list of a product that has stock

    def __init__(self, *infos: EntityInfo, **more: Any) -> None:
        super().__init__(*infos, **more)
        self.wrote: Callable[[str, Op, Result], None] = lambda *told: None

    def put(self, entity: str, fields: Mapping[str, Any], id: str | None = None) -> str:
        id = super().put(entity, fields, id)
        self._stamped(entity, id)
        return id

    def edit(self, entity: str, id: str, **fields: Any) -> None:  # pylint: disable=missing-return
        super().edit(entity, id, **fields)
        self._stamped(entity, id)

    def remove(self, entity: str, id: str) -> None:  # pylint: disable=missing-return
        super().remove(entity, id)
        self.changed(entity)

    def add_element(self, entity: str, id: str, name: str, fields: Mapping[str, Any]) -> None:
        elements = self.get(entity, id)[name]
        self.edit(entity, id, **{name: [*elements, {"id": self._new_id(), **fields}]})

    def drop_element(self, entity: str, id: str, name: str, element: str) -> None:
        rest = [one for one in self.get(entity, id)[name] if one["id"] != element]
        self.edit(entity, id, **{name: rest})

    def _stamped(self, entity: str, id: str) -> None:
        if self.stamp is not None:
            self.rows[entity][id] = Row(self.rows[entity][id].fields, self.stamp)
        self.changed(entity)

    def _create(self, entity: str, op: Op) -> Result:
        """What was not given is empty, not absent."""
        empty = {"note": None} if entity == "product" else {}
        return super()._create(entity, replace(op, values={**empty, **op.values}))

    def _carry_out(self, entity: str, op: Op) -> Result:
        result = super()._carry_out(entity, op)
        self.changed(entity)
        self.wrote(entity, op, result)
        return result

    def changed(self, entity: str) -> None:
        """What follows from a change: levels of stock come and go with their variants."""
        if entity == "product":
            there = [one["id"] for row in self.all("product") for one in row[self.variants] or ()]
            for id in set(self.rows["stock"]) - set(there):
                self._remember(id)
                del self.rows["stock"][id]
            for id in there:
                if id not in self.rows["stock"]:
                    level = {"id": id, **self.new_level()}
                    self.rows["stock"][id] = Row(level, self.clock.now())

    def _remember(self, id: str) -> None:
        """What there was of a level that changes or goes, where anybody has to know."""

    def new_level(self) -> Stock:
        raise NotImplementedError

    def level(self, id: str, **more: int) -> None:
        """Change a level of stock by so much."""
        row = self.rows["stock"][id]
        fields = {**row.fields, **{name: row.fields[name] + n for name, n in more.items()}}
        self.rows["stock"][id] = Row(fields, self.clock.now())

    def product_of(self, variant: str) -> str | None:
        for row in self.all("product"):
            if any(one["id"] == variant for one in row[self.variants]):
                return str(row["id"])
        return None


class Shop(Side):
    """Titles come back in capitals, and nobody told; a level compares before it is set."""

    variants = "variants"
    deletes = frozenset(("product", "customer"))
    keeps_first = False
    sweeps: frozenset[str] = frozenset()
    touches: tuple[Sequence[str], Sequence[str]] = ((*SIDE, "pages_from"), STORE)
    mutations = 0
    mappings = staticmethod(mappings)

    def __init__(self, clock: Any, size: int) -> None:
        infos = [
            entity("product", "shop.product", natural_keys=("handle",), page_size=size),
            able(entity("customer", "shop.customer", page_size=size), "idempotency_key"),
            entity("order", "shop.order", natural_keys=("number",), page_size=size),
            able(
                entity("stock", "shop.stock", page_size=size, capabilities=frozenset(("update",))),
                "compare_and_set",
            ),
        ]
        super().__init__(
            *infos,
            clock=clock,
            prefix="s",
            lists=("variants", "items"),
            normalise=lambda name, value: value.upper() if name == "title" and value else value,
            predictable=False,
            answers=False,
        )

    def new_level(self) -> Stock:
        return {"available": 0, "committed": 0}

    def opened(self, outside: Outside, world: Any) -> Any:
        """The shop for one page of a worker."""
        return Watched(Window(self, world.ledger), outside, SIDE)

    def sell(self, number: str, customer: str, variant: str, quantity: int) -> str:
        """An order: what is sold is committed at once and offered no more."""
        self.level(variant, available=-quantity, committed=quantity)
        line = {"variant": variant, "quantity": Decimal(quantity)}
        order = {"number": number, "customer": customer, "items": [line], "sent": False}
        return self.put("order", order)

    def send(self, id: str) -> None:
        (line,) = self.get("order", id)["items"]
        self.level(line["variant"], committed=-int(line["quantity"]))
        self.edit("order", id, sent=True)


class Window:
    """The shop as one page reads and writes it. Where nothing compares, what is typed between the
    page's own read of a record and its write is overwritten unseen: docs/guarantees.md does not
    promise it, and the ledger is told. What was typed before that read is promised."""

    def __init__(self, shop: Any, ledger: Ledger) -> None:
        self._shop = shop
        self._ledger = ledger
        self._read: dict[tuple[str, str], int] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shop, name)

    def fetch(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        typed = len(self._ledger.sayings)
        self._read.update(((entity, id_), typed) for id_ in ids)
        return iter(self._shop.fetch(entity, ids))

    def write(  # pylint: disable=method-required-super
        self, entity: str, ops: Sequence[Op]
    ) -> Iterator[Result]:
        if "compare_and_set" not in self._shop.infos[entity].capabilities:
            self.looks_over(entity, ops)
        return iter(self._shop.write(entity, ops))

    def looks_over(self, entity: str, ops: Sequence[Op]) -> None:
        """These are about to be written over what there is now."""
        for op in ops:
            self._overwrites(entity, op)

    def _overwrites(self, entity: str, op: Op) -> None:
        since = self._read.get((entity, str(op.id)))
        row = self._shop.rows[entity].get(op.id)
        if row is not None and since is not None:
            names = row.fields if op.action == "delete" else op.values
            self._ledger.over([row.fields.get(name) for name in names], since)


class Odoo(Side):
    """Rows are dated by the *start* of the transaction that wrote them; orders reserve stock, and
    are delivered when the shop has sent them."""

    variants = "lines"

    def __init__(self, clock: Any, size: int) -> None:
        infos = [
            entity("product", "odoo.product", natural_keys=("code",), page_size=size),
            entity("customer", "odoo.customer", natural_keys=("email",), page_size=size),
            entity("order", "odoo.order", natural_keys=("ref",), page_size=size),
            entity("stock", "odoo.stock", page_size=size, capabilities=frozenset()),
        ]
        super().__init__(
            *infos, clock=clock, prefix="o", lists=("lines", "rows"), transactional=True
        )
        self.open: dict[int, datetime] = {}  # writers: when they began
        self.best: dict[str, int] = {}  # variant → the most there was since the last quiet moment

    def new_level(self) -> Stock:
        return {"hand": 0, "reserved": 0, "free": 0, "known": 0, "leaving": 0}

    def changed(self, entity: str) -> None:  # pylint: disable=missing-return
        super().changed(entity)
        if entity in ("order", "product"):
            self.recount()

    def level(self, id: str, **more: int) -> None:  # pylint: disable=missing-return
        self._remember(id)
        super().level(id, **more)
        self._remember(id)

    def _remember(self, id: str) -> None:
        fields = self.get("stock", id)
        there = fields["hand"] - fields["reserved"]
        self.best[id] = max(there, self.best.get(id, there))

    def count(self, id: str, hand: int) -> None:
        """Somebody counts the shelf."""
        self.level(id, hand=hand - self.get("stock", id)["hand"])
        self.recount()

    def reserve(self, id: str, quantity: int) -> None:
        """A sale of Odoo's own."""
        self.level(id, reserved=quantity)
        self.recount()

    def recount(self) -> None:
        """Derive what is free and known from the orders there are."""
        known = dict.fromkeys(self.rows["stock"], 0)
        for order in self.all("order"):
            if order.get("sent") and not order.get("delivered"):
                self._deliver(order)
            elif not order.get("sent"):
                for line in order["rows"]:
                    if line["variant"] in known:
                        known[line["variant"]] += int(line["quantity"])
        for id, row in self.rows["stock"].items():
            free = max(0, row.fields["hand"] - row.fields["reserved"] - known[id])
            if (free, known[id]) != (row.fields["free"], row.fields["known"]):
                fields = {**row.fields, "free": free, "known": known[id]}
                self.rows["stock"][id] = Row(fields, self.clock.now())

    def _deliver(self, order: Mapping[str, Any]) -> None:
        for line in order["rows"]:
            if line["variant"] in self.rows["stock"]:
                self.level(line["variant"], hand=-int(line["quantity"]))
        row = self.rows["order"][order["id"]]
        self.rows["order"][order["id"]] = Row({**row.fields, "delivered": True}, row.updated)

    # -- late writers

    def begin(self, number: int) -> None:
        self.open.setdefault(number, self.clock.now())

    def horizon(self) -> datetime:
        """No writer that is open now began before it."""
        return min([*self.open.values(), self.clock.now()])

    def pages_from(
        self, edge: datetime, entity: str, since: Watermark | None, token: Token | None
    ) -> Iterator[Page]:
        """`pages` of a read before which the horizon was taken."""
        place = {"start": self.clock.now().isoformat(), "at": None, "edge": edge.isoformat()}
        return self.pages(entity, since, token or Token(json.dumps(place)))

    def _watermark(
        self, info: EntityInfo, since: Watermark | None, place: dict[str, Any], last: bool
    ) -> Watermark | None:
        reached = datetime.fromisoformat(place["at"][0]) if place["at"] else None
        return behind_horizon(reached, since, datetime.fromisoformat(place["edge"]), last)

    # -- transactions

    def taken(self) -> Any:
        return {name: dict(rows) for name, rows in (*self.rows.items(),)}, {
            name: dict(graves) for name, graves in self.graves.items()
        }

    def put_back(self, taken: Any) -> None:
        rows, graves = taken
        self.rows = {name: dict(table) for name, table in rows.items()}
        self.graves = {name: dict(table) for name, table in graves.items()}
