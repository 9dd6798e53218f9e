"""Access tokens: the client credentials grant, expiry, and the lasting token of an older app."""

from __future__ import annotations

import hmac
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .settings import Settings

Answer = tuple[int, dict[str, str], dict[str, Any]]
JSON = {"Content-Type": "application/json; charset=utf-8"}

REFUSED = "[API] Invalid API key or access token (unrecognized login or wrong password)"


@dataclass(slots=True)
class Tokens:
    """`issued` maps a token to the moment (epoch seconds) it expires and its scopes."""

    issued: dict[str, dict[str, Any]] = field(default_factory=dict)

    def grant(self, body: Mapping[str, Any], settings: Settings, now: float) -> Answer:
        """The answer to POST /admin/oauth/access_token."""
        if body.get("grant_type") != "client_credentials":
            return _wrong("unsupported_grant_type", "only client_credentials is granted here")
        known = hmac.compare_digest(
            str(body.get("client_id")), settings.client_id
        ) & hmac.compare_digest(str(body.get("client_secret")), settings.client_secret)
        if not known:
            return _wrong("invalid_client", "client id or client secret is wrong")
        number = random.Random(f"{now}/{len(self.issued)}").getrandbits(128)
        token = f"shpat_{number:032x}"
        self.issued[token] = {
            "expires": now + settings.token_seconds,
            "scopes": list(settings.scopes),
        }
        answer = {
            "access_token": token,
            "scope": ",".join(settings.scopes),
            "expires_in": settings.token_seconds,
        }
        return 200, dict(JSON), answer

    def scopes(self, token: str | None, settings: Settings, now: float) -> list[str] | None:
        """What the token allows; None when it is wrong or has expired."""
        if token and hmac.compare_digest(token.encode(), settings.access_token.encode()):
            return list(settings.scopes)
        kept = self.issued.get(token or "")
        if kept is None or kept["expires"] <= now:
            return None
        scopes: list[str] = kept["scopes"]
        return scopes


def _wrong(error: str, description: str) -> Answer:
    return 400, dict(JSON), {"error": error, "error_description": description}
