"""What became of orders as it is read: transactions, refunds, returns, edits under way."""

from __future__ import annotations

from typing import Any

from ..fields import Args, field, stored
from ..ids import kind
from ..paging import Page, list_page
from ..payments import BY_HAND
from ..request import Request
from ..store import Rec

stored(
    "OrderTransaction",
    "id kind status test gateway formattedGateway paymentId createdAt processedAt amountSet",
)
stored("Refund", "id note createdAt processedAt updatedAt totalRefundedSet duties")
stored("RefundDuty", "amountSet")
stored("RefundLineItem", "id quantity restockType restocked priceSet subtotalSet totalTaxSet")
stored("RefundShippingLine", "id shippingLine subtotalAmountSet taxAmountSet")
stored("OrderAdjustment", "id reason amountSet taxAmountSet")
stored("Duty", "id harmonizedSystemCode countryCodeOfOrigin price taxLines")
stored("AdditionalFee", "id name price taxLines")
stored("Return", "id name status createdAt closedAt totalQuantity returnShippingFees")
stored("ReturnLineItem", "id quantity refundedQuantity processedQuantity returnReasonNote")
stored("ReturnLineItem", "customerNote returnReasonDefinition restockingFee")
stored("ReturnReasonDefinition", "id handle name")
stored("ReturnShippingFee", "id amountSet")
stored("RestockingFee", "id amountSet percentage")


@field("Order", "transactions")
def transactions(source: Rec, args: Args, _request: Request) -> list[Rec]:
    found: list[Rec] = source["transactions"]
    return found if args.get("first") is None else found[: args["first"]]


@field("OrderTransaction", "manualPaymentGateway")
def by_hand(source: Rec, _args: Args, _request: Request) -> bool:
    return source["gateway"] in BY_HAND


@field("OrderTransaction", "parentTransaction")
def parent(source: Rec, _args: Args, request: Request) -> Rec | None:
    all_ = request.store.get("Order", source["order"])["transactions"]
    return next((each for each in all_ if each["id"] == source["parent"]), None)


@field("Order", "refunds")
def refunds(source: Rec, args: Args, request: Request) -> list[Rec]:
    found = request.store.many("Refund", source["refunds"])
    return found if args.get("first") is None else found[: args["first"]]


@field("Order", "returns")
def returns(source: Rec, args: Args, request: Request) -> Page:
    return list_page(request.store.many("Return", source["returns"]), args)


@field("Order", "purchasingEntity")
def buyer(source: Rec, _args: Args, request: Request) -> Rec | None:
    if source.get("company"):
        return {"__typename": "PurchasingCompany", **source["company"]}
    return request.store.tables["Customer"].get(source["customer"])


stored("PurchasingCompany", "company location contact")


def _listed(name: str) -> Any:
    return lambda source, args, _request: list_page(source[name], args)


for _name in ("refundLineItems", "refundShippingLines", "orderAdjustments", "transactions"):
    field("Refund", _name)(_listed(_name))
field("Return", "returnLineItems")(_listed("returnLineItems"))


@field("Refund", "order")
@field("Return", "order")
def order(source: Rec, _args: Args, request: Request) -> Rec:
    return request.store.get("Order", source["order"])


@field("Refund", "return")
def returned(source: Rec, _args: Args, request: Request) -> Rec | None:
    return request.store.tables["Return"].get(source["return"])


@field("RefundLineItem", "lineItem")
def line(source: Rec, _args: Args, request: Request) -> Rec:
    lines = request.store.get("Order", source["order"])["lineItems"]
    return next(each for each in lines if each["id"] == source["lineItem"])


@field("RefundLineItem", "location")
def location(source: Rec, _args: Args, request: Request) -> Rec | None:
    return request.store.tables["Location"].get(source["location"])


@field("RefundDuty", "originalDuty")
def original(source: Rec, _args: Args, request: Request) -> Rec | None:
    lines = request.store.get("Order", source["order"])["lineItems"]
    duties = [duty for each in lines for duty in each["duties"]]
    return next((duty for duty in duties if duty["id"] == source["duty"]), None)


@field("ReturnLineItem", "fulfillmentLineItem")
def sent(source: Rec, _args: Args, request: Request) -> Rec:
    owner = request.store.get("Order", source["order"])
    made = request.store.many("Fulfillment", owner["fulfillments"])
    lines = [{**each, "order": source["order"]} for one in made for each in one["lineItems"]]
    return next(each for each in lines if each["id"] == source["fulfillmentLineItem"])


# -- edits ---------------------------------------------------------------------------------------

stored("OrderEditSession", "id")
stored("CalculatedOrder", "id")
stored("CalculatedLineItem", "id quantity title sku")


@field("CalculatedOrder", "originalOrder")
def edited(source: Rec, _args: Args, request: Request) -> Rec:
    return request.store.get("Order", source["order"])


@field("CalculatedOrder", "lineItems")
def calculated(source: Rec, args: Args, request: Request) -> Page:
    """Each line under the number of the order's own; what is added has no line yet."""
    lines = request.store.get("Order", source["order"])["lineItems"]
    rows = [
        {
            "id": each["id"].replace(kind(each["id"]), "CalculatedLineItem"),
            "quantity": source["quantities"].get(each["id"], each["currentQuantity"]),
            "title": each["title"],
            "sku": each["sku"],
        }
        for each in lines
    ]
    return list_page(rows, args)
