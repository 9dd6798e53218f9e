"""Webhooks: made, switched off after failures, and delivered later, once each.

Deliveries wait in a queue as the shop's cron would find them; `deliver` is the cron. Several
changes of one record before it runs are one delivery, whose body is made then.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from .errors import ApiError, no_trash
from .links import links
from .listing import included, ordered
from .request import Request
from .store import Row
from .times import pair, whole

#: Posts headers and body to an address; the status of the answer, or None without one.
Send = Callable[[str, Mapping[str, str], bytes], "int | None"]
_FAILURES = 5


def create(shop: Any, data: dict[str, Any]) -> Row:
    topic = str(data.get("topic") or "")
    resource, _, event = topic.partition(".")
    if resource not in ("product", "order", "customer", "coupon", "action") or not event:
        raise ApiError(
            400, "woocommerce_rest_invalid_webhook_topic", "Webhook topic must be valid."
        )
    if not str(data.get("delivery_url") or "").startswith("http"):
        raise ApiError(
            400,
            "woocommerce_rest_invalid_webhook_delivery_url",
            "Webhook delivery URL must be a valid URL starting with http:// or https://.",
        )
    row: Row = {
        "name": data.get("name") or f"Webhook {topic}",
        "status": "active",
        "topic": topic,
        "url": data["delivery_url"],
        "secret": data.get("secret") or "default",
        "created": whole(shop.now()),
        "modified": None,
        "failures": 0,
    }
    shop.store.add("webhooks", "webhooks", row)
    shop.queue.append(("ping", row["id"]))
    return row


def update(shop: Any, row: Row, data: dict[str, Any]) -> Row:
    for name, column in (("name", "name"), ("status", "status"), ("delivery_url", "url")):
        if name in data:
            row[column] = data[name]
    if data.get("secret"):
        row["secret"] = data["secret"]
    if data.get("status") == "active":
        row["failures"] = 0
    row["modified"] = whole(shop.now())
    return row


def delete(shop: Any, row: Row, force: bool) -> Row:
    if not force:
        raise no_trash("Webhooks")
    del shop.store.tables["webhooks"][row["id"]]
    return row


def listed(shop: Any, request: Request) -> list[Row]:
    rows = included(shop.store.rows("webhooks"), request)
    status = request.params.get("status", "all")
    rows = [row for row in rows if status in ("all", row["status"])]
    keys = {
        "date": lambda row: row["created"],
        "id": lambda row: row["id"],
        "title": lambda row: row["name"],
    }
    return ordered(rows, request, keys, "date")


def shown(shop: Any, row: Row) -> dict[str, Any]:
    """The secret is never told."""
    resource, _, event = row["topic"].partition(".")
    offset = shop.settings.utc_offset
    return {
        "id": row["id"],
        "name": row["name"],
        "status": row["status"],
        "topic": row["topic"],
        "resource": resource,
        "event": event,
        "hooks": [f"woocommerce_{event}_{resource}"],
        "delivery_url": row["url"],
        **pair("date_created", row["created"], offset),
        **pair("date_modified", row["modified"], offset),
        "_links": links(shop.settings, "webhooks", row["id"]),
    }


def fire(shop: Any, topic: str, id_: int) -> None:
    if (topic, id_) not in shop.queue:
        shop.queue.append((topic, id_))


def deliver(shop: Any, send: Send) -> int:
    """Run the queue as the shop's cron does; how many deliveries were tried."""
    queue, shop.queue = shop.queue, []
    tried = 0
    for topic, id_ in queue:
        for row in shop.store.rows("webhooks"):
            if topic == "ping" and row["id"] == id_:
                send(
                    row["url"],
                    {"Content-Type": "application/x-www-form-urlencoded"},
                    f"webhook_id={id_}".encode(),
                )
            elif row["topic"] == topic and row["status"] == "active":
                tried += 1
                _deliver_one(shop, row, id_, send)
    return tried


def _deliver_one(shop: Any, row: Row, id_: int, send: Send) -> None:
    """There is no second try. A redirect is not followed, and counts as success."""
    body = json.dumps(_body(shop, row["topic"], id_), ensure_ascii=False).encode()
    status = send(row["url"], headers(shop, row, body), body)
    if status is not None and 200 <= status <= 302:
        row["failures"] = 0
        return
    row["failures"] += 1
    if row["failures"] > _FAILURES:
        row["status"] = "disabled"


def headers(shop: Any, row: Row, body: bytes) -> dict[str, str]:
    mac = hmac.new(row["secret"].encode(), body, hashlib.sha256).digest()
    resource, _, event = row["topic"].partition(".")
    settings = shop.settings
    agent = f"WooCommerce/{settings.version} Hookshot (WordPress/{settings.wordpress})"
    return {
        "User-Agent": agent,
        "Content-Type": "application/json",
        "X-WC-Webhook-Source": f"{settings.url}/",
        "X-WC-Webhook-Topic": row["topic"],
        "X-WC-Webhook-Resource": resource,
        "X-WC-Webhook-Event": event,
        "X-WC-Webhook-Signature": base64.b64encode(mac).decode(),
        "X-WC-Webhook-ID": str(row["id"]),
        "X-WC-Webhook-Delivery-ID": f"{shop.store.next('deliveries'):032x}",
    }


def _body(shop: Any, topic: str, id_: int) -> dict[str, Any]:
    """The resource as it is now; of one that is gone only the id. A variation comes in the schema
    of products, and its product is not told."""
    resource, _, event = topic.partition(".")
    if event == "deleted":
        return {"id": id_}
    return shop.resource(resource, id_) or {"id": id_}
