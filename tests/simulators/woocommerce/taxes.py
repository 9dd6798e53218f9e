"""Tax rates by country and class, and what they take of an amount; rounded line by line."""

from __future__ import annotations

from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from .store import Row

CENT = Decimal("0.01")


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def money(value: Decimal) -> str:
    return format(cents(value), "f")


def rates(shop: Any, order: Row, tax_class: str) -> list[Row]:
    """The rates where the order goes to; without a country none."""
    place = order["shipping"] if order["shipping"]["country"] else order["billing"]
    return [
        rate
        for rate in shop.store.rows("taxes")
        if rate["country"] == place["country"]
        and rate["class"] == (tax_class or "standard")
        and rate["state"] in ("", place["state"])
    ]


def of(shop: Any, order: Row, tax_class: str, amount: Decimal) -> dict[int, Decimal]:
    """Rate's id → its tax on a net amount; half a cent is the customer's where prices have their
    taxes in them."""
    rounding = ROUND_HALF_DOWN if order["included"] else ROUND_HALF_UP
    return {
        rate["id"]: (amount * Decimal(rate["rate"]) / 100).quantize(CENT, rounding)
        for rate in rates(shop, order, tax_class)
    }


def net(shop: Any, order: Row, tax_class: str, gross: Decimal) -> Decimal:
    """What of an amount with its taxes is without them."""
    percent = sum((Decimal(rate["rate"]) for rate in rates(shop, order, tax_class)), Decimal(0))
    return gross / (1 + percent / 100)


def shown(shop: Any, before: dict[int, Decimal], after: dict[int, Decimal]) -> list[dict[str, Any]]:
    return [
        {"id": id_, "total": money(total), "subtotal": money(before[id_]) if before else ""}
        for id_, total in after.items()
    ]


def lines(shop: Any, order: Row) -> list[dict[str, Any]]:
    """The order's `tax_lines`: each rate with what it takes in all."""
    sums: dict[int, list[Decimal]] = {}
    for place, kinds in enumerate((("line_items", "fee_lines"), ("shipping_lines",))):
        for kind in kinds:
            for item in order[kind]:
                for id_, amount in item["tax"].items():
                    sums.setdefault(id_, [Decimal(0), Decimal(0)])[place] += amount
    found = []
    for id_, (total, shipping) in sums.items():
        rate = shop.store.get("taxes", id_)
        percent = Decimal(rate["rate"]).normalize()
        state = f"-{rate['state']}" if rate["state"] else ""
        found.append(
            {
                "id": order["tax_ids"].setdefault(id_, shop.store.next("items")),
                "rate_code": f"{rate['country']}{state}-{rate['name'].upper()}-1",
                "rate_id": id_,
                "label": rate["name"],
                "compound": False,
                "tax_total": money(total),
                "shipping_tax_total": money(shipping),
                "rate_percent": int(percent) if percent == int(percent) else float(percent),
                "meta_data": [],
            }
        )
    return found
