"""Mapped fields in several languages, and fields that a side may lack."""

import pytest

from gateway_ng.lib.endpoint import EntityInfo, FieldInfo, Record
from gateway_ng.lib.errors import MappingError
from gateway_ng.lib.mapping import compile_mapping, effective, explain, fitting, link, spread

LANGUAGES = (("fr", "fr_FR"), ("pt-BR", "pt_BR"))
NAME = {
    "MAPTO": "title?",
    "type": "char",
    "required": True,
    "transform": "strip",
    "DEFAULT": "?",
    "translated": True,
}
DOCUMENT = {
    "model": "product.template",
    "source_table": "shopify_product",
    "source_id_field": "id",
    "record": {"name": NAME, "ref": {"MAPTO": "sku", "type": "char"}},
}


def fields(*names, translated=()):
    return {n: FieldInfo(n, "char", writable=True, translated=n in translated) for n in names}


SOURCE = EntityInfo("product", "shopify_product", fields("title", "sku", translated=["title"]))
TARGET = EntityInfo("product", "product.template", fields("name", "ref", translated=["name"]))


def of(document=DOCUMENT, *layers):
    return effective([("shipped", document), *layers])


def problems(record):
    with pytest.raises(MappingError) as caught:
        compile_mapping(of({**DOCUMENT, "record": record}), SOURCE, TARGET)
    return str(caught.value)


def test_a_translated_field_is_one_field_more_for_each_language():
    mapping = compile_mapping(spread(of(), LANGUAGES), SOURCE, TARGET)
    assert sorted(mapping.fields) == ["name", "name@fr_FR", "name@pt_BR", "ref"]
    record = Record("1", {"title": "Pot", "title@fr": " Théière ", "title@pt-BR": None, "sku": "P"})
    assert mapping.transform(record) == {
        "name": "Pot",
        "name@fr_FR": "Théière",
        "name@pt_BR": None,
        "ref": "P",
    }


def test_a_language_that_the_source_does_not_tell_is_absent_and_asks_for_nothing():
    mapping = compile_mapping(spread(of(), LANGUAGES), SOURCE, TARGET)
    assert mapping.transform(Record("1", {"title": "Pot", "sku": "P"})) == {
        "name": "Pot",
        "ref": "P",
    }


def test_without_languages_the_document_and_its_version_are_what_they_were():
    document = of()
    assert spread(document, ()) is document
    assert spread(of(), LANGUAGES).version != of().version


def test_a_field_in_further_languages_only_is_none_without_them():
    words = {"MAPTO": "terms", "type": "texts", "translated": "only"}
    document = of({**DOCUMENT, "record": {**DOCUMENT["record"], "words": words}})
    assert spread(document, ()).version == of().version
    assert "record.words" not in spread(document, ()).provenance
    record = spread(document, LANGUAGES).document["record"]
    assert "words" not in record
    assert record["words@fr_FR"] == {"type": "texts", "MAPTO": "terms@fr", "null_yields": True}
    spoken = compile_mapping(document)
    assert "in none but these" in {line.field: line.says for line in explain(spoken)}["words"]


def test_what_a_layer_says_of_the_field_holds_for_its_languages_and_of_a_language_for_that_one():
    upper = {"record": {"name": {**NAME, "transform": "uppercase"}}}
    own = {"record": {"name@fr_FR": {"MAPTO": "sku", "type": "char"}}}
    document = spread(of(DOCUMENT, ("company", upper), ("connector", own)), LANGUAGES)
    assert document.document["record"]["name@pt_BR"]["transform"] == "uppercase"
    assert document.document["record"]["name@fr_FR"]["MAPTO"] == "sku"
    assert document.provenance["record.name@pt_BR"] == "languages"
    assert document.provenance["record.name@fr_FR"] == "connector"


def test_each_language_is_decided_for_itself():
    back = {
        "model": "shopify_product",
        "source_table": "product.template",
        "source_id_field": "id",
        "record": {"title": {"MAPTO": "name", "type": "char", "translated": True}},
    }
    pairs = [(own, code) for code, own in LANGUAGES]
    links = link(compile_mapping(spread(of(), LANGUAGES)), compile_mapping(spread(of(back), pairs)))
    groups = {links.group("import", name) for name in ("name", "name@fr_FR", "name@pt_BR")}
    assert len(groups) == 3
    assert links.group("export", "title@fr") == links.group("import", "name@fr_FR")


def test_a_field_without_translations_is_refused_with_those_that_have_them():
    said = problems({"ref": {"MAPTO": "title", "type": "char", "translated": True}})
    assert "«ref» of product.template has no translations" in said
    assert "it has them of: name" in said
    assert "«sku» of shopify_product has no translations" in problems(
        {"name": {"MAPTO": "sku", "type": "char", "translated": True}}
    )
    assert "«ref» of product.template has no translations" in problems(
        {"ref@fr_FR": {"MAPTO": "title@fr", "type": "char"}}
    )


def test_a_translated_field_reads_one_path():
    several = {"MAPTO": ["title", "sku"], "transform": "join", "type": "char", "translated": True}
    assert "by one path of its own" in problems({"name": several})
    assert "by one path of its own" in problems(
        {"name": {"MAPVALUE": "x", "type": "char", "translated": True}}
    )


def test_an_optional_field_is_left_out_where_a_side_has_it_not():
    meta = {"MAPTO": "seo.title", "type": "char", "translated": True, "optional": True}
    document = of({**DOCUMENT, "record": {**DOCUMENT["record"], "meta_title": meta}})
    assert "meta_title" not in fitting(document, None, {"name", "ref"}).document["record"]
    assert "meta_title" not in fitting(document, {"title", "sku"}, None).document["record"]
    assert fitting(document, None, {"name", "ref", "meta_title"}) is document
    assert spread(fitting(document, None, {"name", "ref"}), LANGUAGES).version == (
        spread(of(), LANGUAGES).version
    )


def test_an_optional_field_that_no_side_has_is_no_problem_and_any_other_is():
    meta = {"MAPTO": "seo.title", "type": "char"}
    record = {**DOCUMENT["record"], "meta_title": {**meta, "optional": True}}
    assert compile_mapping(of({**DOCUMENT, "record": record}), SOURCE, TARGET)
    said = problems({**DOCUMENT["record"], "meta_title": meta})
    assert "product.template has no field «meta_title»" in said
