"""The fields that make a record, one fragment an entity; `shapes` turns them into records. Those of
orders stand in `order_fragments`."""

from __future__ import annotations

VARIANT = """
fragment VariantFields on ProductVariant {
  id legacyResourceId title sku barcode price compareAtPrice position taxable createdAt updatedAt
  selectedOptions { name value }
  inventoryItem {
    id tracked requiresShipping
    unitCost { amount }
    measurement { weight { value unit } }
  }
}
"""

PRICE = """
fragment PriceFields on ProductVariant {
  id price compareAtPrice sku updatedAt product { id }
}
"""

#: The prices themselves are asked for by list (`price_lists`).
MARKET_PRICE = "{ id sku product { id } }"

#: Of each list of media only the images; videos and models have an id alone.
MEDIA = """
fragment MediaFields on Media {
  id alt status ... on MediaImage { mimeType image { url width height } }
}
"""

OWN_VARIANT = (
    VARIANT
    + MEDIA
    + """
fragment OwnVariantFields on ProductVariant {
  ...VariantFields product { id } media(first: 1) { nodes { __typename ...MediaFields } }
}
"""
)

METAFIELD = """
fragment MetafieldFields on Metafield { id namespace key type value }
"""

PRODUCT_OWN = """
fragment ProductOwnFields on Product {
  id legacyResourceId title handle descriptionHtml vendor productType status tags
  createdAt updatedAt
  options { id name position values }
  seo { title description }
}
"""

PRODUCT = (
    PRODUCT_OWN
    + """
fragment ProductFields on Product {
  ...ProductOwnFields
  collections(first: 20) { nodes { id } pageInfo { hasNextPage endCursor } }
  media(first: 6) { nodes { __typename ...MediaFields } pageInfo { hasNextPage endCursor } }
  metafields(first: 20) { nodes { ...MetafieldFields } pageInfo { hasNextPage endCursor } }
  variants(first: $nested) {
    nodes { ...VariantFields ...VariantMediaFields } pageInfo { hasNextPage endCursor }
  }
}
"""
)

VARIANT_MEDIA = """
fragment VariantMediaFields on ProductVariant { media(first: 1) { nodes { id } } }
"""

PRODUCT_PARTS = PRODUCT + MEDIA + METAFIELD + VARIANT + VARIANT_MEDIA

CATEGORY = """
fragment CategoryFields on Collection {
  id legacyResourceId title handle descriptionHtml updatedAt sortOrder
  seo { title description }
}
"""

ADDRESS = """
fragment AddressFields on MailingAddress {
  id firstName lastName name company address1 address2 zip city province provinceCode
  country countryCodeV2 phone
}
"""

CUSTOMER_OWN = """
fragment CustomerOwnFields on Customer {
  id legacyResourceId firstName lastName displayName note tags taxExempt state locale
  createdAt updatedAt
  defaultEmailAddress { emailAddress marketingState }
  defaultPhoneNumber { phoneNumber }
  defaultAddress { ...AddressFields }
}
"""

CUSTOMER = (
    CUSTOMER_OWN
    + """
fragment CustomerFields on Customer {
  ...CustomerOwnFields
  addressesV2(first: $nested) { nodes { ...AddressFields } pageInfo { hasNextPage endCursor } }
  companyContactProfiles @include(if: $companies) {
    id isMainContact title company { id name externalId }
  }
}
"""
)

COMPANY_LOCATION = """
fragment CompanyLocationFields on CompanyLocation {
  id name externalId phone
  taxSettings { taxRegistrationId }
  billingAddress { ...CompanyAddressFields }
  shippingAddress { ...CompanyAddressFields }
}
fragment CompanyAddressFields on CompanyAddress {
  recipient companyName address1 address2 zip city province zoneCode country countryCode phone
}
"""

COMPANY = (
    COMPANY_LOCATION
    + """
fragment CompanyFields on Company {
  id name externalId note createdAt updatedAt
  locations(first: $nested) {
    nodes { ...CompanyLocationFields } pageInfo { hasNextPage endCursor }
  }
}
"""
)

LEVEL = """
fragment LevelFields on InventoryLevel {
  id updatedAt
  location { id }
  quantities(names: ["available", "on_hand", "committed", "incoming", "reserved"]) {
    name quantity updatedAt
  }
}
"""

ITEM = """
fragment ItemFields on InventoryItem {
  id sku tracked updatedAt variants(first: 1) { nodes { id } }
}
"""
