"""Signing requests: basic auth over https, OAuth 1.0a over http, or the keys in the query.

Each try is signed anew, below the session's retries: a nonce is taken once only. What the session
logs has no signature in it.
Source: woocommerce.github.io/woocommerce-rest-api-docs (authentication); RFC 5849, 3.4
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Literal
from urllib.parse import parse_qsl, quote, urlsplit

from ...clock import Clock
from ...http import Response, Timeout, Transport

Method = Literal["basic", "oauth", "query"]


class SignedTransport:
    """A transport that adds one shop's keys to each request."""

    def __init__(
        self, transport: Transport, key: str, secret: str, method: Method, clock: Clock
    ) -> None:
        self._transport = transport
        self._key = key
        self._secret = secret
        self._method = method
        self._clock = clock

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: Timeout,
    ) -> Response:
        if self._method == "query":
            url = _with_keys(url, self._key, self._secret)
            return self._transport.send(method, url, headers, body, timeout)
        signed = {**headers, "authorization": self._authorization(method, url)}
        return self._transport.send(method, url, signed, body, timeout)

    def _authorization(self, method: str, url: str) -> str:
        if self._method == "basic":
            pair = f"{self._key}:{self._secret}".encode()
            return f"Basic {base64.b64encode(pair).decode()}"
        nonce = self._clock.key().replace("-", "")
        timestamp = int(self._clock.now().timestamp())
        fields = oauth_fields(method, url, self._key, self._secret, nonce, timestamp)
        pairs = ", ".join(f'{name}="{_encoded(value)}"' for name, value in fields.items())
        return f"OAuth {pairs}"


def oauth_fields(
    method: str, url: str, key: str, secret: str, nonce: str, timestamp: int
) -> dict[str, str]:
    """The `oauth_*` parameters of a request, with its HMAC-SHA256 signature."""
    fields = {
        "oauth_consumer_key": key,
        "oauth_nonce": nonce,
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(timestamp),
    }
    text = base_string(method, url, fields)
    # One-legged: there is no token, so the key ends with the separator.
    mac = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha256).digest()
    return {**fields, "oauth_signature": base64.b64encode(mac).decode()}


def base_string(method: str, url: str, fields: Mapping[str, str]) -> str:
    """What is signed: method, address without its query, and all parameters in order of names."""
    parts = urlsplit(url)
    address = f"{parts.scheme}://{parts.netloc}{parts.path}"
    given = parse_qsl(parts.query, keep_blank_values=True)
    pairs = sorted((_encoded(n), _encoded(v)) for n, v in [*given, *fields.items()])
    joined = "&".join(f"{name}={value}" for name, value in pairs)
    return "&".join((method.upper(), _encoded(address), _encoded(joined)))


def _encoded(text: str) -> str:
    return quote(text, safe="~")


def _with_keys(url: str, key: str, secret: str) -> str:
    joint = "&" if urlsplit(url).query else "?"
    return f"{url}{joint}consumer_key={_encoded(key)}&consumer_secret={_encoded(secret)}"
