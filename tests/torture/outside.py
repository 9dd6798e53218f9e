"""All that a worker touches outside of itself, and what may happen at any such touch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.errors import RetryLater, StopRun
from gateway_ng.tests.contract.crash import Crash

#: What may happen: to the worker itself, to its request, and meanwhile somewhere else.
HAPPENINGS = (
    "crash",
    "crash",
    "throttle",
    "error before",
    "error after",
    "lost answer",
    "half a batch",
    "access taken",
    "refused",
    "other worker",
    "take over",
    "other page",
    "sale",
    "sale of what is sent",
    "shop edit",
    "odoo edit",
    "shop delete",
    "odoo anew",
    "shop create",
)
#: Those that befall a write of the shop.
UNANSWERED = ("error after", "lost answer", "half a batch")
#: Those that need a write: few of a run's touches are one, so they are due early in a flow.
OF_WRITES = (*UNANSWERED, "refused", "sale of what is sent")
#: Those that a request fails of.
OF_REQUESTS = ("throttle", "error before")
STORE = ("bindings", "resolve", "intend", "settle", "pending")
SIDE = ("pages", "fetch", "find", "write")


@dataclass(frozen=True, slots=True)
class Happening:
    """`what` happens at the first fitting touch from the one numbered `at` on, counted from the
    beginning of the worker's flow numbered `flow` (modulo how many there are); `pick` chooses whom
    it happens to."""

    at: int
    what: str
    pick: int = 0
    flow: int = 0


@dataclass(frozen=True, slots=True)
class Touch:
    """A call of a side or of the store, before or after it. `sent`: the ops of a write.

    Over a real client, `wire` says what of it this is: the "batch" that is given to it, which is
    where records are refused, or a "request" of it, to which all the rest happens.
    """

    name: str
    phase: str
    remote: bool = False
    entity: str = ""
    sent: Sequence[Op] = ()
    wire: str = ""

    @property
    def is_write(self) -> bool:
        return (self.phase, self.name) == ("before", "write")


class Elsewhere(Protocol):
    """The world around a worker."""

    @property
    def is_clean(self) -> bool:
        """Nothing of this worker is uncommitted, so that others can be let in."""

    @property
    def is_shut(self) -> bool:
        """The shop refuses our credentials."""

    def meanwhile(self, one: Happening, touch: Touch) -> None:
        """What others do."""


class Outside:
    """One worker's touches, counted. Nobody types in the shop while a write is read back: what is
    read then counts as written, as docs/guarantees.md says."""

    def __init__(self, plan: Sequence[Happening], elsewhere: Elsewhere, flows: int = 1) -> None:
        places = [
            replace(
                one,
                flow=one.flow % max(1, flows),
                at=one.at // 4 if one.what in OF_WRITES else one.at,
            )
            for one in plan
        ]
        self.plan = sorted(places, key=lambda one: (one.flow, one.at))
        self.elsewhere = elsewhere
        self.flows: list[int] = []
        self.touches = 0  # of the flow that is worked on
        self.reads_back = False
        self.over_wire = False  # most that happens does at requests of a client

    def works_on(self, flow: int) -> None:
        if flow not in self.flows:
            self.flows.append(flow)
            self.touches = 0

    def touch(self, touch: Touch) -> Happening | None:
        """Let happen what is due here. A happening to the request itself is given back."""
        self.touches += 1
        now = (len(self.flows) - 1, self.touches)
        for one in [one for one in self.plan if (one.flow, one.at) <= now]:
            if self._fits(one, touch):
                self.plan.remove(one)
                if one.what in UNANSWERED or (one.what == "access taken" and self._cuts(touch)):
                    return one
                if one.what in OF_REQUESTS and touch.wire:
                    return one
                self._happens(one, touch)
        if touch.remote and touch.phase == "before" and self.elsewhere.is_shut and not touch.wire:
            raise _shut_out()
        return None

    @staticmethod
    def _cuts(touch: Touch) -> bool:
        """Whether the access is taken in the middle of a batch that is carried out at once."""
        return touch.is_write and not touch.wire

    def take_access(self, one: Happening) -> None:
        """In the middle of a batch."""
        self.elsewhere.meanwhile(one, Touch("write", "within"))
        raise _shut_out()

    def _happens(self, one: Happening, touch: Touch) -> None:
        if one.what == "crash":
            raise Crash(f"{touch.phase} {touch.name}")
        if one.what == "throttle":
            raise RetryLater(f"not now ({touch.name})", cause="throttled")
        if one.what == "error before":
            raise RetryLater("500: nothing was done", sent=touch.name == "write")
        self.elsewhere.meanwhile(one, touch)

    def _fits(self, one: Happening, touch: Touch) -> bool:
        before, clean = touch.phase == "before", self.elsewhere.is_clean
        if touch.wire and (touch.wire == "batch") != (one.what == "refused"):
            return False
        if self.over_wire and not touch.wire and one.pick % 4:
            return False
        lets_in = clean and (touch.remote or (touch.name, touch.phase) == ("commit", "after"))
        if one.what == "crash":
            return True
        if one.what == "refused":
            return touch.is_write and bool(touch.sent)
        if one.what in ("throttle", "error before"):
            return touch.remote and before
        if one.what == "access taken":
            return touch.remote and before and (touch.is_write or one.pick % 2 == 0)
        if one.what in UNANSWERED:
            return touch.remote and touch.is_write
        if one.what == "sale of what is sent":
            return touch.remote and touch.is_write and touch.entity == "stock" and clean
        if one.what in ("other worker", "take over"):
            # A request is over long before the lease is: what was sent arrived. That goes for the
            # moment between the commit of an intent and its request, too.
            return clean and touch.remote and not touch.is_write and not touch.sent
        return lets_in and not (one.what == "shop edit" and self.reads_back)


def _shut_out() -> StopRun:
    return StopRun("401: the access was taken back", details={"status": 401})


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

    def _touch(self, name: str, phase: str, *args: Any) -> Happening | None:
        entity, sent = (*args, "", ())[:2] if name == "write" and phase == "before" else ("", ())
        return self._outside.touch(Touch(name, phase, self._remote, entity, sent))

    def _pages(self, pages: Any, *args: Any) -> Iterator[Any]:
        steps = iter(pages(*args))
        while True:
            self._touch("pages", "before")
            page = next(steps, None)
            self._touch("pages", "after")
            if page is None:
                return
            yield page

    def _call(self, name: str, method: Any, *args: Any, **more: Any) -> Any:
        happening = self._touch(name, "before", *args)
        if happening is not None and happening.what in ("half a batch", "access taken"):
            entity, ops = args
            list(method(entity, ops[: len(ops) // 2]))
            if happening.what == "access taken":
                self._outside.take_access(happening)
            raise RetryLater("the connection broke in the middle", sent=True)
        answer = method(*args, **more)
        if isinstance(answer, Iterator):
            answer = iter(list(answer))
        if self._remote:
            self._outside.reads_back = name == "write"
        if happening is not None:
            raise RetryLater(f"{happening.what}: it was carried out", sent=True)
        self._touch(name, "after")
        return answer
