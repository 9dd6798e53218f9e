"""What an edit of an order does once it is committed: units taken off, lines added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from . import stocking
from .fulfilling import restate_fulfillment
from .money import amount_of, text
from .order_lines import charged, order_lines
from .payments import restate
from .refunding import Back, refund
from .sale import ZERO, Sale, Sold, Tax
from .selling import line_to_ship
from .store import Rec, Store

RAISED = ("SubtotalPriceSet", "TotalTaxSet", "TotalPriceSet")


def commit_edit(
    store: Store,
    order: Rec,
    quantities: Mapping[str, int],
    added: list[Sold],
    when: str | None = None,
    *,
    restock: bool = True,
    stock: bool = True,
) -> None:
    """`quantities` are line id → how many units stay; fewer are taken off by a refund without
    money, as Shopify does. `added` become lines of their own."""
    backs = [
        Back(line, line["currentQuantity"] - wanted, "CANCEL" if restock else "NO_RESTOCK")
        for line in order["lineItems"]
        if (wanted := quantities.get(line["id"], line["currentQuantity"])) < line["currentQuantity"]
    ]
    if backs:
        refund(store, order, backs, money=ZERO, when=when, stock=stock)
    if added:
        _add(store, order, added, stock=stock)
    order["edited"] = True
    restate(order)
    restate_fulfillment(store, order)
    store.touch(order)
    if when:
        order["updatedAt"] = when


def _add(store: Store, order: Rec, added: list[Sold], *, stock: bool) -> None:
    rates = tuple(Tax(tax["title"], Decimal(str(tax["rate"]))) for tax in order["taxLines"])
    sale = Sale(
        lines=[replace(sold, taxes=rates) for sold in added],
        currency=order["currencyCode"],
        taxes_included=order["taxesIncluded"],
    )
    lines = order_lines(store, sale, [])
    order["lineItems"] += lines
    goods = sum((charged(line) for line in lines), ZERO)
    taxes = [tax for line in lines for tax in line["taxLines"]]
    tax = sum((amount_of(each["priceSet"]) for each in taxes), ZERO)
    worth = goods if order["taxesIncluded"] else goods + tax
    for name, more in zip(RAISED, (goods, tax, worth), strict=True):
        for key in (f"current{name}", name[0].lower() + name[1:]):
            order[key] = text(amount_of(order[key]) + more, order["currencyCode"])
    _add_taxes(order, taxes)
    _to_ship(store, order, lines, stock=stock)


def _add_taxes(order: Rec, taxes: list[Rec]) -> None:
    for each in taxes:
        held = next(t for t in order["taxLines"] if t["title"] == each["title"])
        amount = amount_of(held["priceSet"]) + amount_of(each["priceSet"])
        held["priceSet"] = text(amount, order["currencyCode"])


def _to_ship(store: Store, order: Rec, lines: list[Rec], *, stock: bool) -> None:
    if not order["fulfillmentOrders"]:
        return
    made = store.get("FulfillmentOrder", order["fulfillmentOrders"][0])
    made["status"] = "OPEN" if made["status"] == "CLOSED" else made["status"]
    new = [line_to_ship(store, line) for line in lines]
    made["lineItems"] += new
    if stock:
        stocking.commit(store, {**made, "lineItems": new})
