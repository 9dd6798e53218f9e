"""Every shipped mapping follows the schema and compiles."""

from pathlib import Path

import pytest

from gateway_ng.lib.mapping import compile_mapping, effective, parse

FOLDER = Path(__file__).parents[2] / "mappings"
SHIPPED = sorted(FOLDER.glob("*/*.json"))


def test_there_are_shipped_mappings():
    assert SHIPPED


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_shipped_mapping_compiles(path):
    document = parse(path.read_text(encoding="utf-8"))
    mapping = compile_mapping(effective([("shipped", document)]))
    assert mapping.fields
    assert document["version"] == 1
    assert path.name.count(".") == 2
