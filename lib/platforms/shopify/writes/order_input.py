"""An order's values → `OrderCreateOrderInput` and `OrderInput`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..scalars import moment_text

Values = Mapping[str, Any]

#: What may change on an order that is in the shop.
CHANGEABLE = ("note", "tags", "email", "phone", "poNumber", "shippingAddress", "customAttributes")
WRITABLE: Mapping[str, str] = dict.fromkeys(
    (
        *CHANGEABLE,
        "billingAddress",
        "cancelReason",
        "cancelled",
        "currencyCode",
        "customer",
        "displayFinancialStatus",
        "fulfillments",
        "lines",
        "processedAt",
        "refunds",
        "returns",
        "shippingLines",
        "sourceIdentifier",
        "taxesIncluded",
        "transactions",
    ),
    "",
)
_ADDRESS = (
    "firstName",
    "lastName",
    "company",
    "address1",
    "address2",
    "zip",
    "city",
    "provinceCode",
    "countryCode",
    "phone",
)
#: Stands on the order where its discounts are; the shop spreads them over the lines.
_DISCOUNT = "ODOO"


def create_input(values: Values, identifier: str) -> dict[str, Any]:
    """A new order. Lines keep their price before discounts; discounts of all lines become one of
    the order. Taxes are those of the lines, to the cent."""
    currency = values.get("currencyCode")
    lines = [item for item in (values.get("lines") or {}).values() if item]
    shipping = [item for item in (values.get("shippingLines") or {}).values() if item]
    made = update_input(values)
    made["sourceIdentifier"] = identifier
    made["lineItems"] = [_line(item, currency) for item in lines]
    made["shippingLines"] = [_shipping(item, currency) for item in shipping]
    off = sum((_decimal(item.get("discount")) for item in lines), Decimal(0))
    if off:
        fixed = {"code": _DISCOUNT, "amountSet": _bag(off, currency)}
        made["discountCode"] = {"itemFixedDiscountCode": fixed}
    for name, source in (("currency", "currencyCode"), ("financialStatus", _STATUS)):
        if values.get(source):
            made[name] = values[source]
    if "taxesIncluded" in values:
        made["taxesIncluded"] = bool(values["taxesIncluded"])
    if values.get("billingAddress"):
        made["billingAddress"] = _address(values["billingAddress"])
    if isinstance(values.get("processedAt"), datetime):
        made["processedAt"] = moment_text(values["processedAt"])
    customer = (values.get("customer") or {}).get("id")
    if customer:
        made["customer"] = {"toAssociate": {"id": customer}}
    if values.get("transactions"):
        made["transactions"] = [_payment(item, currency) for item in values["transactions"]]
    return made


_STATUS = "displayFinancialStatus"


def update_input(values: Values) -> dict[str, Any]:
    """What an order that is there may be given."""
    made = {name: values[name] for name in CHANGEABLE if name in values}
    if "shippingAddress" in made:
        made["shippingAddress"] = _address(made["shippingAddress"] or {})
    if "customAttributes" in made:
        given = made["customAttributes"] or {}
        made["customAttributes"] = [{"key": k, "value": str(v)} for k, v in given.items()]
    return {name: value for name, value in made.items() if value is not None}


def _line(item: Values, currency: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"quantity": int(item.get("quantity") or 0)}
    made.update({k: item[k] for k in ("title", "sku", "requiresShipping", "taxable") if k in item})
    if item.get("variantId"):
        made["variantId"] = item["variantId"]
    made["priceSet"] = _bag(_decimal(item.get("unitPrice")), currency)
    made["taxLines"] = _taxes(item, currency)
    return made


def _shipping(item: Values, currency: Any) -> dict[str, Any]:
    """A shipping line at its price after discounts: a discount of the order never reaches it."""
    price = _decimal(item.get("price")) - _decimal(item.get("discount"))
    return {
        "title": str(item.get("title") or "Shipping"),
        "priceSet": _bag(price, currency),
        "taxLines": _taxes(item, currency),
    }


def _taxes(item: Values, currency: Any) -> list[dict[str, Any]]:
    return [
        {
            "title": str(tax.get("title") or "Tax"),
            "rate": _text(tax.get("rate") or Decimal(0)),
            "priceSet": _bag(_decimal(tax), currency),
        }
        for tax in item.get("taxLines") or ()
    ]


def _payment(item: Values, currency: Any) -> dict[str, Any]:
    made = {name: item[name] for name in ("kind", "status", "gateway") if item.get(name)}
    return {**made, "amountSet": _bag(_decimal(item), currency)}


def _address(given: Values) -> dict[str, Any]:
    return {name: given[name] for name in _ADDRESS if given.get(name) not in (None, "")}


def _bag(amount: Decimal, currency: Any) -> dict[str, Any]:
    return {"shopMoney": {"amount": _text(amount), "currencyCode": currency}}


def _decimal(value: Any) -> Decimal:
    amount = value.get("amount") if isinstance(value, Mapping) else value
    return amount if isinstance(amount, Decimal) else Decimal(str(amount or 0))


def _text(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)
