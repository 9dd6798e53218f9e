"""Nested lists as flat fields."""

from __future__ import annotations

from gateway_ng.lib import elements

LISTS = frozenset(("lines",))
VALUES = {
    "name": "Shirt",
    "lines": {"gid://shop/1": {"sku": "a]b", "price": 1}, "2": {"sku": "c"}},
    "tags": ["x"],
}
FLAT = {
    "name": "Shirt",
    "lines[gid://shop/1].sku": "a]b",
    "lines[gid://shop/1].price": 1,
    "lines[2].sku": "c",
    "tags": ["x"],
}


def test_lists_are_spread_over_flat_names_and_back() -> None:
    assert elements.flatten(VALUES, LISTS) == FLAT
    assert elements.unflatten(FLAT) == VALUES


def test_a_flat_name_tells_list_key_and_field() -> None:
    assert elements.split("lines[gid://shop/1].sku") == ("lines", "gid://shop/1", "sku")
    assert elements.split("lines[a].b].sku") == ("lines", "a].b", "sku")
    assert elements.split("name") is None
    assert elements.spec_path("lines[2].sku") == "lines.sku"


def test_keys_come_once_in_order() -> None:
    assert list(elements.keys_of(FLAT, "lines")) == ["gid://shop/1", "2"]
    assert list(elements.keys_of(FLAT, "name")) == []


def test_a_list_that_is_null_or_no_mapping_stays_as_it_is() -> None:
    assert elements.flatten({"lines": None}, LISTS) == {"lines": None}
    assert elements.flatten({"lines": {"1": None}}, LISTS) == {}
