"""Access tokens: a fixed one of a custom app, or a 24-hour one by the client-credentials grant.

Source: shopify.dev/docs/apps/build/authentication-authorization/client-credentials-grant
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode

from ...clock import Clock
from ...errors import GatewayError, RetryLater, StopRun
from ...http import Budget, HttpSession
from ..platform import SecretCache

#: Renewed this long before its end, so that no request meets an expired token.
_MARGIN = timedelta(minutes=10)
_LIFETIME = 86_399  # seconds, where the answer does not say
_SHORTEST, _LONGEST = 1_200, 172_800  # seconds; what else an answer says is not believed


class Auth(Protocol):
    def token(self, budget: Budget) -> str:
        """A token that is thought to be valid. Raises StopRun when the shop gives none."""
        ...

    def renew(self) -> bool:
        """The shop refused the token: forget it. False when there is no way to get another."""
        ...


class StaticToken:
    """The token of a custom app; it ends only when someone revokes it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self, budget: Budget) -> str:
        return self._token

    def renew(self) -> bool:
        return False


class ClientCredentials:
    """Exchanges client id and secret for a token and keeps it until shortly before its end."""

    def __init__(
        self,
        http: HttpSession,
        base_url: str,
        client_id: str,
        client_secret: str,
        clock: Clock,
        cache: SecretCache | None = None,
    ) -> None:
        self._http = http
        self._url = f"{base_url}/admin/oauth/access_token"
        self._id = client_id
        self._secret = client_secret
        self._clock = clock
        self._cache = cache
        self._name = f"shopify:{base_url}:{client_id}"
        self._held = ""
        self._ends: datetime | None = None
        self._skip_cache = False

    def token(self, budget: Budget) -> str:
        if self._held and (self._ends is None or self._clock.now() < self._ends):
            return self._held
        cache = None if self._skip_cache else self._cache
        kept = cache.get(self._name) if cache is not None else None
        if kept:
            self._keep(kept, None)
            return kept
        return self._request(budget)

    def renew(self) -> bool:
        self._held, self._skip_cache = "", True
        return True

    def _request(self, budget: Budget) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._id,
            "client_secret": self._secret,
        }
        try:
            answer = self._http.json(
                "POST",
                self._url,
                headers={"content-type": "application/x-www-form-urlencoded"},
                body=urlencode(form).encode(),
                repeatable=True,
                budget=budget,
            ).value
        except RetryLater:
            raise
        except GatewayError as error:
            raise _refused(error) from error
        token = answer.get("access_token") if isinstance(answer, Mapping) else None
        if not isinstance(token, str) or not token:
            raise _refused(None)
        self._skip_cache = False
        self._keep(token, self._clock.now() + _lifetime(answer) - _MARGIN)
        if self._cache is not None and self._ends is not None:
            self._cache.put(self._name, token, self._ends)
        return token

    def _keep(self, token: str, ends: datetime | None) -> None:
        self._http.redactor.register(token)
        self._held, self._ends = token, ends


def _lifetime(answer: Mapping[str, object]) -> timedelta:
    seconds = answer.get("expires_in")
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        seconds = _LIFETIME
    return timedelta(seconds=min(max(seconds, _SHORTEST), _LONGEST))


def _refused(error: GatewayError | None) -> StopRun:
    said = f" {error.message}" if error else ""
    return StopRun(
        f"The shop gave no access token for this client id and secret.{said}",
        field="client_secret",
        remedy="Check shop address, client ID and client secret in the Dev Dashboard, and that the "
        "app is installed in this shop and belongs to the same organisation.",
        details=error.details if error else None,
    )
