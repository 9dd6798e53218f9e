"""Access scopes: what a token holds, what each entity needs, and which fields are hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...errors import GatewayError, RetryLater
from .client import Client
from .documents import B2B, SCOPES
from .entities import ENTITIES, SOURCES

#: What only a shop needs that is told of returns made elsewhere.
RETURNS: Mapping[str, tuple[str, ...]] = {
    "write_returns|write_marketplace_returns": ("writing returns",)
}


class Scopes:
    """The scopes of the connection's token, asked once; None where they can't be told."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._held: frozenset[str] | None = None
        self._asked = False
        self._b2b: bool | None = None

    def held(self) -> frozenset[str] | None:
        """All scopes held; `write_x` brings `read_x` with it."""
        if not self._asked:
            self._held = self._ask()
            self._asked = True
        return self._held

    def flags(self, entity: str) -> Mapping[str, bool]:
        """Variables that leave out what the scopes would refuse: Shopify answers nothing at all
        when a field that can't be null is denied."""
        flags = SOURCES[entity].flags
        if not flags:
            return {}
        held, cautious = self.held(), SOURCES[entity].cautious
        return {
            name: self.sells_to_companies(scope)
            if name in cautious
            else held is None or _any(scope, held)
            for name, scope in flags.items()
        }

    def allow(self, scope: str) -> bool:
        """Whether the token surely holds one of these (separated by «|»)."""
        return _any(scope, self.held() or frozenset())

    def sells_to_companies(self, scope: str) -> bool:
        """Whether the shop does, and the token surely holds `scope`, which is asked first: without
        it there is no request."""
        if not self.allow(scope):
            return False
        if self._b2b is None:
            self._b2b = self._ask_b2b()
        return self._b2b

    def offered(self) -> list[str]:
        """Those of the optional entities that this shop has."""
        optional = [name for name, source in SOURCES.items() if source.optional]
        return [name for name in optional if self.may_read(name)]

    def may_read(self, entity: str) -> bool:
        """Whether the token may read the entity, as far as its scopes tell."""
        held, scope = self.held(), SOURCES[entity].read_scope
        if SOURCES[entity].optional:
            return self.sells_to_companies(scope)
        return held is None or not scope or _any(scope, held)

    def shows_all_orders(self) -> bool:
        """Whether orders older than 60 days are shown; False where that can't be told."""
        return "read_all_orders" in (self.held() or ())

    def _ask_b2b(self) -> bool:
        try:
            told: Any = self._client.send(B2B, {}).data
        except RetryLater:
            raise
        except GatewayError:
            return False
        for name in ("shop", "entitlements", "b2b", "enabled"):
            told = told.get(name) if isinstance(told, Mapping) else None
        return told is True

    def _ask(self) -> frozenset[str] | None:
        try:
            data = self._client.send(SCOPES, {}).data
        except RetryLater:
            raise
        except GatewayError:
            return None  # tokens of some apps may not ask; then the reads themselves tell
        installation = data.get("currentAppInstallation")
        scopes = installation.get("accessScopes") if isinstance(installation, Mapping) else None
        if not isinstance(scopes, list):
            return None
        return with_reads(str(s.get("handle")) for s in scopes if isinstance(s, Mapping))


def with_reads(scopes: Iterable[str]) -> frozenset[str]:
    held = set(scopes)
    return frozenset(held | {f"read_{s[6:]}" for s in held if s.startswith("write_")})


def granted(held: Iterable[str]) -> list[str]:
    """The scopes held, without those reads that a write brings with it."""
    known = set(held)
    return sorted(s for s in known if not (s[:5] == "read_" and f"write_{s[5:]}" in known))


def missing(
    held: frozenset[str], also: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Missing scope → what is hidden or can't be done for want of it. `also`: as `check`'s."""
    lacks: dict[str, tuple[str, ...]] = {}
    for name, source in SOURCES.items():
        for scope, effect in _needs(name):
            if scope and not _any(scope, held):
                lacks[scope] = (*lacks.get(scope, ()), effect)
        for scope, fields in source.extra_scopes.items():
            if not _any(scope, held):
                lacks[scope] = (*lacks.get(scope, ()), *fields)
    return lacks | {scope: uses for scope, uses in also.items() if not _any(scope, held)}


def _needs(name: str) -> list[tuple[str, str]]:
    source = SOURCES[name]
    if source.optional:
        return []
    needs = [(source.read_scope, f"{name}.*")]
    if ENTITIES[name].capabilities:
        needs.append((source.write_scope, f"writing {name}"))
    return needs


def _any(scope: str, held: frozenset[str]) -> bool:
    return any(name in held for name in scope.split("|"))
