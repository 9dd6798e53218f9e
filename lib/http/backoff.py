"""The one retry budget of a call: how long to wait before the next try, or not to try again."""

from __future__ import annotations

from dataclasses import dataclass

from ..clock import Clock


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """`retries` waits of `base` × `factor`ⁿ seconds (1, 2, 4, 8), at most `limit` seconds in all.

    Jitter shortens each wait by up to a quarter, so that workers that failed together do not come
    back together.
    """

    retries: int = 4
    base: float = 1.0
    factor: float = 2.0
    limit: float = 15.0
    jitter: float = 0.25


class Budget:
    """Counts one call's retries, whatever their cause; its time starts with the first failure."""

    def __init__(self, clock: Clock, policy: RetryPolicy | None = None) -> None:
        self._clock = clock
        self._policy = policy or RetryPolicy()
        self._used = 0
        self._since: float | None = None

    def wait(self, hint: float | None = None) -> float | None:
        """Seconds to wait before the next try, None when the budget is used up.

        `hint` is what the other side asked for (`Retry-After`, a throttle); it is never undercut.
        """
        policy = self._policy
        now = self._clock.monotonic()
        self._since = now if self._since is None else self._since
        if self._used >= policy.retries:
            return None
        longest = policy.base * policy.factor**self._used
        delay = longest * self._clock.uniform(1 - policy.jitter, 1)
        if hint is not None:
            delay = max(hint, 0.0) + self._clock.uniform(0, policy.base * policy.jitter)
        if now - self._since + delay > policy.limit:
            return None
        self._used += 1
        return delay

    def next(self, hint: float | None = None) -> float:
        """Seconds after which trying in a new call makes sense."""
        usual = self._policy.base * self._policy.factor**self._policy.retries
        return max(hint, 0.0) if hint is not None else usual
