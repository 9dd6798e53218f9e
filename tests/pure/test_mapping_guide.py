"""docs/mapping.md tells what the live registries tell, and its examples run."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from gateway_ng.lib.endpoint import Record
from gateway_ng.lib.mapping import (
    TRANSFORMS,
    TYPES,
    compile_mapping,
    document_schema,
    effective,
    parse,
    render_tables,
)
from gateway_ng.lib.mapping.expressions import ARGUMENTS, BUILTINS

GUIDE = Path(__file__).parents[2] / "docs" / "mapping.md"
TEXT = GUIDE.read_text(encoding="utf-8")
BLOCKS = [
    (kind, body) for kind, body in re.findall(r"```json (\w+)\n(.*?)```", TEXT, flags=re.DOTALL)
]
AT_FIELDS = [at for at, (kind, _) in enumerate(BLOCKS) if kind == "field"]
DOCUMENT = parse(next(body for kind, body in BLOCKS if kind == "document"))


def test_the_tables_are_those_of_the_registries():
    assert render_tables(TEXT) == TEXT, "write render_tables(text) into docs/mapping.md"


@pytest.mark.parametrize("name", sorted({*TRANSFORMS, *TYPES, *BUILTINS, *ARGUMENTS}))
def test_every_name_is_in_the_guide(name):
    assert f"`{name}`" in TEXT


@pytest.mark.parametrize("part", ["field", "list", "reference", "condition"])
def test_every_option_of_the_schema_is_in_the_guide(part):
    for option in document_schema()["$defs"][part]["properties"]:
        assert f'"{option}"' in TEXT or f"`{option}`" in TEXT
    for option in document_schema()["properties"]:
        assert f"`{option}`" in TEXT


def test_the_first_example_works():
    mapping = compile_mapping(effective([("shipped", DOCUMENT)]))
    fields = {
        "id": "1", "firstName": "Ada", "lastName": None, "email": " Ada@Example.com",
        "defaultAddress": None, "state": "ENABLED",
    }  # fmt: skip
    assert mapping.filtered_by(fields) is None
    assert mapping.filtered_by({**fields, "state": "DISABLED"}) == "Only active customers"
    assert mapping.transform(Record("1", fields)) == {
        "name": "Ada",
        "email": "ada@example.com",
        "city": None,
        "customer_rank": 1,
    }


def test_the_example_of_a_layer_works():
    layer = parse(next(body for kind, body in BLOCKS if kind == "layer"))
    made = effective([("shipped", DOCUMENT), ("company", layer)])
    assert list(made.document["record"]) == ["name", "email", "customer_rank", "phone"]


def test_there_are_examples():
    assert len(AT_FIELDS) >= 10


@pytest.mark.parametrize("at", AT_FIELDS)
def test_an_example_gives_what_the_guide_says(at):
    record = {"x": parse(BLOCKS[at][1])}
    document = {**DOCUMENT, "identity": [], "record": record}
    mapping = compile_mapping(effective([("shipped", document)]))
    following = dict(BLOCKS[at + 1 : at + 3])
    if BLOCKS[at + 1][0] == "source":
        result = mapping.transform(Record("1", parse(following["source"])))
        assert result == {"x": json.loads(following["target"], parse_float=Decimal)}
