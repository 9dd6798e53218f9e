"""The circuit breaker: one cause for most of what is read is not a matter of its records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..errors import StopRun
from .item import Item
from .lane import Lane

#: A flow whose records mostly die of one cause stops the run instead of filling the dead letters.
SHARE, LEAST = 0.8, 20


def common_failure(lane: Lane, items: Sequence[Item]) -> StopRun | None:
    """The error to stop with, where four fifths of `items` failed alike, and at least 20: of one
    page, or with those of the flow's earlier pages together.

    Ambiguous matches never stop a run, for each is a matter of its own two records; nor does what a
    person has to decide first, for the decision is proposed by the dead letter.
    """
    dead = [item.trace for item in items if item.trace and item.trace.outcome == "dead"]
    kinds = Counter(
        (trace.stage, trace.error.cause, _place(trace.error.field)) for trace in dead if trace.error
    )
    if not kinds:
        return None
    (stage, cause, field), most = kinds.most_common(1)[0]
    read = len(items)
    if most < SHARE * read or cause in ("ambiguous", "undecided"):
        return None
    if most < LEAST:
        before = lane.flow.failed(stage, cause, field)
        most, read = most + before.alike, read + before.read
        if most < max(LEAST, SHARE * read):
            return None
    example = next(trace.error for trace in dead if trace.error and trace.error.cause == cause)
    place = f" at field {field}" if field else ""
    return StopRun(
        f"{most} of {read} {lane.entity} records failed alike ({stage}, {cause}{place}), for "
        f"example: {example}",
        cause=cause,
        remedy="Mend the cause, then resume the run: the page is read and settled again.",
    )


def _place(field: str | None) -> str:
    """The field of the record itself: in a list, each record's elements have names of their own."""
    return (field or "").partition(".")[0]
