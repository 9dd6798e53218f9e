"""What is waited for is timed; what is done in between is not."""

from __future__ import annotations

from collections.abc import Iterator

from gateway_ng.lib.timed import timed


def test_the_wait_for_an_item_is_told_without_what_was_done_with_the_one_before() -> None:
    clock = [0.0]

    def slow() -> Iterator[str]:
        for name, wait in (("a", 3.0), ("b", 5.0)):
            clock[0] += wait
            yield name

    told = []
    for item, waited in timed(slow(), lambda: clock[0]):
        told.append((item, waited))
        clock[0] += 100.0
    assert told == [("a", 3.0), ("b", 5.0)]
