"""Order lines and their arithmetic: discounts to the cent, taxes half up per line and rate.

An order discount is spread over the lines so that its parts add up exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .money import spread, text
from .sale import ZERO, Discount, Sale, Sold, Tax
from .store import Rec, Store


def order_lines(store: Store, sale: Sale, applications: list[Rec]) -> list[Rec]:
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
        _whole_discount(lines, sale.lines, sale.discount, applications, sale.currency)
    for line, sold in zip(lines, sale.lines, strict=True):
        _finish(line, sold, sale)
    return lines


def _whole_discount(
    lines: list[Rec],
    solds: Sequence[Sold],
    discount: Discount,
    applications: list[Rec],
    currency: str,
) -> None:
    weights = [
        Decimal(line["discountedTotalSet"]) if sold.is_goods else ZERO
        for line, sold in zip(lines, solds, strict=True)
    ]
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
        "unfulfilledQuantity": 0 if sold.is_tip else sold.quantity,
        "nonFulfillableQuantity": sold.quantity if sold.is_tip else 0,
        "requiresShipping": sold.requires_shipping,
        "isGiftCard": sold.gift_card,
        "isTip": sold.is_tip,
        "duties": [_duty(store, sale, *duty) for duty in sold.duties],
        "customAttributes": [],
        "originalUnitPriceSet": text(sold.price, sale.currency),
        "originalTotalSet": original,
        "discountedTotalSet": original,
        "discountedWithCodes": original,
        "totalDiscountSet": text(ZERO, sale.currency),
        "discountAllocations": [],
    }


def _duty(store: Store, sale: Sale, code: str, amount: Decimal) -> Rec:
    return {
        "id": store.new_gid("Duty"),
        "harmonizedSystemCode": code,
        "countryCodeOfOrigin": "CN",
        "price": text(amount, sale.currency),
        "taxLines": [],
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
            "priceSet": text(base * tax.rate if tax.amount is None else tax.amount, sale.currency),
            "source": "shop",
            "channelLiable": False,
        }
        for tax in taxes
    ]


def shipping_line(
    store: Store,
    sale: Sale,
    title: str,
    code: str,
    price: Decimal,
    taxes: Sequence[Tax] | None = None,
) -> Rec:
    amount = text(price, sale.currency)
    rates = tuple(sale.taxes) if taxes is None else taxes
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
        "taxLines": tax_lines(price, rates, sale),
        "discountAllocations": [],
    }


def _less(amount: str, off: Decimal, currency: str) -> str:
    return text(Decimal(amount) - off, currency)
