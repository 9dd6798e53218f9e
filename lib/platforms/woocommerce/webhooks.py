"""Webhooks: verifying a delivery, saying what it is about, and keeping subscriptions alive.

They are hints. The shop sends each once, late, in any order, takes a redirect for success, and
disables a webhook after six failures in a row; deleting for good fires none.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...endpoint import Event, Subscription
from ...errors import Refused
from ...values import loads
from .client import Client, Row
from .listing import MOST, endless
from .routes import API
from .scalars import id_text, moment

WEBHOOKS = f"{API}/webhooks"
#: What a shop posts, unsigned, when a webhook is made.
_PING = re.compile(rb"webhook_id=\d+")


@dataclass(frozen=True, slots=True)
class Topic:
    entity: str
    deleted: bool = False


TOPICS: Mapping[str, Topic] = {
    **{
        f"{entity}.{event}": Topic(entity, event == "deleted")
        for entity in ("product", "order")
        for event in ("created", "updated", "deleted", "restored")
    },
    **{
        f"customer.{event}": Topic("customer", event == "deleted")
        for event in ("created", "updated", "deleted")
    },
}


def secret_of(consumer_secret: str) -> str:
    """The webhooks' own secret, which the shop is told when they are made; no person enters it."""
    return hmac.new(consumer_secret.encode(), b"gateway webhooks", hashlib.sha256).hexdigest()


def events(headers: Mapping[str, str], body: bytes, secret: str) -> list[Event]:
    """The events of one delivery. Raises `Refused` unless its signature is right.

    A ping tells nothing, nor do topics that no entity has. Of a variation its product is told: the
    shop sends the variation alone.
    """
    names = {name.lower(): value for name, value in headers.items()}
    signature = names.get("x-wc-webhook-signature", "")
    if not signature and _PING.fullmatch(body):
        return []
    mac = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    if not hmac.compare_digest(base64.b64encode(mac), signature.strip().encode("utf-8", "replace")):
        raise Refused(
            "The webhook's signature is missing or wrong.",
            remedy="If it comes from your shop, subscribe again: the key was changed since.",
        )
    topic = names.get("x-wc-webhook-topic", "")
    about = TOPICS.get(topic)
    try:
        fields = loads(body)
    except ValueError as error:
        raise Refused("The webhook's body is no JSON.", remedy="Nothing: it is ignored.") from error
    id_ = _id(fields)
    if about is None or id_ is None:
        return []
    # A delivery's id is of the webhook and the second: in a bulk edit many records have the same.
    delivery = names.get("x-wc-webhook-delivery-id", "")
    event_id = hashlib.sha256(f"{delivery} {topic} ".encode() + body).hexdigest()
    return [Event(event_id, about.entity, [id_], topic, about.deleted, _time(fields))]


def _id(fields: Any) -> str | None:
    if not isinstance(fields, Mapping):
        return None
    if fields.get("type") == "variation":
        return id_text(fields.get("parent_id"))
    return id_text(fields.get("id"))


def _time(fields: Mapping[str, Any]) -> Any:
    time = moment(fields.get("date_modified_gmt"))
    return time if hasattr(time, "tzinfo") else None


# -- subscriptions -----------------------------------------------------------------------------


def subscribe(client: Client, url: str, secret: str) -> list[Subscription]:
    """Make every topic deliver to `url`: create what is missing, switch on what is off. The secret
    can't be read, so it is set each time."""
    held = {str(row.get("topic")): row for row in _held(client) if row.get("delivery_url") == url}
    on = {"status": "active", "secret": secret}
    body = {
        "create": [
            {"name": f"Gateway {topic}", "topic": topic, "delivery_url": url, **on}
            for topic in TOPICS
            if topic not in held
        ],
        "update": [{"id": held[topic]["id"], **on} for topic in TOPICS if topic in held],
    }
    answer = client.post(
        f"{WEBHOOKS}/batch", {kind: rows for kind, rows in body.items() if rows}, repeatable=False
    )
    off = {row.get("id") for row in held.values() if row.get("status") != "active"}
    return [
        *(_subscription(row, True) for row in _rows(answer, "create")),
        *(_subscription(row, row.get("id") in off) for row in _rows(answer, "update")),
    ]


def unsubscribe(client: Client, url: str) -> int:
    """Remove all that is told to `url`, for good: a webhook in the trash is none either."""
    ids = [row["id"] for row in _held(client) if row.get("delivery_url") == url]
    for start in range(0, len(ids), MOST):
        part = ids[start : start + MOST]
        answer = client.post(f"{WEBHOOKS}/batch", {"delete": part}, repeatable=True)
        for row in _rows(answer, "delete"):
            _check_removed(row)
    return len(ids)


def _check_removed(row: Row) -> None:
    error = row.get("error")
    if not isinstance(error, Mapping) or "invalid_id" in str(error.get("code")):
        return
    raise Refused(
        f"WooCommerce did not remove a webhook: {error.get('message')}",
        remedy="Remove it under WooCommerce → Settings → Advanced → Webhooks.",
    )


def _held(client: Client) -> Sequence[Row]:
    found: list[Row] = []
    page = 1
    while True:
        query = {"per_page": MOST, "page": page, "orderby": "id", "order": "asc"}
        rows = client.list(WEBHOOKS, query).rows
        if rows and rows == found[-MOST:]:
            raise endless(WEBHOOKS)
        found += rows
        if len(rows) < MOST:
            return found
        page += 1


def _rows(answer: Any, kind: str) -> list[Row]:
    found = answer.get(kind) if isinstance(answer, Mapping) else None
    return [row for row in found or () if isinstance(row, Mapping)]


def _subscription(row: Row, repaired: bool) -> Subscription:
    error = row.get("error")
    if isinstance(error, Mapping):
        raise Refused(
            f"WooCommerce refused a webhook: {error.get('message')}",
            field="delivery_url",
            remedy="Use a public address on port 80, 443 or 8080: the shop blocks others.",
        )
    return Subscription(
        str(row.get("id")),
        str(row.get("topic")),
        str(row.get("delivery_url")),
        row.get("status") == "active",
        repaired,
    )
