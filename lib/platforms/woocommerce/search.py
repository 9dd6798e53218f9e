"""Finds ids by natural keys: many values a request where the shop takes a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ...errors import Refused
from .categories import CATEGORIES, Tree
from .client import Client, Row
from .entities import CUSTOMERS
from .families import PRODUCTS
from .listing import MOST, Listing
from .scalars import id_text, split_id, variant_id
from .shapes import MARKER, SEPARATOR
from .shapes_product import LOCATION

#: SKUs and characters of one request; addresses of 8,000 characters are refused by servers.
_SKUS, _LENGTH = 50, 3_000

#: E-mails are one to an account, whoever owns it.
_ALL = {"role": "all"}

LOCATIONS: Mapping[str, str] = {LOCATION: "Stock of the shop"}


class Finder:
    def __init__(self, client: Client, listing: Listing) -> None:
        self._client = client
        self._listing = listing

    def find(self, name: str, key: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
        """(value as asked, id) for every match, each once."""
        asked = [value for value in dict.fromkeys(values) if value and value.strip()]
        if not asked:
            return iter(())
        finders: Mapping[tuple[str, str], Callable[[Sequence[str]], Iterator[tuple[str, str]]]] = {
            ("product", "sku"): lambda v: self._skus(v, _product_of),
            ("variant", "sku"): lambda v: self._skus(v, _variant_of),
            ("price", "sku"): lambda v: self._skus(v, _variant_of),
            ("product", "slug"): self._slugs,
            ("category", "path"): lambda v: self._categories(v, by_path=True),
            ("category", "slug"): lambda v: self._categories(v, by_path=False),
            ("customer", "email"): self._emails,
            ("stock", "variant|location"): self._levels,
            ("location", "name"): _locations,
        }
        finder = finders.get((name, key))
        if finder is None:
            known = ", ".join(sorted(f"{n}.{k}" for n, k in finders))
            raise Refused(
                f"WooCommerce has no natural key {key} for {name}.",
                field=key,
                remedy=f"Use one of: {known}.",
            )
        return finder(asked)

    # -- products ------------------------------------------------------------------------------

    def by_sku(self, skus: Sequence[str]) -> Iterator[Row]:
        """The products and variations that have one of `skus`, those in the trash left out."""
        for part in _parts(skus):
            yield from self._listing.all(PRODUCTS, {"sku": ",".join(part)})

    def _skus(
        self, values: Sequence[str], id_of: Callable[[Row], str | None]
    ) -> Iterator[tuple[str, str]]:
        asked = _asked(values, _sku)
        seen: set[tuple[str, str]] = set()
        found = list(self.by_sku(list(asked)))
        half_made = self._half_made(found)
        for row in found:
            id_ = None if row.get("parent_id") in half_made else id_of(row)
            for value in asked.get(_sku(str(row.get("sku") or "")), ()):
                if id_ is not None and (value, id_) not in seen:
                    seen.add((value, id_))
                    yield value, id_

    def _half_made(self, rows: Sequence[Row]) -> set[int]:
        """Products that a create of ours has begun and not finished, among those of the variations.
        That create alone finds them, and finishes them."""
        parents = sorted({row["parent_id"] for row in rows if row.get("type") == "variation"})
        query = {"_fields": "id,sku,status", "status": "draft"}
        drafts = self._listing.included(PRODUCTS, parents, query)
        return {row["id"] for row in drafts if str(row.get("sku") or "").startswith(MARKER)}

    def _slugs(self, values: Sequence[str]) -> Iterator[tuple[str, str]]:
        """One request a slug: the filter takes no list."""
        for value in values:
            for row in self._client.list(PRODUCTS, {"slug": value, "per_page": MOST}).rows:
                if row.get("slug") == value.strip():
                    yield value, str(row["id"])

    def _levels(self, values: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Stock by «variant|location»: the level has the variant's id."""
        asked: dict[str, str] = {}
        for value in values:
            id_, _, place = value.partition("|")
            if place == LOCATION and split_id(id_) is not None:
                asked[id_] = value
        products = sorted({product for id_ in asked for product, _ in [split_id(id_) or (0, 0)]})
        there: set[str] = set()
        for row in self._listing.included(PRODUCTS, products, {"_fields": "id,type,variations"}):
            there |= _variants_of(row)
        yield from ((value, id_) for id_, value in asked.items() if id_ in there)

    # -- others --------------------------------------------------------------------------------

    def _categories(self, values: Sequence[str], *, by_path: bool) -> Iterator[tuple[str, str]]:
        rows = list(self._listing.all(CATEGORIES, {"_fields": "id,name,slug,parent"}))
        tree = Tree(rows)
        normal = _path if by_path else str.strip
        asked = _asked(values, normal)
        for row in rows:
            held = tree.path(row["id"]) if by_path else str(row.get("slug"))
            for value in asked.get(normal(held), ()):
                yield value, str(row["id"])

    def _emails(self, values: Sequence[str]) -> Iterator[tuple[str, str]]:
        """One request an e-mail, or all customers if that takes fewer."""
        asked = _asked(values, _email)
        for row in self._customers(list(asked)):
            for value in asked.get(_email(str(row.get("email") or "")), ()):
                yield value, str(row["id"])

    def _customers(self, emails: Sequence[str]) -> Iterator[Row]:
        first = self._client.list(CUSTOMERS, {**_ALL, "email": emails[0], "per_page": MOST})
        yield from first.rows
        rest = emails[1:]
        if not rest:
            return
        count = self._client.list(CUSTOMERS, {**_ALL, "per_page": 1, "_fields": "id"}).total
        if count is not None and count / MOST < len(rest):
            wanted = set(rest)
            for row in self._listing.all(CUSTOMERS, {**_ALL, "_fields": "id,email,meta_data"}):
                if _email(str(row.get("email") or "")) in wanted:
                    yield row
            return
        for email in rest:
            yield from self._client.list(CUSTOMERS, {**_ALL, "email": email, "per_page": MOST}).rows

    def customers(self, emails: Sequence[str]) -> dict[str, Row]:
        """E-mail → the customer's row."""
        asked = list(dict.fromkeys(_email(email) for email in emails))
        found = self._customers(asked) if asked else iter(())
        return {_email(str(row.get("email") or "")): row for row in found}


def _locations(values: Sequence[str]) -> Iterator[tuple[str, str]]:
    for id_, name in LOCATIONS.items():
        yield from ((value, id_) for value in values if value.strip() == name)


def _asked(values: Sequence[str], normal: Callable[[str], str]) -> dict[str, list[str]]:
    asked: dict[str, list[str]] = {}
    for value in values:
        asked.setdefault(normal(value), []).append(value)
    return asked


def _sku(text: str) -> str:
    """The shop's database compares SKUs without case."""
    return text.strip().casefold()


def _email(text: str) -> str:
    return text.strip().casefold()


def _path(text: str) -> str:
    return SEPARATOR.join(step.strip() for step in text.split(SEPARATOR.strip()))


def _product_of(row: Row) -> str | None:
    return id_text(row.get("parent_id")) if row.get("type") == "variation" else id_text(row["id"])


def _variant_of(row: Row) -> str | None:
    if row.get("type") == "variation":
        return variant_id(row.get("parent_id"), row["id"])
    return None if row.get("type") in ("variable", "grouped") else id_text(row["id"])


def _variants_of(row: Row) -> set[str]:
    if row.get("type") == "variable":
        return {f"{row['id']}/{id_}" for id_ in row.get("variations") or ()}
    return set() if row.get("type") == "grouped" else {str(row["id"])}


def _parts(skus: Sequence[str]) -> Iterator[list[str]]:
    """SKUs for one request each. One with a comma stands alone: the shop splits the text there, and
    takes the whole text for a SKU too."""
    part: list[str] = []
    length = 0
    for sku in dict.fromkeys(skus):
        if "," in sku:
            yield [sku]
            continue
        if part and (len(part) >= _SKUS or length + len(sku) > _LENGTH):
            yield part
            part, length = [], 0
        part.append(sku)
        length += len(sku) + 1
    if part:
        yield part
