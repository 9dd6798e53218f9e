"""Orders: create, update, cancel, mark as paid; fulfilments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .. import rules, stocking
from ..errors import NotInDemo, bad_request, user_error
from ..fields import Args, mutation
from ..fulfilling import call_back, fulfill
from ..ids import number
from ..money import amount_of, parse
from ..payments import pay, restate
from ..refunding import cancel
from ..request import Request
from ..sale import Discount, Payment, Sale, Shipping, Sold, Tax
from ..selling import place
from ..store import Rec
from .customers import address

CREATE_UNKNOWN = ("fulfillment", "metafields", "companyLocationId")
UPDATABLE = ("note", "email", "phone", "poNumber", "customAttributes")


@mutation("orderCreate", "order", "userErrors")
def order_create(args: Args, request: Request) -> Rec:
    """Lines with variant or title, customer by id, addresses, shipping, tax lines by rate. Stock is
    left alone (BYPASS, the default) unless `inventoryBehaviour` says to take it."""
    given = args["order"]
    for name in CREATE_UNKNOWN:
        if given.get(name):
            raise NotInDemo(f"OrderCreateOrderInput.{name}")
    if not given.get("lineItems"):
        error = user_error(
            ["order", "lineItems"], "Line items must have at least one line item", "INVALID"
        )
        return {"order": None, "userErrors": [error]}
    errors: list[Rec] = []
    lines = [_sold(line, i, errors, request) for i, line in enumerate(given["lineItems"])]
    customer = _customer(given, request)
    if errors:
        return {"order": None, "userErrors": errors}
    order = place(request.store, _sale(given, lines, customer, request), _primary(request))
    behaviour = (args.get("options") or {}).get("inventoryBehaviour") or "BYPASS"
    if behaviour != "BYPASS":
        for made in request.store.many("FulfillmentOrder", order["fulfillmentOrders"]):
            stocking.commit(request.store, made)
    return {"order": order, "userErrors": []}


def _sale(given: Args, lines: list[Sold], customer: Rec | None, request: Request) -> Sale:
    store = request.store
    wanted = ("billingAddress", "shippingAddress")
    billing, delivery = (_address(given.get(name), store) for name in wanted)
    extra: Rec = {
        name: given[name]
        for name in ("poNumber", "sourceIdentifier", "sourceName")
        if given.get(name)
    }
    if given.get("processedAt"):
        extra["processedAt"] = given["processedAt"]
    if given.get("customAttributes"):
        extra["customAttributes"] = given["customAttributes"]
    return Sale(
        lines=lines,
        currency=request.settings.currency,
        taxes=tuple(_taxes(given)),
        taxes_included=bool(given.get("taxesIncluded")),
        shipping=[_shipping(one, given) for one in given.get("shippingLines") or []],
        discount=_discount(given.get("discountCode")),
        payments=_payments(given),
        customer=number(customer["id"]) if customer else None,
        email=given.get("email") or (customer or {}).get("email"),
        phone=given.get("phone"),
        billing=billing,
        delivery=delivery,
        note=given.get("note"),
        tags=tuple(rules.clean_tags(given.get("tags") or [])),
        paid=given.get("financialStatus") != "PENDING",
        extra=extra,
    )


def _address(values: Args | None, store: Any) -> Rec | None:
    return {"id": store.new_gid("MailingAddress"), **address(values)} if values else None


def _taxes(given: Args) -> list[Tax]:
    return [
        Tax(
            one["title"],
            Decimal(str(one["rate"])),
            _amount(one["priceSet"]) if one.get("priceSet") else None,
        )
        for one in given.get("taxLines") or []
    ]


def _shipping(one: Args, given: Args) -> Shipping:
    told = (one["title"], one.get("code") or one["title"], _amount(one["priceSet"]))
    return (*told, tuple(_taxes(one if one.get("taxLines") else given)))


def _discount(given: Args | None) -> Discount | None:
    if not given:
        return None
    fixed = given.get("itemFixedDiscountCode")
    if not fixed or not fixed.get("amountSet"):
        raise NotInDemo("orderCreate with a discount that is no fixed amount")
    return Discount(fixed["code"], amount=_amount(fixed["amountSet"]), code=fixed["code"])


def _payments(given: Args) -> list[Payment] | None:
    if not given.get("transactions"):
        return None
    return [
        Payment(
            _amount(one["amountSet"]),
            one.get("gateway") or "manual",
            one.get("kind") or "SALE",
            one.get("status") or "SUCCESS",
        )
        for one in given["transactions"]
    ]


def _amount(money: Args) -> Decimal:
    amount = parse(money["shopMoney"]["amount"])
    if amount is None:
        raise bad_request(f"'{money['shopMoney']['amount']}' is not a valid Decimal.")
    return amount


def _sold(line: Args, place_: int, errors: list[Rec], request: Request) -> Sold:
    key, price = None, Decimal(0)
    if line.get("variantId"):
        variant = request.store.find("ProductVariant", line["variantId"])
        if variant is None:
            path: rules.Path = ["order", "lineItems", place_, "variantId"]
            errors.append(user_error(path, "Variant does not exist", "INVALID"))
        else:
            key, price = number(variant["id"]), Decimal(variant["price"])
    elif not line.get("title") or not line.get("priceSet"):
        errors.append(
            user_error(
                ["order", "lineItems", place_], "A title and a price must be given", "INVALID"
            )
        )
    if line.get("priceSet"):
        price = _amount(line["priceSet"])
    return Sold(
        quantity=line["quantity"],
        price=price,
        variant=key,
        title=line.get("title") or "",
        sku=line.get("sku"),
        taxable=line.get("taxable", True),
        requires_shipping=bool(line.get("requiresShipping")),
        taxes=tuple(_taxes(line)) if line.get("taxLines") else None,
    )


def _customer(given: Args, request: Request) -> Rec | None:
    wanted = given.get("customer") or {}
    if wanted.get("toUpsert"):
        raise NotInDemo("orderCreate with customer.toUpsert")
    associated = (wanted.get("toAssociate") or {}).get("id")
    return request.store.find("Customer", associated) if associated else None


def _primary(request: Request) -> int | None:
    return next(iter(request.store.tables["Location"]), None)


@mutation("orderUpdate", "order", "userErrors")
def order_update(args: Args, request: Request) -> Rec:
    given = args["input"]
    order = request.store.find("Order", given["id"])
    if order is None:
        error = user_error(["id"], "Order does not exist", "NOT_FOUND")
        return {"order": None, "userErrors": [error]}
    values: Rec = {name: given[name] for name in UPDATABLE if name in given}
    if given.get("tags") is not None:
        values["tags"] = rules.clean_tags(given["tags"])
    if given.get("shippingAddress"):
        values["shippingAddress"] = _address(given["shippingAddress"], request.store)
    if rules.update(order, values):
        request.store.touch(order)
    return {"order": order, "userErrors": []}


@mutation("orderMarkAsPaid", "order", "userErrors")
def order_mark_as_paid(args: Args, request: Request) -> Rec:
    order = request.store.find("Order", args["input"]["id"])
    if order is None or order["fullyPaid"] or order["cancelledAt"]:
        text = "Order cannot be marked as paid."
        return {"order": order, "userErrors": [user_error(["id"], text, "INVALID")]}
    pay(request.store, order, Payment(amount_of(order["totalOutstandingSet"]), "manual"))
    restate(order)
    request.store.touch(order)
    return {"order": order, "userErrors": []}


@mutation("orderCancel", "job", "orderCancelUserErrors", "userErrors")
def order_cancel(args: Args, request: Request) -> Rec:
    order = request.store.find("Order", args["orderId"])
    error = None
    if order is None:
        error = user_error(["orderId"], "Order does not exist", "NOT_FOUND")
    elif order["cancelledAt"]:
        error = user_error(["orderId"], "Order has already been cancelled", "INVALID")
    elif order["displayFulfillmentStatus"] != "UNFULFILLED":
        error = user_error(["orderId"], "Cannot cancel an order with fulfillments", "INVALID")
    else:
        cancel(request.store, order, args["reason"], restock=args["restock"])
    errors = [error] if error else []
    job = None if error else {"id": request.store.new_gid("Job"), "done": True}
    return {"job": job, "orderCancelUserErrors": errors, "userErrors": errors}


@mutation("fulfillmentCreate", "fulfillment", "userErrors")
def fulfillment_create(args: Args, request: Request) -> Rec:
    given = args["fulfillment"]
    entries = given["lineItemsByFulfillmentOrder"]
    if len(entries) != 1:
        raise NotInDemo("fulfillmentCreate over several fulfillment orders")
    path: rules.Path = ["fulfillment", "lineItemsByFulfillmentOrder", 0]
    found = request.store.find("FulfillmentOrder", entries[0]["fulfillmentOrderId"])
    if found is None or found["status"] not in ("OPEN", "IN_PROGRESS"):
        text = f"Fulfillment order {entries[0]['fulfillmentOrderId']} has an unfulfillable status."
        return {"fulfillment": None, "userErrors": [user_error(path, text, "INVALID")]}
    wanted = {
        one["id"]: one["quantity"] for one in entries[0].get("fulfillmentOrderLineItems") or []
    }
    left = {one["id"]: one["remainingQuantity"] for one in found["lineItems"]}
    quantities = wanted or left
    for gid, quantity in quantities.items():
        if quantity < 0 or quantity > left.get(gid, 0):
            text = "Invalid fulfillment order line item quantity requested."
            return {"fulfillment": None, "userErrors": [user_error(path, text, "INVALID")]}
    made = fulfill(request.store, found, quantities, _tracking(given.get("trackingInfo")))
    return {"fulfillment": made, "userErrors": []}


@mutation("fulfillmentTrackingInfoUpdate", "fulfillment", "userErrors")
def fulfillment_track(args: Args, request: Request) -> Rec:
    found = request.store.find("Fulfillment", args["fulfillmentId"])
    if found is None or found["status"] == "CANCELLED":
        text = "Fulfillment does not exist or is cancelled."
        return {"fulfillment": None, "userErrors": [user_error(["fulfillmentId"], text, "INVALID")]}
    found["trackingInfo"] = _tracking(args["trackingInfoInput"])
    request.store.touch(found, request.store.get("Order", found["order"]))
    return {"fulfillment": found, "userErrors": []}


@mutation("fulfillmentCancel", "fulfillment", "userErrors")
def fulfillment_cancel(args: Args, request: Request) -> Rec:
    found = request.store.find("Fulfillment", args["id"])
    if found is None or found["status"] == "CANCELLED":
        text = "Fulfillment does not exist or is cancelled."
        return {"fulfillment": None, "userErrors": [user_error(["id"], text, "INVALID")]}
    call_back(request.store, found)
    return {"fulfillment": found, "userErrors": []}


def _tracking(given: Args | None) -> list[Rec]:
    if not given:
        return []
    numbers = given.get("numbers") or [given.get("number")]
    urls = given.get("urls") or [given.get("url")]
    pairs = zip(numbers, [*urls, *[None] * len(numbers)], strict=False)
    return [{"company": given.get("company"), "number": one, "url": url} for one, url in pairs]
