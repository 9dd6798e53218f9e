"""How a broken promise is told: by its name."""

from __future__ import annotations

#: What the suite holds the engine to.
INVARIANTS = (
    "converges",
    "no edit vanishes",
    "no two records for one",
    "accounting adds up",
    "a quiet system writes nothing",
    "stock never offers what is sold",
    "a run ends",
)


class Broken(AssertionError):
    """One of `INVARIANTS` does not hold."""

    def __init__(self, invariant: str, how: str) -> None:
        assert invariant in INVARIANTS
        super().__init__(f"{invariant}: {how}")
        self.invariant = invariant
