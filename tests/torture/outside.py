"""All that a worker touches outside of itself, and what may happen at any such touch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gateway_ng.lib.errors import RetryLater
from gateway_ng.tests.contract.crash import Crash

#: What may happen: to the worker itself, to its request, and meanwhile somewhere else.
HAPPENINGS = (
    "crash",
    "throttle",
    "lost answer",
    "half a batch",
    "other worker",
    "take over",
    "sale",
    "sale",
    "shop edit",
    "odoo edit",
    "shop delete",
    "shop create",
)
STORE = ("bindings", "resolve", "intend", "settle", "pending")
SIDE = ("pages", "fetch", "find", "write")


@dataclass(frozen=True, slots=True)
class Happening:
    """`what` happens at the first fitting touch from the one numbered `at` on; `pick` chooses whom
    it happens to."""

    at: int
    what: str
    pick: int = 0


class Outside:
    """One worker's touches, counted. `meanwhile` does what others do; `is_clean` tells whether
    nothing of this worker is uncommitted, so that others can be let in. Nobody types in the shop
    while a write is read back: what is read then counts as written, as docs/guarantees.md says."""

    def __init__(
        self,
        plan: Sequence[Happening],
        meanwhile: Callable[[Happening], None],
        is_clean: Callable[[], bool],
    ) -> None:
        self.plan = sorted(plan, key=lambda one: one.at)
        self.meanwhile = meanwhile
        self.is_clean = is_clean
        self.touches = 0
        self.reads_back = False

    def touch(self, name: str, phase: str, remote: bool) -> Happening | None:
        """Let happen what is due here. A happening to the request itself is given back."""
        self.touches += 1
        for one in [one for one in self.plan if one.at <= self.touches]:
            if not self._fits(one, name, phase, remote):
                continue
            self.plan.remove(one)
            if one.what == "crash":
                raise Crash(f"{phase} {name}")
            if one.what == "throttle":
                raise RetryLater(f"not now ({name})", cause="throttled")
            if one.what in ("lost answer", "half a batch"):
                return one
            self.meanwhile(one)
        return None

    def _fits(self, one: Happening, name: str, phase: str, remote: bool) -> bool:
        if one.what == "crash":
            return True
        if one.what == "throttle":
            return remote and phase == "before"
        if one.what in ("lost answer", "half a batch"):
            return remote and phase == "before" and name == "write"
        if one.what in ("other worker", "take over"):
            # A request is over long before the lease is: what was sent arrived.
            return remote and self.is_clean() and (phase, name) != ("before", "write")
        return remote and self.is_clean() and not (one.what == "shop edit" and self.reads_back)


class Watched:
    """A side or a store whose calls are touches of `outside`."""

    def __init__(self, inner: Any, outside: Outside, names: Sequence[str]) -> None:
        self._inner = inner
        self._outside = outside
        self._remote = hasattr(inner, "transactional") and not inner.transactional
        self._names = names

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in self._names:
            return found
        if name.startswith("pages"):
            return lambda *args: self._pages(found, *args)
        return lambda *args, **more: self._call(name, found, *args, **more)

    def _pages(self, pages: Any, *args: Any) -> Iterator[Any]:
        steps = iter(pages(*args))
        while True:
            self._outside.touch("pages", "before", self._remote)
            page = next(steps, None)
            self._outside.touch("pages", "after", self._remote)
            if page is None:
                return
            yield page

    def _call(self, name: str, method: Any, *args: Any, **more: Any) -> Any:
        happening = self._outside.touch(name, "before", self._remote)
        if happening is not None and happening.what == "half a batch":
            entity, ops = args
            list(method(entity, ops[: len(ops) // 2]))
            raise RetryLater("the connection broke in the middle", sent=True)
        answer = method(*args, **more)
        if isinstance(answer, Iterator):
            answer = iter(list(answer))
        if self._remote:
            self._outside.reads_back = name == "write"
        if happening is not None:
            raise RetryLater("the connection broke before the answer came", sent=True)
        self._outside.touch(name, "after", self._remote)
        return answer
