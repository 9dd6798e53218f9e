"""What can be read, by object. Importing this registers the fields."""

from . import (
    aftermath,
    around,
    catalog,
    companies,
    customers,
    inventory,
    media,
    orders,
    price_lists,
    roots,
    translations,
    webhooks,
)

__all__ = [
    "aftermath",
    "around",
    "catalog",
    "companies",
    "customers",
    "inventory",
    "media",
    "orders",
    "price_lists",
    "roots",
    "translations",
    "webhooks",
]
