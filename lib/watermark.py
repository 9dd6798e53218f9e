"""How far a flow is settled: where its next read begins, and what may be promoted.

A watermark that is too old costs a few records read again; one that is too new loses them for good.
So each rule here errs to the old side.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from .endpoint import Watermark

#: How far the clocks of Odoo's servers and of its database may be apart.
SKEW = timedelta(seconds=10)


def is_ahead(mark: Watermark, now: datetime) -> bool:
    """Whether the clock was set back since `mark` was made. What has been changed since is dated
    before the mark, and nothing tells how much of it there is: the mark is good for nothing."""
    return mark.time > now + SKEW


def read_from(mark: Watermark | None, overlap: timedelta, now: datetime) -> Watermark | None:
    """Where a read begins that has settled all up to `mark`: `overlap` before it.

    None, a full read, without a mark or with one that is ahead of the clock."""
    if mark is None or is_ahead(mark, now):
        return None
    return Watermark(min(mark.time, now) - overlap, mark.id)


def promotable(mark: Watermark, now: datetime) -> Watermark:
    """The mark of a page just read, never after `now`: a record dated in the future would hide all
    that comes after it."""
    return mark if mark.time <= now else Watermark(now, mark.id)


def behind_horizon(
    reached: datetime | None, since: Watermark | None, horizon: datetime, last: bool
) -> Watermark | None:
    """How far a page of a side with open writers settles it: to its last change, on the `last` page
    to the horizon, and never past that: a writer that is still open began there, and leaves rows
    of that time."""
    if reached is None and not last:
        return None
    time = min(horizon, reached) if reached is not None and not last else horizon
    return since if since and time < since.time else Watermark(time)
