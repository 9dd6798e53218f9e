"""Orders and their arithmetic: lines, discounts to the cent, taxes per line, totals.

Taxes are rounded half up per line and rate; an order discount is spread over the lines so that the
parts add up exactly; total = lines − discounts + shipping + taxes (unless prices include them).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .money import rounded, spread, text
from .store import Rec, Store

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Tax:
    title: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Discount:
    """`percentage` or `amount`, on the whole order or on one line. With a `code` the buyer typed
    it in, else the merchant or a rule gave it."""

    title: str
    percentage: Decimal | None = None
    amount: Decimal = ZERO
    code: str | None = None

    def off(self, price: Decimal, currency: str) -> Decimal:
        if self.percentage is not None:
            return rounded(price * self.percentage / 100, currency)
        return min(price, self.amount)

    def application(self, index: int, whole: bool) -> Rec:
        value: Rec = (
            {"__typename": "MoneyV2", "amount": format(self.amount, "f")}
            if self.percentage is None
            else {"__typename": "PricingPercentageValue", "percentage": float(self.percentage)}
        )
        kind = "DiscountCodeApplication" if self.code else "ManualDiscountApplication"
        return {
            "__typename": kind,
            "index": index,
            "allocationMethod": "ACROSS" if whole else "EACH",
            "targetSelection": "ALL" if whole else "EXPLICIT",
            "targetType": "LINE_ITEM",
            "title": self.title,
            "description": self.title,
            "code": self.code,
            "value": value,
        }


@dataclass(frozen=True, slots=True)
class Sold:
    """One line: a variant, or just a title where the shop has none (`variant` None)."""

    quantity: int
    price: Decimal
    variant: int | None = None
    title: str = ""
    sku: str | None = None
    taxable: bool = True
    requires_shipping: bool = True
    discount: Discount | None = None
    taxes: tuple[Tax, ...] | None = None  # where they differ from the order's


@dataclass(frozen=True, slots=True)
class Sale:
    """What makes an order. `shipping` is (title, code, price)."""

    lines: Sequence[Sold]
    currency: str
    taxes: Sequence[Tax] = ()
    taxes_included: bool = False
    shipping: Sequence[tuple[str, str, Decimal]] = ()
    discount: Discount | None = None
    customer: int | None = None
    email: str | None = None
    phone: str | None = None
    billing: Rec | None = None
    delivery: Rec | None = None
    note: str | None = None
    tags: tuple[str, ...] = ()
    paid: bool = True
    extra: Rec = field(default_factory=dict)


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
    lines = _lines(store, sale, applications)
    shipping = [_shipping(store, sale, *given) for given in sale.shipping]
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


def _lines(store: Store, sale: Sale, applications: list[Rec]) -> list[Rec]:
    lines = [_line(store, sale, sold) for sold in sale.lines]
    for line, sold in zip(lines, sale.lines, strict=True):
        if sold.discount:
            application = sold.discount.application(len(applications), whole=False)
            applications.append(application)
            off = sold.discount.off(Decimal(line["originalTotalSet"]), sale.currency)
            _allocate(line, application, off, sale.currency)
            line["totalDiscountSet"] = text(off, sale.currency)
            line["discountedTotalSet"] = _less(line["originalTotalSet"], off, sale.currency)
            line["discountedWithCodes"] = line["discountedTotalSet"]
    if sale.discount:
        _whole_discount(lines, sale.discount, applications, sale.currency)
    for line, sold in zip(lines, sale.lines, strict=True):
        _finish(line, sold, sale)
    return lines


def _whole_discount(
    lines: list[Rec], discount: Discount, applications: list[Rec], currency: str
) -> None:
    weights = [Decimal(line["discountedTotalSet"]) for line in lines]
    application = discount.application(len(applications), whole=True)
    applications.append(application)
    total = discount.off(sum(weights, ZERO), currency)
    for line, part in zip(lines, spread(total, weights, currency), strict=True):
        if part:
            _allocate(line, application, part, currency)


def _line(store: Store, sale: Sale, sold: Sold) -> Rec:
    original = text(sold.price * sold.quantity, sale.currency)
    return {
        "id": store.new_gid("LineItem"),
        **_described(store, sold),
        "quantity": sold.quantity,
        "currentQuantity": sold.quantity,
        "unfulfilledQuantity": sold.quantity,
        "requiresShipping": sold.requires_shipping,
        "isGiftCard": False,
        "customAttributes": [],
        "originalUnitPriceSet": text(sold.price, sale.currency),
        "originalTotalSet": original,
        "discountedTotalSet": original,
        "discountedWithCodes": original,
        "totalDiscountSet": text(ZERO, sale.currency),
        "discountAllocations": [],
    }


def _described(store: Store, sold: Sold) -> Rec:
    if sold.variant is None:
        names = {"title": sold.title, "name": sold.title, "variantTitle": None, "sku": sold.sku}
        rest = {"vendor": None, "product": None, "variant": None, "taxable": sold.taxable}
        return {**names, **rest}
    variant = store.get("ProductVariant", sold.variant)
    product = store.get("Product", variant["product"])
    only = variant["title"] == "Default Title"
    return {
        "title": product["title"],
        "name": product["title"] if only else f"{product['title']} - {variant['title']}",
        "variantTitle": None if only else variant["title"],
        "sku": store.get("InventoryItem", variant["inventoryItem"])["sku"],
        "vendor": product["vendor"],
        "product": variant["product"],
        "variant": sold.variant,
        "taxable": variant["taxable"] and sold.taxable,
    }


def _allocate(line: Rec, application: Rec, off: Decimal, currency: str) -> None:
    allocation = {
        "allocatedAmountSet": text(off, currency),
        "discountApplication": application,
    }
    line["discountAllocations"].append(allocation)


def _finish(line: Rec, sold: Sold, sale: Sale) -> None:
    net = charged(line)
    taxes = sold.taxes if sold.taxes is not None else tuple(sale.taxes)
    line["taxLines"] = tax_lines(net, taxes if line["taxable"] else (), sale)
    line["discountedUnitPriceSet"] = text(
        Decimal(line["discountedTotalSet"]) / sold.quantity, sale.currency
    )
    line["discountedUnitPriceAfterAllDiscountsSet"] = text(net / sold.quantity, sale.currency)


def charged(line: Rec) -> Decimal:
    """A line's price after all its discounts."""
    off = (Decimal(one["allocatedAmountSet"]) for one in line["discountAllocations"])
    return Decimal(line["originalTotalSet"]) - sum(off, ZERO)


def tax_lines(net: Decimal, taxes: Sequence[Tax], sale: Sale) -> list[Rec]:
    """The taxes on one line: added to `net`, or contained in it."""
    rates = sum((tax.rate for tax in taxes), ZERO)
    base = net / (1 + rates) if sale.taxes_included else net
    return [
        {
            "title": tax.title,
            "rate": float(tax.rate),
            "ratePercentage": float(tax.rate * 100),
            "priceSet": text(base * tax.rate, sale.currency),
            "source": "shop",
            "channelLiable": False,
        }
        for tax in taxes
    ]


def _shipping(store: Store, sale: Sale, title: str, code: str, price: Decimal) -> Rec:
    amount = text(price, sale.currency)
    return {
        "id": store.new_gid("ShippingLine"),
        "title": title,
        "code": code,
        "source": "shop",
        "custom": False,
        "isRemoved": False,
        "carrierIdentifier": None,
        "phone": None,
        "originalPriceSet": amount,
        "discountedPriceSet": amount,
        "currentDiscountedPriceSet": amount,
        "taxLines": tax_lines(price, tuple(sale.taxes), sale),
        "discountAllocations": [],
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


def _less(amount: str, off: Decimal, currency: str) -> str:
    return text(Decimal(amount) - off, currency)


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
