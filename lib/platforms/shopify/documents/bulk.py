"""Bulk operations: the queries that run in one, starting and watching it, and how much there is.

A bulk query has neither variables nor page sizes; it takes five connections, two levels deep.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import fragments as f
from . import order_fragments as o
from .document import Document

_STATE = """
fragment BulkFields on BulkOperation {
  id status errorCode createdAt objectCount fileSize url query
}
"""


def _bulk(name: str, field: str, inner: str, parts: str) -> Document:
    text = f"{{\n  {field}(sortKey: ID) {{ edges {{ node {{ {inner} }} }} }}\n}}\n{parts}"
    return Document(name, text.replace(" @include(if: $customers)", ""))


def _inside(field: str, selection: str) -> str:
    return f"{field} {{ edges {{ node {{ __typename {selection} }} }} }}"


#: Whole entities. Elements of lists name their type, by which they are put back in place.
BULK: Mapping[str, Document] = {
    "product": _bulk(
        "BulkProducts",
        "products",
        f"...ProductOwnFields {_inside('collections', 'id')} {_inside('media', '...MediaFields')} "
        + _inside("variants", f"...VariantFields {_inside('media', 'id')}"),
        f.PRODUCT_OWN + f.VARIANT + f.MEDIA,
    ),
    "variant": _bulk(
        "BulkVariants",
        "productVariants",
        f"...VariantFields product {{ id }} {_inside('media', '...MediaFields')}",
        f.VARIANT + f.MEDIA,
    ),
    "customer": _bulk(
        "BulkCustomers",
        "customers",
        f"...CustomerOwnFields {_inside('addressesV2', '...AddressFields')}",
        f.CUSTOMER_OWN + f.ADDRESS,
    ),
    "order": _bulk(
        "BulkOrders",
        "orders",
        f"...OrderOwnFields {_inside('lineItems', '...LineFields')} "
        f"{_inside('shippingLines', '...ShippingFields')} "
        f"{_inside('discountApplications', '...DiscountFields')}",
        o.ORDER_OWN + o.OWN_PARTS,
    ),
}


#: What an order lacks that came in bulk.
ORDER_PLACES = Document(
    "OrderPlaces",
    """query OrderPlaces($ids: [ID!]!, $returns: Boolean!, $fulfillment: Boolean!) {
  nodes(ids: $ids) { __typename ...PlaceFields }
}
"""
    + o.PLACES
    + o.FULFILLMENT
    + o.OPEN_LINE,
)

BULK_RUN = Document(
    "BulkRun",
    """mutation BulkRun($query: String!) {
  m0: bulkOperationRunQuery(query: $query, groupObjects: true) {
    bulkOperation { ...BulkFields }
    userErrors { field message code }
  }
}
"""
    + _STATE,
    writes=True,
)

BULK_STATE = Document(
    "BulkState",
    "query BulkState($id: ID!) { bulkOperation(id: $id) { ...BulkFields } }\n" + _STATE,
)

#: The newest ones of this app at this shop.
BULK_NEWEST = Document(
    "BulkNewest",
    """query BulkNewest {
  bulkOperations(
    first: 20, query: "operation_type:query", sortKey: CREATED_AT, reverse: true
  ) { nodes { ...BulkFields } }
}
"""
    + _STATE,
)
