"""One request while it is carried out: what resolvers and mutations may reach."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .faults import Faults
from .settings import Settings
from .store import Store


@dataclass(slots=True)
class Request:
    """`warnings` are ignored search fields, `errors` the entries of the answer's `errors`;
    `repeated` remembers which last pages came twice already."""

    store: Store
    settings: Settings
    scopes: frozenset[str]
    faults: Faults
    repeated: set[str]
    keys: dict[str, dict[str, Any]]  # idempotency key → digest, payload, failed
    errors: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    mutations: list[str] = field(default_factory=list)
    files: dict[int, bytes] = field(default_factory=dict)  # of bulk operations, by number
    address: str = ""  # where the files are had
    fresh: set[str] = field(default_factory=set)  # images that came with this request
    bulk: bool = False  # connections are given as a whole
    writes: int = 0  # mutations that changed something

    def allows(self, needed: frozenset[str]) -> bool:
        return not needed or not self.scopes.isdisjoint(needed)
