"""Linked fields of both directions, and references put in place."""

from typing import Any

import pytest

from gateway_ng.lib.errors import MissingReference
from gateway_ng.lib.mapping import Ref, compile_mapping, effective, link, references, resolve


def mapped(record: dict[str, Any], source_id: str = "id"):
    document = {"model": "m", "source_table": "s", "source_id_field": source_id, "record": record}
    return compile_mapping(effective([("shipped", document)]))


def char(*paths: str) -> dict[str, Any]:
    return {"MAPTO": paths[0] if len(paths) == 1 else list(paths), "type": "char"}


IMPORT = mapped(
    {
        "name": char("title"),
        "street": char("address.street"),
        "place": char("address", "lambda a: a['city']"),
        "ref": char("id"),
        "note": char("@.note"),
        "flag": {"MAPVALUE": "x", "type": "char"},
        "variant_ids": {
            "MAPTO": "variants",
            "list": {"key": "id", "record": {"sku": char("code"), "price": char("cost")}},
        },
    }
)
EXPORT = mapped(
    {
        "title": char("name"),
        "handle": char("id"),
        "address.zip": char("zip"),
        "body": char("note"),
        "variants": {
            "MAPTO": "variant_ids",
            "list": {"key": "id", "record": {"code": char("sku"), "weight": char("kg")}},
        },
    }
)


def test_a_field_is_linked_with_the_one_that_writes_what_it_reads():
    links = link(IMPORT, EXPORT)
    group = links.group("import", "name")
    assert group == links.group("export", "title")
    assert links.fields("import", group) == {"name"}
    assert links.fields("export", group) == {"title"}


def test_paths_link_by_dotted_prefix():
    links = link(IMPORT, EXPORT)
    group = links.group("import", "place")
    assert links.fields("import", group) == {"street", "place"}
    assert links.fields("export", group) == {"address.zip"}


def test_ids_constants_and_the_targets_own_fields_link_nothing():
    links = link(IMPORT, EXPORT)
    assert links.group("import", "ref") != links.group("export", "handle")
    assert links.fields("export", links.group("import", "flag")) == frozenset()
    assert links.group("import", "note") == links.group("export", "body")  # by the Odoo path note
    assert link(mapped({"a": char("@.note")}), mapped({"x": char("note")})).group(
        "import", "a"
    ) != link(mapped({"a": char("@.note")}), mapped({"x": char("note")})).group("export", "x")


def test_elements_link_by_their_own_fields():
    links = link(IMPORT, EXPORT)
    assert links.group("import", "variant_ids") == links.group("export", "variants")
    assert links.group("import", "variant_ids.sku") == links.group("export", "variants.code")
    groups = {links.group("import", f"variant_ids.{name}") for name in ("sku", "price")}
    assert len(groups | {links.group("import", "variant_ids")}) == 3
    assert links.group("export", "variants.weight") not in groups


def test_one_direction_alone_has_groups_too():
    assert link(None, EXPORT).group("export", "title") == "export.title"
    assert link(IMPORT, None).group("import", "name") == "import.name"
    assert link(None, None).groups() == frozenset()
    with pytest.raises(KeyError):
        link(IMPORT, None).group("export", "title")


CUSTOMER = Ref("customer", None, "7")
COUNTRY = Ref("res.country", "code", "FR", required=False)
PRODUCT = Ref("product", "default_code", "A", create={"name": "A", "country": COUNTRY})
VALUES = {
    "name": "S1",
    "partner": CUSTOMER,
    "tags": ["a", "b"],
    "countries": [COUNTRY, Ref("res.country", "code", "DE", required=False)],
    "lines": {"1": {"product": PRODUCT, "price": 2}, "2": {"product": None, "country": COUNTRY}},
}


def test_references_are_found_in_fields_lists_elements_and_records_to_create():
    assert [(place, ref.value) for place, ref in references(VALUES)] == [
        (("partner",), "7"),
        (("countries", "0"), "FR"),
        (("countries", "1"), "DE"),
        (("lines", "1", "product"), "A"),
        (("lines", "1", "product", "create", "country"), "FR"),
        (("lines", "2", "country"), "FR"),
    ]


def test_ids_are_put_in_place_and_optional_ones_left_out():
    ids = {Ref("customer", None, "7"): "70", Ref("product", "default_code", "A"): "5"}
    done = resolve(VALUES, {**ids, Ref("res.country", "code", "DE"): "57", COUNTRY: None})
    assert done == {
        "name": "S1",
        "partner": "70",
        "tags": ["a", "b"],
        "countries": ["57"],
        "lines": {"1": {"product": "5", "price": 2}, "2": {"product": None}},
    }
    assert set(done.unresolved) == {("countries", "0"), ("lines", "2", "country")}
    assert VALUES["partner"] is CUSTOMER


def test_a_missing_required_reference_names_place_value_and_remedy():
    with pytest.raises(MissingReference) as caught:
        resolve({"lines": {"1": {"product": PRODUCT}}}, {})
    assert str(caught.value) == (
        "field lines.1.product: the product with default_code «A» is not known here"
        " (value: 'A').\nRemedy: sync the product first, or correct it in the source;"
        " it is tried again then"
    )
    assert caught.value.details == {"name": "product", "key": "default_code", "value": "A"}


def test_references_are_equal_when_they_need_the_same_look_up():
    assert Ref("a", "k", "1", required=True) == Ref("a", "k", "1", required=False, create={})
    assert Ref("a", "k", "1") != Ref("a", None, "1")
    assert len({PRODUCT, Ref("product", "default_code", "A")}) == 1
