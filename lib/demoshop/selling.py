"""Orders: placed from a sale, with their totals and what is to be shipped.

Total = lines − discounts + shipping + taxes (unless prices include them).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from .ids import number
from .money import text
from .order_lines import charged, order_lines, shipping_line
from .payments import pay, restate
from .sale import ZERO, Sale
from .store import Rec, Store


def place(store: Store, sale: Sale, location: int | None, when: str | None = None) -> Rec:
    """Add the order, with one fulfilment order at `location` for what is to be shipped."""
    at = when or store.now()
    order = _order(store, sale, at)
    order["fulfillmentOrders"] = []
    record = store.add("Order", order, at)
    for payment in sale.paid_by(Decimal(record["totalPriceSet"])):
        pay(store, record, payment, at)
    restate(record)
    if location is not None:
        made = store.add("FulfillmentOrder", _to_ship(store, record, location), at)
        record["fulfillmentOrders"].append(number(made["id"]))
    return record


def _order(store: Store, sale: Sale, at: str) -> Rec:
    store.last_order_number += 1
    number = store.last_order_number
    applications: list[Rec] = []
    lines = order_lines(store, sale, applications)
    shipping = [shipping_line(store, sale, *given) for given in sale.shipping]
    return {
        "name": f"#{number}",
        "number": number,
        "processedAt": at,
        "cancelledAt": None,
        "cancelReason": None,
        "closed": False,
        "closedAt": None,
        "test": False,
        "edited": False,
        "confirmed": True,
        "email": sale.email,
        "phone": sale.phone,
        "note": sale.note,
        "tags": list(sale.tags),
        "currencyCode": sale.currency,
        "presentmentCurrencyCode": sale.currency,
        "taxesIncluded": sale.taxes_included,
        "taxExempt": False,
        "dutiesIncluded": sale.duties_included,
        "displayFulfillmentStatus": "UNFULFILLED",
        "customer": sale.customer,
        "billingAddress": sale.billing,
        "shippingAddress": sale.delivery,
        "lineItems": lines,
        "shippingLines": shipping,
        "discountApplications": applications,
        "discountCodes": [a["code"] for a in applications if a["code"]],
        "discountCode": next((a["code"] for a in applications if a["code"]), None),
        "customAttributes": [],
        "paymentGatewayNames": _gateways(sale),
        "transactions": [],
        "refunds": [],
        "returns": [],
        "returnStatus": "NO_RETURN",
        "additionalFees": [
            {
                "id": store.new_gid("AdditionalFee"),
                "name": name,
                "price": text(amount, sale.currency),
                "taxLines": [],
            }
            for name, amount in sale.fees
        ],
        "sourceName": "web",
        "sourceIdentifier": None,
        "poNumber": None,
        "fulfillments": [],
        **_totals(lines, shipping, sale),
        **sale.extra,
    }


def _gateways(sale: Sale) -> list[str]:
    if sale.payments:
        return list(dict.fromkeys(payment.gateway for payment in sale.payments))
    return ["bogus" if sale.paid else "manual"]


def _totals(lines: Sequence[Rec], shipping: Sequence[Rec], sale: Sale) -> Rec:
    currency = sale.currency
    subtotal = sum((charged(line) for line in lines if not line["isTip"]), ZERO)
    tip = sum((charged(line) for line in lines if line["isTip"]), ZERO)
    freight = sum((Decimal(one["discountedPriceSet"]) for one in shipping), ZERO)
    gathered = _gathered([*lines, *shipping], currency)
    tax = sum((Decimal(one["priceSet"]) for one in gathered), ZERO)
    gross = sum((Decimal(line["originalTotalSet"]) for line in lines if not line["isTip"]), ZERO)
    total = subtotal + freight + tip + _levied(lines, sale) + (ZERO if sale.taxes_included else tax)
    amounts = {
        "SubtotalPriceSet": subtotal,
        "TotalPriceSet": total,
        "TotalTaxSet": tax,
        "TotalDiscountsSet": gross - subtotal,
    }
    sets: Rec = {}
    for name, amount in amounts.items():
        sets[f"current{name}"] = text(amount, currency)
        sets[name[0].lower() + name[1:]] = text(amount, currency)
    return sets | {
        "totalTipReceivedSet": text(tip, currency),
        "totalRefundedShippingSet": text(ZERO, currency),
        "totalShippingPriceSet": text(freight, currency),
        "currentShippingPriceSet": text(freight, currency),
        "originalTotalPriceSet": text(total, currency),
        "taxLines": gathered,
        "currentTaxLines": gathered,
    }


def _levied(lines: Sequence[Rec], sale: Sale) -> Decimal:
    """Duties that come on top, and additional fees."""
    duties = [Decimal(duty["price"]) for line in lines for duty in line["duties"]]
    fees = [amount for _, amount in sale.fees]
    return sum(fees if sale.duties_included else [*duties, *fees], ZERO)


def _gathered(owners: Sequence[Rec], currency: str) -> list[Rec]:
    """The order's tax lines: those of lines and shipping, added up per title and rate."""
    found: dict[tuple[str, float], Rec] = {}
    for tax in (tax for owner in owners for tax in owner["taxLines"]):
        key = tax["title"], tax["rate"]
        if key in found:
            amount = Decimal(found[key]["priceSet"]) + Decimal(tax["priceSet"])
            found[key]["priceSet"] = text(amount, currency)
        else:
            found[key] = dict(tax)
    return list(found.values())


def _to_ship(store: Store, order: Rec, location: int) -> dict[str, Any]:
    lines = [line_to_ship(store, line) for line in order["lineItems"] if not line["isTip"]]
    return {
        "order": number(order["id"]),
        "orderName": order["name"],
        "orderProcessedAt": order["processedAt"],
        "location": location,
        "status": "OPEN",
        "requestStatus": "UNSUBMITTED",
        "lineItems": lines,
    }


def line_to_ship(store: Store, line: Rec) -> Rec:
    """A fulfilment order's line for all units of an order's line."""
    return {
        "id": store.new_gid("FulfillmentOrderLineItem"),
        "lineItem": line["id"],
        "inventoryItem": _item_of(store, line),
        "totalQuantity": line["quantity"],
        "remainingQuantity": line["quantity"],
        "sku": line["sku"],
        "requiresShipping": line["requiresShipping"],
    }


def _item_of(store: Store, line: Rec) -> int | None:
    if line["variant"] is None:
        return None
    found: int = store.get("ProductVariant", line["variant"])["inventoryItem"]
    return found
