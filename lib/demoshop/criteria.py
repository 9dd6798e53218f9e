"""What the search fields of each table mean, and finding the records that fulfil a query."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

from .ids import number
from .search import All, Any_, Node, Not, Term, parse, prune
from .store import Rec, Store, stamp

Test = Callable[[Rec], bool]
Kind = Literal["exact", "words", "time", "number", "id"]
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: bool(left == right),
    "<": lambda left, right: bool(left < right),
    "<=": lambda left, right: bool(left <= right),
    ">": lambda left, right: bool(left > right),
    ">=": lambda left, right: bool(left >= right),
}


@dataclass(frozen=True, slots=True)
class Criterion:
    """How one search field is compared and where its value comes from (a value or a list)."""

    kind: Kind
    of: Callable[[Store, Rec], Any]


def stored(name: str) -> Callable[[Store, Rec], Any]:
    return lambda _store, record: record.get(name)


def own_id(_store: Store, record: Rec) -> int:
    return number(record["id"])


def _variants(store: Store, product: Rec) -> list[Rec]:
    return store.many("ProductVariant", product["variants"])


def _item(store: Store, variant: Rec) -> Rec:
    return store.get("InventoryItem", variant["inventoryItem"])


def _product(store: Store, variant: Rec) -> Rec:
    return store.get("Product", variant["product"])


def sku_of(store: Store, variant: Rec) -> Any:
    return _item(store, variant)["sku"]


TIMES = {
    "created_at": Criterion("time", stored("createdAt")),
    "updated_at": Criterion("time", stored("updatedAt")),
    "id": Criterion("id", own_id),
}
TAGS = {"tag": Criterion("exact", stored("tags"))}

CRITERIA: Mapping[str, Mapping[str, Criterion]] = {
    "Product": {
        **TIMES,
        **TAGS,
        "title": Criterion("words", stored("title")),
        "handle": Criterion("exact", stored("handle")),
        "status": Criterion("exact", stored("status")),
        "vendor": Criterion("exact", stored("vendor")),
        "product_type": Criterion("exact", stored("productType")),
        "sku": Criterion("exact", lambda s, r: [sku_of(s, v) for v in _variants(s, r)]),
        "barcode": Criterion("exact", lambda s, r: [v["barcode"] for v in _variants(s, r)]),
        "variant_id": Criterion("id", lambda _s, r: r["variants"]),
        "collection_id": Criterion("id", lambda _s, r: r["collections"]),
    },
    "ProductVariant": {
        "id": TIMES["id"],
        "updated_at": TIMES["updated_at"],
        "sku": Criterion("exact", sku_of),
        "barcode": Criterion("exact", stored("barcode")),
        "title": Criterion("words", stored("title")),
        "product_id": Criterion("id", stored("product")),
        "product_ids": Criterion("id", stored("product")),
        "product_status": Criterion("exact", lambda s, r: _product(s, r)["status"]),
        "product_type": Criterion("exact", lambda s, r: _product(s, r)["productType"]),
        "vendor": Criterion("exact", lambda s, r: _product(s, r)["vendor"]),
        "tag": Criterion("exact", lambda s, r: _product(s, r)["tags"]),
    },
    "InventoryItem": {**TIMES, "sku": Criterion("exact", stored("sku"))},
    "Collection": {
        "id": TIMES["id"],
        "updated_at": TIMES["updated_at"],
        "title": Criterion("words", stored("title")),
        "handle": Criterion("exact", stored("handle")),
    },
    "Customer": {
        "id": TIMES["id"],
        "updated_at": TIMES["updated_at"],
        "customer_date": TIMES["created_at"],
        **TAGS,
        "email": Criterion("exact", stored("email")),
        "phone": Criterion("exact", stored("phone")),
        "first_name": Criterion("words", stored("firstName")),
        "last_name": Criterion("words", stored("lastName")),
        "state": Criterion("exact", stored("state")),
        "country": Criterion("exact", lambda _s, r: [a["country"] for a in r["addresses"]]),
    },
    "Order": {
        **TIMES,
        **TAGS,
        "processed_at": Criterion("time", stored("processedAt")),
        "name": Criterion("exact", lambda _s, r: [r["name"], r["name"].lstrip("#")]),
        "email": Criterion("exact", stored("email")),
        "customer_id": Criterion("id", stored("customer")),
        "financial_status": Criterion("exact", stored("displayFinancialStatus")),
        "fulfillment_status": Criterion("exact", stored("displayFulfillmentStatus")),
        "sku": Criterion("exact", lambda _s, r: [line["sku"] for line in r["lineItems"]]),
        "test": Criterion("exact", lambda _s, r: str(r["test"])),
        "source_identifier": Criterion("exact", stored("sourceIdentifier")),
        "status": Criterion("exact", lambda _s, r: order_states(r)),
    },
    "Location": {
        "id": TIMES["id"],
        "name": Criterion("words", stored("name")),
        "active": Criterion("exact", lambda _s, r: str(r["isActive"])),
    },
    "WebhookSubscription": {"id": TIMES["id"], **TIMES},
    "FulfillmentOrder": {**TIMES, "status": Criterion("exact", stored("status"))},
}

#: What a bare word is looked for in.
DEFAULT: Mapping[str, tuple[str, ...]] = {
    "Product": ("title", "vendor", "product_type", "tag", "sku"),
    "ProductVariant": ("title", "sku", "barcode"),
    "Collection": ("title",),
    "Customer": ("first_name", "last_name", "email"),
    "Order": ("name", "email"),
    "Location": ("name",),
    "InventoryItem": ("sku",),
}


def order_states(order: Rec) -> list[str]:
    if order["cancelledAt"]:
        return ["cancelled"]
    return ["closed"] if order["closed"] else ["open", "not_closed"]


@dataclass(frozen=True, slots=True)
class Found:
    """`ids` is None when everything matches; `ignored` are search fields that do not exist."""

    ids: list[int] | None
    ignored: tuple[str, ...] = ()


def find(store: Store, table: str, query: str | None) -> Found:
    """The records of `table` that fulfil `query`. An unknown field or a date that is none does not
    count, so the result is wider than meant; it is named in `ignored`."""
    if not query or not query.strip():
        return Found(None)
    return store.derived(("find", table, query), lambda: _find(store, table, query))


def _find(store: Store, table: str, query: str) -> Found:
    ignored: list[str] = []

    def keep(term: Term) -> bool:
        known = not term.field or _known(table, term)
        if not known:
            ignored.append(term.field)
        return known

    tree = prune(parse(query), keep)
    if tree is None:
        return Found(None, tuple(ignored))
    test = _test(store, table, tree)
    within = _candidates(store, table, tree)
    records = store.tables[table]
    numbers = records.keys() if within is None else within
    return Found([key for key in numbers if test(records[key])], tuple(ignored))


def _known(table: str, term: Term) -> bool:
    name = term.field.removesuffix("_not") if term.field == "tag_not" else term.field
    criterion = CRITERIA[table].get(name)
    if criterion is None:
        return False
    return criterion.kind != "time" or _moment(term.value) is not None


def _candidates(store: Store, table: str, node: Node) -> set[int] | None:
    """A set that holds every match, from indexes; None when no index helps."""
    if isinstance(node, Term):
        return _indexed(store, table, node)
    if isinstance(node, Any_):
        sets = [_candidates(store, table, part) for part in node.parts]
        return None if None in sets else set().union(*(found for found in sets if found))
    if isinstance(node, All):
        known = [_candidates(store, table, part) for part in node.parts]
        real = [found for found in known if found is not None]
        return min(real, key=len) if real else None
    return None


def _indexed(store: Store, table: str, term: Term) -> set[int] | None:
    criterion = CRITERIA[table].get(term.field)
    if criterion is None or term.op != "=" or term.value.endswith("*"):
        return None
    if term.field == "id" and term.value.isdigit():
        return {int(term.value)} & store.tables[table].keys()
    if criterion.kind != "exact" or "," in term.value:
        return None
    index = store.index(table, term.field, lambda record: criterion.of(store, record))
    return set(index.get(term.value.lower(), ()))


def _test(store: Store, table: str, node: Node) -> Test:
    if isinstance(node, Not):
        inner = _test(store, table, node.part)
        return lambda record: not inner(record)
    if isinstance(node, Term):
        return _term(store, table, node)
    tests = [_test(store, table, part) for part in node.parts]
    if isinstance(node, All):
        return lambda record: all(test(record) for test in tests)
    return lambda record: any(test(record) for test in tests)


def _term(store: Store, table: str, term: Term) -> Test:
    if not term.field:
        parts = [Term(name, "=", term.value, term.quoted) for name in DEFAULT[table]]
        tests = [_term(store, table, part) for part in parts]
        return lambda record: any(test(record) for test in tests)
    if term.field == "tag_not":
        inner = _term(store, table, Term("tag", "=", term.value, term.quoted))
        return lambda record: not inner(record)
    criterion = CRITERIA[table][term.field]
    matches = MATCHERS[criterion.kind](term)
    of = criterion.of

    def test(record: Rec) -> bool:
        value = of(store, record)
        if isinstance(value, list):
            return any(matches(one) for one in value)
        return matches(value)

    return test


def _exact(term: Term) -> Callable[[Any], bool]:
    """Any of a comma list, whatever the case; `abc*` is a prefix; `*` is anything there is."""
    wanted = [term.value] if term.quoted else term.value.split(",")
    lower = [value.strip().lower() for value in wanted]
    if lower == ["any"]:
        return lambda _value: True
    whole = {value for value in lower if not value.endswith("*")}
    starts = tuple(value[:-1] for value in lower if value.endswith("*"))

    def matches(value: Any) -> bool:
        text = "" if value is None else str(value).lower()
        return text in whole or (bool(starts) and bool(text) and text.startswith(starts))

    return matches


def _words(term: Term) -> Callable[[Any], bool]:
    """A phrase is contained; a bare word begins a word."""
    wanted = term.value.lower()
    if term.quoted:
        return lambda value: wanted in str(value or "").lower()
    start = wanted.rstrip("*")
    return lambda value: any(w.startswith(start) for w in str(value or "").lower().split())


def _number(term: Term) -> Callable[[Any], bool]:
    compare = COMPARE[term.op]
    text = term.value.rpartition("/")[2]
    wanted = {int(one) for one in text.split(",") if one.strip().isdigit()}
    if term.op == "=":
        return lambda value: value in wanted
    if len(wanted) != 1:
        return lambda _value: False
    limit = wanted.pop()
    return lambda value: value is not None and compare(value, limit)


def _time(term: Term) -> Callable[[Any], bool]:
    moment = _moment(term.value)
    assert moment is not None  # _known has seen to it
    if term.op == "=":
        length = timedelta(days=1) if len(term.value) == 10 else timedelta(seconds=1)
        low, high = stamp(moment), stamp(moment + length)
        return lambda value: value is not None and low <= value < high
    up = math.ceil(moment.microsecond / 1_000_000) if term.op in (">=", "<") else 0
    limit, compare = stamp(moment + timedelta(seconds=up)), COMPARE[term.op]
    return lambda value: value is not None and compare(value, limit)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00").replace("z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


MATCHERS: Mapping[Kind, Callable[[Term], Callable[[Any], bool]]] = {
    "exact": _exact,
    "words": _words,
    "time": _time,
    "number": _number,
    "id": _number,
}
