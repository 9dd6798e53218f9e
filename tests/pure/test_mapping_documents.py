"""Documents: parsing, layers, the schema's errors, versions."""

from decimal import Decimal

import jsonschema
import pytest

from gateway_ng.lib.errors import MappingError
from gateway_ng.lib.mapping import document_schema, effective, parse, to_text, version_of

BASE = {
    "model": "res.partner",
    "source_table": "shopify_customer",
    "source_id_field": "id",
    "filters": {"Only active": {"path": "state", "equals": "ENABLED"}},
    "record": {
        "name": {"MAPTO": "name", "type": "char"},
        "email": {"MAPTO": "email", "type": "char"},
    },
}


def refused(document, *said):
    with pytest.raises(MappingError) as caught:
        effective([("shipped", document)])
    for text in said:
        assert text in str(caught.value)
    return caught.value


def test_a_misspelt_option_is_told_alone_without_what_follows_from_it():
    for document, place, wrong, right in (
        ({"record": {"phone": {"MAPTOO": "phone"}}}, "/record/phone", "MAPTOO", "MAPTO"),
        ({"filters": {"Only": {"pth": "a", "equals": 1}}}, "/filters/Only", "pth", "path"),
    ):
        error = refused({**BASE, **document}, f"{place}: there is no option «{wrong}»", right)
        assert len(error.details["problems"]) == 1
    error = refused({**BASE, "record": {"phone": {"zzz": "phone"}}}, "«zzz»", "either MAPTO")
    assert len(error.details["problems"]) == 2


def test_the_schema_is_a_valid_one():
    jsonschema.Draft202012Validator.check_schema(document_schema())
    assert document_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_numbers_are_exact():
    assert parse('{"a": 1.10, "b": 1}') == {"a": Decimal("1.10"), "b": 1}


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ('{"a": 1,\n "b" 2}', 2, 6, "Expecting ':' delimiter"),
        ('{"a": {"x": 1},\n "b": [{"c": 1,\n   "c": 2}]}', 3, 4, "«c» comes twice"),
        ('{"a": "}{\\"", "a": 2}', 1, 15, "«a» comes twice"),
        ('{"a": NaN}', 1, 1, "NaN"),
        ("[1]", 1, 1, "not an object"),
        ("[" * 100_000, 1, 1, "nested too deeply"),
    ],
)
def test_a_syntax_error_has_line_and_column(text, line, column, said):
    with pytest.raises(MappingError, match=said) as caught:
        parse(text)
    details = dict(caught.value.details)
    assert "line" not in details.pop("problem"), "the editor tells the place once"
    assert details == {"line": line, "column": column}
    assert f"line {line}, column {column}" in str(caught.value)


def test_the_last_layer_wins_field_by_field():
    company = {"record": {"email": {"MAPTO": "contact.email", "type": "char", "required": True}}}
    connector = {
        "identity": ["email"],
        "filters": {"Has e-mail": {"path": "email", "present": True}},
        "record": {"phone": {"MAPTO": "phone", "type": "char"}},
    }
    made = effective([("shipped", BASE), ("company", company), ("connector", connector)])
    assert list(made.document["record"]) == ["name", "email", "phone"]
    assert made.document["record"]["email"] == company["record"]["email"]
    assert list(made.document["filters"]) == ["Only active", "Has e-mail"]
    assert made.provenance == {
        "model": "shipped",
        "source_table": "shipped",
        "source_id_field": "shipped",
        "record.name": "shipped",
        "record.email": "company",
        "record.phone": "connector",
        "filters.Only active": "shipped",
        "filters.Has e-mail": "connector",
        "identity": "connector",
    }
    assert list(BASE["record"]) == ["name", "email"]


def test_null_in_a_later_layer_removes():
    layer = {"record": {"email": None}, "filters": {"Only active": None}}
    made = effective([("shipped", BASE), ("company", layer)])
    assert list(made.document["record"]) == ["name"]
    assert made.document["filters"] == {}
    assert "record.email" not in made.provenance


def test_a_version_is_the_content_and_nothing_else():
    def version(*layers):
        return effective([(str(n), layer) for n, layer in enumerate(layers)]).version

    turned = dict(reversed(BASE.items())) | {"record": dict(reversed(BASE["record"].items()))}
    assert version(BASE) == version(turned) == version(BASE, {"record": {}})
    email = {"record": {"email": BASE["record"]["email"]}}
    assert version(BASE) == version(BASE, email)
    assert version(BASE) != version(BASE, {"record": {"email": None}})
    number = {"record": {"x": {"MAPVALUE": Decimal("1.0"), "type": "char"}}}
    text = {"record": {"x": {"MAPVALUE": "1.0", "type": "char"}}}
    assert version(BASE, number) != version(BASE, text)


def test_what_is_missing_is_told_once():
    error = refused({"model": "res.partner"}, "«source_table», «source_id_field», «record»")
    assert len(error.details["problems"]) == 1


def test_an_error_has_pointer_layer_and_remedy():
    layer = {"record": {"a/b~": {"MAPTO": "x", "type": "chr", "requird": True}}}
    with pytest.raises(MappingError) as caught:
        effective([("shipped", BASE), ("company", layer)])
    problems = caught.value.details["problems"]
    assert {
        "at": "/record/a~1b~0/type",
        "message": "«chr» is not allowed here (layer company)",
        "remedy": "did you mean «char»?",
    } in problems
    assert {
        "at": "/record/a~1b~0",
        "message": "there is no option «requird» (layer company)",
        "remedy": "did you mean «required»?",
    } in problems


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"record": {}}, "/record: this is empty"),
        ({"record": {"x": {"type": "char"}}}, "either MAPTO"),
        ({"record": {"x": {"MAPTO": "a", "MAPVALUE": 1, "type": "char"}}}, "either MAPTO"),
        ({"record": {"x": {"MAPTO": [], "type": "char"}}}, "/record/x/MAPTO: MAPTO is a path"),
        ({"record": {"x": {"MAPTO": "a..b", "type": "char"}}}, "MAPTO is a path"),
        ({"record": {"x y": {"MAPTO": "a", "type": "char"}}}, "is not written as it should be"),
        ({"record": {"x": "name"}}, "/record/x: this is text, not object"),
        ({"record": {"x": {"MAPTO": "a", "reference": {"key": "b"}}}}, "a reference has an entity"),
        ({"record": {"x": {"MAPTO": "a", "list": {"record": {}}}}}, "«key» is missing"),
        ({"identity": "email"}, "/identity: this is text, not array"),
        ({"identity": [[]]}, "a key is the name of a field"),
        ({"version": 2}, "«2» is not allowed here"),
        ({"on_missing": "skp"}, "did you mean «skip»?"),
        ({"filters": {"f": {"path": "a"}}}, "/filters/f"),
        ({"filters": {"f": {"path": "a", "like": "b"}}}, "there is no option «like»"),
        ({"filters": {"f": {"MAPTO": "a", "in": []}}}, "there is no option «in»"),
        ({"recrd": {}}, "did you mean «record»?"),
    ],
)
def test_a_broken_document_is_refused_in_words(change, said):
    refused({**BASE, **change}, said)


def test_a_document_survives_its_text_with_exact_numbers() -> None:
    text = '{"model": "m", "record": {"a": {"MAPVALUE": 0.10, "type": "decimal"}}, "n": 12}'
    document = parse(text)
    again = parse(to_text(document))
    assert again == document
    assert version_of(again) == version_of(document)


def test_a_number_of_a_billion_digits_is_kept_with_its_exponent() -> None:
    text = to_text(parse('{"a": 1E+99999999, "b": 2.50}'))
    assert len(text) < 100
    assert parse(text) == {"a": Decimal("1E+99999999"), "b": Decimal("2.50")}


def test_an_exponent_that_no_number_has_is_told_as_wrong() -> None:
    with pytest.raises(MappingError, match="exponent"):
        parse('{"a": 1e99999999999999999999}')
