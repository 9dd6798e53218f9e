"""What can be written, by object. Importing this registers the mutations."""

from . import (
    collections,
    customers,
    inventory,
    options,
    orders,
    product_set,
    products,
    tags,
    variants,
    webhooks,
)

__all__ = [
    "collections",
    "customers",
    "inventory",
    "options",
    "orders",
    "product_set",
    "products",
    "tags",
    "variants",
    "webhooks",
]
