"""What can be written, by object. Importing this registers the mutations."""

from . import (
    after_order,
    collections,
    customers,
    inventory,
    media,
    metafields,
    options,
    orders,
    price_lists,
    product_set,
    products,
    returns,
    tags,
    translations,
    variants,
    webhooks,
)

__all__ = [
    "after_order",
    "collections",
    "customers",
    "inventory",
    "media",
    "metafields",
    "options",
    "orders",
    "price_lists",
    "product_set",
    "products",
    "returns",
    "tags",
    "translations",
    "variants",
    "webhooks",
]
