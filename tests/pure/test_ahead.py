"""What is read ahead comes in order, one at a time, with its errors in their place."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from gateway_ng.lib.ahead import ahead


def test_everything_comes_once_and_in_order() -> None:
    assert list(ahead(range(100))) == list(range(100))
    assert list(ahead([])) == []


def test_the_next_one_is_made_while_one_is_looked_at() -> None:
    begun = [threading.Event() for _ in range(4)]

    def steps() -> Iterator[int]:
        for number, event in enumerate(begun):
            event.set()
            yield number

    read = ahead(steps())
    assert next(read) == 0
    assert begun[1].wait(5)  # without being asked for
    assert not begun[2].wait(0.05)  # and no more than that one
    assert list(read) == [1, 2, 3]


def test_an_error_comes_after_what_was_made_before_it() -> None:
    def steps() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("no third")

    read = ahead(steps())
    assert [next(read), next(read)] == [1, 2]
    with pytest.raises(ValueError, match="no third"):
        next(read)


def test_who_stops_early_takes_no_more() -> None:
    made: list[int] = []
    second = threading.Event()

    def steps() -> Iterator[int]:
        for number in range(9):
            made.append(number)
            if number == 1:
                second.set()
            yield number

    read = ahead(steps())
    assert next(read) == 0
    assert second.wait(5)
    read.close()
    assert made == [0, 1]
