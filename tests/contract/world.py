"""Two sides in memory, a store between them, and small mappings both ways."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.endpoint import EntityInfo, Page, Record
from gateway_ng.lib.mapping import compile_mapping, effective, link
from gateway_ng.lib.memory_store import MemoryStore
from gateway_ng.lib.merge import SOURCE_OF, Direction, Rule, Strategy
from gateway_ng.lib.plan.flow import over
from gateway_ng.lib.plan.shelf import MemoryShelf
from gateway_ng.lib.store import Binding, Trace
from gateway_ng.lib.sync import Flow, settle_page
from gateway_ng.lib.sync.intent import TOMBSTONES, together

from .memory import MemoryEndpoint, entity

Document = dict[str, Any]


def document(source: str, target: str, record: Document, **more: Any) -> Document:
    return {
        "model": target,
        "source_table": source,
        "source_id_field": "id",
        "record": record,
        **more,
    }


def char(path: Any, **more: Any) -> Document:
    return {"MAPTO": path, "type": "char", **more}


def amount(path: Any, **more: Any) -> Document:
    return {"MAPTO": path, "type": "decimal", **more}


PRODUCT_IN = document(
    "shop.product",
    "odoo.product",
    {
        "name": char("title"),
        "code": char("sku"),
        "price": amount("price"),
        "note": char("note", create_only=True),
    },
    identity=["code"],
    filters={"Active only": {"path": "status", "not_in": ["draft"]}},
)
PRODUCT_OUT = document(
    "odoo.product",
    "shop.product",
    {"title": char("name"), "sku": char("code"), "price": amount("price")},
    identity=["sku"],
)
CUSTOMER_IN = document(
    "shop.customer",
    "odoo.customer",
    {
        "name": char(["first", "last", 'lambda f, l: f\'{f or ""} {l or ""}\'.strip()']),
        "email": char("email"),
    },
    identity=["email"],
)
CUSTOMER_OUT = document(
    "odoo.customer",
    "shop.customer",
    {
        "first": char(["name", "lambda n: n.split(' ')[0] if n else ''"]),
        "last": char(["name", "lambda n: n.split(' ')[-1] if n else ''"]),
        "email": char("email"),
    },
    identity=["email"],
)


def templates(owned: bool = False, match: Sequence[str] = ()) -> tuple[Document, Document]:
    """A product with variants, both ways."""

    def variants(source: str, code: str, sku: str) -> Document:
        told = {
            "key": "id",
            "entity": "variant",
            "owned": owned,
            "record": {code: char(sku), "price": amount("price")},
        }
        if match:
            told["match"] = [code if name == "sku" else name for name in match]
        return {"MAPTO": source, "list": told}

    into = document(
        "shop.product",
        "odoo.product",
        {"name": char("title"), "lines": variants("variants", "code", "sku")},
    )
    back = document(
        "odoo.product",
        "shop.product",
        {"title": char("name"), "variants": variants("lines", "sku", "code")},
    )
    return into, back


ORDER_IN = document(
    "shop.order",
    "odoo.order",
    {
        "ref": char("number"),
        "partner": {"MAPTO": "customer", "reference": {"entity": "customer"}},
        "country": {
            "MAPTO": "country",
            "reference": {"lookup": "country", "key": "code", "required": False},
        },
    },
    identity=["ref"],
)


def shop_infos(**more: Any) -> list[EntityInfo]:
    return [
        entity("product", "shop.product", natural_keys=("sku", "title"), page_size=3, **more),
        entity("customer", "shop.customer", natural_keys=("email",), page_size=3, **more),
        entity("order", "shop.order", natural_keys=("number",), page_size=3, **more),
    ]


def odoo_infos(**more: Any) -> list[EntityInfo]:
    return [
        entity("product", "odoo.product", natural_keys=("code", "name"), page_size=3, **more),
        entity("customer", "odoo.customer", natural_keys=("email",), page_size=3, **more),
        entity("order", "odoo.order", natural_keys=("ref",), page_size=3, **more),
    ]


COUNTRIES = {"country": {"code": {"FR": ["75"], "DE": ["57"], "XX": ["1", "2"]}}}


@dataclass(slots=True)
class Plan:
    """What a plan told: traces, and how many records came to what."""

    shelf: MemoryShelf = field(default_factory=MemoryShelf)
    counts: dict[Direction, dict[str, int]] = field(default_factory=dict)
    traces: list[tuple[str, Direction, Trace]] = field(default_factory=list)

    def tell(self, entity: str, direction: Direction, traces: Sequence[Trace]) -> None:
        self.traces += [(entity, direction, trace) for trace in traces]

    def intents(self, direction: Direction) -> dict[str, Any]:
        """Source id → what is to be done, as a database would give it back, in order."""
        found: dict[str, Any] = {}
        for _entity, way, trace in self.traces:
            if way == direction and trace.intent is not None:
                told = json.loads(json.dumps(trace.intent))
                found[trace.source_id] = together(found.get(trace.source_id), told)
        return found

    def trace(self, source_id: str) -> Trace:
        """The last trace of a record."""
        return [t for _e, _d, t in self.traces if t.source_id == source_id][-1]


def split_every(size: int, ids: Iterable[str]) -> list[list[str]]:
    """`ids` by lists of `size`."""
    all_ = list(ids)
    return [all_[at : at + size] for at in range(0, len(all_), size)]


class World:
    """`odoo` is transactional, `shop` is not. `run` reads a side fully and settles each page."""

    def __init__(  # pylint: disable=dangerous-default-value
        self,
        into: Document | None = PRODUCT_IN,
        back: Document | None = PRODUCT_OUT,
        *,
        entity: str = "product",
        rules: Sequence[Rule] = (),
        default: Any = "last_write_wins",
        shop: Mapping[str, Any] | None = None,
        odoo: Mapping[str, Any] | None = None,
        infos: Mapping[str, Any] | None = None,
    ) -> None:
        self.entity = entity
        self.clock = FakeClock()
        both: dict[str, Any] = {"clock": self.clock, "lookups": COUNTRIES}
        self.shop = MemoryEndpoint(
            *shop_infos(**(infos or {})), prefix="s", lists=("variants",), **both, **(shop or {})
        )
        self.odoo = MemoryEndpoint(
            *odoo_infos(), prefix="o", lists=("lines",), transactional=True, **both, **(odoo or {})
        )
        self.store = MemoryStore()
        self.strategy = Strategy(tuple(rules), default)
        self.runs = 0
        self.documents: dict[Direction, Document | None] = {"import": into, "export": back}

    def flow(self, direction: Direction, **changes: Any) -> Flow:
        mappings = {
            way: compile_mapping(effective([("shipped", told)])) if told else None
            for way, told in self.documents.items()
        }
        mapping = mappings[direction]
        assert mapping is not None
        sides = (self.shop, self.odoo) if direction == "import" else (self.odoo, self.shop)
        flow = Flow(
            entity=self.entity,
            direction=direction,
            mapping=mapping,
            back=mappings["export" if direction == "import" else "import"],
            source=sides[0],
            target=sides[1],
            store=self.store,
            links=link(mappings["import"], mappings["export"]),
            strategy=self.strategy,
            clock=self.clock,
            run=self.runs,
        )
        return replace(flow, **changes)

    def settle(
        self,
        direction: Direction,
        records: Sequence[Record] = (),
        deleted: Sequence[str] = (),
        **changes: Any,
    ) -> dict[str, int]:
        """Settle one page and commit, as the caller of a transactional target does."""
        counts = settle_page(self.flow(direction, **changes), Page(records, None, None, deleted))
        self.store.commit()
        return dict(counts)

    def run(self, direction: Direction, **changes: Any) -> dict[str, int]:
        """What is owed, then a full read; the sum of all outcomes."""
        self.runs += 1
        self.clock.advance(60)
        flow = self.flow(direction, **changes)
        counts: Counter[str] = Counter()
        owed = self.store.pending(self.entity, direction)
        self.store.commit()
        if owed:
            found = list(flow.source.fetch(self.entity, owed))
            gone = sorted(set(owed) - {record.id for record in found})
            counts.update(settle_page(flow, Page(found, None, None, gone)))
            self.store.commit()
        for page in flow.source.pages(self.entity):
            counts.update(settle_page(flow, page))
            self.store.commit()
        self.clock.advance(60)
        return dict(counts)

    def plan(
        self,
        directions: Sequence[Direction] = ("import", "export"),
        made: Plan | None = None,
        over: Any = over,
    ) -> Plan:
        """What runs in these directions would do, found out over an overlay; on top of what was
        `made` before."""
        made = made or Plan()
        for direction in directions:
            store = self.store
            flow = over(self.flow(direction, run="plan"), made.shelf, made.tell)
            counts: Counter[str] = Counter()
            owed = list(flow.store.pending(self.entity, direction))
            store.commit()
            if owed:
                found = list(flow.source.fetch(self.entity, owed))
                gone = sorted(set(owed) - {record.id for record in found})
                counts.update(settle_page(flow, Page(found, None, None, gone)))
                store.commit()
            for page in flow.source.pages(self.entity):
                counts.update(settle_page(flow, page))
                store.commit()
            made.counts[direction] = dict(counts)
        return made

    def apply(self, plan: Plan, **changes: Any) -> dict[Direction, dict[str, int]]:
        """Carry out exactly what was planned, by pages of three records."""
        counts = {}
        for direction in plan.counts:
            self.runs += 1
            self.clock.advance(60)
            planned = plan.intents(direction)
            flow = self.flow(direction, **{"planned": planned, **changes})
            sums: Counter[str] = Counter()
            for ids in split_every(3, planned):
                found = {record.id: record for record in flow.source.fetch(self.entity, ids)}
                gone = [id_ for id_ in ids if id_ not in found]
                deleted = [id_ for id_ in gone if planned[id_]["action"] in TOMBSTONES]
                vanished = [id_ for id_ in gone if id_ not in deleted]
                page = Page([found[id_] for id_ in ids if id_ in found], None, None, deleted)
                sums.update(settle_page(flow, page, vanished))
                self.store.commit()
            counts[direction] = dict(sums)
        return counts

    def both(self) -> None:
        self.run("import")
        self.run("export")

    def writes(self, directions: Sequence[Direction] = ("import", "export")) -> list[str]:
        """Actions that one run in each direction sends."""
        before = len(self.odoo.ops), len(self.shop.ops)
        for direction in directions:
            self.run(direction)
        sent = [*self.odoo.ops[before[0] :], *self.shop.ops[before[1] :]]
        return [f"{op.action} {op.id} {dict(op.values)}" for op in sent]

    def binding(self, source_id: str, direction: Direction = "import") -> Binding:
        return self.store.bindings(self.entity, SOURCE_OF[direction], [source_id])[source_id]

    def trace(self, source_id: str) -> Trace:
        """The last trace of a record."""
        return [t for _e, _d, t in self.store.traces if t.source_id == source_id][-1]

    def pair(self, **fields: Any) -> tuple[str, str]:
        """A product that is in both, as (shop id, odoo id)."""
        record = {"title": "Mug", "sku": "M1", "price": 10, "status": "active", **fields}
        shop_id = self.shop.put("product", record)
        self.run("import")
        odoo_id = self.binding(shop_id).odoo_id
        assert odoo_id is not None
        return shop_id, odoo_id


def resize(world: World, step: tuple[Any, ...], count: int) -> None:
    """An element of the last product added, dropped or priced: `step` is («add shop»,),
    («drop odoo», position) or («price shop», position, price)."""
    kind, _, place = step[0].partition(" ")
    side = world.shop if place == "shop" else world.odoo
    name, code = ("variants", "sku") if place == "shop" else ("lines", "code")
    row = side.all("product")[-1]
    elements = [dict(element) for element in row.get(name) or ()]
    if kind == "add":
        elements.append({"id": f"x{count}", code: f"S{count}", "price": Decimal(count)})
    elif len(elements) <= step[1]:
        return
    elif kind == "drop":
        del elements[step[1]]
    else:
        elements[step[1]]["price"] = step[2]
    side.edit("product", row["id"], **{name: elements})
