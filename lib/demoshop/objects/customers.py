"""Customers and their addresses as they are read."""

from __future__ import annotations

from decimal import Decimal

from ..fields import Args, field, stored
from ..ids import number
from ..listing import keys_of
from ..paging import Page, list_page, sorted_page
from ..request import Request
from ..store import Rec

stored("Customer", "id firstName lastName note tags taxExempt taxExemptions state locale")
stored("Customer", "createdAt updatedAt verifiedEmail")
stored(
    "MailingAddress",
    "id firstName lastName company address1 address2 city zip province provinceCode country "
    "countryCodeV2 phone",
)
stored("CustomerEmailAddress", "emailAddress marketingState validFormat")
stored("CustomerPhoneNumber", "phoneNumber")


@field("Customer", "displayName")
def display_name(source: Rec, _args: Args, _request: Request) -> str:
    name = " ".join(part for part in (source["firstName"], source["lastName"]) if part)
    return str(name or source["email"] or source["phone"] or "")


@field("Customer", "defaultEmailAddress")
def default_email(source: Rec, _args: Args, _request: Request) -> Rec | None:
    if not source["email"]:
        return None
    return {
        "emailAddress": source["email"],
        "marketingState": source.get("consent") or "NOT_SUBSCRIBED",
        "validFormat": True,
    }


@field("Customer", "email")
def email(source: Rec, _args: Args, _request: Request) -> str | None:
    found: str | None = source["email"]
    return found


@field("Customer", "phone")
def phone(source: Rec, _args: Args, _request: Request) -> str | None:
    found: str | None = source["phone"]
    return found


@field("Customer", "defaultPhoneNumber")
def default_phone(source: Rec, _args: Args, _request: Request) -> Rec | None:
    return {"phoneNumber": source["phone"]} if source["phone"] else None


@field("Customer", "defaultAddress")
def default_address(source: Rec, _args: Args, _request: Request) -> Rec | None:
    return source["addresses"][0] if source["addresses"] else None


@field("Customer", "addressesV2")
def addresses(source: Rec, args: Args, _request: Request) -> Page:
    return list_page(source["addresses"], args)


@field("Customer", "numberOfOrders")
def number_of_orders(source: Rec, _args: Args, request: Request) -> str:
    key = str(number(source["id"]))
    index = request.store.index("Order", "customer", lambda record: record["customer"])
    return str(len(index.get(key, ())))


@field("Customer", "amountSpent")
def amount_spent(source: Rec, _args: Args, request: Request) -> str:
    key = str(number(source["id"]))
    index = request.store.index("Order", "customer", lambda record: record["customer"])
    orders = request.store.many("Order", index.get(key, ()))
    paid = (o for o in orders if o["displayFinancialStatus"] == "PAID")
    return str(sum((Decimal(o["currentTotalPriceSet"]) for o in paid), Decimal("0.00")))


@field("Customer", "orders")
def orders(source: Rec, args: Args, request: Request) -> Page:
    query = f"customer_id:{number(source['id'])} {args.get('query') or ''}"
    keys, load = keys_of(request, "Order", query, args.get("sortKey") or "ID", "customer.orders")
    return sorted_page(keys, args, load)


@field("MailingAddress", "name")
def address_name(source: Rec, _args: Args, _request: Request) -> str | None:
    return " ".join(part for part in (source["firstName"], source["lastName"]) if part) or None


@field("MailingAddress", "formattedArea")
def formatted_area(source: Rec, _args: Args, _request: Request) -> str | None:
    return ", ".join(part for part in (source["city"], source["country"]) if part) or None


@field("MailingAddress", "formatted")
def formatted(source: Rec, _args: Args, _request: Request) -> list[str]:
    town = " ".join(part for part in (source["zip"], source["city"]) if part)
    parts = (source["address1"], source["address2"], town, source["country"])
    return [part for part in parts if part]
