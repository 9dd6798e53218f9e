"""Records through compiled mappings: values, nulls, absences, elements, references, errors."""

import json
import threading
from datetime import datetime, timezone
from decimal import Decimal
from types import MappingProxyType

import pytest

from gateway_ng.lib.endpoint import Record
from gateway_ng.lib.errors import MappingError, ValidationError
from gateway_ng.lib.mapping import Ref, compile_mapping, effective, explain, parse

AS_PROMISED = """
{ "model": "res.partner", "source_table": "shopify_customer", "source_id_field": "id",
  "record": {
    "name":  { "MAPTO": ["firstName", "lastName", "lambda f, l: f'{f} {l}'.strip()"], "type": "char", "required": true },
    "email": { "MAPTO": "email", "type": "char" },
    "city":  { "MAPTO": ["defaultAddress", "lambda a: a.get('city','') if a else ''"], "type": "char" },
    "customer_rank": { "MAPVALUE": 1, "type": "integer" } } }
"""  # noqa: E501


def compiled(record, **more):
    document = {"model": "m", "source_table": "customer", "source_id_field": "id", "record": record}
    return compile_mapping(effective([("shipped", {**document, **more})]))


def one(spec, fields):
    """What a field «x» becomes; the key is missing when it is absent."""
    return compiled({"x": spec}).transform(Record("7", fields))


def wrong(spec, fields, error=ValidationError):
    with pytest.raises(error) as caught:
        one(spec, fields)
    return caught.value


def test_the_promised_document_works_as_it_stands():
    mapping = compile_mapping(effective([("shipped", parse(AS_PROMISED))]))
    record = Record(
        "1",
        {
            "id": "1",
            "firstName": "Ada",
            "lastName": "King",
            "email": "ada@example.com",
            "defaultAddress": {"city": "London"},
        },
    )
    assert mapping.transform(record) == {
        "name": "Ada King",
        "email": "ada@example.com",
        "city": "London",
        "customer_rank": 1,
    }
    assert mapping.model == "res.partner"
    assert mapping.source_table == "shopify_customer"
    assert mapping.source_id_field == "id"
    assert mapping.reads == {"firstName", "lastName", "email", "defaultAddress"}
    assert mapping.writes == {"name", "email", "city", "customer_rank"}
    assert mapping.fields["name"].required
    assert (mapping.on_missing, mapping.shared, mapping.identity) == ("create", False, ())


def test_null_stays_null_and_absent_is_left_out():
    spec = {"MAPTO": "a.b", "type": "char"}
    assert one(spec, {"a": {"b": "x"}}) == {"x": "x"}
    assert one(spec, {"a": {"b": None}}) == {"x": None}
    assert one(spec, {"a": None}) == {"x": None}
    assert one(spec, {"a": {}}) == {}
    assert one(spec, {}) == {}
    assert one({**spec, "MAPTO": "a.b?"}, {}) == {"x": None}
    assert one(spec, {"a": {"b": ""}}) == {"x": ""}


def test_elements_of_lists_are_reached_by_position():
    spec = {"MAPTO": "v.0.p", "type": "char"}
    assert one(spec, {"v": [{"p": "1"}, {"p": "2"}]}) == {"x": "1"}
    assert one(spec, {"v": []}) == {"x": None}
    assert one(spec, {"v": [{}]}) == {}
    assert compiled({"x": spec}).reads == {"v.p"}


def test_a_lambda_with_an_absent_argument_is_absent():
    spec = {"MAPTO": ["a", "b", "lambda a, b: f'{a}{b}'"], "type": "char"}
    assert one(spec, {"a": "1"}) == {}
    assert one({**spec, "MAPTO": ["a", "b?", "lambda a, b: b or a"]}, {"a": "1"}) == {"x": "1"}


def test_several_paths_without_a_lambda_are_a_list():
    spec = {"MAPTO": ["first", "last"], "transform": "join_nonempty", "type": "char"}
    assert one(spec, {"first": None, "last": "Doe"}) == {"x": "Doe"}
    assert one({"MAPTO": ["last"], "type": "char"}, {"last": "Doe"}) == {"x": "Doe"}


def test_a_default_stands_for_null_and_absent_but_not_for_empty():
    spec = {"MAPTO": "a", "type": "char", "DEFAULT": "none"}
    assert one(spec, {}) == one(spec, {"a": None}) == {"x": "none"}
    assert one(spec, {"a": ""}) == {"x": ""}
    assert one({**spec, "transform": "empty_to_null"}, {"a": ""}) == {"x": "none"}


def test_transforms_run_in_order_and_with_arguments():
    steps = ["strip", {"name": "to_float", "decimal": ","}, {"name": "round", "digits": 1}]
    spec = {"MAPTO": "a", "type": "decimal", "transform": steps}
    assert one(spec, {"a": " 1.234,56 "}) == {"x": Decimal("1234.6")}


def test_a_value_table_maps_words_and_refuses_unknown_ones():
    spec = {"MAPTO": "a", "type": "selection", "values": {"ACTIVE": "sale", "true": "t", "3": "n"}}
    assert one(spec, {"a": "ACTIVE"}) == {"x": "sale"}
    assert one(spec, {"a": True}) == {"x": "t"}
    assert one(spec, {"a": 3}) == {"x": "n"}
    assert one(spec, {"a": None}) == {"x": None}
    error = wrong(spec, {"a": "DRAFT"})
    assert "no entry for it; it has: ACTIVE, true, 3" in str(error)
    other = {**spec, "values": {"*": "other", "null": "none"}}
    assert one(other, {"a": "DRAFT"}) == {"x": "other"}
    assert one(other, {"a": None}) == {"x": "none"}
    assert one(other, {"a": "*"}) == {"x": "other"}


@pytest.mark.parametrize("fields", [{}, {"a": None}, {"a": ""}, {"a": "  "}])
def test_required_means_there_and_not_blank(fields):
    error = wrong({"MAPTO": "a", "type": "char", "required": True}, fields)
    assert str(error).startswith("customer 7, field x: the field is required and the source ")
    assert error.rule == "required"
    assert "«If empty»" in error.remedy


def test_an_error_names_record_field_value_rule_and_remedy():
    error = wrong({"MAPTO": "a", "type": "integer"}, {"a": "many"})
    assert str(error) == (
        "customer 7, field x: the text is not a whole number (value: 'many')."
        "\nRemedy: use the transform to_int"
    )
    assert (error.record, error.field, error.value, error.rule) == (
        "customer 7",
        "x",
        "many",
        "integer",
    )


def test_all_wrong_fields_are_told_at_once():
    mapping = compiled(
        {
            "good": {"MAPTO": "g", "type": "char"},
            "amount": {"MAPTO": "a", "type": "monetary"},
            "missing": {"MAPTO": "m", "type": "char", "required": True},
            "number": {"MAPTO": ["n", "lambda n: n + 1"], "type": "integer"},
        }
    )
    with pytest.raises(MappingError) as caught:
        mapping.transform(Record("7", {"g": "x", "a": "free", "n": "secret"}))
    fields = {problem["field"] for problem in caught.value.details["problems"]}
    assert fields == {"amount", "missing", "number"}
    assert str(caught.value).startswith("customer 7: 3 fields are wrong: ")
    assert "lambda n: n + 1: text and a whole number can't be added" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_path_into_a_plain_value_is_an_error_of_the_mapping():
    error = wrong({"MAPTO": "a.b", "type": "char"}, {"a": "x"}, MappingError)
    assert "path a.b: «b» is looked for in text" in str(error)
    error = wrong({"MAPTO": "a.b", "type": "char"}, {"a": [{"b": 1}]}, MappingError)
    assert "map it with «list»" in str(error)


ORDER = {
    "client_order_ref": {"MAPTO": "name", "type": "char"},
    "date_order": {"MAPTO": "createdAt", "type": "datetime"},
    "partner_id": {"MAPTO": "customer.id", "reference": {"entity": "customer"}},
    "country_id": {
        "MAPTO": "country",
        "reference": {"lookup": "res.country", "key": "code", "required": False},
    },
    "order_line": {
        "MAPTO": "lines",
        "list": {
            "key": "id",
            "owned": True,
            "match": ["name"],
            "record": {
                "product_id": {
                    "MAPTO": "sku",
                    "reference": {
                        "entity": "product",
                        "key": "default_code",
                        "create": {"name": {"MAPTO": "title", "type": "char"}},
                    },
                },
                "name": {"MAPTO": ["^name", "title", "lambda n, t: f'{n} {t}'"], "type": "text"},
                "price_unit": {"MAPTO": "price", "type": "monetary", "required": True},
                "taxes": {
                    "MAPTO": "taxes",
                    "list": {
                        "key": ["title", "rate"],
                        "record": {
                            "amount": {"MAPTO": "amount", "type": "monetary"},
                            "currency": {"MAPTO": "^^currency", "type": "char"},
                        },
                    },
                },
            },
        },
    },
    "tag_ids": {"MAPTO": "tags", "type": "list"},
    "categories": {"MAPTO": "sets", "type": "list", "reference": {"entity": "category"}},
}
FIELDS = {
    "name": "#1",
    "createdAt": "2026-01-02T03:04:05+01:00",
    "customer": {"id": 7},
    "country": None,
    "currency": "EUR",
    "tags": ["b", "a"],
    "sets": ["1", 2],
    "lines": [
        {
            "id": 2,
            "sku": "A",
            "title": "Hat",
            "price": "1.10",
            "taxes": [{"title": "VAT", "rate": Decimal("0.20"), "amount": "0.22"}],
        },
        {"id": 1, "sku": None, "title": "Post", "price": 3, "taxes": []},
    ],
}


def test_an_element_s_key_of_any_size_is_refused_not_written_out():
    lines = [{**FIELDS["lines"][0], "id": Decimal("1E+999999999")}]
    with pytest.raises(ValidationError, match="does not name|not text"):
        compiled(ORDER).transform(Record("1", {**FIELDS, "lines": lines}))


def test_an_order_with_lines_taxes_and_references():
    mapping = compiled(ORDER)
    values = mapping.transform(Record("1", MappingProxyType(FIELDS)))
    assert values == {
        "client_order_ref": "#1",
        "date_order": datetime(2026, 1, 2, 2, 4, 5, tzinfo=timezone.utc),
        "partner_id": Ref("customer", None, "7"),
        "country_id": None,
        "order_line": {
            "2": {
                "product_id": Ref("product", "default_code", "A"),
                "name": "#1 Hat",
                "price_unit": Decimal("1.10"),
                "taxes": {"VAT|0.20": {"amount": Decimal("0.22"), "currency": "EUR"}},
            },
            "1": {"product_id": None, "name": "#1 Post", "price_unit": Decimal(3), "taxes": {}},
        },
        "tag_ids": ["b", "a"],
        "categories": [Ref("category", None, "1"), Ref("category", None, "2")],
    }
    assert list(values["order_line"]) == ["2", "1"]
    assert values["order_line"]["2"]["product_id"].create == {"name": "Hat"}
    assert values["partner_id"].create is None


def test_a_mapping_knows_what_it_reads_and_writes():
    mapping = compiled(ORDER, filters={"Paid": {"path": "financial.status", "equals": "PAID"}})
    assert mapping.reads == {
        "name", "createdAt", "customer.id", "country", "tags", "sets", "lines", "lines.id",
        "lines.sku", "lines.title", "lines.price", "lines.taxes", "lines.taxes.title",
        "lines.taxes.rate", "lines.taxes.amount", "currency", "financial.status",
    }  # fmt: skip
    assert mapping.roots == {
        "name", "createdAt", "customer", "country", "tags", "sets", "lines", "currency",
        "financial",
    }  # fmt: skip
    assert "order_line.taxes.currency" in mapping.writes
    spec = mapping.fields["order_line"]
    assert (spec.key, spec.owned, spec.match, spec.entity) == (("id",), True, (("name",),), None)
    assert spec.nested.fields["price_unit"].required
    assert spec.key_reads == {"lines.id"}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([{"id": 1, "price": 1}, {"id": "1", "price": 2}], "two elements have the key «1»"),
        ([{"id": None, "price": 1}], "order_line[#0]: the element has no key"),
        ([{"id": 5, "price": "x"}], "order_line[5].price_unit: the text is not a number"),
        ([{"id": 5}], "order_line[5].price_unit: the field is required"),
        ({"id": 5}, "an object is not a list"),
        (["x"], "is looked for in text"),
    ],
)
def test_a_wrong_element_is_named_by_its_key(lines, said):
    with pytest.raises((ValidationError, MappingError)) as caught:
        compiled(ORDER).transform(Record("1", {**FIELDS, "lines": lines}))
    assert said in str(caught.value)
    assert caught.value.record == "customer 1"


def test_elements_may_be_plain_values_keyed_by_position():
    spec = {
        "MAPTO": "options",
        "list": {"key": "#", "record": {"name": {"MAPTO": ".", "type": "char"}}},
    }
    assert one(spec, {"options": ["S", "M"]}) == {"x": {"0": {"name": "S"}, "1": {"name": "M"}}}
    assert one(spec, {"options": None}) == {"x": None}
    assert one(spec, {}) == {}


def test_a_language_is_part_of_the_name():
    mapping = compiled({"name@fr_FR": {"MAPTO": "fr", "type": "char"}})
    assert mapping.transform(Record("1", {"fr": "Chapeau"})) == {"name@fr_FR": "Chapeau"}
    spec = mapping.fields["name@fr_FR"]
    assert (spec.target, spec.language) == ("name", "fr_FR")


def test_the_targets_own_record_is_read_where_it_is_given():
    spec = {"MAPTO": ["qty", "@.committed", "lambda q, c: q - c"], "type": "integer"}
    assert one(spec, {"qty": 5}) == {}
    assert one(spec, {"qty": 5, "@": {"committed": 2}}) == {"x": 3}


def test_a_held_value_is_coerced_by_the_same_table():
    fields = compiled(ORDER).fields
    assert fields["partner_id"].coerce(12) == "12"
    assert fields["tag_ids"].coerce(None) is None
    assert fields["date_order"].coerce("2026-01-01T00:00:00Z").tzinfo is timezone.utc
    with pytest.raises(ValidationError, match="field order_line: text is not a list"):
        fields["order_line"].coerce("x")


@pytest.mark.parametrize(
    ("told", "fields", "taken"),
    [
        ({"MAPTO": ["s", "lambda s: s == 'ACTIVE'"]}, {"s": "ACTIVE"}, True),
        ({"MAPTO": ["s", "lambda s: s == 'ACTIVE'"]}, {"s": "DRAFT"}, False),
        ({"MAPTO": "s"}, {"s": ""}, False),
        ({"MAPTO": "s", "transform": "to_bool"}, {"s": "no"}, False),
        ({"path": "s", "in": ["A", 1]}, {"s": 1}, True),
        ({"path": "s", "in": ["A", 1]}, {"s": True}, False),
        ({"path": "s", "in": ["A", 1]}, {"s": "1"}, False),
        ({"path": "s", "in": ["A", None]}, {"s": None}, True),
        ({"path": "s", "not_in": ["A"]}, {"s": "B"}, True),
        ({"path": "s", "not_in": ["A"]}, {"s": "A"}, False),
        ({"path": "s", "equals": Decimal("1.0")}, {"s": 1}, True),
        ({"path": "s", "empty": True}, {"s": "  "}, True),
        ({"path": "s", "empty": True}, {"s": 0}, False),
        ({"path": "s", "present": True}, {"s": []}, False),
        ({"path": "s", "present": True, "not_in": ["x"]}, {"s": "x"}, False),
        ({"path": "s?", "empty": True}, {}, True),
    ],
)
def test_a_filter_takes_or_refuses_by_its_name(told, fields, taken):
    mapping = compiled({"x": {"MAPVALUE": 1, "type": "integer"}}, filters={"The one": told})
    assert mapping.filtered_by(fields) == (None if taken else "The one")


def test_a_filter_on_an_absent_field_is_an_error_not_a_refusal():
    filters = {"Active": {"path": "status", "equals": "ACTIVE"}}
    mapping = compiled({"x": {"MAPVALUE": 1, "type": "integer"}}, filters=filters)
    with pytest.raises(ValidationError, match="filter «Active»: the filter reads a field"):
        mapping.filtered_by({})


def test_a_value_that_looks_like_code_is_only_a_value():
    assert one({"MAPVALUE": "lambda a: a", "type": "char"}, {}) == {"x": "lambda a: a"}


def test_threads_share_a_mapping():
    mapping = compiled(ORDER)
    expected = mapping.transform(Record("1", FIELDS))
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(mapping.transform(Record("1", FIELDS))))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 8


def test_a_mapping_is_explained_line_by_line():
    lines = {line.field: line for line in explain(compiled(ORDER))}
    assert lines["partner_id"].says == "customer.id; the customer by its binding"
    assert lines["order_line"].says == "lines; one element for each id; others are removed"
    assert lines["order_line.price_unit"].says == "price; required"
    assert lines["order_line.taxes.currency"].reads == ("currency",)
    json.dumps([line.says for line in lines.values()])


def test_the_typed_record_is_a_pydantic_model():
    model = compiled(ORDER).record.model
    assert [info.alias for info in model.model_fields.values()] == list(ORDER)


def test_null_leaves_a_field_out_where_the_mapping_says_so():
    spec = {"MAPTO": "note", "type": "char", "null_leaves": True}
    told = [one(spec, {"note": note}) for note in (None, "", "x")]
    assert told == [{}, {"x": ""}, {"x": "x"}]
