"""Webhooks: verifying a delivery and saying what it is about.

Only the body is signed. Whoever holds an old delivery can send it again under other headers, so it
is believed for a day only, for this shop only, and for its own topic only.
Source: shopify.dev/docs/apps/build/webhooks/verify-deliveries
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ...endpoint import Event
from ...errors import Refused
from ...values import loads
from .scalars import moment
from .topics import TOPICS, Topic, named

_SIGNATURES = ("x-shopify-hmac-sha256", "shopify-hmac-sha256")
#: Shopify tries for four hours; an older delivery is somebody's recording.
_OLDEST, _AHEAD = timedelta(days=1), timedelta(minutes=10)


def events(
    headers: Mapping[str, str], body: bytes, secret: str, now: datetime, shop: str = ""
) -> list[Event]:
    """The events of one delivery, one an entity. Raises `Refused` unless its signature is right,
    and for one that is too old or another shop's.

    Topics that no entity has give none.
    """
    names = {name.lower(): value for name, value in headers.items()}
    _verify(names, body, secret)
    topic = named(_header(names, "topic"))
    about = TOPICS.get(topic)
    if about is None:
        return []
    occurred = _occurred(names, now)
    fields = _parsed(body)
    _of_this_shop(names, fields, shop)
    id_ = _delivery(names, topic, body)
    return [event for each in about for event in _event(each, topic, fields, id_, occurred)]


def _event(
    about: Topic, topic: str, fields: Mapping[str, Any], id_: str, occurred: datetime | None
) -> list[Event]:
    ids = list(about.ids(fields))
    strange = any(name not in fields for name in about.needs) or any(
        name in fields for name in about.lacks
    )
    if strange or not (ids or about.of_all):
        return []
    first = TOPICS[topic][0] is about
    own = id_ if first else f"{id_}/{about.entity}"
    return [Event(own, about.entity, ids, topic, about.deleted, occurred, about.matter)]


def _delivery(names: Mapping[str, str], topic: str, body: bytes) -> str:
    """The id that a repeated delivery has again. An event's id is shared by all its topics."""
    event = _header(names, "event-id")
    told = _header(names, "webhook-id") or (event and f"{event}:{topic}")
    return told or hashlib.sha256(topic.encode() + body).hexdigest()


def _header(names: Mapping[str, str], name: str) -> str:
    return names.get(f"x-shopify-{name}") or names.get(f"shopify-{name}") or ""


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        fields = loads(body)
    except ValueError as error:
        raise Refused("The webhook's body is no JSON.", remedy="Nothing: it is ignored.") from error
    return fields if isinstance(fields, Mapping) else {}


def _occurred(names: Mapping[str, str], now: datetime) -> datetime | None:
    occurred = moment(_header(names, "triggered-at"))
    if not isinstance(occurred, datetime):
        return None
    if not now - _OLDEST <= occurred <= now + _AHEAD:
        raise Refused(
            f"The webhook is of {occurred:%Y-%m-%d %H:%M} UTC, which is too far from now.",
            field="x-shopify-triggered-at",
            remedy="Nothing, if it is old: the next run finds what it was about. Else check this "
            "server's clock.",
        )
    return occurred


def _of_this_shop(names: Mapping[str, str], fields: Mapping[str, Any], shop: str) -> None:
    told = (
        _header(names, "shop-domain"),
        fields.get("shop_domain"),
        fields.get("myshopify_domain"),
    )
    if shop and any(isinstance(one, str) and one and one.lower() != shop for one in told):
        raise Refused(
            "The webhook is another shop's.",
            field="x-shopify-shop-domain",
            remedy="Let each shop deliver to its own connector's address.",
        )


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
