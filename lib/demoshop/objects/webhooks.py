"""Webhook subscriptions as they are read."""

from __future__ import annotations

from typing import Any

from ..fields import Args, field, stored
from ..official import VERSION
from ..request import Request
from ..store import Rec

stored(
    "WebhookSubscription",
    "id topic uri format filter includeFields metafieldNamespaces name createdAt updatedAt",
)


@field("WebhookSubscription", "callbackUrl")
def callback_url(source: Rec, _args: Args, _request: Request) -> str:
    uri: str = source["uri"]
    return uri


@field("WebhookSubscription", "apiVersion")
def api_version(_source: Any, _args: Args, _request: Request) -> Rec:
    return {"handle": VERSION, "displayName": VERSION, "supported": True}
