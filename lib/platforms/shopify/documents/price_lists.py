"""Price lists: which there are, their fixed prices of some variants, and setting those."""

from __future__ import annotations

from .document import Document, Repeated

#: Variants of which prices are asked for at once, in one list: a search text has its limit.
LISTED = 40

_PRICE = """
fragment ListPriceFields on PriceListPrice {
  originType price { amount } compareAtPrice { amount } variant { id }
}
"""

PRICE_LISTS = Document(
    "PriceLists",
    """query PriceLists($after: String) {
  priceLists(first: 100, after: $after) {
    nodes { id name currency } pageInfo { hasNextPage endCursor }
  }
}
""",
)

LIST_PRICES = Repeated(
    "ListPrices",
    "$list#: ID!, $query#: String!",
    "  m#: priceList(id: $list#) { id currency"
    f" prices(first: {LISTED}, originType: FIXED, query: $query#)"
    " { nodes { ...ListPriceFields } } }",
    fragments=(_PRICE,),
    writes=False,
)

LIST_PRICES_SET = Repeated(
    "ListPricesSet",
    "$list#: ID!, $prices#: [PriceListPriceInput!]!, $gone#: [ID!]!",
    "  m#: priceListFixedPricesUpdate(priceListId: $list#, pricesToAdd: $prices#,"
    " variantIdsToDelete: $gone#) {\n"
    "    pricesAdded { ...ListPriceFields } deletedFixedPriceVariantIds\n"
    "    userErrors { code field message }\n  }",
    fragments=(_PRICE,),
)
