"""Webhook subscriptions: created, changed and removed; the demo shop sends none by itself."""

from __future__ import annotations

from ..errors import user_error
from ..fields import Args, mutation
from ..ids import number
from ..request import Request
from ..store import Rec

FIELDS = ("uri", "format", "filter", "includeFields", "metafieldNamespaces", "name")
GONE = "Webhook subscription does not exist"


def _uri_error(uri: str | None, topic: str, own: Rec | None, request: Request) -> Rec | None:
    path = ["webhookSubscription", "uri"]
    if not uri:
        return user_error(path, "Address can't be blank", "BLANK")
    if not uri.startswith(("https://", "pubsub://", "arn:")):
        protocol = uri.split("://")[0]
        return user_error(path, f"Address protocol {protocol}:// is not supported", "INVALID")
    for other in request.store.tables["WebhookSubscription"].values():
        if other is not own and (other["uri"], other["topic"]) == (uri, topic):
            return user_error(path, "Address for this topic has already been taken", "TAKEN")
    return None


def _values(given: Args) -> Rec:
    made = {name: given[name] for name in FIELDS if given.get(name) is not None}
    if given.get("callbackUrl"):
        made["uri"] = given["callbackUrl"]
    return made


@mutation("webhookSubscriptionCreate", "webhookSubscription", "userErrors")
def create(args: Args, request: Request) -> Rec:
    values, topic = _values(args["webhookSubscription"]), args["topic"]
    error = _uri_error(values.get("uri"), topic, None, request)
    if error:
        return {"webhookSubscription": None, "userErrors": [error]}
    base: Rec = {"format": "JSON", "filter": None, "includeFields": [], "metafieldNamespaces": []}
    made = request.store.add(
        "WebhookSubscription", {**base, "name": None, "topic": topic, **values}
    )
    return {"webhookSubscription": made, "userErrors": []}


@mutation("webhookSubscriptionUpdate", "webhookSubscription", "userErrors")
def update(args: Args, request: Request) -> Rec:
    found = request.store.find("WebhookSubscription", args["id"])
    if found is None:
        error = user_error(["id"], GONE, "NOT_FOUND")
        return {"webhookSubscription": None, "userErrors": [error]}
    values = {**found, **_values(args["webhookSubscription"])}
    error_ = _uri_error(values["uri"], found["topic"], found, request)
    if not error_:
        found.update(values)
        request.store.touch(found)
    return {"webhookSubscription": found, "userErrors": [error_] if error_ else []}


@mutation("webhookSubscriptionDelete", "deletedWebhookSubscriptionId", "userErrors")
def delete(args: Args, request: Request) -> Rec:
    if request.store.find("WebhookSubscription", args["id"]) is None:
        error = user_error(["id"], GONE, "NOT_FOUND")
        return {"deletedWebhookSubscriptionId": None, "userErrors": [error]}
    request.store.remove("WebhookSubscription", number(args["id"]))
    return {"deletedWebhookSubscriptionId": args["id"], "userErrors": []}
