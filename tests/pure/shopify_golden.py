"""A shop that holds written-out orders and answers the client's own queries over the official
schema: what a payload lacks or has in a wrong type is an error, not a guess.

Amounts are written «10.00», or («10.00», «9.20», «EUR») where the customer paid in another
currency; lists stand for connections.
"""

from __future__ import annotations

import json

from graphql import execute_sync, get_named_type, parse

from gateway_ng.lib.demoshop.official import schema
from gateway_ng.lib.http import Response

GID = "gid://shopify/"
SCOPES = ("read_orders", "read_customers", "read_returns", "read_locations")
SCOPES = (*SCOPES, "read_merchant_managed_fulfillment_orders")
AT = "2026-01-31T12:00:00Z"


def gid(kind, number):
    return f"{GID}{kind}/{number}"


def tax(title, rate, amount):
    return {"title": title, "rate": rate, "priceSet": amount}


def _allocations(off):
    kind = "DiscountCodeApplication"
    return [
        {
            "allocatedAmountSet": amount,
            "discountApplication": {"__typename": kind, "index": index},
        }
        for index, amount in off
    ]


def line(number, price, quantity=1, **more):
    """A line of a variant; `off` are (index of the discount, amount)."""
    off = _allocations(more.pop("off", ()))
    title = more.pop("title", f"Article {number}")
    return {
        "id": gid("LineItem", number),
        "title": title,
        "name": title,
        "variantTitle": None,
        "sku": f"SKU-{number}",
        "vendor": "Acme",
        "quantity": quantity,
        "currentQuantity": quantity,
        "unfulfilledQuantity": quantity,
        "nonFulfillableQuantity": 0,
        "taxable": True,
        "requiresShipping": True,
        "isGiftCard": False,
        "product": {"id": gid("Product", number)},
        "variant": {"id": gid("ProductVariant", number)},
        "customAttributes": [],
        "originalUnitPriceSet": price,
        "discountedTotalSet": price,
        "discountAllocations": off,
        "taxLines": [],
        "duties": [],
        **more,
    }


def shipping(price, discounted=None, taxes=(), off=()):
    return {
        "id": gid("ShippingLine", 1),
        "title": "Standard",
        "code": "standard",
        "source": "shopify",
        "isRemoved": False,
        "originalPriceSet": price,
        "discountedPriceSet": discounted or price,
        "discountAllocations": _allocations(off),
        "taxLines": list(taxes),
    }


def payment(number, amount, kind="SALE", status="SUCCESS", gateway="shopify_payments", parent=None):
    return {
        "id": gid("OrderTransaction", number),
        "kind": kind,
        "status": status,
        "test": False,
        "gateway": gateway,
        "formattedGateway": gateway,
        "manualPaymentGateway": False,
        "paymentId": None,
        "createdAt": AT,
        "processedAt": AT,
        "amountSet": amount,
        "parentTransaction": {"id": gid("OrderTransaction", parent)} if parent else None,
    }


def refund(number, total, lines=(), freight=(), transactions=(), adjustments=(), note=None):
    return {
        "__typename": "Refund",
        "id": gid("Refund", number),
        "legacyResourceId": str(number),
        "note": note,
        "createdAt": AT,
        "processedAt": AT,
        "updatedAt": AT,
        "return": None,
        "totalRefundedSet": total,
        "duties": [],
        "refundLineItems": list(lines),
        "refundShippingLines": list(freight),
        "orderAdjustments": list(adjustments),
        "transactions": list(transactions),
    }


def back(number, quantity, subtotal, tax_="0.00", restock="NO_RESTOCK"):
    restocked = restock != "NO_RESTOCK"
    return {
        "id": gid("RefundLineItem", 100 + number),
        "quantity": quantity,
        "restockType": restock,
        "restocked": restocked,
        "lineItem": {"id": gid("LineItem", number)},
        "location": {"id": gid("Location", 1)} if restocked else None,
        "subtotalSet": subtotal,
        "totalTaxSet": tax_,
    }


def freight_back(subtotal, tax_="0.00"):
    return {
        "id": gid("RefundShippingLine", 1),
        "shippingLine": {"id": gid("ShippingLine", 1)},
        "subtotalAmountSet": subtotal,
        "taxAmountSet": tax_,
    }


def sent(number, lines, status="SUCCESS", tracking=()):
    return {
        "__typename": "Fulfillment",
        "id": gid("Fulfillment", number),
        "legacyResourceId": str(number),
        "name": f"#1001.{number}",
        "status": status,
        "displayStatus": None,
        "createdAt": AT,
        "updatedAt": AT,
        "location": {"id": gid("Location", 1)},
        "trackingInfo": [{"company": "UPS", "number": n, "url": None} for n in tracking],
        "fulfillmentLineItems": [
            {
                "id": gid("FulfillmentLineItem", 10 * number + line_),
                "quantity": count,
                "lineItem": {"id": gid("LineItem", line_)},
            }
            for line_, count in lines.items()
        ],
    }


HOME = {
    "id": gid("MailingAddress", 1),
    "firstName": "Ada",
    "lastName": "Example",
    "name": "Ada Example",
    "company": None,
    "address1": "1 Road",
    "address2": None,
    "zip": "78701",
    "city": "Austin",
    "province": "Texas",
    "provinceCode": "TX",
    "country": "United States",
    "countryCodeV2": "US",
    "phone": None,
}


def order(lines, total, **more):
    """An order of these lines; totals that a case does not name are that of the order, or none."""
    zero = "0.00"
    return {
        "__typename": "Order",
        "id": gid("Order", 1),
        "legacyResourceId": "1",
        "name": "#1001",
        "number": 1001,
        **dict.fromkeys(("createdAt", "updatedAt", "processedAt"), AT),
        **dict.fromkeys(("cancelledAt", "cancelReason", "closedAt"), None),
        "confirmed": True,
        **dict.fromkeys(("test", "edited", "taxesIncluded", "taxExempt", "dutiesIncluded"), False),
        "email": "ada@example.com",
        **dict.fromkeys(("phone", "note", "sourceIdentifier", "poNumber"), None),
        "tags": [],
        "currencyCode": "USD",
        "presentmentCurrencyCode": "USD",
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "returnStatus": "NO_RETURN",
        "sourceName": "web",
        "paymentGatewayNames": ["shopify_payments"],
        "discountCodes": [],
        "customAttributes": [],
        "customer": {"id": gid("Customer", 1), "__typename": "Customer"},
        "purchasingEntity": {"__typename": "Customer"},
        "billingAddress": HOME,
        "shippingAddress": HOME,
        **dict.fromkeys(("totalDiscountsSet", "totalShippingPriceSet", "totalTaxSet"), zero),
        **dict.fromkeys(("totalTipReceivedSet", "totalRefundedSet", "totalOutstandingSet"), zero),
        **dict.fromkeys(("subtotalPriceSet", "totalPriceSet", "originalTotalPriceSet"), total),
        **dict.fromkeys(("currentTotalPriceSet", "totalReceivedSet"), total),
        "taxLines": [],
        "additionalFees": [],
        "transactions": [],
        "refunds": [],
        "fulfillments": [],
        "returns": [],
        "lineItems": lines,
        "shippingLines": [],
        "discountApplications": [],
        "fulfillmentOrders": [],
        **more,
    }


class GoldenShop:
    """A transport that answers from `order` and what stands in it."""

    def __init__(self, order):
        self.held = {order["id"]: order}
        for name in ("refunds", "returns", "fulfillments"):
            self.held.update({part["id"]: part for part in order[name]})
        self.currency = order["currencyCode"]

    def send(self, method, url, headers, body, timeout):
        request = json.loads(body)
        result = execute_sync(
            schema(),
            parse(request["query"]),
            {},
            variable_values=request["variables"],
            field_resolver=self._resolve,
        )
        assert not result.errors, result.errors
        text = json.dumps({"data": result.data})
        return Response(200, {"content-type": "application/json"}, text.encode())

    def _resolve(self, source, info, **args):
        kind = get_named_type(info.return_type).name
        name = info.field_name
        if name == "nodes" and "ids" in args:
            return [self.held.get(id_) for id_ in args["ids"]]
        if name == "currentAppInstallation":
            return {"accessScopes": [{"handle": scope} for scope in SCOPES]}
        if info.parent_type.name == "MoneyBag":
            return self._money(source["bag"], name)
        value = source[name]
        if kind == "MoneyBag":
            return None if value is None else {"bag": value}
        if kind.endswith("Connection"):
            page = {"hasNextPage": False, "endCursor": None}
            return {"nodes": value, "pageInfo": page}
        return value

    def _money(self, bag, name):
        if isinstance(bag, str):
            return {"amount": bag, "currencyCode": self.currency}
        shop, paid, currency = bag
        if name == "presentmentMoney":
            return {"amount": paid, "currencyCode": currency}
        return {"amount": shop, "currencyCode": self.currency}
