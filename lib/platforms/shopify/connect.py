"""Opens a connection to a shop: address, token, session."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ...clock import Clock, SystemClock
from ...errors import StopRun
from ...http import HttpSession, RequestsTransport, Trace, Transport
from ...redact import Redactor
from ..platform import SecretCache
from .auth import Auth, ClientCredentials, StaticToken
from .client import Client
from .endpoint import ShopifyEndpoint

_SHOP = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com")
_ADMIN = re.compile(r"admin\.shopify\.com/store/([a-z0-9-]+)")


def connect(
    credentials: Mapping[str, str],
    settings: Mapping[str, Any],
    clock: Clock | None = None,
    transport: Transport | None = None,
    trace: Trace | None = None,
    cache: SecretCache | None = None,
) -> ShopifyEndpoint:
    """The endpoint of a shop; nothing is sent yet. Raises StopRun naming what is wrong."""
    given = {name: (value or "").strip() for name, value in credentials.items()}
    clock = clock or SystemClock()
    base_url = _base_url(str(settings.get("base_url") or "").strip(), given.get("shop", ""))
    redactor = Redactor([given.get("access_token", ""), given.get("client_secret", "")])
    http = HttpSession(transport or RequestsTransport(), clock, redactor=redactor, trace=trace)
    auth = _auth(given, http, base_url, clock, cache)
    client = Client(http, base_url, auth, clock)
    shop = given.get("shop", "")
    return ShopifyEndpoint(
        client,
        http,
        clock,
        webhook_secret=given.get("client_secret", ""),
        shop=shop_domain(shop) if shop else "",
        bulk_above=_whole(settings.get("bulk_above")),
        base_url=base_url,
        price_lists=settings.get("price_lists"),
        locales=settings.get("locales") or (),
        returns=bool(settings.get("returns")),
    )


def _whole(value: Any) -> int:
    """A setting that is a number of 0 or more; empty is 0."""
    text = str(value or "").strip()
    if text.isdigit() or not text:
        return int(text or 0)
    raise StopRun(
        "The number from which on bulk operations are used is no whole number.",
        field="bulk_above",
        value=value,
        remedy="Enter a number like 5000, or 0 for never.",
    )


def _auth(
    given: Mapping[str, str],
    http: HttpSession,
    base_url: str,
    clock: Clock,
    cache: SecretCache | None,
) -> Auth:
    token, id_, secret = (given.get(n, "") for n in ("access_token", "client_id", "client_secret"))
    for name, value in (("access_token", token), ("client_id", id_), ("client_secret", secret)):
        if any(not 33 <= ord(character) <= 126 for character in value):
            raise StopRun(
                f"The {name.replace('_', ' ')} holds characters that no such value has.",
                field=name,
                remedy="Copy it again, without spaces or quotes.",
            )
    if token:
        return StaticToken(token)
    if id_ and secret:
        return ClientCredentials(http, base_url, id_, secret, clock, cache)
    raise _missing(id_, secret)


def _missing(id_: str, secret: str) -> StopRun:
    if id_:
        field, lack = "client_secret", "no client secret for its client ID"
    elif secret:
        field, lack = "client_id", "no client ID for its client secret"
    else:
        field, lack = "access_token", "no access token and no client ID with its secret"
    return StopRun(
        f"The connection has {lack}.",
        field=field,
        remedy="Enter an Admin API access token, or client ID and client secret of the app. "
        "Secrets are forgotten when the address or the client ID is changed.",
    )


def _base_url(override: str, shop: str) -> str:
    if override:
        return _override(override)
    return f"https://{shop_domain(shop)}"


def shop_domain(text: str) -> str:
    """`example.myshopify.com` from what people paste: a name, an address, an admin link."""
    if not text.strip():
        raise StopRun(
            "The shop address is empty.",
            cause="credentials",
            field="shop",
            remedy="Enter it as example.myshopify.com.",
        )
    bare = text.strip().lower().removeprefix("https://").removeprefix("http://")
    admin = _ADMIN.match(bare)
    name = admin[1] if admin else bare.split("/", 1)[0]
    domain = name if "." in name or not name else f"{name}.myshopify.com"
    if not _SHOP.fullmatch(domain):
        raise StopRun(
            "The shop address is not one of Shopify's.",
            field="shop",
            value=text,
            remedy="Enter the permanent address, like example.myshopify.com "
            "(Shopify admin → Settings → Domains). The address of a demo shop or a proxy goes into "
            "«Address to call instead», with any such name here.",
        )
    return domain


def _override(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    secure = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))
    if not host or not secure or parts.username or parts.query or parts.fragment:
        raise StopRun(
            "The address to call instead is not an https address (http only on this machine).",
            field="base_url",
            remedy="Enter it like https://proxy.example.com or http://127.0.0.1:8080.",
        )
    place = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{place}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
