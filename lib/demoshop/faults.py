"""Misbehaviour on request: what goes wrong with a call, drawn from one seeded source."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any, Literal

from .settings import Settings

Fault = Literal["500", "502", "503", "closed", "throttled", "lost-closed", "lost-502"]

#: What a failing request may meet. The lost ones are executed, then the answer does not arrive.
FAILURES: tuple[Fault, ...] = (
    "500",
    "502",
    "503",
    "closed",
    "throttled",
    "lost-closed",
    "lost-502",
)
LOST: tuple[Fault, ...] = ("lost-closed", "lost-502")


class TransportFault(ConnectionError):
    """The connection was closed without an answer. `executed` is for tests only: a real caller
    can't know whether the request was carried out."""

    def __init__(self, executed: bool) -> None:
        super().__init__("the connection was closed without an answer")
        self.executed = executed


@dataclass(slots=True)
class Faults:
    """Draws per request; the same seed and requests give the same faults."""

    seed: int = 1
    source: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.source = random.Random(self.seed)

    def draw(self, settings: Settings) -> Fault | None:
        """What happens to the next request. Nothing is drawn while both rates are 0."""
        if settings.failure_rate and self.source.random() < settings.failure_rate:
            return self.source.choice(FAILURES)
        if settings.lost_answer_rate and self.source.random() < settings.lost_answer_rate:
            return self.source.choice(LOST)
        return None

    def duplicates(self, settings: Settings) -> bool:
        """Whether the next page repeats something."""
        return bool(settings.duplicate_rate) and self.source.random() < settings.duplicate_rate

    def state(self) -> list[Any]:
        version, internal, gauss = self.source.getstate()
        return [version, list(internal), gauss]

    def restore(self, state: list[Any]) -> None:
        self.source.setstate((state[0], tuple(state[1]), state[2]))
