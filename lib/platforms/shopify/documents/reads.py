"""The queries: pages of each entity, records by id, ids alone, searches, and what `check` asks."""

from __future__ import annotations

from collections.abc import Mapping

from ....endpoint import CANCELLED_ORDERS
from . import fragments as f
from . import order_fragments as o
from .document import Document

_PAGE = "$first: Int!, $after: String, $query: String"
_INFO = "pageInfo { hasNextPage }"


#: Prices come without their currency, which says how they are rounded.
_SHOP = "\n  shop { currencyCode }"


def _page(
    name: str,
    field: str,
    extra: str,
    selection: str,
    parts: str,
    sort: str,
    beside: str = "",
) -> Document:
    declared = f"{_PAGE}, {extra}" if extra else _PAGE
    order = f", sortKey: {sort}" if sort else ""
    return Document(
        name,
        f"query {name}({declared}) {{\n"
        f"  page: {field}(first: $first, after: $after, query: $query{order}) {{\n"
        f"    edges {{ cursor node {selection} }} {_INFO}\n  }}{beside}\n}}\n{parts}",
    )


_NESTED = "$nested: Int!"
_CUSTOMER_FLAGS = "$nested: Int!, $companies: Boolean!"
_ORDER_FLAGS = "$nested: Int!, $customers: Boolean!, $fulfillment: Boolean!, $returns: Boolean!"
_STOCK_NODE = """{
      ...ItemFields
      inventoryLevels(first: $nested) {
        nodes { ...LevelFields } pageInfo { hasNextPage endCursor }
      }
    }"""

CATEGORIES = _page(
    "Categories", "collections", "", "{ ...CategoryFields }", f.CATEGORY, "UPDATED_AT"
)
PRODUCTS = _page(
    "Products",
    "products",
    _NESTED,
    "{ ...ProductFields }",
    f.PRODUCT_PARTS,
    "UPDATED_AT",
    _SHOP,
)
CUSTOMERS = _page(
    "Customers",
    "customers",
    _CUSTOMER_FLAGS,
    "{ ...CustomerFields }",
    f.CUSTOMER + f.ADDRESS,
    "UPDATED_AT",
)
COMPANIES = _page(
    "Companies", "companies", _NESTED, "{ ...CompanyFields }", f.COMPANY, "UPDATED_AT"
)
ORDERS = _page(
    "Orders", "orders", _ORDER_FLAGS, "{ ...OrderFields }", o.ORDER + o.ORDER_PARTS, "UPDATED_AT"
)
VARIANTS = _page(
    "Variants",
    "productVariants",
    "",
    "{ ...OwnVariantFields }",
    f.OWN_VARIANT,
    "ID",
    _SHOP,
)
PRICES = _page("Prices", "productVariants", "", "{ ...PriceFields }", f.PRICE, "ID", _SHOP)
MARKET_PRICES = _page("MarketPrices", "productVariants", "", f.MARKET_PRICE, "", "ID")
STOCK = _page("Stock", "inventoryItems", _NESTED, _STOCK_NODE, f.ITEM + f.LEVEL, "")


def _nodes(name: str, extra: str, selection: str, parts: str, beside: str = "") -> Document:
    declared = f"$ids: [ID!]!, {extra}" if extra else "$ids: [ID!]!"
    return Document(
        name,
        f"query {name}({declared}) {{\n"
        f"  nodes(ids: $ids) {{ __typename {selection} }}{beside}\n}}\n{parts}",
    )


#: Records by id, a document an entity.
NODES: Mapping[str, Document] = {
    "category": _nodes("CategoriesById", "", "...CategoryFields", f.CATEGORY),
    "product": _nodes("ProductsById", _NESTED, "...ProductFields", f.PRODUCT_PARTS, _SHOP),
    "variant": _nodes("VariantsById", "", "...OwnVariantFields", f.OWN_VARIANT, _SHOP),
    "price": _nodes("PricesById", "", "...PriceFields", f.PRICE, _SHOP),
    "market_price": _nodes("MarketPricesById", "", f"... on ProductVariant {f.MARKET_PRICE}", ""),
    "company": _nodes("CompaniesById", _NESTED, "...CompanyFields", f.COMPANY),
    "customer": _nodes(
        "CustomersById", _CUSTOMER_FLAGS, "...CustomerFields", f.CUSTOMER + f.ADDRESS
    ),
    "order": _nodes("OrdersById", _ORDER_FLAGS, "...OrderFields", o.ORDER + o.ORDER_PARTS),
    "stock": _nodes(
        "StockById",
        "",
        "... on InventoryLevel { ...LevelFields item { ...ItemFields } }",
        f.LEVEL + f.ITEM,
    ),
}


def _ids(name: str, field: str, sort: str) -> Document:
    return _page(name, field, "", "{ id }", "", sort)


#: Ids alone, a document an entity.
ID_LISTS: Mapping[str, Document] = {
    "category": _ids("CategoryIds", "collections", "ID"),
    "product": _ids("ProductIds", "products", "ID"),
    "variant": _ids("VariantIds", "productVariants", "ID"),
    "price": _ids("VariantIds", "productVariants", "ID"),
    "market_price": _ids("VariantIds", "productVariants", "ID"),
    "company": _ids("CompanyIds", "companies", "ID"),
    "customer": _ids("CustomerIds", "customers", "ID"),
    "order": _ids("OrderIds", "orders", "ID"),
    "stock": _page(
        "LevelIds",
        "inventoryItems",
        _NESTED,
        "{ id inventoryLevels(first: $nested)"
        " { nodes { id } pageInfo { hasNextPage endCursor } } }",
        "",
        "",
    ),
}


def _count(name: str, field: str, query: str = "") -> Document:
    only = f', query: "{query}"' if query else ""
    return Document(
        name,
        f"query {name}($limit: Int)"
        f" {{ found: {field}(limit: $limit{only}) {{ count precision }} }}\n",
    )


#: How many there are, a document an entity; counted no further than `limit`, null for all.
COUNTS: Mapping[str, Document] = {
    "category": _count("CategoryCount", "collectionsCount"),
    "product": _count("ProductCount", "productsCount"),
    "variant": _count("VariantCount", "productVariantsCount"),
    "company": _count("CompanyCount", "companiesCount"),
    "customer": _count("CustomerCount", "customersCount"),
    "order": _count("OrderCount", "ordersCount"),
    CANCELLED_ORDERS: _count("CancelledOrderCount", "ordersCount", "status:cancelled"),
}

#: Searches: the field that was searched stands beside the id, so that answers are compared exactly.
FIND: Mapping[str, Document] = {
    "products": _page("FindProducts", "products", "", "{ id handle title }", "", "ID"),
    "variants": _page(
        "FindVariants", "productVariants", "", "{ id sku barcode product { id } }", "", "ID"
    ),
    "customers": _page(
        "FindCustomers",
        "customers",
        "",
        "{ id defaultEmailAddress { emailAddress } defaultPhoneNumber { phoneNumber } }",
        "",
        "ID",
    ),
    "companies": _page("FindCompanies", "companies", "", "{ id externalId }", "", "ID"),
    "categories": _page("FindCategories", "collections", "", "{ id handle title }", "", "ID"),
    "orders": _page("FindOrders", "orders", "", "{ id name sourceIdentifier }", "", "ID"),
}

#: The orders made last, from the database and not from the search index, which lags.
NEWEST_ORDERS = Document(
    "NewestOrders",
    """query NewestOrders {
  orders(first: 50, sortKey: CREATED_AT, reverse: true) { nodes { id sourceIdentifier } }
}
""",
)

LEVELS_AT = Document(
    "LevelsAt",
    """query LevelsAt($ids: [ID!]!, $location: ID!) {
  nodes(ids: $ids) {
    __typename
    ... on ProductVariant {
      id inventoryItem { id inventoryLevel(locationId: $location) { id } }
    }
    ... on InventoryItem { id inventoryLevel(locationId: $location) { id } }
  }
}
""",
)

IMAGE_STATES = Document(
    "ImageStates",
    """query ImageStates($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename id ... on MediaImage { status image { url } mediaErrors { code message } }
  }
}
""",
)

PARENTS = Document(
    "Parents",
    """query Parents($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename
    ... on ProductVariant { id product { id } }
    ... on InventoryLevel { id item { id } location { id } }
  }
}
""",
)


def _rest(
    name: str, type_name: str, field: str, selection: str, parts: str, extra: str = ""
) -> Document:
    declared = f"$id: ID!, $nested: Int!, $after: String!{extra}"
    return Document(
        name,
        f"query {name}({declared}) {{\n  node(id: $id) {{ __typename ... on {type_name} {{\n"
        f"    rest: {field}(first: $nested, after: $after) {{\n"
        f"      nodes {selection} pageInfo {{ hasNextPage endCursor }}\n"
        f"    }}\n  }} }}\n}}\n{parts}",
    )


#: The rest of a nested list whose first page came with its parent, by the list's name.
REST_OF: Mapping[str, Document] = {
    "variants": _rest(
        "RestOfVariants",
        "Product",
        "variants",
        "{ ...VariantFields ...VariantMediaFields }",
        f.VARIANT + f.VARIANT_MEDIA,
    ),
    "media": _rest("RestOfMedia", "Product", "media", "{ __typename ...MediaFields }", f.MEDIA),
    "metafields": _rest(
        "RestOfMetafields", "Product", "metafields", "{ ...MetafieldFields }", f.METAFIELD
    ),
    "collections": _rest("RestOfCollections", "Product", "collections", "{ id }", ""),
    "addressesV2": _rest(
        "RestOfAddresses", "Customer", "addressesV2", "{ ...AddressFields }", f.ADDRESS
    ),
    "locations": _rest(
        "RestOfCompanyLocations",
        "Company",
        "locations",
        "{ ...CompanyLocationFields }",
        f.COMPANY_LOCATION,
    ),
    "lineItems": _rest(
        "RestOfLines", "Order", "lineItems", "{ ...LineFields }", o.LINE + o.LINE_PARTS
    ),
    "shippingLines": _rest(
        "RestOfShipping",
        "Order",
        "shippingLines",
        "{ ...ShippingFields }",
        o.SHIPPING + o.LINE_PARTS,
    ),
    "discountApplications": _rest(
        "RestOfDiscounts", "Order", "discountApplications", "{ ...DiscountFields }", o.DISCOUNT
    ),
    "fulfillmentOrders": _rest(
        "RestOfFulfillments",
        "Order",
        "fulfillmentOrders",
        "{ ...FulfillmentFields }",
        o.FULFILLMENT + o.OPEN_LINE,
    ),
    "openLines": _rest(
        "RestOfOpenLines", "FulfillmentOrder", "lineItems", "{ ...OpenLineFields }", o.OPEN_LINE
    ),
    "returns": _rest("RestOfReturns", "Order", "returns", "{ id }", ""),
    "refundLineItems": _rest(
        "RestOfRefundLines",
        "Refund",
        "refundLineItems",
        "{ ...RefundLineFields }",
        o.MONEY + o.REFUND_LINE,
        ", $locations: Boolean!",
    ),
    "refundShippingLines": _rest(
        "RestOfRefundShipping",
        "Refund",
        "refundShippingLines",
        "{ ...RefundShippingFields }",
        o.MONEY + o.REFUND_SHIPPING,
    ),
    "orderAdjustments": _rest(
        "RestOfAdjustments",
        "Refund",
        "orderAdjustments",
        "{ ...AdjustmentFields }",
        o.MONEY + o.ADJUSTMENT,
    ),
    "transactions": _rest(
        "RestOfTransactions",
        "Refund",
        "transactions",
        "{ ...TransactionFields }",
        o.MONEY + o.TRANSACTION,
    ),
    "returnLineItems": _rest(
        "RestOfReturnLines",
        "Return",
        "returnLineItems",
        "{ __typename ...ReturnLineFields }",
        o.MONEY + o.RETURN_LINE,
    ),
    "fulfillmentLineItems": _rest(
        "RestOfShipmentLines",
        "Fulfillment",
        "fulfillmentLineItems",
        "{ ...ShipmentLineFields }",
        o.SHIPMENT_LINE,
    ),
    "inventoryLevels": _rest(
        "RestOfLevels", "InventoryItem", "inventoryLevels", "{ ...LevelFields }", f.LEVEL
    ),
}

#: Parts of an order that are few and deep: their ids come with the order, the rest from here, for
#: all orders of a step at once.
PARTS: Mapping[str, Document] = {
    "refunds": _nodes(
        "RefundsById",
        f"{_NESTED}, $returns: Boolean!, $locations: Boolean!",
        "...RefundFields",
        o.REFUND + o.REFUND_PARTS,
    ),
    "returns": _nodes(
        "ReturnsById", _NESTED, "...ReturnFields", o.MONEY + o.RETURN + o.RETURN_LINE
    ),
    "fulfillments": _nodes(
        "FulfillmentsById",
        f"{_NESTED}, $locations: Boolean!",
        "...ShipmentFields",
        o.SHIPMENT + o.SHIPMENT_LINE,
    ),
}

#: What a product lacks that came in bulk.
PRODUCT_METAFIELDS = _nodes(
    "ProductMetafields",
    "",
    "... on Product { id metafields(first: 20) {"
    " nodes { ...MetafieldFields } pageInfo { hasNextPage endCursor } } }",
    f.METAFIELD,
)

#: The types of metafields that the shop has laid down, by owner (PRODUCT, CUSTOMER, …).
METAFIELD_TYPES = Document(
    "MetafieldTypes",
    """query MetafieldTypes($owner: MetafieldOwnerType!, $after: String) {
  metafieldDefinitions(ownerType: $owner, first: 250, after: $after) {
    nodes { namespace key type { name } } pageInfo { hasNextPage endCursor }
  }
}
""",
)

SCOPES = Document("Scopes", "query Scopes { currentAppInstallation { accessScopes { handle } } }\n")
#: Whether the shop sells to companies at all; asked only by an app that may see them.
B2B = Document("B2B", "query B2B { shop { entitlements { b2b { enabled } } } }\n")
SHOP = Document(
    "ShopName",
    "query ShopName { shop { id name myshopifyDomain currencyCode ianaTimezone } }\n",
)
LOCATIONS = Document(
    "Locations",
    """query Locations($after: String) {
  locations(first: 100, after: $after) {
    nodes { id name isActive } pageInfo { hasNextPage endCursor }
  }
}
""",
)
WEBHOOKS = Document(
    "Webhooks",
    """query Webhooks($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    nodes { id topic uri format includeFields filter } pageInfo { hasNextPage endCursor }
  }
}
""",
)
