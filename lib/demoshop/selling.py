"""Orders: placed from a sale, with their totals and what is to be shipped.

Total = lines − discounts + shipping + taxes (unless prices include them).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from .money import text
from .order_lines import charged, order_lines, shipping_line
from .sale import ZERO, Sale
from .store import Rec, Store


def place(store: Store, sale: Sale, location: int | None, when: str | None = None) -> Rec:
    """Add the order, with one fulfilment order at `location` for what is to be shipped."""
    at = when or store.now()
    order = _order(store, sale, at)
    order["fulfillmentOrders"] = []
    record = store.add("Order", order, at)
    if location is not None:
        made = store.add("FulfillmentOrder", _to_ship(store, record, location), at)
        record["fulfillmentOrders"].append(int(made["id"].rpartition("/")[2]))
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
        "confirmed": True,
        "email": sale.email,
        "phone": sale.phone,
        "note": sale.note,
        "tags": list(sale.tags),
        "currencyCode": sale.currency,
        "presentmentCurrencyCode": sale.currency,
        "taxesIncluded": sale.taxes_included,
        "taxExempt": False,
        "displayFinancialStatus": "PAID" if sale.paid else "PENDING",
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
        "paymentGatewayNames": ["bogus" if sale.paid else "manual"],
        "sourceName": "web",
        "sourceIdentifier": None,
        "poNumber": None,
        "fulfillments": [],
        **_totals(lines, shipping, sale),
        **sale.extra,
    }


def _totals(lines: Sequence[Rec], shipping: Sequence[Rec], sale: Sale) -> Rec:
    currency = sale.currency
    subtotal = sum((charged(line) for line in lines), ZERO)
    freight = sum((Decimal(one["discountedPriceSet"]) for one in shipping), ZERO)
    gathered = _gathered([*lines, *shipping], currency)
    tax = sum((Decimal(one["priceSet"]) for one in gathered), ZERO)
    gross = sum((Decimal(line["originalTotalSet"]) for line in lines), ZERO)
    total = subtotal + freight + (ZERO if sale.taxes_included else tax)
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
    received = total if sale.paid else ZERO
    return sets | {
        "totalShippingPriceSet": text(freight, currency),
        "currentShippingPriceSet": text(freight, currency),
        "originalTotalPriceSet": text(total, currency),
        "totalReceivedSet": text(received, currency),
        "netPaymentSet": text(received, currency),
        "totalOutstandingSet": text(total - received, currency),
        "totalRefundedSet": text(ZERO, currency),
        "taxLines": gathered,
        "currentTaxLines": gathered,
        "fullyPaid": sale.paid,
        "unpaid": not sale.paid,
    }


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
    lines = [
        {
            "id": store.new_gid("FulfillmentOrderLineItem"),
            "lineItem": line["id"],
            "inventoryItem": _item_of(store, line),
            "totalQuantity": line["quantity"],
            "remainingQuantity": line["quantity"],
            "sku": line["sku"],
            "requiresShipping": line["requiresShipping"],
        }
        for line in order["lineItems"]
    ]
    return {
        "order": int(order["id"].rpartition("/")[2]),
        "orderName": order["name"],
        "orderProcessedAt": order["processedAt"],
        "location": location,
        "status": "OPEN",
        "requestStatus": "UNSUBMITTED",
        "lineItems": lines,
    }


def _item_of(store: Store, line: Rec) -> int | None:
    if line["variant"] is None:
        return None
    found: int = store.get("ProductVariant", line["variant"])["inventoryItem"]
    return found
