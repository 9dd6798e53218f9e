"""Finds ids by natural keys: many values a query, and answers compared exactly.

Shopify's search is fuzzy (it splits and stems words), so a hit counts only when its field equals
the value. Source: shopify.dev/docs/api/usage/search-syntax
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import Refused
from .client import Client
from .connection import Connection
from .documents import FIND, LEVELS_AT, LOCATIONS, Document
from .paging import Paging
from .scalars import is_gid

#: Values and characters of one search text; longer ones are refused or cut by the shop.
_VALUES, _LENGTH = 40, 2_000

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """How one natural key is searched: the filter's name, and where field and id stand."""

    document: Document
    filter: str
    value: Callable[[Node], Any]
    id: Callable[[Node], Any]
    equal: Callable[[str], str]


def _inner(outer: str, name: str) -> Callable[[Node], Any]:
    def read(node: Node) -> Any:
        held = node.get(outer)
        return held.get(name) if isinstance(held, Mapping) else None

    return read


def _own(name: str) -> Callable[[Node], Any]:
    return lambda node: node.get(name)


def _exact(text: str) -> str:
    return text


def _phone(text: str) -> str:
    return "".join(c for c in text if c.isdigit() or c == "+")


def _lower(text: str) -> str:
    return text.strip().casefold()


_ID = _own("id")
_PRODUCT_ID = _inner("product", "id")
_VARIANT, _CUSTOMER = FIND["variants"], FIND["customers"]
_COMPANY = FIND["companies"]

KEYS: Mapping[tuple[str, str], Key] = {
    ("product", "handle"): Key(FIND["products"], "handle", _own("handle"), _ID, _exact),
    ("product", "sku"): Key(_VARIANT, "sku", _own("sku"), _PRODUCT_ID, _exact),
    ("product", "barcode"): Key(_VARIANT, "barcode", _own("barcode"), _PRODUCT_ID, _exact),
    ("variant", "sku"): Key(_VARIANT, "sku", _own("sku"), _ID, _exact),
    ("variant", "barcode"): Key(_VARIANT, "barcode", _own("barcode"), _ID, _exact),
    ("price", "sku"): Key(_VARIANT, "sku", _own("sku"), _ID, _exact),
    ("price", "barcode"): Key(_VARIANT, "barcode", _own("barcode"), _ID, _exact),
    ("market_price", "sku"): Key(_VARIANT, "sku", _own("sku"), _ID, _exact),
    ("market_price", "barcode"): Key(_VARIANT, "barcode", _own("barcode"), _ID, _exact),
    ("category", "handle"): Key(FIND["categories"], "handle", _own("handle"), _ID, _exact),
    ("category", "title"): Key(FIND["categories"], "title", _own("title"), _ID, _exact),
    ("order", "name"): Key(FIND["orders"], "name", _own("name"), _ID, _exact),
    ("order", "sourceIdentifier"): Key(
        FIND["orders"], "source_identifier", _own("sourceIdentifier"), _ID, _exact
    ),
    ("company", "externalId"): Key(_COMPANY, "external_id", _own("externalId"), _ID, _exact),
    ("customer", "email"): Key(
        _CUSTOMER, "email", _inner("defaultEmailAddress", "emailAddress"), _ID, _lower
    ),
    ("customer", "phone"): Key(
        _CUSTOMER, "phone", _inner("defaultPhoneNumber", "phoneNumber"), _ID, _phone
    ),
}


class Finder:
    def __init__(self, client: Client, connection: Connection) -> None:
        self._client = client
        self._connection = connection

    def find(self, name: str, key: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
        """(value as asked, id) for every exact match, each once."""
        if name == "stock":
            return self._levels(key, values)
        if name == "location":
            return self._locations(values)
        how = KEYS.get((name, key))
        if how is None:
            known = ", ".join(sorted({f"{n}.{k}" for n, k in KEYS}))
            raise Refused(
                f"Shopify has no natural key {key} for {name}.",
                field=key,
                remedy=f"Use one of: {known}, location.name, stock.variant|location.",
            )
        return self._search(how, values)

    def _search(self, key: Key, values: Sequence[str]) -> Iterator[tuple[str, str]]:
        asked: dict[str, list[str]] = {}
        for value in dict.fromkeys(values):
            if value and value.strip():
                asked.setdefault(key.equal(value), []).append(value)
        found: set[tuple[str, str]] = set()
        for query in _queries(key.filter, sorted({v for vs in asked.values() for v in vs})):
            for node in self._hits(key.document, query):
                held, id_ = key.value(node), key.id(node)
                if not isinstance(held, str) or not isinstance(id_, str):
                    continue
                for value in asked.get(key.equal(held), ()):
                    if (value, id_) not in found:
                        found.add((value, id_))
                        yield value, id_

    def _hits(self, document: Document, query: str) -> Iterator[Node]:
        after: str | None = None
        more = True
        while more:
            step = self._connection.step(document, query, after, {})
            yield from (node for _, node in step.edges)
            more = step.more
            after = step.edges[-1][0] if step.edges else after

    def _levels(self, key: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Stock by «variant gid|location gid» or «item gid|location gid»."""
        if key not in ("variant|location", "item|location"):
            raise Refused(
                f"Shopify has no natural key {key} for stock.", remedy="Use variant|location."
            )
        by_location: dict[str, dict[str, str]] = {}
        for value in dict.fromkeys(values):
            owner, _, location = value.partition("|")
            if is_gid(owner) and is_gid(location):
                by_location.setdefault(location, {})[owner] = value
        for location, owners in by_location.items():
            flags = {"location": location}
            for node in self._connection.nodes(LEVELS_AT, list(owners), flags):
                item = node.get("inventoryItem") or node
                level = item.get("inventoryLevel") if isinstance(item, Mapping) else None
                if isinstance(level, Mapping) and str(node["id"]) in owners:
                    yield owners[str(node["id"])], str(level["id"])

    def _locations(self, values: Sequence[str]) -> Iterator[tuple[str, str]]:
        wanted = {value.strip(): value for value in values}
        for id_, name in locations(self._client).items():
            if name.strip() in wanted:
                yield wanted[name.strip()], id_


def locations(client: Client) -> dict[str, str]:
    """id → name of the active locations."""
    found: dict[str, str] = {}
    paging = Paging(LOCATIONS.name)
    after: str | None = None
    while True:
        page = client.send(LOCATIONS, {"after": after}).data.get("locations") or {}
        for node in page.get("nodes") or ():
            if isinstance(node, Mapping) and node.get("isActive", True):
                found[str(node.get("id"))] = str(node.get("name"))
        info = page.get("pageInfo") or {}
        if not info.get("hasNextPage"):
            return found
        after = paging.on(info.get("endCursor"), after)


def quoted(value: str) -> str:
    """A value for the search grammar: in quotes, with quotes and backslashes escaped."""
    flat = " ".join(value.split()).replace("\\", "\\\\")
    if "'" not in flat:
        return f"'{flat}'"
    escaped = flat.replace('"', '\\"')
    return f'"{escaped}"'


def _queries(name: str, values: Sequence[str]) -> Iterator[str]:
    terms: list[str] = []
    length = 0
    for value in values:
        term = f"{name}:{quoted(value)}"
        if terms and (len(terms) >= _VALUES or length + len(term) > _LENGTH):
            yield " OR ".join(terms)
            terms, length = [], 0
        terms.append(term)
        length += len(term) + 4
    if terms:
        yield " OR ".join(terms)
