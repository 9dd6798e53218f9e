"""Companies that buy, their locations, and the customers who buy for them."""

from __future__ import annotations

from ..fields import Args, field, stored
from ..paging import Page, list_page
from ..request import Request
from ..store import Rec

stored("Company", "id name externalId note createdAt updatedAt")
stored("CompanyLocation", "id name externalId phone taxSettings billingAddress shippingAddress")
stored("CompanyLocationTaxSettings", "taxRegistrationId taxExempt")
stored(
    "CompanyAddress",
    "recipient firstName lastName companyName address1 address2 zip city province zoneCode country "
    "countryCode phone",
)
stored("CompanyContact", "id isMainContact title")


@field("Company", "locations")
def locations(source: Rec, args: Args, _request: Request) -> Page:
    return list_page(source["locations"], args)


@field("Customer", "companyContactProfiles")
def profiles(source: Rec, _args: Args, _request: Request) -> list[Rec]:
    found: list[Rec] = source.get("companies", [])
    return found


@field("CompanyContact", "company")
def company_of(source: Rec, _args: Args, request: Request) -> Rec:
    """Kept as its number, or as it was told."""
    held = source["company"]
    return held if isinstance(held, dict) else request.store.get("Company", held)
