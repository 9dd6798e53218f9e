"""What Shopify's entities are: names, order of reads, natural keys, fields, scopes, documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...endpoint import Capability, EntityInfo, FieldInfo, Order
from . import documents as d
from . import shapes, shapes_order
from .documents import Document


@dataclass(frozen=True, slots=True)
class Source:
    """How one entity is read: documents, shape, first page size, lists to complete, scopes."""

    page: Document
    shape: Callable[[shapes.Node], shapes.Fields]
    kind: str  # the GraphQL type of its nodes
    size: int
    nested: int = 20
    completes: tuple[str, ...] = ()
    read_scope: str = ""
    write_scope: str = ""
    #: scope → fields that are absent without it (any one scope of a group separated by «|»).
    extra_scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: variable → scope: parts of the document that are asked for only with this scope.
    flags: Mapping[str, str] = field(default_factory=dict)


_FULFILLMENT_SCOPES = (
    "read_merchant_managed_fulfillment_orders|read_assigned_fulfillment_orders"
    "|read_third_party_fulfillment_orders|read_marketplace_fulfillment_orders"
)

SOURCES: Mapping[str, Source] = {
    "category": Source(
        d.CATEGORIES, shapes.category, "Collection", 100, read_scope="read_products"
    ),
    "product": Source(
        d.PRODUCTS,
        shapes.product,
        "Product",
        50,
        completes=("variants", "collections"),
        read_scope="read_products",
        write_scope="write_products",
    ),
    "variant": Source(
        d.VARIANTS,
        shapes.variant,
        "ProductVariant",
        100,
        read_scope="read_products",
        write_scope="write_products",
    ),
    "price": Source(
        d.PRICES,
        shapes.price,
        "ProductVariant",
        150,
        read_scope="read_products",
        write_scope="write_products",
    ),
    "customer": Source(
        d.CUSTOMERS,
        shapes.customer,
        "Customer",
        50,
        completes=("addressesV2",),
        read_scope="read_customers",
        write_scope="write_customers",
    ),
    "order": Source(
        d.ORDERS,
        shapes_order.order,
        "Order",
        20,
        nested=12,
        completes=("lineItems", "shippingLines", "discountApplications", "fulfillmentOrders"),
        read_scope="read_orders",
        extra_scopes={
            "read_customers": ("order.customer",),
            _FULFILLMENT_SCOPES: ("order.locationId",),
        },
        flags={"customers": "read_customers", "fulfillment": _FULFILLMENT_SCOPES},
    ),
    "stock": Source(
        d.STOCK,
        shapes.level,
        "InventoryLevel",
        50,
        completes=("inventoryLevels",),
        read_scope="read_inventory",
        write_scope="write_inventory",
    ),
}


def _fields(table: str) -> dict[str, FieldInfo]:
    """Fields from lines «name type [flags] [sample]»; w = writable, r = required on create."""
    fields = {}
    for text in table.strip().splitlines():
        name, kind, flags, sample = (*text.split(maxsplit=3), "", "")[:4]
        fields[name] = FieldInfo(
            name, kind, writable="w" in flags, required="r" in flags, sample=sample
        )
    return fields


_VARIANT_FIELDS = """
id char - gid://shopify/ProductVariant/1
legacyResourceId char - 1
title char - M
sku char w SHIRT-M
barcode char w 4006381333931
price decimal w 19.90
compareAtPrice decimal w 24.90
position integer -
taxable boolean w
options json w {"Size": "M"}
inventoryItem.id char - gid://shopify/InventoryItem/1
inventoryItem.tracked boolean w
inventoryItem.requiresShipping boolean w
inventoryItem.unitCost decimal w 8.50
inventoryItem.weight decimal w 0.25
createdAt datetime -
updatedAt datetime -
"""

_FIELDS: Mapping[str, str] = {
    "category": """
id char - gid://shopify/Collection/1
legacyResourceId char - 1
title char - Shirts
handle char - shirts
descriptionHtml html -
updatedAt datetime -
""",
    "product": """
id char - gid://shopify/Product/1
legacyResourceId char - 1
title char wr Shirt
handle char w shirt
descriptionHtml html w <p>Cotton</p>
vendor char w
productType char w
status char w ACTIVE
tags json w ["summer"]
options json -
collections json w ["gid://shopify/Collection/1"]
createdAt datetime -
updatedAt datetime -
"""
    + "".join(f"variants.{row}\n" for row in _VARIANT_FIELDS.strip().splitlines()),
    "variant": _VARIANT_FIELDS + "product.id char w gid://shopify/Product/1\n",
    "price": """
id char - gid://shopify/ProductVariant/1
price decimal w 19.90
compareAtPrice decimal w 24.90
sku char -
product.id char -
updatedAt datetime -
""",
    "customer": """
id char - gid://shopify/Customer/1
legacyResourceId char - 1
firstName char w Ada
lastName char w Lovelace
displayName char -
email char w ada@example.com
phone char w +4930123456
note text w
tags json w
taxExempt boolean w
state char - ENABLED
locale char w de
defaultAddress json -
addresses json w
createdAt datetime -
updatedAt datetime -
""",
    "order": """
id char - gid://shopify/Order/1
legacyResourceId char - 1
name char - #1001
number integer - 1001
createdAt datetime -
updatedAt datetime -
processedAt datetime -
cancelledAt datetime -
cancelReason char -
closedAt datetime -
confirmed boolean -
test boolean -
email char -
phone char -
note text -
tags json -
currencyCode char - EUR
presentmentCurrencyCode char - EUR
taxesIncluded boolean -
taxExempt boolean -
displayFinancialStatus char - PAID
displayFulfillmentStatus char - UNFULFILLED
sourceName char - web
poNumber char -
paymentGatewayNames json -
discountCodes json -
customer.id char -
billingAddress json -
shippingAddress json -
subtotalPrice.amount decimal -
totalDiscounts.amount decimal -
totalShippingPrice.amount decimal -
totalTax.amount decimal -
totalPrice.amount decimal -
currentTotalPrice.amount decimal -
totalReceived.amount decimal -
totalRefunded.amount decimal -
lines json -
shippingLines json -
taxLines json -
discounts json -
locationId char - gid://shopify/Location/1
""",
    "stock": """
id char - gid://shopify/InventoryLevel/1?inventory_item_id=1
item char - gid://shopify/InventoryItem/1
variant char wr gid://shopify/ProductVariant/1
location char wr gid://shopify/Location/1
sku char -
tracked boolean -
available integer wr 7
on_hand integer - 9
committed integer - 2
incoming integer - 0
reserved integer - 0
updatedAt datetime -
""",
}

_LOOKUPS: Mapping[str, tuple[str, ...]] = {"location": ("name",)}


def _info(
    name: str,
    order: Order,
    keys: tuple[str, ...],
    capabilities: frozenset[Capability],
    *,
    parallel: bool = True,
) -> EntityInfo:
    return EntityInfo(
        name,
        f"shopify_{name}",
        _fields(_FIELDS[name]),
        keys,
        order,
        capabilities,
        page_size=SOURCES[name].size,
        parallel=parallel,
        lookups=_LOOKUPS,
    )


ENTITIES: Mapping[str, EntityInfo] = {
    info.name: info
    for info in (
        _info("category", "by_time", ("handle", "title"), frozenset(), parallel=False),
        _info(
            "product",
            "by_time",
            ("handle", "sku", "barcode"),
            frozenset({"create", "update", "idempotency_key"}),
            parallel=False,
        ),
        _info("variant", "unordered", ("sku", "barcode"), frozenset({"create", "update"})),
        _info("price", "unordered", ("sku", "barcode"), frozenset({"update"})),
        _info("customer", "by_time", ("email", "phone"), frozenset({"create", "update"})),
        _info("order", "by_time", ("name",), frozenset()),
        _info(
            "stock",
            "unordered",
            ("variant|location", "item|location"),
            frozenset({"create", "update", "compare_and_set", "idempotency_key"}),
        ),
    )
}
