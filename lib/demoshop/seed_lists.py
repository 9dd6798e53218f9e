"""Price lists of the demo shop: one of a market in another currency, one of companies that buy."""

from __future__ import annotations

from decimal import Decimal

from .ids import number
from .price_lists import add_price_list, fix
from .shop import Shop

#: Every so-manieth variant has a fixed price in euros, and in the list of companies.
EUROS, COMPANIES = 2, 10
#: Of the shop's own price.
IN_EUROS, FOR_COMPANIES = Decimal("0.95"), Decimal("0.80")


def seed_price_lists(shop: Shop) -> None:
    """On a shop with variants: «Eurozone» in euros, «Wholesale» in the shop's currency and 10 %
    below its prices; both with some fixed prices."""
    with shop.lock:
        variants = list(shop.store.tables["ProductVariant"].values())
        off = {"type": "PERCENTAGE_DECREASE", "value": 10.0}
        for name, currency, catalog, adjustment, every, share in (
            ("Eurozone", "EUR", "MarketCatalog", None, EUROS, IN_EUROS),
            (
                "Wholesale",
                shop.settings.currency,
                "CompanyLocationCatalog",
                off,
                COMPANIES,
                FOR_COMPANIES,
            ),
        ):
            made = add_price_list(
                shop.store, name, currency, adjustment=adjustment, catalog=catalog
            )
            fixed = {
                number(one["id"]): (Decimal(one["price"]) * share, None)
                for one in variants[::every]
            }
            fix(shop.store, made, dict(fixed))
