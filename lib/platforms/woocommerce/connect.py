"""Opens a connection to a shop: address, way of signing, session."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ...clock import Clock, SystemClock
from ...errors import StopRun
from ...http import HttpSession, RequestsTransport, Trace, Transport
from ...redact import Redactor
from ..images import ImageReader
from ..platform import SecretCache
from .auth import Method, SignedTransport
from .client import Client
from .endpoint import WooCommerceEndpoint
from .scalars import KILOGRAMS

_METHODS: Mapping[str, Method | None] = {
    "": None,
    "auto": None,
    "basic": "basic",
    "query": "query",
    "oauth": "oauth",
}


def connect(
    credentials: Mapping[str, str],
    settings: Mapping[str, Any],
    clock: Clock | None = None,
    transport: Transport | None = None,
    trace: Trace | None = None,
    cache: SecretCache | None = None,
) -> WooCommerceEndpoint:
    """The endpoint of a shop; nothing is sent yet. Raises StopRun naming what is wrong."""
    given = {name: (value or "").strip() for name, value in credentials.items()}
    clock = clock or SystemClock()
    key, secret = (_key(given, name) for name in ("consumer_key", "consumer_secret"))
    base_url = shop_url(given.get("url", ""), plain_allowed=_is_on(settings.get("allow_http")))
    method = _method(str(settings.get("auth") or ""), base_url)
    wire = transport or RequestsTransport()
    signed = SignedTransport(wire, key, secret, method, clock)
    redactor = Redactor([key, secret])
    unsigned = HttpSession(wire, clock, redactor=redactor, trace=trace)
    client = Client(HttpSession(signed, clock, redactor=redactor, trace=trace), base_url, clock)
    return WooCommerceEndpoint(
        client,
        clock,
        secret=secret,
        weight_unit=_weight_unit(settings),
        with_notes=_is_on(settings.get("order_notes")),
        redactor=redactor,
        images=ImageReader(unsigned, base_url, clock),
    )


def _key(given: Mapping[str, str], name: str) -> str:
    value = given.get(name, "")
    words = name.replace("_", " ")
    if not value:
        raise StopRun(
            f"The connection has no {words}.",
            field=name,
            remedy="Make a key in WooCommerce → Settings → Advanced → REST API and enter both "
            "parts. Secrets are forgotten when the address or the key is changed.",
        )
    if any(not 33 <= ord(character) <= 126 for character in value):
        raise StopRun(
            f"The {words} holds characters that no such value has.",
            field=name,
            remedy="Copy it again, without spaces or quotes.",
        )
    return value


def shop_url(text: str, *, plain_allowed: bool = False) -> str:
    """`https://shop.example.com/path` from what people paste; https where they name no scheme.

    http is taken on this machine only, or where the setting allows it.
    """
    url = text if "://" in text or not text else f"https://{text}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if not host or parts.scheme not in ("http", "https") or parts.username or parts.query:
        raise StopRun(
            "The shop address is no http or https address.",
            field="url",
            value=text,
            remedy="Enter the address of the shop's home page, like https://shop.example.com.",
        )
    if parts.scheme == "http" and not (plain_allowed or _is_loopback(host)):
        raise StopRun(
            "The shop address is http: names and addresses of customers would travel in the clear.",
            field="url",
            value=text,
            remedy="Enter the https address, or say yes under «Allow http».",
        )
    path = parts.path.rstrip("/").removesuffix("/wp-json/wc/v3").removesuffix("/wp-json")
    place = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{place}{f':{port}' if port else ''}{path}"


def _method(wanted: str, base_url: str) -> Method:
    if wanted not in _METHODS:
        raise StopRun(
            f"There is no way of signing in called {wanted!r}.",
            field="auth",
            remedy="Use one of: auto, basic, query, oauth.",
        )
    method = _METHODS[wanted]
    plain = base_url.startswith("http:")
    if plain and method in ("basic", "query"):
        raise StopRun(
            "Over http WooCommerce takes no keys but by OAuth.",
            field="auth",
            remedy="Set «Way of signing in» to auto, or use the https address.",
        )
    return method or ("oauth" if plain else "basic")


def _weight_unit(settings: Mapping[str, Any]) -> str:
    unit = str(settings.get("weight_unit") or "kg")
    if unit not in KILOGRAMS:
        raise StopRun(
            f"{unit!r} is no unit of weight of WooCommerce.",
            field="weight_unit",
            remedy=f"Use one of: {', '.join(KILOGRAMS)}.",
        )
    return unit


def _is_on(value: Any) -> bool:
    """Settings come as what was typed."""
    return str(value or "").strip().lower() in ("1", "true", "yes", "on")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
