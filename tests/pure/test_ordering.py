"""What counts as another order of a product's options, and how an order is taken over."""

from gateway_ng.lib.ordering import arranged, is_same
from gateway_ng.lib.values import UNSETTLED


def options(**values):
    return [{"name": name, "values": list(given)} for name, given in values.items()]


def test_options_and_values_in_other_places_are_another_order():
    before = options(Size="SML", Color="RB")
    assert is_same(before, options(Size="SML", Color="RB"))
    assert not is_same(before, options(Color="RB", Size="SML"))
    assert not is_same(before, options(Size="MSL", Color="RB"))


def test_what_comes_behind_the_rest_or_goes_is_no_other_order():
    before = options(Size="SM")
    assert is_same(before, options(Size="SML"))
    assert is_same(before, options(Size="M"))
    assert is_same(before, options(Size="SM", Color="R"))
    assert is_same(before, [])
    assert is_same([], before)


def test_what_comes_before_the_rest_is_another_order():
    assert not is_same(options(Size="SM"), options(Size="XSM"))
    assert not is_same(options(Size="SM"), options(Color="R", Size="SM"))


def test_what_is_renamed_stays_where_it_was():
    before = options(Size="SML", Color="RB")
    assert is_same(before, options(Taille="SML", Color="RB"))
    assert is_same(before, options(Size="XML", Color="RB"))
    assert not is_same(before, options(Taille="SML", Color="BR"))


def test_what_was_never_settled_is_no_order():
    assert not is_same(UNSETTLED, options(Size="SM"))
    assert not is_same(options(Size="SM"), None)
    assert is_same(None, None)


def test_those_that_are_wanted_change_places_and_the_others_stay():
    assert arranged(["S", "x", "M", "L"], ["L", "M", "S", "XL"]) == ["L", "x", "M", "S"]
    assert arranged(["S", "M"], []) == ["S", "M"]
