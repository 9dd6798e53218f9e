"""What `check` finds: whether the token works, what it may do, whose shop it is, and its clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ...clock import Clock
from ...endpoint import Health
from ...errors import RetryLater, StopRun
from ..health import skewed
from .client import API_VERSION, Client, Reply
from .documents import SHOP
from .price_lists import price_lists
from .scopes import Scopes, granted, missing
from .search import locations
from .translations import languages

T = TypeVar("T")
_NONE: Mapping[str, tuple[str, ...]] = {}


def check(
    client: Client, scopes: Scopes, clock: Clock, also: Mapping[str, tuple[str, ...]] = _NONE
) -> Health:
    """`also`: scope → what it is for, besides what everybody needs. Raises StopRun when the shop
    refuses the credentials."""
    reply = client.send(SHOP, {})
    skew = (reply.date - clock.now()).total_seconds() if reply.date else 0.0
    held, shop = scopes.held(), _shop(reply)
    lacks = missing(held, also) if held is not None else {}
    places, refused = _asked(locations, client)
    lists, hidden = _asked(price_lists, client)
    problems = [
        *_version(reply),
        *skewed(skew, "this server"),
        *_scope_problems(held, lacks),
        *refused,
        *hidden,
    ]
    return Health(
        ok=not problems,
        version=reply.version or API_VERSION,
        account=f"{shop.get('name')} ({shop.get('myshopifyDomain')})" if shop else "",
        system=str(shop.get("id") or ""),
        currency=str(shop.get("currencyCode") or ""),
        time_zone=str(shop.get("ianaTimezone") or ""),
        problems=problems,
        missing=sorted(lacks),
        granted=granted(held or ()),
        offered=scopes.offered(),
        hidden=sorted({f for fields in lacks.values() for f in fields if " " not in f}),
        clock_skew=skew,
        locations=places,
        price_lists=lists,
        languages=languages(client, scopes),
    )


def _shop(reply: Reply) -> Mapping[str, Any]:
    shop: Any = reply.data.get("shop")
    return shop if isinstance(shop, Mapping) else {}


def _version(reply: Reply) -> list[str]:
    if reply.version in ("", API_VERSION):
        return []
    return [
        f"Shopify answers with API version {reply.version} instead of {API_VERSION}. "
        "Remedy: update this module."
    ]


def _scope_problems(held: frozenset[str] | None, lacks: Mapping[str, tuple[str, ...]]) -> list[str]:
    if held is None:
        return []
    found = []
    for scope, effects in sorted(lacks.items()):
        name = scope.replace("|", " or ")
        found.append(
            f"Scope {name} is missing: {', '.join(effects)} can't be used. "
            "Remedy: grant it to the app in the Dev Dashboard, or leave these out of the sync."
        )
    if "read_orders" in held and "read_all_orders" not in held:
        found.append(
            "Scope read_all_orders is missing: orders older than 60 days are not shown by Shopify. "
            "Remedy: request it for the app in the Dev Dashboard if older orders matter."
        )
    return found


def _asked(ask: Callable[[Client], dict[str, T]], client: Client) -> tuple[dict[str, T], list[str]]:
    """What the shop lists, or why it does not: that is no end of the check."""
    try:
        return ask(client), []
    except RetryLater:
        raise
    except StopRun as error:
        return {}, [str(error)]
