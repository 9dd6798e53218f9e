"""Lists of images whose two sides name them differently, paired by their places."""

from __future__ import annotations

from gateway_ng.lib.galleries import arranged, arrived, as_now, removed, tied, translated

TIES = [("a", "1"), ("b", "2")]


def test_what_is_settled_is_told_by_the_names_it_has_now() -> None:
    pair = (["a@", "b", "gone"], ["1", "2@", "3", "own"])
    assert tied(pair, ["b", "a@7"], ["own", "2@9", "1", "3"]) == [
        ("a@7", "1"),
        ("b", "2@9"),
        ("gone", "3"),
    ]


def test_what_the_target_has_no_more_ties_nothing() -> None:
    assert tied((["a", "b", "c"], ["x", "x", "2"]), ["a", "b", "c"], ["x"]) == [("a", "x")]


def test_settled_images_go_by_the_target_s_names_and_others_by_their_own() -> None:
    assert translated(["b", "c", "a"], TIES, str.upper) == ["2", "C", "1"]


def test_one_content_twice_is_two_images() -> None:
    assert translated(["a", "a"], [("a", "1"), ("a", "2")], str) == ["1", "2"]
    assert translated(["a", "a"], [("a", "1")], str) == ["1", "a"]


def test_what_nobody_settled_stays_behind_the_others() -> None:
    assert arranged(["2", "1"], ["own", "1", "2", "new"], TIES) == ["2", "1", "own", "new"]


def test_only_settled_images_are_taken_off() -> None:
    assert removed(["2"], ["1", "2", "own"], TIES) == ["1"]
    assert removed([], ["1", "2", "own"], TIES) == ["1", "2"]
    assert removed([], ["1", "2"], []) == []


def test_one_of_two_equal_contents_is_taken_off() -> None:
    assert removed(["x"], ["x", "x"], [("1", "x"), ("2", "x")]) == ["x"]


def test_versions_that_came_later_are_no_edit_and_another_order_is() -> None:
    assert as_now(["1@", "2@5"], ["1@7", "2@5"]) == ["1@7", "2@5"]
    assert as_now(["1@", "2@5"], ["2@5", "1@7"]) == ["1@", "2@5"]
    assert as_now(["1@"], ["1@7", "2@5"]) == ["1@"]


def test_what_was_sent_arrived_where_new_names_stand_at_its_places() -> None:
    assert arrived(["1@", "hash", "own"], ["1@", "own"], ["1@7", "2@", "own"])
    assert not arrived(["1@", "hash", "own"], ["1@", "own"], ["1@", "own", "2@"])
    assert not arrived(["1@", "hash"], ["1@"], ["1@"])
    assert not arrived(["2@", "1@"], ["1@", "2@"], ["1@", "2@"])
