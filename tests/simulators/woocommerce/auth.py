"""Who is calling: WooCommerce's keys by basic auth, by query, or by OAuth 1.0a; nothing else."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from .errors import ApiError
from .request import Request
from .settings import Settings

#: Seconds that a timestamp may be off.
_WINDOW = 15 * 60
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_HASHES = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}


class Auth:
    """Remembers nonces: each is good once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._nonces: set[tuple[str, str]] = set()

    def check(self, request: Request, now: datetime) -> None:
        """Raises what WooCommerce answers. Over http keys alone count as no credentials at all."""
        oauth = _oauth_fields(request)
        if oauth:
            self._check_oauth(request, oauth, now)
        elif not request.secure:
            raise _cannot(request)
        else:
            key, secret = _pair(request)
            if key != self._settings.consumer_key:
                raise _cannot(request)
            if secret != self._settings.consumer_secret:
                raise _failed("Consumer secret is invalid.")
        self._check_permission(request)

    def _check_oauth(self, request: Request, fields: Mapping[str, str], now: datetime) -> None:
        if fields.get("oauth_consumer_key") != self._settings.consumer_key:
            raise _failed("Consumer key is invalid.")
        if not self._is_signed(request, fields):
            raise _failed("Invalid signature - provided signature does not match.")
        stamp = fields.get("oauth_timestamp", "")
        if not stamp.isdigit() or abs(now.timestamp() - int(stamp)) > _WINDOW:
            raise _failed("Invalid timestamp.")
        nonce = (stamp, fields.get("oauth_nonce", ""))
        if nonce in self._nonces:
            raise _failed("Invalid nonce - nonce has already been used.")
        self._nonces.add(nonce)

    def _is_signed(self, request: Request, fields: Mapping[str, str]) -> bool:
        algorithm = _HASHES.get(fields.get("oauth_signature_method", ""))
        if algorithm is None:
            return False
        parts = urlsplit(request.url)
        given = [
            (name, value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if not name.startswith("oauth_")
        ]
        own = [(name, value) for name, value in fields.items() if name != "oauth_signature"]
        pairs = sorted((_quoted(n), _quoted(v)) for n, v in [*given, *own])
        joined = "&".join(f"{name}={value}" for name, value in pairs)
        address = f"{parts.scheme}://{parts.netloc}{parts.path}"
        text = "&".join((request.method, _quoted(address), _quoted(joined)))
        key = f"{self._settings.consumer_secret}&".encode()
        wanted = base64.b64encode(hmac.new(key, text.encode(), algorithm).digest()).decode()
        return hmac.compare_digest(wanted, fields.get("oauth_signature", ""))

    def _check_permission(self, request: Request) -> None:
        reads = request.method in _READS
        held = self._settings.permission
        if reads and held == "write":
            raise _failed("The API key provided does not have read permissions.")
        if not reads and held == "read":
            raise _failed("The API key provided does not have write permissions.")


def _oauth_fields(request: Request) -> dict[str, str]:
    header = request.headers.get("authorization", "")
    if header.startswith("OAuth "):
        found = re.findall(r'(oauth_\w+)="([^"]*)"', header)
        return {name: unquote(value) for name, value in found}
    return {n: v for n, v in request.params.items() if n.startswith("oauth_")}


def _pair(request: Request) -> tuple[str, str]:
    header = request.headers.get("authorization", "")
    if header.startswith("Basic "):
        try:
            key, _, secret = base64.b64decode(header[6:]).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return key, secret
    return request.params.get("consumer_key", ""), request.params.get("consumer_secret", "")


def _quoted(text: str) -> str:
    return quote(text, safe="~")


def _failed(message: str) -> ApiError:
    return ApiError(401, "woocommerce_rest_authentication_error", message)


def _cannot(request: Request) -> ApiError:
    if request.method in _READS:
        return ApiError(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
    return ApiError(
        401, "woocommerce_rest_cannot_create", "Sorry, you are not allowed to create resources."
    )
