"""How many records a shop has, by its own count queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...errors import Refused, StopRun
from .client import Client
from .documents import COUNTS
from .scopes import Scopes


def counts(client: Client, scopes: Scopes, entities: Sequence[str]) -> Mapping[str, int]:
    """Entity → exact count; those without a count query or a scope are left out.

    Raises StopRun for credentials and RetryLater when the shop does not answer.
    """
    found: dict[str, int] = {}
    for entity in entities:
        if entity in COUNTS and scopes.may_read(entity.partition(".")[0]):
            total = _count(client, entity)
            if total is not None:
                found[entity] = total
    return found


def _count(client: Client, entity: str) -> int | None:
    try:
        total = client.send(COUNTS[entity], {"limit": None}).data.get("found")
    except Refused:
        return None
    except StopRun as error:
        if "scopes" in error.details:  # a token that can't tell its scopes lacks this one
            return None
        raise
    exact = isinstance(total, Mapping) and total.get("precision") == "EXACT"
    count = total.get("count") if isinstance(total, Mapping) and exact else None
    return count if isinstance(count, int) else None
