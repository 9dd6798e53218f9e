"""The fields of an order, and of what became of it: refunds, returns, fulfillments. The latter are
few and deep, so they are asked for by id once the orders are there (`PARTS` in `reads`)."""

from __future__ import annotations

from .fragments import ADDRESS

MONEY = """
fragment MoneyFields on MoneyBag {
  shopMoney { amount currencyCode }
  presentmentMoney { amount currencyCode }
}
"""

TAX = """
fragment TaxFields on TaxLine { title rate priceSet { ...MoneyFields } }
"""

ALLOCATION = """
fragment AllocationFields on DiscountAllocation {
  allocatedAmountSet { ...MoneyFields }
  discountApplication { index }
}
"""

LINE = """
fragment LineFields on LineItem {
  id title name variantTitle sku vendor quantity currentQuantity unfulfilledQuantity
  nonFulfillableQuantity taxable requiresShipping isGiftCard
  product { id }
  variant { id }
  customAttributes { key value }
  originalUnitPriceSet { ...MoneyFields }
  discountedTotalSet { ...MoneyFields }
  discountAllocations { ...AllocationFields }
  taxLines { ...TaxFields }
  duties { id harmonizedSystemCode price { ...MoneyFields } taxLines { ...TaxFields } }
}
"""

SHIPPING = """
fragment ShippingFields on ShippingLine {
  id title code source isRemoved
  originalPriceSet { ...MoneyFields }
  discountedPriceSet { ...MoneyFields }
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

TRANSACTION = """
fragment TransactionFields on OrderTransaction {
  id kind status test gateway formattedGateway manualPaymentGateway paymentId createdAt processedAt
  amountSet { ...MoneyFields }
  parentTransaction { id }
}
"""

BUYER = """
fragment BuyerFields on PurchasingCompany {
  company { id name externalId }
  location { id name externalId }
  contact { id }
}
"""

ORDER_OWN = """
fragment OrderOwnFields on Order {
  id legacyResourceId name number createdAt updatedAt processedAt cancelledAt cancelReason closedAt
  confirmed test edited email phone note tags currencyCode presentmentCurrencyCode taxesIncluded
  taxExempt dutiesIncluded displayFinancialStatus displayFulfillmentStatus returnStatus
  sourceName sourceIdentifier poNumber paymentGatewayNames discountCodes
  customAttributes { key value }
  customer @include(if: $customers) { id }
  purchasingEntity @include(if: $customers) { __typename ...BuyerFields }
  billingAddress { ...AddressFields }
  shippingAddress { ...AddressFields }
  subtotalPriceSet { ...MoneyFields }
  totalDiscountsSet { ...MoneyFields }
  totalShippingPriceSet { ...MoneyFields }
  totalTaxSet { ...MoneyFields }
  totalTipReceivedSet { ...MoneyFields }
  totalPriceSet { ...MoneyFields }
  originalTotalPriceSet { ...MoneyFields }
  currentTotalPriceSet { ...MoneyFields }
  totalReceivedSet { ...MoneyFields }
  totalRefundedSet { ...MoneyFields }
  totalOutstandingSet { ...MoneyFields }
  taxLines { ...TaxFields }
  additionalFees { id name price { ...MoneyFields } taxLines { ...TaxFields } }
  transactions { ...TransactionFields }
  refunds { id }
  fulfillments { id }
}
"""

ORDER = (
    ORDER_OWN
    + """
fragment OrderFields on Order {
  ...OrderOwnFields
  returns(first: 3) @include(if: $returns) { nodes { id } pageInfo { hasNextPage endCursor } }
  lineItems(first: $nested) { nodes { ...LineFields } pageInfo { hasNextPage endCursor } }
  shippingLines(first: 2) { nodes { ...ShippingFields } pageInfo { hasNextPage endCursor } }
  discountApplications(first: 3) {
    nodes { ...DiscountFields } pageInfo { hasNextPage endCursor }
  }
  fulfillmentOrders(first: 3) @include(if: $fulfillment) {
    nodes { ...FulfillmentFields } pageInfo { hasNextPage endCursor }
  }
}
"""
)

#: What a bulk operation can't bring with an order: more connections than it takes.
PLACES = """
fragment PlaceFields on Order {
  id
  returns(first: 3) @include(if: $returns) { nodes { id } pageInfo { hasNextPage endCursor } }
  fulfillmentOrders(first: 3) @include(if: $fulfillment) {
    nodes { ...FulfillmentFields } pageInfo { hasNextPage endCursor }
  }
}
"""

OPEN_LINE = """
fragment OpenLineFields on FulfillmentOrderLineItem { id remainingQuantity lineItem { id } }
"""

FULFILLMENT = """
fragment FulfillmentFields on FulfillmentOrder {
  id status
  assignedLocation { location { id } }
  openLines: lineItems(first: 7) {
    nodes { ...OpenLineFields } pageInfo { hasNextPage endCursor }
  }
}
"""

REFUND_LINE = """
fragment RefundLineFields on RefundLineItem {
  id quantity restockType restocked
  lineItem { id }
  location @include(if: $locations) { id }
  subtotalSet { ...MoneyFields }
  totalTaxSet { ...MoneyFields }
}
"""

REFUND_SHIPPING = """
fragment RefundShippingFields on RefundShippingLine {
  id
  shippingLine { id }
  subtotalAmountSet { ...MoneyFields }
  taxAmountSet { ...MoneyFields }
}
"""

ADJUSTMENT = """
fragment AdjustmentFields on OrderAdjustment {
  id reason
  amountSet { ...MoneyFields }
  taxAmountSet { ...MoneyFields }
}
"""

REFUND = """
fragment RefundFields on Refund {
  id legacyResourceId note createdAt processedAt updatedAt
  return @include(if: $returns) { id }
  totalRefundedSet { ...MoneyFields }
  duties { amountSet { ...MoneyFields } originalDuty { id } }
  refundLineItems(first: $nested) {
    nodes { ...RefundLineFields } pageInfo { hasNextPage endCursor }
  }
  refundShippingLines(first: 3) {
    nodes { ...RefundShippingFields } pageInfo { hasNextPage endCursor }
  }
  orderAdjustments(first: 3) {
    nodes { ...AdjustmentFields } pageInfo { hasNextPage endCursor }
  }
  transactions(first: 5) {
    nodes { ...TransactionFields } pageInfo { hasNextPage endCursor }
  }
}
"""

RETURN_LINE = """
fragment ReturnLineFields on ReturnLineItem {
  id quantity refundedQuantity processedQuantity returnReasonNote customerNote
  returnReasonDefinition { handle name }
  restockingFee { amountSet { ...MoneyFields } }
  fulfillmentLineItem { id lineItem { id } }
}
"""

RETURN = """
fragment ReturnFields on Return {
  id name status createdAt closedAt totalQuantity
  returnShippingFees { id amountSet { ...MoneyFields } }
  returnLineItems(first: $nested) {
    nodes { __typename ...ReturnLineFields } pageInfo { hasNextPage endCursor }
  }
}
"""

SHIPMENT_LINE = """
fragment ShipmentLineFields on FulfillmentLineItem { id quantity lineItem { id } }
"""

SHIPMENT = """
fragment ShipmentFields on Fulfillment {
  id legacyResourceId name status displayStatus createdAt updatedAt
  location @include(if: $locations) { id }
  trackingInfo { company number url }
  fulfillmentLineItems(first: $nested) {
    nodes { ...ShipmentLineFields } pageInfo { hasNextPage endCursor }
  }
}
"""

LINE_PARTS = MONEY + TAX + ALLOCATION
OWN_PARTS = LINE_PARTS + LINE + SHIPPING + DISCOUNT + TRANSACTION + BUYER + ADDRESS
ORDER_PARTS = OWN_PARTS + OPEN_LINE + FULFILLMENT
REFUND_PARTS = MONEY + REFUND_LINE + REFUND_SHIPPING + ADJUSTMENT + TRANSACTION
