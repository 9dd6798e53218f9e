"""Kills a page at a chosen call that touches the outside world or the store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: Calls of endpoints and stores that a crash can come before or after.
CALLS = ("fetch", "find", "write", "bindings", "resolve", "intend", "settle", "commit")


class Crash(BaseException):
    """The process is gone: nothing catches it."""


class Killer:
    """Counts calls; at the one numbered `at` (from 0) it dies, before the effect or after it."""

    def __init__(self, at: int | None = None, after: bool = False) -> None:
        self.at = at
        self.after = after
        self.seen: list[str] = []

    def calls(self, inner: Any, name: str) -> Any:
        method = getattr(inner, name)

        def call(*args: Any, **more: Any) -> Any:
            number = len(self.seen)
            self.seen.append(name)
            if number == self.at and not self.after:
                raise Crash(f"before {name}")
            answer = method(*args, **more)
            if isinstance(answer, Iterator):
                answer = iter(list(answer))
            if number == self.at:
                raise Crash(f"after {name}")
            return answer

        return call


class Mortal:
    """`inner`, whose calls the killer watches."""

    def __init__(self, inner: Any, killer: Killer) -> None:
        self._inner = inner
        self._watched = {name: killer.calls(inner, name) for name in CALLS if hasattr(inner, name)}

    def __getattr__(self, name: str) -> Any:
        watched = self._watched.get(name)
        return getattr(self._inner, name) if watched is None else watched
