"""What is told of the options of variants that became others."""

from gateway_ng.lib.options import compare


def sizes(*values, name="Size", **more):
    return {str(n): {name: value, **more} for n, value in enumerate(values)}


def test_an_option_is_renamed_where_every_variant_keeps_its_value():
    change = compare(sizes("S", "M"), sizes("S", "M", name="Taille"))
    assert change.renamed == {"Size": "Taille"}
    assert (change.added, change.dropped) == ((), ())


def test_two_options_renamed_at_once_are_told_apart_by_their_values():
    before = {"1": {"Size": "S", "Color": "Red"}, "2": {"Size": "M", "Color": "Blue"}}
    after = {"1": {"Farbe": "Red", "Taille": "S"}, "2": {"Farbe": "Blue", "Taille": "M"}}
    assert compare(before, after).renamed == {"Size": "Taille", "Color": "Farbe"}


def test_name_and_values_renamed_at_once_are_one_rename_where_values_go_one_for_one():
    change = compare(sizes("S", "M", "S"), sizes("Klein", "Mittel", "Klein", name="Größe"))
    assert change.renamed == {"Size": "Größe"}
    assert change.values == {("Size", "S"): "Klein", ("Size", "M"): "Mittel"}


def test_an_option_whose_values_fall_together_is_another_one():
    change = compare(sizes("S", "M"), sizes("Wool", "Wool", name="Fabric"))
    assert (change.renamed, change.added, change.dropped) == ({}, ("Fabric",), ("Size",))


def test_added_and_dropped_options_are_no_rename():
    added = compare(sizes("S", "M"), sizes("S", "M", Color="Red"))
    assert (added.renamed, added.added, added.dropped) == ({}, ("Color",), ())
    dropped = compare(sizes("S", "M", Color="Red"), sizes("S", "M"))
    assert (dropped.renamed, dropped.added, dropped.dropped) == ({}, (), ("Color",))


def test_a_value_that_went_two_ways_is_not_renamed():
    change = compare(sizes("S", "S", "M"), sizes("Small", "S", "M"))
    assert change.values == {("Size", "M"): "M"}


def test_variants_nothing_was_said_of_follow_the_names_and_values_of_a_renamed_option():
    change = compare(sizes("S", "M"), sizes("Klein", "Mittel", name="Größe"))
    assert change.followed({"Size": "S", "Color": "Red"}) == {"Größe": "Klein", "Color": "Red"}
    assert change.followed({"Size": "XL"}) == {"Größe": "XL"}


def test_variants_nothing_was_said_of_keep_their_values_where_no_option_was_renamed():
    change = compare(sizes("S"), sizes("Small"))
    assert change.followed({"Size": "S"}) == {"Size": "S"}


def test_only_variants_of_both_sides_count():
    change = compare(sizes("S"), {**sizes("S"), "new": {"Size": "L", "Color": "Red"}})
    assert (change.renamed, change.added, change.dropped) == ({}, (), ())
