"""Where a list goes on: a shop that says «more» and gives no new place is not asked for ever."""

from __future__ import annotations

from ...errors import StopRun

#: Answers in a row that lead nowhere; a last page may come twice.
_STILL = 3


class Paging:
    """One read of a list; `name` is the request's."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._still = 0

    def on(self, cursor: object, after: str | None) -> str | None:
        """Where to ask for more, when what came after `after` ended at `cursor`; None is the
        beginning. Raises `StopRun` where that was tried often enough."""
        if isinstance(cursor, str) and cursor != after:
            self._still = 0
            return cursor
        self._still += 1
        if self._still >= _STILL:
            raise StopRun(
                f"Shopify's answer to {self._name} says that there is more and does not give it.",
                cause="unknown",
                remedy="Resume the run later; if it stays so, check the address that is called.",
            )
        return after
