"""Variant prices as a base and extras: exact, or not at all."""

from decimal import Decimal
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from gateway_ng.lib.extras import additive


def priced(prices):
    return [(tuple(key.split("/")), Decimal(price)) for key, price in prices.items()]


def test_one_option_takes_any_prices():
    base, extras = additive(priced({"S": "10.10", "M": "12.5", "L": "10.1"}), 0)
    assert base == Decimal("10.10")
    assert extras == {"S": 0, "M": Decimal("2.40"), "L": 0}


def test_two_options_that_add_up():
    prices = priced({"S/red": "10", "S/blue": "11", "M/red": "12", "M/blue": "13"})
    assert additive(prices, 0) == (Decimal(10), {"S": 0, "red": 0, "blue": 1, "M": 2})


def test_two_options_that_do_not_add_up():
    prices = priced({"S/red": "10", "S/blue": "11", "M/red": "12", "M/blue": "13.01"})
    assert additive(prices, 0) is None


def test_variants_that_share_no_value_with_the_reference():
    base, extras = additive(priced({"S/red": "10", "M/blue": "15", "L/blue": "16"}), 0)
    assert base + extras["M"] + extras["blue"] == 15
    assert base + extras["L"] + extras["blue"] == 16


def test_no_options_at_all():
    assert additive([((), Decimal("7.35"))], 0) == (Decimal("7.35"), {})
    assert additive([((), Decimal("7.35")), ((), Decimal("7.36"))], 0) is None


def test_an_extra_that_no_decimal_can_hold_is_refused():
    # Three equations in three values give thirds: 2x = y + 1, 2y = z + 1, 2z = x + …
    third = [((), Decimal(0)), (("a", "b"), Decimal(1)), (("b", "c"), Decimal(1))]
    halves = additive([*third, (("a", "c"), Decimal(1))], 0)
    assert halves is not None
    assert halves[1] == {"a": Decimal("0.5"), "b": Decimal("0.5"), "c": Decimal("0.5")}
    groups = ("abc", "abd", "acd", "bcd")
    thirds = additive([((), Decimal(0)), *((tuple(g), Decimal(1)) for g in groups)], 0)
    assert thirds is None


cents = st.integers(0, 100_000).map(lambda n: Decimal(n) / 100)


@given(st.lists(st.lists(cents, min_size=1, max_size=4), min_size=1, max_size=3), cents, st.data())
def test_what_is_additive_is_found_whatever_is_missing(options, base, data):
    cells = [[(i, j) for j in range(len(values))] for i, values in enumerate(options)]
    everything = list(product(*cells))
    chosen = data.draw(st.lists(st.sampled_from(everything), min_size=1, unique=True))
    variants = [(cell, base + sum(options[i][j] for i, j in cell)) for cell in chosen]
    lowest = min(range(len(variants)), key=lambda n: variants[n][1])
    found = additive(variants, lowest)
    assert found is not None
    for cell, price in variants:
        assert found[0] + sum((found[1][value] for value in cell), Decimal(0)) == price


@given(st.lists(cents, min_size=4, max_size=4))
def test_four_prices_of_two_options_add_up_only_when_the_diagonals_do(prices):
    cells = [("S", "red"), ("S", "blue"), ("M", "red"), ("M", "blue")]
    found = additive(list(zip(cells, prices, strict=True)), 0)
    assert (found is not None) == (prices[0] + prices[3] == prices[1] + prices[2])
