"""Orders after they were placed: refunds and edits."""

from __future__ import annotations

from decimal import Decimal

from ..editing import commit_edit
from ..errors import NotInDemo, user_error
from ..fields import Args, mutation
from ..ids import kind, number
from ..money import amount_of, parse
from ..refunding import Back, left_of, refund
from ..request import Request
from ..rules import Path
from ..sale import ZERO, Sold
from ..store import Rec


def _refused(payload: str, path: Path, message: str) -> Rec:
    return {payload: None, "userErrors": [user_error(path, message, "INVALID")]}


@mutation("refundCreate", "refund", "order", "userErrors")
def refund_create(args: Args, request: Request) -> Rec:
    """Lines, shipping and transactions; without transactions no money is given back."""
    given, store = args["input"], request.store
    for name in ("refundDuties", "refundMethods"):
        if given.get(name):
            raise NotInDemo(f"RefundInput.{name}")
    order = store.find("Order", given["orderId"])
    if order is None:
        return _refused("refund", ["orderId"], "Order does not exist") | {"order": None}
    told = [(each, parse(each["amount"]) or ZERO) for each in given.get("transactions") or []]
    backs, freight = _backs(order, given), _freight(order, given.get("shipping") or {})
    wrong = _wrong_refund(order, backs, freight, told)
    if wrong:
        return _refused("refund", *wrong) | {"order": order}
    paid = [(_parent(order, each), amount) for each, amount in told if each.get("parentId")]
    made = refund(
        store,
        order,
        [back for back in backs if back],
        shipping=freight,
        money=sum((amount for _each, amount in told), ZERO),
        paid=[(payment, amount) for payment, amount in paid if payment] if paid else None,
        note=given.get("note"),
    )
    return {"refund": made, "order": order, "userErrors": []}


def _backs(order: Rec, given: Args) -> list[Back | None]:
    """None in the place of more units than the line has."""
    backs: list[Back | None] = []
    for one in given.get("refundLineItems") or []:
        line = next((x for x in order["lineItems"] if x["id"] == one["lineItemId"]), None)
        where = number(one["locationId"]) if one.get("locationId") else None
        if line is None or not 0 < one["quantity"] <= line["currentQuantity"]:
            backs.append(None)
        else:
            how = one.get("restockType") or "NO_RESTOCK"
            backs.append(Back(line, one["quantity"], how, where))
    return backs


def _wrong_refund(
    order: Rec, backs: list[Back | None], freight: Decimal, told: list[tuple[Args, Decimal]]
) -> tuple[Path, str] | None:
    """Path and words of what Shopify says no to."""
    if None in backs:
        text = "Quantity cannot refund more items than were purchased"
        return ["refundLineItems", backs.index(None), "quantity"], text
    money = sum((amount for _each, amount in told), ZERO)
    if money > amount_of(order["netPaymentSet"]):
        return ["transactions"], "Refund amount cannot be greater than the net payment"
    for place, (each, amount) in enumerate(told):
        parent = _parent(order, each) if each.get("parentId") else None
        if each.get("parentId") and (parent is None or amount > left_of(order, parent)):
            return ["transactions", place], "The parent transaction can't give back that much"
    if freight > _freight(order, {"fullRefund": True}):
        return ["shipping", "amount"], "Refund of shipping cannot be more than was paid for it"
    if not (backs or freight or money):
        return [], "There is nothing to refund"
    return None


def _parent(order: Rec, given: Args) -> Rec | None:
    """The payment that a transaction of a refund is against."""
    found = (each for each in order["transactions"] if each["id"] == given["parentId"])
    return next((t for t in found if t["kind"] in ("SALE", "CAPTURE")), None)


def _freight(order: Rec, given: Args) -> Decimal:
    if given.get("fullRefund"):
        prices = (amount_of(each["discountedPriceSet"]) for each in order["shippingLines"])
        return sum(prices, ZERO) - amount_of(order["totalRefundedShippingSet"])
    return parse(given["amount"]) or ZERO if given.get("amount") else ZERO


@mutation("orderEditBegin", "calculatedOrder", "orderEditSession", "userErrors")
def edit_begin(args: Args, request: Request) -> Rec:
    order = request.store.find("Order", args["id"])
    if order is None or order["cancelledAt"]:
        return _refused("calculatedOrder", ["id"], "The order cannot be edited.")
    fields = {"order": number(order["id"]), "quantities": {}, "restock": True, "added": []}
    made = request.store.add("CalculatedOrder", fields)
    session = {"id": made["id"].replace("CalculatedOrder", "OrderEditSession")}
    return {"calculatedOrder": made, "orderEditSession": session, "userErrors": []}


def _under_way(args: Args, request: Request) -> Rec | None:
    """The edit, by the id of its session or of its calculated order."""
    return request.store.tables["CalculatedOrder"].get(number(args["id"]))


@mutation("orderEditSetQuantity", "calculatedOrder", "calculatedLineItem", "userErrors")
def edit_quantity(args: Args, request: Request) -> Rec:
    found = _under_way(args, request)
    if found is None:
        return _refused("calculatedOrder", ["id"], "The order edit does not exist.")
    order = request.store.get("Order", found["order"])
    own = args["lineItemId"].replace(kind(args["lineItemId"]), "LineItem")
    line = next((each for each in order["lineItems"] if each["id"] == own), None)
    if line is None or not 0 <= args["quantity"] <= line["currentQuantity"]:
        text = "The quantity is not one that the line can be edited to."
        return _refused("calculatedOrder", ["quantity"], text)
    found["quantities"][own] = args["quantity"]
    found["restock"] = args.get("restock") is not False
    request.store.changed()
    return {"calculatedOrder": found, "calculatedLineItem": None, "userErrors": []}


@mutation("orderEditAddVariant", "calculatedOrder", "calculatedLineItem", "userErrors")
def edit_add(args: Args, request: Request) -> Rec:
    found = _under_way(args, request)
    variant = request.store.find("ProductVariant", args["variantId"])
    if found is None or variant is None or args["quantity"] < 1:
        return _refused("calculatedOrder", ["variantId"], "The variant can't be added.")
    found["added"].append({"variant": number(variant["id"]), "quantity": args["quantity"]})
    request.store.changed()
    return {"calculatedOrder": found, "calculatedLineItem": None, "userErrors": []}


@mutation("orderEditCommit", "order", "successMessages", "userErrors")
def edit_commit(args: Args, request: Request) -> Rec:
    found = _under_way(args, request)
    if found is None:
        return _refused("order", ["id"], "The order edit does not exist.")
    store = request.store
    order = store.get("Order", found["order"])
    added = [
        Sold(
            each["quantity"],
            Decimal(store.get("ProductVariant", each["variant"])["price"]),
            each["variant"],
        )
        for each in found["added"]
    ]
    commit_edit(store, order, found["quantities"], added, restock=found["restock"])
    store.remove("CalculatedOrder", number(found["id"]))
    return {"order": order, "successMessages": [], "userErrors": []}
