"""Customers: one account an e-mail, no filter by time, only force deletes."""

from __future__ import annotations

import re
from typing import Any

from . import meta
from .errors import ApiError, no_trash
from .links import links
from .listing import included, ordered
from .request import Request
from .store import Row
from .texts import stripped
from .times import pair, whole

ADDRESS = (
    "first_name",
    "last_name",
    "company",
    "address_1",
    "address_2",
    "city",
    "postcode",
    "country",
    "state",
)
BILLING = (*ADDRESS, "email", "phone")
SHIPPING = (*ADDRESS, "phone")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def create(shop: Any, data: dict[str, Any]) -> Row:
    now = whole(shop.now())
    row: Row = {
        "id": None,
        "created": now,
        "modified": now,
        "email": "",
        "first_name": "",
        "last_name": "",
        "role": "customer",
        "username": "",
        "billing": dict.fromkeys(BILLING, ""),
        "shipping": dict.fromkeys(SHIPPING, ""),
        "meta": [],
    }
    _check_email(shop, row, data.get("email", ""))
    if not data.get("password"):
        raise ApiError(
            400, "registration-error-missing-password", "Please enter an account password."
        )
    _apply(shop, row, data)
    row["username"] = row["username"] or row["email"].partition("@")[0]
    shop.store.add("customers", "users", row)
    shop.fire("customer.created", row["id"])
    return row


def update(shop: Any, row: Row, data: dict[str, Any]) -> Row:
    if "email" in data:
        _check_email(shop, row, data["email"])
    _apply(shop, row, data)
    row["modified"] = whole(shop.now())
    shop.fire("customer.updated", row["id"])
    return row


def _check_email(shop: Any, row: Row, email: Any) -> None:
    if not _EMAIL.fullmatch(str(email)):
        raise ApiError(
            400, "registration-error-invalid-email", "Please provide a valid email address."
        )
    for other in shop.store.rows("customers"):
        if other is not row and other["email"].casefold() == str(email).casefold():
            raise ApiError(
                400,
                "registration-error-email-exists",
                "An account is already registered with your email address.",
            )


def _apply(shop: Any, row: Row, data: dict[str, Any]) -> None:
    for name in ("email", "first_name", "last_name", "username"):
        if name in data:
            row[name] = stripped(data[name])
    for side, names in (("billing", BILLING), ("shipping", SHIPPING)):
        for name, value in (data.get(side) or {}).items():
            if name in names:
                row[side][name] = stripped(value)
    if "meta_data" in data:
        meta.merge(shop.store, row, data["meta_data"])


def delete(shop: Any, row: Row, force: bool) -> Row:
    """The customer's orders become a guest's, without their date being touched."""
    if not force:
        raise no_trash("Customers")
    del shop.store.tables["customers"][row["id"]]
    for order in shop.store.rows("orders"):
        if order["customer"] == row["id"]:
            order["customer"] = 0
    shop.fire("customer.deleted", row["id"])
    return row


def listed(shop: Any, request: Request) -> list[Row]:
    rows = included(shop.store.rows("customers"), request)
    role = request.params.get("role", "customer")
    rows = [row for row in rows if role in ("all", row["role"])]
    if "email" in request.params:
        wanted = request.params["email"].casefold()
        rows = [row for row in rows if row["email"].casefold() == wanted]
    keys = {
        "id": lambda row: row["id"],
        "name": lambda row: row["username"],
        "registered_date": lambda row: row["created"],
    }
    return ordered(rows, request, keys, "name")


def shown(shop: Any, row: Row) -> dict[str, Any]:
    offset = shop.settings.utc_offset
    return {
        "id": row["id"],
        **pair("date_created", row["created"], offset),
        **pair("date_modified", row["modified"], offset),
        "email": row["email"],
        "first_name": row["first_name"],
        "last_name": row["last_name"],
        "role": row["role"],
        "username": row["username"],
        "billing": dict(row["billing"]),
        "shipping": dict(row["shipping"]),
        "is_paying_customer": False,
        "avatar_url": "https://secure.gravatar.com/avatar/0?s=96&d=mm&r=g",
        "meta_data": meta.shown(row),
        "_links": links(shop.settings, "customers", row["id"]),
    }
