"""What the demo shop has of the schema: which fields are stored as they are, which are worked out.

A field that is in neither list is refused before anything is executed (`NotInDemo`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .store import Rec

if TYPE_CHECKING:
    from .request import Request

Args = Mapping[str, Any]
Resolver = Callable[[Any, Args, "Request"], Any]
Mutation = Callable[[Args, "Request"], Rec]

STORED: dict[str, frozenset[str]] = {}
RESOLVERS: dict[tuple[str, str], Resolver] = {}
MUTATIONS: dict[str, Mutation] = {}

#: Fields of the types that stand around records.
CONNECTION = frozenset({"nodes", "edges", "pageInfo"})
EDGE = frozenset({"node", "cursor"})
USER_ERROR = frozenset({"field", "message", "code"})


def stored(kind: str, names: str) -> None:
    """These fields (space-separated) of `kind` are keys of its records."""
    STORED[kind] = STORED.get(kind, frozenset()) | frozenset(names.split())


def field(kind: str, name: str) -> Callable[[Resolver], Resolver]:
    """Register a function (record, arguments, request) → value for one field."""

    def register(resolver: Resolver) -> Resolver:
        RESOLVERS[kind, name] = resolver
        return resolver

    return register


def mutation(name: str, *answer: str) -> Callable[[Mutation], Mutation]:
    """Register a mutation (arguments, request) → its payload with the keys `answer`."""

    def register(carry_out: Mutation) -> Mutation:
        MUTATIONS[name] = carry_out
        stored(f"{name[0].upper()}{name[1:]}Payload", " ".join(answer))
        return carry_out

    return register


def is_stored(kind: str, name: str) -> bool:
    if name in STORED.get(kind, ()):
        return True
    if kind.endswith("Connection"):
        return name in CONNECTION
    if kind.endswith("Edge"):
        return name in EDGE
    return kind.endswith("UserError") and name in USER_ERROR
