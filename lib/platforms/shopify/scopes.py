"""Access scopes: what a token holds, what each entity needs, and which fields are hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...errors import GatewayError, RetryLater
from .client import Client
from .documents import SCOPES
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
            name: name not in cautious if held is None else _any(scope, held)
            for name, scope in flags.items()
        }

    def allow(self, scope: str) -> bool:
        """Whether the token surely holds one of these (separated by «|»)."""
        return _any(scope, self.held() or frozenset())

    def may_read(self, entity: str) -> bool:
        """Whether the token may read the entity, as far as its scopes tell."""
        held, scope = self.held(), SOURCES[entity].read_scope
        return held is None or not scope or _any(scope, held)

    def shows_all_orders(self) -> bool:
        """Whether orders older than 60 days are shown; False where that can't be told."""
        return "read_all_orders" in (self.held() or ())

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
    needs = [(source.read_scope, f"{name}.*")]
    if ENTITIES[name].capabilities:
        needs.append((source.write_scope, f"writing {name}"))
    return needs


def _any(scope: str, held: frozenset[str]) -> bool:
    return any(name in held for name in scope.split("|"))
