"""Webhook subscriptions: made where they are missing, repaired where they would not tell all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...endpoint import Subscription
from ...errors import GatewayError, Refused
from .client import Client
from .documents import WEBHOOK_CREATE, WEBHOOK_DELETE, WEBHOOK_UPDATE, WEBHOOKS, Document
from .paging import Paging
from .topics import SUBSCRIBED, named
from .writes.batches import Batches
from .writes.user_errors import refusal, user_errors


def subscribe(client: Client, url: str) -> list[Subscription]:
    """Make every topic deliver to `url`; what other addresses get is left alone. Shopify takes a
    subscription away after failed deliveries: then it is made again."""
    held = {named(str(each.get("topic"))): each for each in _held(client) if _is(each, url)}
    found = []
    for topic in SUBSCRIBED:
        ours = held.get(topic)
        if ours is None:
            name = topic.upper().replace("/", "_")
            told = _made(client, WEBHOOK_CREATE, {"topic": name, "input": _wanted(url)})
        elif not _whole(ours):
            told = _made(client, WEBHOOK_UPDATE, {"id": ours["id"], "input": _wanted(url)})
        else:
            told = ours
        place = str(told.get("id")), topic, str(told.get("uri"))
        found.append(Subscription(*place, repaired=told is not ours))
    return found


def unsubscribe(client: Client, batches: Batches, url: str) -> int:
    """Remove all that is told to `url`; one that is gone meanwhile is as good as removed."""
    calls = [{"id": each["id"]} for each in _held(client) if _is(each, url)]
    for outcome in batches.run(WEBHOOK_DELETE, calls, repeatable=True):
        if isinstance(outcome, GatewayError):
            raise outcome
        errors = [one for one in user_errors(outcome) if "does not exist" not in one.message]
        if errors:
            raise refusal(errors)
    return len(calls)


def _is(held: Mapping[str, Any], url: str) -> bool:
    return held.get("uri") == url


def _wanted(url: str) -> dict[str, Any]:
    """Whole bodies in JSON, of every record."""
    return {"uri": url, "format": "JSON", "includeFields": [], "filter": ""}


def _whole(held: Mapping[str, Any]) -> bool:
    narrowed = held.get("includeFields") or held.get("filter")
    return held.get("format") == "JSON" and not narrowed


def _held(client: Client) -> list[Mapping[str, Any]]:
    held: list[Mapping[str, Any]] = []
    paging = Paging(WEBHOOKS.name)
    after: str | None = None
    while True:
        page = client.send(WEBHOOKS, {"after": after}).data.get("webhookSubscriptions") or {}
        held += [node for node in page.get("nodes") or () if isinstance(node, Mapping)]
        info = page.get("pageInfo") or {}
        if not info.get("hasNextPage"):
            return held
        after = paging.on(info.get("endCursor"), after)


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
