"""What the shop was asked: the proof that a second sync wrote nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Counters:
    """`mutations` counts calls by root field, `writes` those that changed something; `uploads` and
    `downloads` are of images; `warnings` are search fields that were ignored, with how often."""

    requests: int = 0
    queries: int = 0
    writes: int = 0
    tokens: int = 0
    uploads: int = 0
    downloads: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    mutations: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "queries": self.queries,
            "writes": self.writes,
            "tokens": self.tokens,
            "uploads": self.uploads,
            "downloads": self.downloads,
            "faults": dict(self.faults),
            "mutations": dict(self.mutations),
            "warnings": dict(self.warnings),
        }
