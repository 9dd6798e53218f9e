"""Customers: customerSet (whose address list replaces), create, update, delete."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .. import rules
from ..countries import COUNTRIES, PROVINCES
from ..errors import bad_request, user_error
from ..fields import Args, mutation
from ..ids import number
from ..metafields import written
from ..objects.around import shop
from ..objects.roots import by_identifier
from ..request import Request
from ..store import Rec, Store

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
PHONE = re.compile(r"\+[0-9]{6,15}")
FIELDS = ("firstName", "lastName", "email", "phone", "note", "taxExempt", "locale")
ADDRESS = ("firstName", "lastName", "company", "address1", "address2", "city", "zip", "phone")
CONSENTS = ("SUBSCRIBED", "UNSUBSCRIBED", "PENDING")
BASE: Rec = {
    "firstName": None,
    "lastName": None,
    "email": None,
    "phone": None,
    "note": None,
    "tags": [],
    "taxExempt": False,
    "taxExemptions": [],
    "state": "DISABLED",
    "locale": "en",
    "verifiedEmail": True,
    "addresses": [],
    "metafields": [],
}


@mutation("customerSet", "customer", "userErrors")
def customer_set(args: Args, request: Request) -> Rec:
    given, identifier = dict(args["input"]), args.get("identifier") or {}
    customer = by_identifier("Customer", identifier, request) if identifier else None
    if identifier.get("id") and customer is None:
        error = user_error(["identifier", "id"], "Customer not found", "NOT_FOUND")
        return {"customer": None, "userErrors": [error]}
    for name in ("email", "phone"):
        if identifier.get(name):
            given.setdefault(name, identifier[name])
    errors = list(_errors(given, customer, ["input"], request))
    for place, address in enumerate(given.get("addresses") or []):
        errors += _address_errors(address, ["input", "addresses", place])
    if errors:
        return {"customer": None, "userErrors": errors}
    customer = _apply(given, customer, request)
    return {"customer": customer, "userErrors": []}


@mutation("customerCreate", "customer", "userErrors")
def customer_create(args: Args, request: Request) -> Rec:
    given = args["input"]
    errors = list(_errors(given, None, [], request))
    if errors:
        return {"customer": None, "userErrors": errors}
    return {"customer": _apply(given, None, request), "userErrors": []}


@mutation("customerUpdate", "customer", "userErrors")
def customer_update(args: Args, request: Request) -> Rec:
    given = args["input"]
    customer = request.store.find("Customer", given.get("id"))
    if customer is None:
        error = user_error(["id"], "Customer does not exist", "NOT_FOUND")
        return {"customer": None, "userErrors": [error]}
    errors = list(_errors(given, customer, [], request))
    if errors:
        return {"customer": customer, "userErrors": errors}
    return {"customer": _apply(given, customer, request), "userErrors": []}


@mutation("customerEmailMarketingConsentUpdate", "customer", "userErrors")
def consent_update(args: Args, request: Request) -> Rec:
    given = args["input"]
    customer = request.store.find("Customer", given["customerId"])
    state = given["emailMarketingConsent"]["marketingState"]
    if customer is None:
        error = user_error(["input", "customerId"], "Customer not found", "INVALID")
    elif not customer["email"]:
        text = "The customer must have an email address to update their consent"
        error = user_error(["input", "emailMarketingConsent"], text, "MISSING_ARGUMENT")
    elif state not in CONSENTS:
        text = f"Cannot specify {state} as a marketing state input"
        error = user_error(["input", "emailMarketingConsent", "marketingState"], text, "INVALID")
    else:
        if rules.update(customer, {"consent": state}):
            request.store.touch(customer)
        return {"customer": customer, "userErrors": []}
    return {"customer": None, "userErrors": [error]}


@mutation("customerAddressCreate", "address", "userErrors")
def address_create(args: Args, request: Request) -> Rec:
    customer = request.store.find("Customer", args["customerId"])
    errors = _place_errors(args, customer)
    if errors or customer is None:
        return {"address": None, "userErrors": errors}
    made = {"id": request.store.new_gid("MailingAddress"), **address(args["address"])}
    customer["addresses"] = (
        [made, *customer["addresses"]]
        if args.get("setAsDefault")
        else [*customer["addresses"], made]
    )
    request.store.touch(customer)
    return {"address": made, "userErrors": []}


@mutation("customerAddressUpdate", "address", "userErrors")
def address_update(args: Args, request: Request) -> Rec:
    customer = request.store.find("Customer", args["customerId"])
    errors = _place_errors(args, customer)
    held = next((a for a in (customer or BASE)["addresses"] if a["id"] == args["addressId"]), None)
    if held is None:
        errors.append(user_error(["addressId"], "Address does not exist", "NOT_FOUND"))
    if errors or held is None or customer is None:
        return {"address": None, "userErrors": errors}
    if rules.update(held, address(args["address"])):
        request.store.touch(customer)
    return {"address": held, "userErrors": []}


@mutation("customerAddressDelete", "deletedAddressId", "userErrors")
def address_delete(args: Args, request: Request) -> Rec:
    customer = request.store.find("Customer", args["customerId"])
    rest = [a for a in (customer or BASE)["addresses"] if a["id"] != args["addressId"]]
    if customer is None or len(rest) == len(customer["addresses"]):
        error = user_error(["addressId"], "Address does not exist", "NOT_FOUND")
        return {"deletedAddressId": None, "userErrors": [error]}
    customer["addresses"] = rest
    request.store.touch(customer)
    return {"deletedAddressId": args["addressId"], "userErrors": []}


def _place_errors(args: Args, customer: Rec | None) -> list[Rec]:
    if customer is None:
        return [user_error(["customerId"], "Customer does not exist", "NOT_FOUND")]
    return _address_errors(args["address"], ["address"])


@mutation("customerDelete", "deletedCustomerId", "shop", "userErrors")
def customer_delete(args: Args, request: Request) -> Rec:
    gid = args["input"]["id"]
    errors = []
    if request.store.find("Customer", gid) is None:
        errors.append(user_error(["id"], "Customer can't be found", "NOT_FOUND"))
    elif any(o["customer"] == number(gid) for o in request.store.tables["Order"].values()):
        text = "Customer can't be deleted because they have associated orders"
        errors.append(user_error(["id"], text, "INVALID"))
    else:
        request.store.remove("Customer", number(gid))
    deleted = None if errors else gid
    return {"deletedCustomerId": deleted, "shop": shop(None, {}, request), "userErrors": errors}


def _errors(given: Args, customer: Rec | None, path: rules.Path, request: Request) -> Iterator[Rec]:
    after = {**(customer or BASE), **{k: v for k, v in given.items() if k in FIELDS}}
    if not any(after[name] for name in ("firstName", "lastName", "email", "phone")):
        text = "A name, phone number, or email address must be present"
        yield user_error(None, text, "INVALID")
    for name, pattern in (("email", EMAIL), ("phone", PHONE)):
        value = given.get(name)
        if not value:
            continue
        if not pattern.fullmatch(re.sub(r"[\s()-]", "", value) if name == "phone" else value):
            yield user_error([*path, name], f"{name.capitalize()} is invalid", "INVALID")
        elif _taken(request.store, name, value, customer):
            text = f"{name.capitalize()} has already been taken"
            yield user_error([*path, name], text, "TAKEN")


def _taken(store: Store, name: str, value: str, customer: Rec | None) -> bool:
    index = store.index("Customer", name, lambda record: record[name])
    own = number(customer["id"]) if customer else None
    return any(key != own for key in index.get(value.lower(), ()))


def _address_errors(given: Args, path: rules.Path) -> list[Rec]:
    country, province = given.get("countryCode"), given.get("provinceCode")
    if province and country in PROVINCES and province not in PROVINCES[country]:
        return [user_error([*path, "provinceCode"], "Province is invalid", "INVALID")]
    return []


def _apply(given: Args, customer: Rec | None, request: Request) -> Rec:
    store = request.store
    values: Rec = {name: given[name] or None for name in FIELDS if name in given}
    values = {k: v for k, v in values.items() if k not in ("taxExempt", "locale")}
    if given.get("taxExempt") is not None:
        values["taxExempt"] = given["taxExempt"]
    if given.get("locale"):
        values["locale"] = given["locale"]
    if given.get("tags") is not None:
        values["tags"] = rules.clean_tags(given["tags"])
    if customer is None:
        customer = store.add("Customer", {**BASE, "addresses": [], "metafields": []})
    if given.get("addresses") is not None:
        values["addresses"] = _addresses(store, customer, given["addresses"])
    if given.get("metafields"):
        values["metafields"] = written(store, customer, given["metafields"], replace=False)
    if rules.update(customer, values):
        store.touch(customer)
    return customer


def _addresses(store: Store, customer: Rec, given: Sequence[Args]) -> list[Rec]:
    """Those given, in order; one that says the same as before keeps its id."""
    old = list(customer["addresses"])
    made = []
    for values in given:
        wanted = address(values)
        same = next((one for one in old if {**one, "id": None} == {**wanted, "id": None}), None)
        if same is not None:
            old.remove(same)
        made.append(same or {"id": store.new_gid("MailingAddress"), **wanted})
    return made


def address(values: Mapping[str, Any]) -> Rec:
    """A MailingAddress (without id) from a MailingAddressInput."""
    made: Rec = {name: values.get(name) for name in ADDRESS}
    country, province = values.get("countryCode"), values.get("provinceCode")
    if country and country not in COUNTRIES:
        raise bad_request(f"The demo shop does not know the country {country}.")
    return made | {
        "countryCodeV2": country,
        "country": COUNTRIES.get(country or ""),
        "provinceCode": province,
        "province": PROVINCES.get(country or "", {}).get(province or "", province),
    }
