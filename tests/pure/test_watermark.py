"""Where a read begins and how far a page settles: every rule errs to the old side."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from gateway_ng.lib.endpoint import Watermark
from gateway_ng.lib.watermark import behind_horizon, is_ahead, promotable, read_from

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_a_read_begins_its_overlap_before_the_watermark() -> None:
    assert read_from(Watermark(NOON, "7"), MINUTE, NOON + HOUR) == Watermark(NOON - MINUTE, "7")
    assert read_from(None, MINUTE, NOON) is None


def test_a_watermark_that_is_ahead_of_the_clock_is_good_for_nothing_and_all_is_read() -> None:
    mark = Watermark(NOON + HOUR)
    assert is_ahead(mark, NOON)
    assert read_from(mark, MINUTE, NOON) is None


def test_clocks_of_two_servers_may_be_some_seconds_apart() -> None:
    mark = Watermark(NOON + timedelta(seconds=2))
    assert not is_ahead(mark, NOON)
    assert read_from(mark, timedelta(), NOON) == Watermark(NOON)


def test_a_record_dated_in_the_future_hides_nothing_that_comes_after_it() -> None:
    assert promotable(Watermark(NOON + HOUR, "7"), NOON) == Watermark(NOON, "7")
    assert promotable(Watermark(NOON, "7"), NOON + HOUR) == Watermark(NOON, "7")


def test_a_page_settles_to_its_last_change_and_never_past_a_writer_that_is_open() -> None:
    assert behind_horizon(NOON, None, NOON + HOUR, last=False) == Watermark(NOON)
    assert behind_horizon(NOON, None, NOON - HOUR, last=False) == Watermark(NOON - HOUR)


def test_the_last_page_settles_to_the_horizon() -> None:
    assert behind_horizon(NOON, None, NOON + HOUR, last=True) == Watermark(NOON + HOUR)
    assert behind_horizon(None, None, NOON, last=True) == Watermark(NOON)


def test_a_page_never_takes_the_watermark_back() -> None:
    since = Watermark(NOON, "7")
    assert behind_horizon(NOON - HOUR, since, NOON - MINUTE, last=True) == since
    assert behind_horizon(None, since, NOON + HOUR, last=False) is None
