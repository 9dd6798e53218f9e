"""Values frozen, digested, staged."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_ng.lib.values import UNSETTLED, digest, freeze, loads, project, stage, unstage

PARIS = timezone(timedelta(hours=1))
NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Decimal("10.00"), Decimal(10)),
        (Decimal("1E+2"), Decimal(100)),
        (Decimal("-0.00"), Decimal(0)),
        (NOON, NOON.astimezone(PARIS)),
        ({"b": 1, "a": Decimal("1.0")}, {"a": Decimal(1), "b": 1}),
        ((1, 2), [1, 2]),
        ({"x", "y"}, {"y", "x"}),
    ],
)
def test_values_that_mean_the_same_freeze_alike(one: Any, other: Any) -> None:
    assert freeze(one) == freeze(other)
    assert digest(freeze(one)) == digest(freeze(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [(None, ""), (None, []), ("", []), ([1, 2], [2, 1]), (Decimal("0.1"), Decimal("0.10001"))],
)
def test_values_that_differ_freeze_differently(one: Any, other: Any) -> None:
    assert freeze(one) != freeze(other)


@pytest.mark.parametrize(
    ("text", "frozen"),
    [
        ("1E+999999999", "1E+999999999"),
        ("10E+999999998", "1E+999999999"),
        ("-2.50E-5000", "-2.5E-5000"),
        ("0E+999999999", "0"),
        ("-0.00", "0"),
        ("1E+300", "1" + "0" * 300),
    ],
)
def test_a_number_of_any_size_is_a_short_text(text: str, frozen: str) -> None:
    assert freeze(Decimal(text)) == frozen


def test_floats_and_naive_times_are_refused() -> None:
    for value in (0.1, [0.1], {"a": 0.1}):
        with pytest.raises(TypeError, match="use Decimal"):
            freeze(value)
    with pytest.raises(TypeError, match="times are aware UTC"):
        freeze(datetime(2026, 1, 1))  # noqa: DTZ001


def test_nothing_frozen_equals_what_was_never_settled() -> None:
    assert freeze({"a": 1}) != UNSETTLED
    assert freeze("unsettled") != UNSETTLED


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.datetimes(timezones=st.just(timezone.utc)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(JSON)
def test_what_was_staged_comes_back_unchanged(value: Any) -> None:
    back = unstage(stage(value))
    assert back == value
    assert digest(freeze(back)) == digest(freeze(value))


@given(JSON)
def test_freezing_twice_is_freezing_once(value: Any) -> None:
    assert freeze(freeze(value)) == freeze(value)


def test_a_payload_that_only_looks_like_a_tag_stays_as_it_is() -> None:
    assert unstage('{"$decimal":"many"}') == {"$decimal": "many"}
    assert unstage('{"$time":7}') == {"$time": 7}
    assert unstage('{"$date":"2026-01-01","more":1}') == {"$date": "2026-01-01", "more": 1}


def test_a_staged_date_is_a_date() -> None:
    assert unstage(stage(date(2026, 1, 1))) == date(2026, 1, 1)


def test_no_amount_passes_through_a_float() -> None:
    assert loads('{"price": 0.1}')["price"] == Decimal("0.1")


def test_what_is_absent_stays_absent() -> None:
    assert project({"a": None, "b": 1}, ["a", "c"]) == {"a": None}


@pytest.mark.parametrize("text", ["1e99999999999999999999", "[-1.5E-99999999999999999999]"])
def test_an_exponent_that_no_number_has_is_no_json(text: str) -> None:
    with pytest.raises(ValueError, match="exponent"):
        loads(text)
