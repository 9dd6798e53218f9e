"""The fields that make a record, one fragment an entity; `shapes` turns them into records."""

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

OWN_VARIANT = """
fragment OwnVariantFields on ProductVariant { ...VariantFields product { id } }
"""

PRICE = """
fragment PriceFields on ProductVariant {
  id price compareAtPrice sku updatedAt product { id }
}
"""

PRODUCT = """
fragment ProductFields on Product {
  id legacyResourceId title handle descriptionHtml vendor productType status tags
  createdAt updatedAt
  options { id name position values }
  collections(first: 20) { nodes { id } pageInfo { hasNextPage endCursor } }
  variants(first: $nested) { nodes { ...VariantFields } pageInfo { hasNextPage endCursor } }
}
"""

CATEGORY = """
fragment CategoryFields on Collection { id legacyResourceId title handle descriptionHtml updatedAt }
"""

ADDRESS = """
fragment AddressFields on MailingAddress {
  id firstName lastName name company address1 address2 zip city province provinceCode
  country countryCodeV2 phone
}
"""

CUSTOMER = """
fragment CustomerFields on Customer {
  id legacyResourceId firstName lastName displayName note tags taxExempt state locale
  createdAt updatedAt
  defaultEmailAddress { emailAddress }
  defaultPhoneNumber { phoneNumber }
  defaultAddress { ...AddressFields }
  addressesV2(first: $nested) { nodes { ...AddressFields } pageInfo { hasNextPage endCursor } }
}
"""

MONEY = """
fragment MoneyFields on MoneyBag {
  shopMoney { amount currencyCode }
  presentmentMoney { amount currencyCode }
}
"""

#: Lines carry the shop's currency alone: each further object counts for every line of every order.
SHOP_MONEY = """
fragment ShopMoneyFields on MoneyBag { shopMoney { amount currencyCode } }
"""

TAX = """
fragment TaxFields on TaxLine { title rate priceSet { ...ShopMoneyFields } }
"""

ALLOCATION = """
fragment AllocationFields on DiscountAllocation { allocatedAmountSet { ...ShopMoneyFields } }
"""

LINE = """
fragment LineFields on LineItem {
  id title name variantTitle sku vendor quantity currentQuantity unfulfilledQuantity taxable
  requiresShipping isGiftCard
  product { id }
  variant { id }
  originalUnitPriceSet { ...ShopMoneyFields }
  discountedTotalSet { ...ShopMoneyFields }
  discountAllocations { ...AllocationFields }
  taxLines { ...TaxFields }
}
"""

SHIPPING = """
fragment ShippingFields on ShippingLine {
  id title code source
  originalPriceSet { ...ShopMoneyFields }
  discountedPriceSet { ...ShopMoneyFields }
  discountAllocations { ...AllocationFields }
  taxLines { ...TaxFields }
}
"""

DISCOUNT = """
fragment DiscountFields on DiscountApplication {
  index targetType targetSelection allocationMethod
  value {
    ... on MoneyV2 { amount currencyCode }
    ... on PricingPercentageValue { percentage }
  }
  ... on DiscountCodeApplication { code }
  ... on AutomaticDiscountApplication { title }
  ... on ManualDiscountApplication { title description }
}
"""

ORDER = """
fragment OrderFields on Order {
  id legacyResourceId name number createdAt updatedAt processedAt cancelledAt cancelReason closedAt
  confirmed test email phone note tags currencyCode presentmentCurrencyCode taxesIncluded taxExempt
  displayFinancialStatus displayFulfillmentStatus sourceName poNumber
  paymentGatewayNames discountCodes
  customer @include(if: $customers) { id }
  billingAddress { ...AddressFields }
  shippingAddress { ...AddressFields }
  subtotalPriceSet { ...MoneyFields }
  totalDiscountsSet { ...MoneyFields }
  totalShippingPriceSet { ...MoneyFields }
  totalTaxSet { ...MoneyFields }
  totalPriceSet { ...MoneyFields }
  currentTotalPriceSet { ...MoneyFields }
  totalReceivedSet { ...MoneyFields }
  totalRefundedSet { ...MoneyFields }
  taxLines { ...TaxFields }
  lineItems(first: $nested) { nodes { ...LineFields } pageInfo { hasNextPage endCursor } }
  shippingLines(first: 3) { nodes { ...ShippingFields } pageInfo { hasNextPage endCursor } }
  discountApplications(first: 3) {
    nodes { ...DiscountFields } pageInfo { hasNextPage endCursor }
  }
  fulfillmentOrders(first: 3) @include(if: $fulfillment) {
    nodes { ...FulfillmentFields } pageInfo { hasNextPage endCursor }
  }
}
"""

FULFILLMENT = """
fragment FulfillmentFields on FulfillmentOrder {
  id status
  assignedLocation { location { id } }
  lineItems(first: 12) { nodes { remainingQuantity } }
}
"""

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

LINE_PARTS = SHOP_MONEY + TAX + ALLOCATION
ORDER_PARTS = MONEY + LINE_PARTS + LINE + SHIPPING + DISCOUNT + FULFILLMENT + ADDRESS
