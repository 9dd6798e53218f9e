"""Adding companies and the customers who buy for them; no checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .countries import COUNTRIES, PROVINCES
from .ids import number
from .store import Rec, Store

_ADDRESS = ("recipient", "firstName", "lastName", "address1", "address2", "zip", "city", "phone")


def add_company(
    store: Store,
    name: str,
    locations: Sequence[Mapping[str, Any]] = (),
    *,
    external_id: str | None = None,
    note: str | None = None,
    when: str | None = None,
) -> Rec:
    """A company with its `locations`, the main one first (see `location`)."""
    made = [location(store, name, values) for values in locations]
    fields = {"name": name, "externalId": external_id, "note": note, "locations": made}
    return store.add("Company", fields, when)


def location(store: Store, company: str, values: Mapping[str, Any]) -> Rec:
    """`values`: name, externalId, phone, vat, and the addresses `billing` and `shipping`."""
    return {
        "id": store.new_gid("CompanyLocation"),
        "name": values.get("name") or company,
        "externalId": values.get("externalId"),
        "phone": values.get("phone"),
        "taxSettings": {"taxRegistrationId": values.get("vat"), "taxExempt": False},
        "billingAddress": _address(company, values.get("billing")),
        "shippingAddress": _address(company, values.get("shipping")),
    }


def _address(company: str, values: Mapping[str, Any] | None) -> Rec | None:
    if values is None:
        return None
    country, province = values["countryCode"], values.get("provinceCode")
    return {
        **{name: values.get(name) for name in _ADDRESS},
        "companyName": values.get("company") or company,
        "countryCode": country,
        "country": COUNTRIES.get(country),
        "zoneCode": province,
        "province": PROVINCES.get(country, {}).get(province or "", province),
    }


def join(
    store: Store, customer: Rec, company: Rec, *, main: bool = False, title: str | None = "Buyer"
) -> Rec:
    """The customer buys for the company from now on; its contact there."""
    contact = {
        "id": store.new_gid("CompanyContact"),
        "isMainContact": main,
        "title": title,
        "company": number(company["id"]),
    }
    customer["companies"] = [*customer.get("companies", ()), contact]
    store.touch(customer)
    return contact


def leave(store: Store, customer: Rec, company: Rec) -> None:
    key = number(company["id"])
    held = customer.get("companies", ())
    customer["companies"] = [one for one in held if one["company"] != key]
    store.touch(customer)
