"""What Shopify's entities are: names, order of reads, natural keys, fields, scopes, documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...endpoint import Capability, EntityInfo, Order
from . import documents as d
from . import shapes, shapes_company, shapes_order
from .documents import Document
from .fields import fields_of


@dataclass(frozen=True, slots=True)
class Source:
    """How one entity is read: documents, shape, first page size, lists to complete, scopes."""

    page: Document
    shape: Callable[[shapes.Node], shapes.Fields]
    kind: str  # the GraphQL type of its nodes
    size: int
    nested: int = 20
    completes: tuple[str, ...] = ()
    #: List that comes with ids alone → the lists inside its elements to complete (`d.PARTS`).
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: List that comes whole → the lists inside its elements to complete.
    inner: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    read_scope: str = ""
    write_scope: str = ""
    #: scope → fields that are absent without it (any one scope of a group separated by «|»).
    extra_scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: variable → scope: parts of the document that are asked for only with this scope.
    flags: Mapping[str, str] = field(default_factory=dict)
    #: Those of `flags` that are off where scopes can't be told or the shop does not sell to
    #: companies, and that bulk reads can't bring: asking for them may fail the whole read.
    cautious: frozenset[str] = frozenset()
    #: The times of its nodes tell nothing of its changes: each read is of all of them.
    blind: bool = False
    #: Only shops that sell to companies have it: offered where the scope is held and the shop says
    #: so. What else a shop lacks for it is no problem to tell.
    optional: bool = False


_FULFILLMENT_SCOPES = (
    "read_merchant_managed_fulfillment_orders|read_assigned_fulfillment_orders"
    "|read_third_party_fulfillment_orders|read_marketplace_fulfillment_orders"
)

_SHIPPING_SCOPES = (
    "write_merchant_managed_fulfillment_orders|write_assigned_fulfillment_orders"
    "|write_third_party_fulfillment_orders"
)
_LOCATION_SCOPES = "read_locations|read_inventory|read_markets_home"
_RETURN_SCOPES = "read_returns|read_marketplace_returns"

SOURCES: Mapping[str, Source] = {
    "category": Source(
        d.CATEGORIES,
        shapes.category,
        "Collection",
        100,
        read_scope="read_products",
        write_scope="write_products",
    ),
    "product": Source(
        d.PRODUCTS,
        shapes.product,
        "Product",
        50,
        completes=("variants", "collections", "media", "metafields"),
        read_scope="read_products",
        write_scope="write_products",
        extra_scopes={"write_files|write_themes": ("taking replaced images off products",)},
    ),
    "variant": Source(
        d.VARIANTS,
        shapes.own_variant,
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
    "market_price": Source(
        d.MARKET_PRICES,
        shapes.market_price,
        "ProductVariant",
        160,
        blind=True,
        read_scope="read_products",
        write_scope="write_products",
    ),
    "company": Source(
        d.COMPANIES,
        shapes_company.company,
        "Company",
        20,
        nested=10,
        completes=("locations",),
        read_scope="read_companies",
        optional=True,
    ),
    "customer": Source(
        d.CUSTOMERS,
        shapes.customer,
        "Customer",
        50,
        completes=("addressesV2",),
        read_scope="read_customers",
        write_scope="write_customers",
        flags={"companies": "read_companies"},
        cautious=frozenset({"companies"}),
    ),
    "order": Source(
        d.ORDERS,
        shapes_order.order,
        "Order",
        20,
        nested=7,  # with 20 orders the dearest query that Shopify takes
        completes=(
            "lineItems",
            "shippingLines",
            "discountApplications",
            "fulfillmentOrders",
            "returns",
        ),
        inner={"fulfillmentOrders": ("openLines",)},
        parts={
            "refunds": (
                "refundLineItems",
                "refundShippingLines",
                "orderAdjustments",
                "transactions",
            ),
            "returns": ("returnLineItems",),
            "fulfillments": ("fulfillmentLineItems",),
        },
        read_scope="read_orders",
        write_scope="write_orders",
        extra_scopes={
            _SHIPPING_SCOPES: ("writing fulfillments",),
            "read_customers": ("order.customer", "order.company"),
            _FULFILLMENT_SCOPES: ("order.locationId",),
            _RETURN_SCOPES: ("order.returns",),
            _LOCATION_SCOPES: ("order.fulfillments.locationId",),
        },
        flags={
            "customers": "read_customers",
            "fulfillment": _FULFILLMENT_SCOPES,
            "returns": _RETURN_SCOPES,
            "locations": _LOCATION_SCOPES,
        },
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


_MEDIA = ("MediaImage", "Video", "ExternalVideo", "Model3d")

#: Where elements of lists that came in bulk belong, by their type.
BULK_LISTS: Mapping[str, Mapping[str, str]] = {
    "product": {
        "Collection": "collections",
        "ProductVariant": "variants",
        **dict.fromkeys(_MEDIA, "media"),
    },
    "variant": dict.fromkeys(_MEDIA, "media"),
    "customer": {"MailingAddress": "addressesV2"},
    "order": {
        "LineItem": "lineItems",
        "ShippingLine": "shippingLines",
        "AutomaticDiscountApplication": "discountApplications",
        "DiscountCodeApplication": "discountApplications",
        "ManualDiscountApplication": "discountApplications",
        "ScriptDiscountApplication": "discountApplications",
    },
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
        fields_of(name),
        keys,
        order,
        capabilities,
        page_size=SOURCES[name].size,
        parallel=parallel,
        lists_all=name in ("category", "product", "variant", "company", "customer", "order"),
        # Shopify does not say that translations and companies' locations move `updatedAt`.
        blind_dates=name in ("product", "company"),
        remade=name != "order",  # it would be sold twice
        lookups=_LOOKUPS,
        optional=SOURCES[name].optional,
    )


ENTITIES: Mapping[str, EntityInfo] = {
    info.name: info
    for info in (
        _info(
            "category",
            "by_time",
            ("handle", "title"),
            frozenset({"create", "update", "idempotency_key"}),
            parallel=False,
        ),
        _info(
            "product",
            "by_time",
            ("handle", "sku", "barcode"),
            frozenset({"create", "update", "delete", "idempotency_key"}),
            parallel=False,
        ),
        _info("variant", "unordered", ("sku", "barcode"), frozenset({"create", "update"})),
        _info("price", "unordered", ("sku", "barcode"), frozenset({"update"})),
        _info("market_price", "unordered", ("sku", "barcode"), frozenset({"update"})),
        _info("company", "by_time", ("externalId",), frozenset()),
        _info("customer", "by_time", ("email", "phone"), frozenset({"create", "update"})),
        _info(
            "order",
            "by_time",
            ("name", "sourceIdentifier"),
            frozenset({"create", "update", "idempotency_key"}),
        ),
        _info(
            "stock",
            "unordered",
            ("variant|location", "item|location"),
            frozenset({"create", "update", "compare_and_set", "idempotency_key"}),
        ),
    )
}
