"""Named transforms: examples hold, wrong input is a clear problem, other addons can register."""

import time
from datetime import date, datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_ng.lib.mapping import TRANSFORMS, Argument, Problem, register_transform
from gateway_ng.lib.mapping.transforms import check_example, find_transform

VALUES = st.one_of(
    st.text(), st.integers(), st.booleans(), st.decimals(), st.datetimes(), st.dates(),
    st.datetimes(timezones=st.just(timezone.utc)),
    st.lists(st.one_of(st.text(), st.none(), st.integers(), st.decimals(), st.lists(st.text()))),
)  # fmt: skip
REQUIRED = {
    "replace": {"old": "a", "new": "bb"},
    "truncate": {"length": 3},
    "multiply": {"by": Decimal("1E+500")},
    "divide": {"by": 3},
    "assume_timezone": {"zone": "Europe/Paris"},
    "parse_datetime": {"format": "%d/%m/%Y"},
}


@pytest.mark.parametrize("name", sorted(TRANSFORMS))
def test_every_transform_has_a_sentence_and_examples_that_hold(name):
    transform = TRANSFORMS[name]
    assert transform.help.endswith(".")
    assert transform.examples
    assert [check_example(transform, one) for one in transform.examples] == [None] * len(
        transform.examples
    )


@pytest.mark.parametrize("name", sorted(TRANSFORMS))
@settings(max_examples=60, deadline=None)
@given(value=VALUES)
def test_a_transform_gives_a_value_or_a_problem_for_any_input(name, value):
    transform = TRANSFORMS[name].bind(REQUIRED.get(name, {}))
    try:
        transform(value)
    except Problem as problem:
        assert str(problem)


@pytest.mark.parametrize("name", sorted(set(TRANSFORMS) - {"null_to_empty"}))
def test_null_stays_null(name):
    assert TRANSFORMS[name].bind(REQUIRED.get(name, {}))(None) is None


def test_a_wrong_kind_is_named_with_the_remedy():
    with pytest.raises(Problem, match="uppercase takes text, not a whole number") as caught:
        TRANSFORMS["uppercase"](12)
    assert "to_str" in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("round", {"digit": 2}, "did you mean «digits»"),
        ("round", {"digits": "2"}, "is integer, not text"),
        ("round", {"digits": True}, "is integer, not true/false"),
        ("round", {"digits": 99}, "from 0 to 20"),
        ("replace", {}, "needs the argument «old»"),
        ("replace", {"old": ""}, "can't be empty"),
        ("assume_timezone", {"zone": "Mars/Base"}, "no such time zone"),
        ("parse_datetime", {"format": "%999999d"}, "use %Y"),
        ("weight_to_kg", {"unit": "stone"}, "use one of"),
        ("divide", {"by": 0}, "can't be zero"),
    ],
)
def test_a_wrong_argument_is_told_at_save(name, arguments, said):
    with pytest.raises(ValueError, match=said):
        TRANSFORMS[name].bind(arguments)


def test_an_unknown_transform_is_told_with_the_nearest_name():
    with pytest.raises(ValueError, match="no transform «uppercse»; did you mean «uppercase»"):
        find_transform("uppercse")


def test_the_time_of_an_example_is_the_same_in_every_zone():
    paris = TRANSFORMS["assume_timezone"].bind({"zone": "Europe/Paris"})
    assert paris("2026-07-01 12:00") == datetime(2026, 7, 1, 10, tzinfo=timezone.utc)
    assert TRANSFORMS["date_part"](datetime(2026, 7, 1, 23, tzinfo=timezone.utc)) == date(
        2026, 7, 1
    )


def test_html_to_text_is_quick_on_hostile_html():
    hostile = "<" * 200_000 + "<a" * 100_000 + "<!--" * 50_000
    assert len(TRANSFORMS["html_to_text"](hostile)) > 0


@pytest.mark.parametrize("name", ["join", "join_nonempty", "sort"])
def test_a_number_of_a_billion_digits_is_not_written_out(name):
    with pytest.raises(Problem, match="is not text"):
        TRANSFORMS[name]([Decimal("1E+99999999")])


def test_numbers_chosen_to_collide_are_told_apart_quickly():
    began = time.process_time()
    assert len(TRANSFORMS["unique"]([n * (2**61 - 1) for n in range(20_000)])) == 20_000
    assert time.process_time() - began < 1
    assert TRANSFORMS["unique"]([1, "1", Decimal("1.0")]) == [1, "1"]


def test_another_addon_registers_a_transform_and_its_examples_are_checked():
    try:
        shout = register_transform(
            "shout", lambda value, mark: value + mark, help="Louder.", takes=["text"],
            arguments=[Argument("mark", "text", "what to add", "!")],
            examples=[("a", "a!"), ("a", {"mark": "?"}, "a?")],
        )  # fmt: skip
        assert TRANSFORMS["shout"] is shout
        with pytest.raises(ValueError, match="exists already"):
            register_transform("shout", str, help="x", takes=["text"], examples=[("a", "a")])
        with pytest.raises(ValueError, match="gives 'a', not 'b'"):
            register_transform("wrong", str, help="x", takes=["text"], examples=[("a", "b")])
        with pytest.raises(ValueError, match="needs a help sentence and an example"):
            register_transform("bare", str, help="x", takes=["text"], examples=[])
    finally:
        TRANSFORMS.pop("shout", None)
    assert "wrong" not in TRANSFORMS
