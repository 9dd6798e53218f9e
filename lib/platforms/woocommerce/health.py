"""What `check` finds: whether the keys work, what they may do, version, clock and webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ...clock import Clock
from ...endpoint import Health
from ...errors import GatewayError, RetryLater, StopRun
from ..health import skewed
from .client import Client, Row
from .families import PRODUCTS
from .routes import API, NEEDED, Routes
from .search import LOCATIONS
from .webhooks import WEBHOOKS

#: The oldest version that this client was tried with.
_OLDEST = (8, 5)
#: Fields that came with a version.
_SINCE = {
    "product.brands": (9, 6),
    "product.global_unique_id": (9, 2),
    "variant.global_unique_id": (9, 2),
}


def check(client: Client, routes: Routes, clock: Clock) -> Health:
    """Raises StopRun when the shop refuses the credentials, or is no WooCommerce."""
    lacks = {name: path for name, path in NEEDED.items() if not routes.have(path)}
    if "product" not in lacks:
        client.list(PRODUCTS, {"per_page": 1, "_fields": "id"})  # raises where keys are refused
    skew = client.skew or 0.0
    status = _status(client)
    environment = _part(status, "environment")
    version = str(environment.get("version") or "")
    may_write, refused = _may_write(client)
    problems = [
        *(_missing(name, path) for name, path in lacks.items()),
        *_version(version),
        *skewed(skew, "both servers"),
        *refused,
        *_webhooks(client),
    ]
    address = routes.home() or client.address
    return Health(
        ok=not problems,
        version=version,
        account=address,
        system=_system(address),
        currency=str(_part(status, "settings").get("currency") or ""),
        problems=problems,
        missing=[*sorted(lacks.values()), *([] if may_write else ["write"])],
        granted=["read", *(["write"] if may_write else [])],
        hidden=_hidden(version),
        clock_skew=skew,
        locations=dict(LOCATIONS),
    )


def _system(address: str) -> str:
    """Host and folder. Not the shop's own id: a staging copy has the same, and is another shop."""
    parts = urlsplit(address.lower())
    return parts.netloc.removeprefix("www.") + parts.path.rstrip("/")


def _status(client: Client) -> Any:
    """Version and addresses; a key whose owner is no shop manager may not ask."""
    try:
        return client.get(f"{API}/system_status", {"_fields": "environment,settings"})
    except RetryLater:
        raise
    except GatewayError:
        return {}


def _part(status: Any, name: str) -> Mapping[str, Any]:
    part = status.get(name) if isinstance(status, Mapping) else None
    return part if isinstance(part, Mapping) else {}


def _may_write(client: Client) -> tuple[bool, list[str]]:
    """An empty batch changes nothing, and is refused to a key that may only read."""
    try:
        client.post(f"{PRODUCTS}/batch", {}, repeatable=True)
    except StopRun as error:
        return False, [f"The key may not write: {error.message} Remedy: {error.remedy}"]
    return True, []


def _missing(name: str, path: str) -> str:
    return (
        f"The shop has no route {API}/{path}: {name} can't be synced. "
        "Remedy: check that WooCommerce is active, and no plugin switches its REST API off."
    )


def _number(version: str) -> tuple[int, int] | None:
    parts = version.split(".")
    if len(parts) < 2 or not all(part.isdigit() for part in parts[:2]):
        return None
    return int(parts[0]), int(parts[1])


def _hidden(version: str) -> list[str]:
    """Fields that the shop's version does not have yet."""
    number = _number(version) or (99, 0)
    return sorted(name for name, since in _SINCE.items() if number < since)


def _version(version: str) -> list[str]:
    number = _number(version)
    if number is None or number >= _OLDEST:
        return []
    return [
        f"WooCommerce {version} is older than 8.5, with which this module was never tried. "
        "Remedy: update WooCommerce."
    ]


def _webhooks(client: Client) -> list[str]:
    """Webhooks that the shop has switched off, as it does after six failures in a row."""
    try:
        found = client.list(WEBHOOKS, {"per_page": 100, "status": "disabled"}).rows
    except RetryLater:
        raise
    except GatewayError:
        return []
    return [_disabled(row) for row in found if row.get("status") == "disabled"]


def _disabled(row: Row) -> str:
    host = urlsplit(str(row.get("delivery_url") or "")).hostname  # the rest of it is secret
    return (
        f"The shop has disabled the webhook «{row.get('topic')}» to {host or 'nowhere'}: "
        "what happens is found later, by polling. Remedy: subscribe again, and check that the shop "
        "can reach that address."
    )
