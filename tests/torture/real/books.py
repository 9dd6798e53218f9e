"""What each side holds, whole, in words that both understand; and how they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .scene import Scene

#: (what a record is known by, what is compared of it), one for each record there is.
Entries = Sequence[tuple[str, Any]]
Book = Mapping[str, Entries]
READ = 1000


@dataclass(frozen=True, slots=True)
class Verdict:
    """One entity on both sides: how many records, and which are not as they should be."""

    entity: str
    shop: int
    odoo: int
    lost: Sequence[str]
    surplus: Sequence[str]
    doubled: Sequence[str]
    differing: Sequence[str]

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.surplus or self.doubled or self.differing)


def compare(shop: Book, odoo: Book) -> list[Verdict]:
    """Each record of the shop is in Odoo once and the same, and nothing else is in either."""
    return [_verdict(entity, shop[entity], odoo[entity]) for entity in shop]


def _verdict(entity: str, shop: Entries, odoo: Entries) -> Verdict:
    here, there = dict(shop), dict(odoo)
    counts = (Counter(key for key, _value in side) for side in (shop, odoo))
    doubled = {key for count in counts for key, number in count.items() if number > 1}
    differing = [
        f"{key}: {here[key]} at the shop, {there[key]} in Odoo"
        for key in sorted(here.keys() & there.keys())
        if here[key] != there[key]
    ]
    return Verdict(
        entity,
        len(shop),
        len(odoo),
        sorted(here.keys() - there.keys()),
        sorted(there.keys() - here.keys()),
        sorted(doubled),
        differing,
    )


def undone(edits: Mapping[tuple[str, str], str], book: Book) -> list[str]:
    """Edits that do not stand: each was typed on one side, and nobody typed there after it."""
    titles = {sku: value[0] for sku, value in book["variant"]}
    prices = {sku: str(value[2]) for sku, value in book["variant"]}
    streets = {email: value[1] for email, value in book["customer"]}
    now = {"title": titles, "price": prices, "street": streets}
    return [
        f"{what} of {key}: {now[what].get(key)} instead of {value}"
        for (what, key), value in edits.items()
        if now[what].get(key) != value
    ]


def cents(amount: Any) -> Decimal:
    return Decimal(str(amount)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def of_shop(dump: Mapping[str, Any]) -> Book:
    """The demo shop's book, from all of its state."""
    tables = {
        kind: {record["id"].split("?")[0].rpartition("/")[2]: record for record in rows}
        for kind, rows in dump["store"]["tables"].items()
    }
    skus = {
        key: tables["InventoryItem"][str(variant["inventoryItem"])]["sku"]
        for key, variant in tables["ProductVariant"].items()
    }
    levels: Counter[str] = Counter()
    for level in tables["InventoryLevel"].values():
        variant = tables["InventoryItem"][str(level["item"])]["variant"]
        levels[skus[str(variant)]] += level["quantities"]["available"]
    return {
        "product": [(one["title"], None) for one in tables["Product"].values()],
        "variant": [
            (
                skus[key],
                (
                    tables["Product"][str(variant["product"])]["title"],
                    variant["barcode"] or "",
                    cents(variant["price"]),
                ),
            )
            for key, variant in tables["ProductVariant"].items()
        ],
        "stock": [(sku, levels[sku]) for sku in skus.values()],
        "customer": [
            (
                one["email"],
                (f"{one['firstName']} {one['lastName']}", one["addresses"][0]["address1"]),
            )
            for one in tables["Customer"].values()
        ],
        "guest": [
            (one["name"], one["email"]) for one in tables["Order"].values() if not one["customer"]
        ],
        "order": [(one["name"], _shop_order(one, skus)) for one in tables["Order"].values()],
    }


def _shop_order(order: Mapping[str, Any], skus: Mapping[str, str]) -> Any:
    lines = [
        (line["sku"], line["currentQuantity"], cents(line["originalUnitPriceSet"]))
        for line in order["lineItems"]
    ]
    return cents(order["currentTotalPriceSet"]), sorted(lines)


def of_odoo(scene: Scene, before: Mapping[str, int]) -> Book:
    """Odoo's book: what was added since `before` (table → the highest id then)."""

    def read(model: str, fields: Sequence[str], *domain: Sequence[Any]) -> Iterable[Any]:
        table = model.replace(".", "_")
        last = before.get(table, 0)
        while True:
            rows = scene.call(
                model,
                "search_read",
                [["id", ">", last], *domain],
                list(fields),
                limit=READ,
                order="id",
                context={"active_test": False, "lang": "en_US"},
            )
            yield from rows
            if len(rows) < READ:
                return
            last = rows[-1]["id"]

    goods = ["type", "=", "consu"]
    variants = list(
        read(
            "product.product",
            ("default_code", "barcode", "lst_price", "name", "free_qty", "active"),
            goods,
        )
    )
    people = list(
        read(
            "res.partner",
            ("email", "name", "street", "gateway_guest", "active"),
            ["parent_id", "=", False],
        )
    )
    orders = list(
        read("sale.order", ("client_order_ref", "amount_total", "partner_id", "order_line"))
    )
    by_id = {person["id"]: person for person in people}
    lines = _lines(
        read("sale.order.line", ("order_id", "product_id", "product_uom_qty", "price_unit")),
        variants,
    )
    return {
        "product": [
            (_shown(one["name"], one), None)
            for one in read("product.template", ("name", "active"), goods)
        ],
        "variant": [
            (
                _shown(one["default_code"], one),
                (one["name"], one["barcode"] or "", cents(one["lst_price"])),
            )
            for one in variants
        ],
        "stock": [(one["default_code"], int(one["free_qty"])) for one in variants],
        "customer": [
            (_shown(one["email"], one), (one["name"], one["street"]))
            for one in people
            if not one["gateway_guest"]
        ],
        "guest": [
            (one["client_order_ref"], by_id[one["partner_id"][0]]["email"])
            for one in orders
            if by_id.get(one["partner_id"][0], {}).get("gateway_guest")
        ],
        "order": [
            (
                one["client_order_ref"],
                (cents(one["amount_total"]), sorted(lines.get(one["id"], []))),
            )
            for one in orders
        ],
    }


def _shown(name: Any, row: Mapping[str, Any]) -> str:
    return f"{name}" if row["active"] else f"{name} (archived)"


def _lines(rows: Iterable[Any], variants: Sequence[Any]) -> dict[int, list[Any]]:
    """Order → (SKU, quantity, unit price) of its goods."""
    skus = {one["id"]: one["default_code"] for one in variants}
    found: dict[int, list[Any]] = {}
    for row in rows:
        if row["product_id"] and row["product_id"][0] in skus:
            line = (
                skus[row["product_id"][0]],
                int(row["product_uom_qty"]),
                cents(row["price_unit"]),
            )
            found.setdefault(row["order_id"][0], []).append(line)
    return found
