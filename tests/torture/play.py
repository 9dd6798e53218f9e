"""Playing the machine: a seed, a bound, an engine; the same seed gives the same run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.internal.conjecture import providers
from hypothesis.stateful import run_state_machine_as_test

from .broken import Broken
from .hostile import Hostile
from .machine import Torture
from .world import World


def bounds(examples: int, steps: int = 30, shrinks: bool = False) -> settings:
    phases = [Phase.generate, *([Phase.shrink] if shrinks else [])]
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=phases,
        report_multiple_bugs=False,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )


@contextmanager
def by_seed_alone() -> Iterator[None]:
    """Hypothesis also draws what it finds in the source of the modules that are loaded, which would
    make a seed's run depend on what ran before it."""
    nothing = providers.Constants()
    providers.CONSTANTS_CACHE.cache.clear()
    try:
        with patch.object(providers.HypothesisProvider, "_local_constants", nothing):
            yield
    finally:
        providers.CONSTANTS_CACHE.cache.clear()


def play(number: int, examples: int, steps: int = 30, shrinks: bool = False, **more: Any) -> str:
    """Torture the engine with this seed. A digest of all that happened; raises what it broke."""

    class Seeded(more.get("machine", Torture)):  # type: ignore[misc]
        steps_taken: list[str] = []
        make = staticmethod(more.get("make", World))
        steps = steps_taken

    Seeded.__name__ = Seeded.__qualname__ = "Torture"
    with by_seed_alone():
        run_state_machine_as_test(seed(number)(Seeded), settings=bounds(examples, steps, shrinks))
    return hashlib.sha256("\n".join(Seeded.steps_taken).encode()).hexdigest()


def world_of(hostile: Hostile) -> Any:
    """What makes a world with this engine, besides what is patched."""
    return partial(World, driver_class=hostile.driver, shop_class=hostile.shop)


def broken_by(hostile: Hostile, number: int, examples: int, **more: Any) -> str | None:
    """The promise that a hostile engine breaks with this seed, None if the suite misses it."""
    with hostile.patched():
        try:
            play(number, examples, **{"make": world_of(hostile), **more})
        except Broken as error:
            return error.invariant
    return None
