"""Companies that buy in the shop, with their locations: nodes of an answer → flat fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .scalars import moment
from .shapes import Fields, Node, copied, nodes


def company(node: Node) -> Fields:
    """A company. Shopify keeps what an invoice needs at its locations: the first one, which came
    with the company, is the `mainLocation`, and tells the tax number, the phone and the `address`
    (the one for bills, else the one for goods). `locations` are all of them, that one too."""
    fields = {
        **copied(node, ("id", "name", "externalId", "note")),
        **copied(node, ("createdAt", "updatedAt"), moment),
    }
    if "locations" in node:
        found = [_location(item) for item in nodes(node["locations"])]
        main = found[0] if found else {}
        fields["locations"] = found
        fields["mainLocation"] = main or None
        if not main or "taxRegistrationId" in main:
            fields["taxRegistrationId"] = main.get("taxRegistrationId")
        fields["address"] = main.get("billingAddress") or main.get("shippingAddress")
        fields["phone"] = main.get("phone") or (fields["address"] or {}).get("phone")
    return fields


def _location(node: Node) -> Fields:
    """`address` is where its goods go: the one for goods, else the one for bills."""
    fields = copied(node, ("id", "name", "externalId", "phone"))
    if isinstance(node.get("taxSettings"), Mapping):
        fields["taxRegistrationId"] = node["taxSettings"].get("taxRegistrationId")
    for name in ("billingAddress", "shippingAddress"):
        fields[name] = _address(node.get(name))
    fields["address"] = fields["shippingAddress"] or fields["billingAddress"]
    return fields


_ADDRESS = ("address1", "address2", "zip", "city", "province", "country", "countryCode", "phone")


def _address(node: Any) -> Fields | None:
    """As those of customers are told."""
    if not isinstance(node, Mapping):
        return None
    fields = copied(node, _ADDRESS)
    for name, source in (
        ("name", "recipient"),
        ("company", "companyName"),
        ("provinceCode", "zoneCode"),
    ):
        if source in node:
            fields[name] = node[source]
    return fields
