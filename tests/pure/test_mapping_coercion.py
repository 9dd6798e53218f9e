"""The coercion table: what fits which type, as what, and what is told otherwise."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_ng.lib.mapping import TYPES, Problem
from gateway_ng.lib.mapping.coercion import check_example

EXAMPLES = [(t.name, given, wanted) for t in TYPES.values() for given, wanted in t.examples]


@pytest.mark.parametrize(("name", "value", "wanted"), EXAMPLES)
def test_the_published_examples_hold(name, value, wanted):
    assert check_example(TYPES[name], value, wanted) is None


def test_a_wrong_example_would_be_found():
    assert "gives 12" in (check_example(TYPES["integer"], "12", 13) or "")
    assert "is refused" in (check_example(TYPES["integer"], "x", 13) or "")
    assert "gives '1'" in (check_example(TYPES["char"], 1, 1) or "")


@pytest.mark.parametrize("name", sorted(TYPES))
@settings(max_examples=150, deadline=None)
@given(
    value=st.one_of(
        st.text(), st.integers(), st.booleans(), st.decimals(), st.floats(), st.datetimes(),
        st.dates(), st.binary(), st.lists(st.text()), st.dictionaries(st.text(), st.floats()),
        st.datetimes(timezones=st.just(timezone.utc)), st.sampled_from(["1e5", " 1 ", "-0", "٣"]),
    )
)  # fmt: skip
def test_any_value_fits_or_is_refused_with_a_rule_and_a_remedy(name, value):
    try:
        result = TYPES[name].coerce(value)
    except Problem as problem:
        assert problem.remedy or problem.rule
        return
    assert isinstance(result, TYPES[name].python)
    assert TYPES[name].coerce(result) == result


@pytest.mark.parametrize(
    ("name", "value", "said", "remedy"),
    [
        ("integer", "", "not a whole number", "empty_to_null"),
        ("decimal", "", "not a number", "empty_to_null"),
        ("decimal", "19,90", "not a number", "to_float"),
        ("decimal", 1.1, "a binary float is not a number", "Decimal"),
        ("decimal", Decimal("1E+999999"), "too many digits", "round"),
        ("integer", Decimal("1.5"), "not whole", "round"),
        ("boolean", 1, "a whole number is not true or false", "to_bool"),
        ("char", "a\x00b", "NUL", "remove_control"),
        ("char", "\ud800", "surrogate", "remove_control"),
        ("char", "a" * 65_537, "65,537 characters", "truncate"),
        ("char", ["a"], "a list is not text", "join"),
        ("datetime", datetime(2026, 1, 1), "no zone", "assume_utc"),  # noqa: DTZ001
        ("datetime", "2026-02-30T00:00:00Z", "not a datetime", "no such time"),
        ("date", datetime(2026, 1, 1, tzinfo=timezone.utc), "not a day", "date_part"),
        ("date", "2026-02-30", "not a date", "no such day"),
        ("list", "a,b", "text is not a list", "split"),
        ("selection", "", "names no record or choice", "empty_to_null"),
    ],
)
def test_a_refusal_names_what_to_do(name, value, said, remedy):
    with pytest.raises(Problem, match=said) as caught:
        TYPES[name].coerce(value)
    assert remedy in caught.value.remedy


def test_fractions_of_seconds_and_offsets_are_read():
    at = TYPES["datetime"].coerce
    assert at("2026-01-02T03:04:05.123456789-0530") == datetime(
        2026, 1, 2, 8, 34, 5, 123456, tzinfo=timezone.utc
    )
    assert at("2026-01-02 03:04Z") == datetime(2026, 1, 2, 3, 4, tzinfo=timezone.utc)
