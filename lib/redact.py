"""The one place that takes secrets out of what is logged, shown, stored or raised.

A `Redactor` knows the secret values of one connection and removes them wherever they stand, in
plain, percent-encoded, base64 or JSON-escaped form. What it does not know by value it recognises
by name (a header, parameter or key called token, secret, password …) or by form (`shpat_…`,
`Bearer …`, credentials in an address).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urlsplit, urlunsplit

MASK = "[redacted]"

#: Shorter values would black out ordinary words; no platform issues credentials that short.
_SHORTEST = 4

_SECRET_NAME = re.compile(
    r"""pass(word|wd|phrase)|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|consumer[-_]?key
    |authorization|cookie|signature|hmac|credential|session[-_]?id|^(sid|sig|pwd|auth)$""",
    re.IGNORECASE | re.VERBOSE,
)
#: Of every secret name, header and form at least one stands in the text, in small letters.
_TELLTALES = (
    *("pass", "secret", "token", "key", "authorization", "cookie", "signature", "hmac"),
    *("credential", "session", "bearer", "basic", "shp", "ck_", "cs_", "eyj"),
    *(name + end for name in ("sid", "sig", "pwd", "auth") for end in "\"'=: "),
)
#: Names that look secret and are not: paging tokens and cost figures help in a log.
_PLAIN_NAMES = frozenset({"token_type", "expires_in", "page_token", "idempotency_key"})

_USER_IN_ADDRESS = re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)")
_SECRET_FORMS = (
    re.compile(r"\bshp(?:at|ca|pa|ss|ua|tka|rt)_[0-9A-Za-z]{8,}"),
    re.compile(r"\b[cC][ks]_[0-9a-f]{16,}\b"),
    re.compile(r"\b(?:Bearer|Basic)\s+[0-9A-Za-z+/=._~-]{6,}", re.IGNORECASE),
    re.compile(r"\beyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]*"),
    _USER_IN_ADDRESS,
)
_PAIR = re.compile(
    r"""(?P<name>["']?\b[\w-]{2,40}["']?)(?P<sign>\s*[=:]\s*)(?P<value>"[^"]*"|'[^']*'|[^\s&;,}"']+)"""
)


class Redactor:
    """Takes known and recognisable secrets out of text, headers, addresses and JSON values."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        for secret in secrets:
            self.register(secret)

    def __repr__(self) -> str:
        return f"Redactor({len(self._secrets)} forms)"

    def register(self, secret: str | None) -> None:
        """From now on this value never passes. Empty and very short ones are ignored."""
        if not secret or len(secret) < _SHORTEST:
            return
        self._secrets.update(_forms(secret))
        longest_first = sorted(self._secrets, key=len, reverse=True)
        self._pattern = re.compile("|".join(re.escape(form) for form in longest_first))

    def text(self, text: str) -> str:
        """Free text: log lines, answers of a server, messages of exceptions."""
        if self._pattern is not None:
            text = self._pattern.sub(MASK, text)
        for form in _SECRET_FORMS:
            text = form.sub(MASK, text)
        return _PAIR.sub(_mask_pair, text)

    def passes(self, text: str) -> bool:
        """Whether `text` certainly holds no secret. Quick; False may be a false alarm."""
        low = text.lower()
        return (
            (self._pattern is None or self._pattern.search(text) is None)
            and not any(telltale in low for telltale in _TELLTALES)
            and not ("@" in low and _USER_IN_ADDRESS.search(text))
        )

    def line(self, text: str) -> str:
        """As `text`, for the many short ones of which hardly any holds a secret."""
        return text if self.passes(text) else self.text(text)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {
            name: MASK if is_secret_name(name) else self.text(value)
            for name, value in headers.items()
        }

    def url(self, url: str) -> str:
        """The address without user information and without the values of secret parameters."""
        try:
            parts = urlsplit(url)
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            return self.text(url)
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        query = urlencode([(n, MASK if is_secret_name(n) else v) for n, v in pairs], safe="[]")
        return self.text(urlunsplit((parts.scheme, f"{host}{port}", parts.path, query, "")))

    def value(self, value: Any) -> Any:
        """A JSON-like value: values under secret names go, texts are cleaned."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bytes):
            return self.text(value.decode("utf-8", "replace"))
        if isinstance(value, Mapping):
            return {self._key(key): self._item(key, item) for key, item in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self.value(item) for item in value]
        return value

    def _key(self, key: Any) -> Any:
        return self.text(key) if isinstance(key, str) else key

    def _item(self, key: Any, item: Any) -> Any:
        if item not in (None, "") and isinstance(key, str) and is_secret_name(key):
            return MASK
        return self.value(item)


def is_secret_name(name: str) -> bool:
    """Whether a header, parameter or key of this name holds a secret."""
    return name.lower() not in _PLAIN_NAMES and _SECRET_NAME.search(name) is not None


def _forms(secret: str) -> set[str]:
    """The secret as it may stand in an address, a header or a JSON text."""
    raw = secret.encode()
    return {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode(),
        json.dumps(secret)[1:-1],
    }


def _mask_pair(match: re.Match[str]) -> str:
    name, value = match["name"].strip("\"'"), match["value"]
    if not is_secret_name(name) or MASK in value:
        return match[0]
    mark = value[0] if value[0] in "\"'" else ""
    return f"{match['name']}{match['sign']}{mark}{MASK}{mark}"
