"""Reading on while what was read is dealt with: the wait for a shop costs no time of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterable[T]) -> Iterator[T]:
    """`items` in order, the next one being made in a thread of its own while one is looked at.

    Never more than one ahead. An error of `items` is raised in its place, after all that came
    before it. Who stops early lets the one step that has begun end by itself, and takes no more.
    """
    steps = iter(items)
    end = object()
    reader = ThreadPoolExecutor(1, thread_name_prefix="ahead")
    try:
        coming = reader.submit(next, steps, end)
        while True:
            item = coming.result()
            if item is end:
                return
            coming = reader.submit(next, steps, end)
            yield item  # type: ignore[misc]
    finally:
        reader.shutdown(wait=False, cancel_futures=True)
