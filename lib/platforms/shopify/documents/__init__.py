"""Every GraphQL text that the client can send, and nothing else builds one.

Texts are fixed; what comes from outside travels in variables only. Where one request carries
several writes, the same fixed field is repeated under the aliases m0, m1, … with numbered
variables.
`ALL` and `REPEATED` list them for the test that validates each against the official schema.
"""

from __future__ import annotations

from .document import Document, Repeated
from .reads import (
    CATEGORIES,
    CUSTOMERS,
    FIND,
    ID_LISTS,
    LEVELS_AT,
    LOCATIONS,
    NODES,
    ORDERS,
    PARENTS,
    PARTS,
    PRICES,
    PRODUCTS,
    REST_OF,
    SCOPES,
    SHOP,
    STOCK,
    VARIANTS,
    WEBHOOKS,
)
from .writes import (
    BY_HANDLE,
    CUSTOMER_CREATE,
    CUSTOMER_UPDATE,
    OPTIONS_CREATE,
    PRODUCT_SET,
    PRODUCT_UPDATE,
    STOCK_ACTIVATE,
    STOCK_SET,
    VARIANTS_CREATE,
    VARIANTS_DELETE,
    VARIANTS_UPDATE,
    WEBHOOK_CREATE,
    WEBHOOK_UPDATE,
)

__all__ = [
    "ALL",
    "BY_HANDLE",
    "CATEGORIES",
    "CUSTOMERS",
    "CUSTOMER_CREATE",
    "CUSTOMER_UPDATE",
    "FIND",
    "ID_LISTS",
    "LEVELS_AT",
    "LOCATIONS",
    "NODES",
    "OPTIONS_CREATE",
    "ORDERS",
    "PARENTS",
    "PARTS",
    "PRICES",
    "PRODUCTS",
    "PRODUCT_SET",
    "PRODUCT_UPDATE",
    "REPEATED",
    "REST_OF",
    "SCOPES",
    "SHOP",
    "STOCK",
    "STOCK_ACTIVATE",
    "STOCK_SET",
    "VARIANTS",
    "VARIANTS_CREATE",
    "VARIANTS_DELETE",
    "VARIANTS_UPDATE",
    "WEBHOOKS",
    "WEBHOOK_CREATE",
    "WEBHOOK_UPDATE",
    "Document",
    "Repeated",
]

ALL: tuple[Document, ...] = (
    CATEGORIES,
    CUSTOMERS,
    LEVELS_AT,
    LOCATIONS,
    ORDERS,
    PARENTS,
    PRICES,
    PRODUCTS,
    SCOPES,
    SHOP,
    STOCK,
    STOCK_SET,
    VARIANTS,
    WEBHOOKS,
    WEBHOOK_CREATE,
    WEBHOOK_UPDATE,
    *FIND.values(),
    *ID_LISTS.values(),
    *NODES.values(),
    *PARTS.values(),
    *REST_OF.values(),
)

REPEATED: tuple[Repeated, ...] = (
    BY_HANDLE,
    CUSTOMER_CREATE,
    CUSTOMER_UPDATE,
    OPTIONS_CREATE,
    PRODUCT_SET,
    PRODUCT_UPDATE,
    STOCK_ACTIVATE,
    VARIANTS_CREATE,
    VARIANTS_DELETE,
    VARIANTS_UPDATE,
)
