"""Webhooks: verifying a delivery, saying what it is about, and keeping subscriptions alive.

The body is the topic's REST resource.
Source: shopify.dev/docs/apps/build/webhooks/verify-deliveries
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ...endpoint import Event, Subscription
from ...errors import Refused
from ...values import loads
from .client import Client
from .documents import WEBHOOK_CREATE, WEBHOOK_UPDATE, WEBHOOKS, Document
from .scalars import gid, moment
from .writes.user_errors import refusal, user_errors

_SIGNATURES = ("x-shopify-hmac-sha256", "shopify-hmac-sha256")


@dataclass(frozen=True, slots=True)
class Topic:
    """What a topic is about: the entity, and the gid's kind of the body's `id`."""

    entity: str
    kind: str
    deleted: bool = False


TOPICS: Mapping[str, Topic] = {
    "collections/create": Topic("category", "Collection"),
    "collections/update": Topic("category", "Collection"),
    "collections/delete": Topic("category", "Collection", deleted=True),
    "products/create": Topic("product", "Product"),
    "products/update": Topic("product", "Product"),
    "products/delete": Topic("product", "Product", deleted=True),
    "customers/create": Topic("customer", "Customer"),
    "customers/update": Topic("customer", "Customer"),
    "customers/delete": Topic("customer", "Customer", deleted=True),
    "orders/create": Topic("order", "Order"),
    "orders/updated": Topic("order", "Order"),
    "orders/delete": Topic("order", "Order", deleted=True),
    "inventory_levels/connect": Topic("stock", ""),
    "inventory_levels/update": Topic("stock", ""),
    "inventory_levels/disconnect": Topic("stock", "", deleted=True),
}


def events(headers: Mapping[str, str], body: bytes, secret: str) -> list[Event]:
    """The events of one delivery. Raises `Refused` unless its signature is right.

    Topics that no entity has give none. A level has no gid in the body: it is named
    «item gid|location gid», which `fetch` understands.
    """
    names = {name.lower(): value for name, value in headers.items()}
    _verify(names, body, secret)
    topic = _header(names, "topic").lower().replace("_delete", "/delete")
    about = TOPICS.get(topic)
    if about is None:
        return []
    try:
        fields = loads(body)
    except ValueError as error:
        raise Refused("The webhook's body is no JSON.", remedy="Nothing: it is ignored.") from error
    ids = _ids(about, fields)
    if not ids:
        return []
    occurred = moment(_header(names, "triggered-at"))
    event_id = _header(names, "webhook-id") or _header(names, "event-id")
    return [
        Event(
            event_id or hashlib.sha256(topic.encode() + body).hexdigest(),
            about.entity,
            ids,
            topic,
            about.deleted,
            occurred if isinstance(occurred, datetime) else None,
        )
    ]


def _header(names: Mapping[str, str], name: str) -> str:
    return names.get(f"x-shopify-{name}") or names.get(f"shopify-{name}") or ""


def _verify(names: Mapping[str, str], body: bytes, secret: str) -> None:
    if not secret:
        raise Refused(
            "Webhooks can't be verified without the app's client secret.",
            field="client_secret",
            remedy="Enter the client secret in the connection.",
        )
    mac = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    wanted = base64.b64encode(mac)
    given = next((names[name] for name in _SIGNATURES if names.get(name)), "")
    if not hmac.compare_digest(wanted, given.strip().encode("utf-8", "replace")):
        raise Refused(
            "The webhook's signature is missing or wrong.",
            remedy="If it comes from your shop, check the connection's client secret.",
        )


def _ids(about: Topic, fields: Any) -> list[str]:
    if not isinstance(fields, Mapping):
        return []
    if about.entity == "stock":
        item, location = fields.get("inventory_item_id"), fields.get("location_id")
        if item is None or location is None:
            return []
        return [f"{gid('InventoryItem', item)}|{gid('Location', location)}"]
    known = fields.get("admin_graphql_api_id")
    if isinstance(known, str) and known.startswith("gid://"):
        return [known]
    return [gid(about.kind, fields["id"])] if fields.get("id") is not None else []


# -- subscriptions -----------------------------------------------------------------------------


def subscribe(client: Client, url: str) -> list[Subscription]:
    """Make every topic deliver to `url`: create what is missing, repair what delivers in XML."""
    held = _held(client)
    found = []
    for topic in TOPICS:
        name = topic.upper().replace("/", "_")
        ours = next((h for h in held if h.get("topic") == name and h.get("uri") == url), None)
        if ours is None:
            variables = {"topic": name, "input": {"uri": url, "format": "JSON"}}
            ours = _made(client, WEBHOOK_CREATE, variables)
        elif ours.get("format") != "JSON":
            variables = {"id": ours["id"], "input": {"uri": url, "format": "JSON"}}
            ours = _made(client, WEBHOOK_UPDATE, variables)
        found.append(Subscription(str(ours.get("id")), topic, str(ours.get("uri"))))
    return found


def _held(client: Client) -> list[Mapping[str, Any]]:
    held: list[Mapping[str, Any]] = []
    after: str | None = None
    while True:
        page = client.send(WEBHOOKS, {"after": after}).data.get("webhookSubscriptions") or {}
        held += [node for node in page.get("nodes") or () if isinstance(node, Mapping)]
        info = page.get("pageInfo") or {}
        if not info.get("hasNextPage"):
            return held
        after = info.get("endCursor")


def _made(client: Client, document: Document, variables: Mapping[str, Any]) -> Mapping[str, Any]:
    # Creating one twice is refused by the shop («address already taken»): repeating does no harm.
    reply = client.send(document, variables, repeatable=True)
    if "m0" in reply.failed:
        raise reply.failed["m0"]
    payload = reply.data.get("m0")
    errors = user_errors(payload)
    made = payload.get("webhookSubscription") if isinstance(payload, Mapping) else None
    if errors:
        raise refusal(errors, variables)
    if not isinstance(made, Mapping):
        raise Refused("Shopify answered without the subscription.", remedy="Try again.")
    return made
