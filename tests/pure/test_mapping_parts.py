"""Parts of lists: what a layer says of one entry, over the list below; the least to say."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_ng.lib.endpoint import EntityInfo, FieldInfo
from gateway_ng.lib.errors import MappingError
from gateway_ng.lib.mapping import compile_mapping, difference, effective, entry, merge, with_entry
from gateway_ng.lib.mapping.parts import over

NAME = {"MAPTO": "title", "type": "char"}
TAX = {"MAPTO": "amount", "type": "monetary"}
SHIPPED = {
    "model": "sale.order",
    "source_table": "shopify_order",
    "source_id_field": "id",
    "record": {
        "ref": {"MAPTO": "name", "type": "char"},
        "lines": {
            "MAPTO": "lineItems",
            "list": {
                "key": "id",
                "record": {
                    "name": NAME,
                    "sku": {"MAPTO": "sku", "type": "char"},
                    "taxes": {"MAPTO": "taxLines", "list": {"key": "#", "record": {"tax": TAX}}},
                },
            },
        },
    },
}


def over_shipped(**record):
    return effective([("shipped", SHIPPED), ("connector", {"record": record})])


def test_a_part_of_a_list_keeps_the_rest_of_it():
    said = {"MAPTO": "sku", "type": "char", "required": True}
    made = over_shipped(lines={"list": {"owned": True, "record": {"name": said, "sku": None}}})
    lines = made.document["record"]["lines"]
    assert lines["MAPTO"] == "lineItems"
    assert lines["list"]["owned"] is True
    assert list(lines["list"]["record"]) == ["name", "taxes"]
    assert lines["list"]["record"]["name"] == said
    assert "owned" not in SHIPPED["record"]["lines"]["list"], "what was shipped stays as it is"


def test_a_part_reaches_a_list_in_a_list():
    tax = {"MAPTO": "price", "type": "monetary"}
    inner = {"list": {"record": {"tax": tax}}}
    made = over_shipped(lines={"list": {"record": {"taxes": inner}}})
    assert entry(made.document["record"], ["lines", "taxes", "tax"]) == tax
    assert entry(made.document["record"], ["lines", "name"]) == NAME


def test_the_layer_of_an_entry_is_known_until_its_list_is_replaced():
    part = {"list": {"record": {"name": {"MAPTO": "sku", "type": "char"}}}}
    whole = {"MAPTO": "lineItems", "list": {"key": "id", "record": {"name": NAME}}}
    place = "record.lines.list.record.name"
    made = over_shipped(lines=part)
    assert (made.provenance[place], made.provenance["record.lines"]) == ("connector", "shipped")
    layers = [("shipped", SHIPPED), ("company", {"record": {"lines": part}})]
    made = effective([*layers, ("connector", {"record": {"lines": whole}})])
    assert place not in made.provenance
    assert made.provenance["record.lines"] == "connector"


def test_a_part_of_a_list_that_is_not_there_is_refused_with_its_place():
    with pytest.raises(MappingError) as caught:
        over_shipped(gifts={"list": {"record": {"name": NAME}}})
    places = [one["at"] for one in caught.value.details["problems"]]
    assert places == ["/record/gifts", "/record/gifts/list"]


def test_an_entry_that_is_wrong_is_told_with_its_place_and_layer():
    wrong = {"MAPTO": "title", "type": "chr"}
    with pytest.raises(MappingError) as caught:
        over_shipped(lines={"list": {"record": {"name": wrong}}})
    (problem,) = caught.value.details["problems"]
    assert problem["at"] == "/record/lines/list/record/name/type"
    assert "(layer connector)" in problem["message"]


def test_an_entry_that_reads_what_the_source_has_not_is_told_with_its_place():
    fields = {name: FieldInfo(name, "char") for name in ("id", "name", "lineItems")}
    source = EntityInfo("order", "shopify_order", fields)
    for name, path in (("name", "^nam"), ("name", "^vendor.name")):
        read = {"MAPTO": [path, "title"], "transform": "join_nonempty", "type": "char"}
        with pytest.raises(MappingError) as caught:
            compile_mapping(over_shipped(lines={"list": {"record": {name: read}}}), source)
        (problem,) = caught.value.details["problems"]
        assert problem["at"] == "/record/lines/list/record/name"
    deep = {"list": {"record": {"tax": {"MAPTO": "^^currency", "type": "char"}}}}
    with pytest.raises(MappingError) as caught:
        compile_mapping(over_shipped(lines={"list": {"record": {"taxes": deep}}}), source)
    (problem,) = caught.value.details["problems"]
    assert problem["at"] == "/record/lines/list/record/taxes/list/record/tax"


def test_the_least_to_say_of_a_list_is_the_entry_that_differs():
    record = SHIPPED["record"]
    name = {"MAPTO": "sku", "type": "char"}
    wanted = with_entry(record, ["lines", "name"], name)
    assert difference(record, wanted) == {"lines": {"list": {"record": {"name": name}}}}
    assert difference(record, record) == {}
    gone = with_entry(record, ["lines", "taxes", "tax"], None)
    inner = {"taxes": {"list": {"record": {"tax": None}}}}
    assert difference(record, gone) == {"lines": {"list": {"record": inner}}}
    moved = with_entry(record, ["lines"], {"MAPTO": "charges", "list": {"key": "id"}})
    assert difference(record, moved)["lines"]["MAPTO"] == "charges"
    assert entry(moved, ["lines", "name"]) == NAME, "told without entries it keeps them"


def test_numbers_that_only_look_alike_differ():
    def constant(value):
        return {"a": {"MAPVALUE": value, "type": "json"}}

    for one, other in ((1, True), (1, Decimal("1.0")), (0, False)):
        assert difference(constant(one), constant(other)) == constant(other)


def test_an_entry_of_what_is_no_list_is_refused():
    with pytest.raises(MappingError, match="«ref» is not a list here"):
        with_entry(SHIPPED["record"], ["ref", "name"], NAME)


def fields_in(entries):
    lists = st.builds(
        lambda record, key, more: {"MAPTO": "all", "list": {"key": key, "record": record}} | more,
        entries,
        st.sampled_from(["id", "#"]),
        st.sampled_from([{}, {"required": True}, {"help": "x"}]),
    )
    plain = st.builds(lambda path: {"MAPTO": path, "type": "char"}, st.sampled_from("xyz"))
    return st.one_of(plain, lists)


records = st.recursive(
    st.just({}),
    lambda inner: st.dictionaries(st.sampled_from("abc"), fields_in(inner), max_size=3),
    max_leaves=8,
)


@given(records, records)
def test_what_a_layer_says_at_least_makes_what_was_wanted(below, wanted):
    layers = [("below", {"record": below}), ("mine", {"record": difference(below, wanted)})]
    assert merge(layers)[0].get("record", {}) == wanted


def test_a_part_changes_options_one_by_one():
    made, places = over(SHIPPED["record"]["lines"], {"required": True, "list": {"owned": True}})
    assert (made["required"], made["list"]["owned"], made["list"]["key"]) == (True, True, "id")
    assert places == [""]
