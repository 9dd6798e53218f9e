"""Orders, their lines, fulfilment orders and fulfilments as they are read."""

from __future__ import annotations

from typing import Any

from ..errors import NotInDemo
from ..fields import Args, field, stored
from ..ids import gid
from ..listing import exactly
from ..paging import Page, list_page
from ..request import Request
from ..store import Rec

TOTALS = (
    "subtotalPriceSet totalPriceSet totalTaxSet totalShippingPriceSet totalDiscountsSet "
    "currentSubtotalPriceSet currentTotalPriceSet currentTotalTaxSet currentTotalDiscountsSet "
    "currentShippingPriceSet originalTotalPriceSet totalOutstandingSet totalReceivedSet "
    "totalRefundedSet totalRefundedShippingSet totalTipReceivedSet netPaymentSet"
)
stored(
    "Order",
    "id name number createdAt processedAt updatedAt cancelledAt cancelReason closed closedAt test "
    "email phone note tags currencyCode presentmentCurrencyCode taxesIncluded confirmed poNumber "
    "displayFinancialStatus displayFulfillmentStatus billingAddress shippingAddress taxLines "
    "currentTaxLines sourceName sourceIdentifier discountCode discountCodes customAttributes "
    f"paymentGatewayNames taxExempt fullyPaid unpaid "
    f"edited dutiesIncluded returnStatus additionalFees {TOTALS}",
)
stored(
    "LineItem",
    "id name title variantTitle sku vendor quantity currentQuantity unfulfilledQuantity "
    "nonFulfillableQuantity requiresShipping taxable isGiftCard customAttributes "
    "originalUnitPriceSet originalTotalSet duties "
    "totalDiscountSet discountAllocations taxLines discountedUnitPriceSet "
    "discountedUnitPriceAfterAllDiscountsSet",
)
stored(
    "ShippingLine",
    "id title code source custom isRemoved originalPriceSet discountedPriceSet "
    "currentDiscountedPriceSet taxLines discountAllocations carrierIdentifier phone",
)
stored("TaxLine", "title rate ratePercentage priceSet source channelLiable")
stored("DiscountAllocation", "allocatedAmountSet discountApplication")
_APPLICATION = "index allocationMethod targetSelection targetType"
for _kind in ("DiscountCodeApplication", "ManualDiscountApplication"):
    stored(_kind, f"{_APPLICATION} value")
stored("AutomaticDiscountApplication", f"{_APPLICATION} value title")
stored("ManualDiscountApplication", "title description")
stored("DiscountCodeApplication", "code")
stored("FulfillmentOrder", "id status requestStatus createdAt updatedAt orderName orderProcessedAt")
stored("FulfillmentOrderLineItem", "id totalQuantity remainingQuantity sku requiresShipping")
stored("FulfillmentOrderAssignedLocation", "name address1 address2 city countryCode phone province")
stored("FulfillmentOrderAssignedLocation", "zip")
stored("Fulfillment", "id name status displayStatus createdAt updatedAt totalQuantity trackingInfo")
stored("FulfillmentLineItem", "id quantity")
stored("FulfillmentTrackingInfo", "company number url")


@field("Order", "customer")
def customer(source: Rec, _args: Args, request: Request) -> Rec | None:
    return request.store.tables["Customer"].get(source["customer"])


def _inside(name: str) -> Any:
    """A connection over a list kept in the order."""
    return lambda source, args, _request: list_page(source[name], args)


for _name in ("lineItems", "shippingLines"):
    field("Order", _name)(_inside(_name))


@field("Order", "discountApplications")
def applications(source: Rec, args: Args, _request: Request) -> Page:
    return list_page(source["discountApplications"], args)


@field("Order", "shippingLine")
def shipping_line(source: Rec, _args: Args, _request: Request) -> Rec | None:
    return source["shippingLines"][0] if source["shippingLines"] else None


@field("Order", "fulfillmentOrders")
def fulfillment_orders(source: Rec, args: Args, request: Request) -> Page:
    if args.get("query"):
        raise NotInDemo("a query on the fulfillmentOrders of an order")
    return list_page(request.store.many("FulfillmentOrder", source["fulfillmentOrders"]), args)


@field("Order", "fulfillments")
def fulfillments(source: Rec, args: Args, request: Request) -> list[Rec]:
    found = request.store.many("Fulfillment", source["fulfillments"])
    return found if args.get("first") is None else found[: args["first"]]


@field("Order", "fulfillmentsCount")
def fulfillments_count(source: Rec, _args: Args, _request: Request) -> Rec:
    return exactly(len(source["fulfillments"]))


@field("Order", "subtotalLineItemsQuantity")
def quantity(source: Rec, _args: Args, _request: Request) -> int:
    return sum(line["quantity"] for line in source["lineItems"])


@field("LineItem", "product")
def product(source: Rec, _args: Args, request: Request) -> Rec | None:
    return request.store.tables["Product"].get(source["product"])


@field("LineItem", "variant")
def variant(source: Rec, _args: Args, request: Request) -> Rec | None:
    return request.store.tables["ProductVariant"].get(source["variant"])


@field("LineItem", "discountedTotalSet")
def discounted_total(source: Rec, args: Args, _request: Request) -> str:
    """Line discounts only; discounts on the whole order never count here, codes when asked."""
    name = "discountedWithCodes" if args.get("withCodeDiscounts") else "discountedTotalSet"
    found: str = source[name]
    return found


@field("FulfillmentOrder", "order")
@field("Fulfillment", "order")
def order(source: Rec, _args: Args, request: Request) -> Rec:
    return request.store.get("Order", source["order"])


@field("FulfillmentOrder", "orderId")
def order_id(source: Rec, _args: Args, _request: Request) -> str:
    return gid("Order", source["order"])


@field("FulfillmentOrder", "lineItems")
def fulfillment_lines(source: Rec, args: Args, request: Request) -> Page:
    rows = [{**line, "order": source["order"]} for line in source["lineItems"]]
    return list_page(rows, args)


@field("FulfillmentOrderLineItem", "lineItem")
@field("FulfillmentLineItem", "lineItem")
def line_item(source: Rec, _args: Args, request: Request) -> Rec:
    lines = request.store.get("Order", source["order"])["lineItems"]
    return next(line for line in lines if line["id"] == source["lineItem"])


@field("FulfillmentOrderLineItem", "inventoryItemId")
def inventory_item_id(source: Rec, _args: Args, _request: Request) -> str | None:
    key = source["inventoryItem"]
    return None if key is None else gid("InventoryItem", key)


@field("FulfillmentOrder", "assignedLocation")
def assigned(source: Rec, _args: Args, request: Request) -> Rec:
    location = request.store.get("Location", source["location"])
    return {**location["address"], "name": location["name"], "location": source["location"]}


@field("FulfillmentOrderAssignedLocation", "location")
@field("Fulfillment", "location")
def location(source: Rec, _args: Args, request: Request) -> Rec | None:
    return request.store.tables["Location"].get(source["location"])


@field("Fulfillment", "fulfillmentLineItems")
def fulfilled_lines(source: Rec, args: Args, _request: Request) -> Page:
    rows = [{**line, "order": source["order"]} for line in source["lineItems"]]
    return list_page(rows, args)
