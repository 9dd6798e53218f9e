"""Small pages become pages worth a unit of work; no place in a read is skipped or doubled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone

import pytest

from gateway_ng.lib.endpoint import Page, Record, Token, Watermark
from gateway_ng.lib.errors import RetryLater
from gateway_ng.lib.joining import cut, joined

NOON = datetime(2026, 5, 1, 12, tzinfo=timezone.utc)


def page(number: int, count: int, *, last: bool = False, deleted: Sequence[str] = ()) -> Page:
    """`count` records named after their page; its token and watermark are its number's."""
    records = [Record(f"{number}.{place}", {}, NOON) for place in range(count)]
    token = None if last else Token(f"after {number}")
    return Page(records, token, Watermark(NOON + timedelta(minutes=number)), deleted)


def told(pages: Iterator[Page]) -> list[tuple[int, str | None]]:
    return [(len(one.records), one.token) for one in pages]


def test_pages_are_joined_until_they_have_the_size() -> None:
    small = [page(number, 25) for number in range(5)]
    assert told(joined([*small, page(5, 25, last=True)], 100)) == [(100, "after 3"), (50, None)]


def test_a_part_that_would_not_fit_begins_the_next_page() -> None:
    parts = [page(0, 30), page(1, 50), page(2, 50), page(3, 50), page(4, 50, last=True)]
    assert told(joined(parts, 100)) == [(80, "after 1"), (100, "after 3"), (50, None)]


def test_of_a_record_s_lists_the_longest_counts() -> None:
    fields = {"variants": [1], "options": [1], "tags": ["a", "b", "c"], "images": [1, 2]}
    parts = [Page([Record(str(n), fields, NOON)], Token(f"after {n}"), None) for n in range(5)]
    assert told(joined(parts, 4)) == [(4, "after 3"), (1, "after 4")]


def test_records_with_long_lists_make_a_page_sooner() -> None:
    def products(number: int, variants: int) -> Page:
        fields = {"variants": [{"id": place} for place in range(variants)], "title": "Sofa"}
        return Page([Record(str(number), fields, NOON)], Token(f"after {number}"), None)

    heavy = [products(number, 200) for number in range(4)]
    assert told(joined(heavy, 100)) == [(2, "after 1"), (2, "after 3")]
    light = [products(number, 3) for number in range(4)]
    assert told(joined(light, 100)) == [(4, "after 3")]


def test_a_slow_shop_s_parts_are_given_before_the_worker_may_be_over() -> None:
    time = 0.0

    def slow() -> Iterator[Page]:
        nonlocal time
        for number in range(9):
            time += 8.0
            yield page(number, 1)

    told_at = [(len(one.records), time) for one in joined(slow(), 100, lambda: time)]
    assert told_at == [(3, 24.0), (3, 48.0), (3, 72.0)]


def test_a_joined_page_has_the_token_and_watermark_of_its_last_part() -> None:
    (only,) = joined([page(1, 2), page(2, 2), page(3, 1, last=True)], 100)
    assert [record.id for record in only.records] == ["1.0", "1.1", "2.0", "2.1", "3.0"]
    assert only.token is None
    assert only.watermark == Watermark(NOON + timedelta(minutes=3))


def test_a_part_without_a_watermark_leaves_the_one_before_in_force() -> None:
    silent = Page([Record("2.0", {}, None)], None, None)
    (only,) = joined([page(1, 1), silent], 100)
    assert only.watermark == Watermark(NOON + timedelta(minutes=1))


def test_pages_that_are_large_enough_pass_as_they_are() -> None:
    large = [page(1, 100), page(2, 100, last=True)]
    assert list(joined(large, 100)) == large


def test_one_page_more_is_asked_for_only_when_the_one_before_was_taken() -> None:
    asked: list[int] = []

    def pages() -> Iterator[Page]:
        for number in range(4):
            asked.append(number)
            yield page(number, 10)

    reader = joined(pages(), 20)
    next(reader)
    assert asked == [0, 1]


def test_what_was_read_before_an_error_is_given_before_the_error() -> None:
    def pages() -> Iterator[Page]:
        yield page(1, 10)
        yield page(2, 10)
        raise RetryLater("the shop is busy")

    reader = joined(pages(), 100)
    assert next(reader).token == "after 2"
    with pytest.raises(RetryLater, match="busy"):
        next(reader)


def test_an_error_before_anything_was_read_is_raised_at_once() -> None:
    def pages() -> Iterator[Page]:
        raise RetryLater("the shop is busy")
        yield page(1, 10)

    with pytest.raises(RetryLater, match="busy"):
        next(joined(pages(), 100))


def test_a_page_with_deletes_is_not_joined_with_what_comes_after() -> None:
    gone = page(1, 1, deleted=["9.9"])
    assert list(joined([gone, page(2, 1, last=True)], 100)) == [gone, page(2, 1, last=True)]


def test_a_page_with_deletes_is_joined_with_what_came_before() -> None:
    (only,) = joined([page(1, 1), page(2, 1, last=True, deleted=["9.9"])], 100)
    assert (len(only.records), only.deleted) == (2, ["9.9"])


def test_an_empty_shop_is_one_empty_page() -> None:
    empty = page(1, 0, last=True)
    assert list(joined([empty], 100)) == [empty]


def test_a_page_is_cut_into_parts_and_only_the_last_moves_the_read_on() -> None:
    parts = list(cut([page(1, 5), page(2, 4, last=True)], 2))
    assert told(iter(parts)) == [
        (2, ""),
        (2, ""),
        (1, "after 1"),
        (2, "after 1"),
        (2, None),
    ]
    marks = [part.watermark for part in parts]
    assert [mark is None for mark in marks] == [True, True, False, True, False]
    assert [record.id for part in parts for record in part.records] == [
        *(f"1.{place}" for place in range(5)),
        *(f"2.{place}" for place in range(4)),
    ]


def test_pages_that_are_small_enough_are_left_as_they_are() -> None:
    pages = [page(1, 2), page(2, 0, last=True, deleted=["gone"])]
    assert list(cut(pages, 2)) == pages
