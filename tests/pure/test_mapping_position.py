from __future__ import annotations

import pytest

from gateway_ng.lib.mapping.position import position

TEXT = """{
  "record": {
    "name": { "MAPTO": ["a", "lambda x: {}"], "type": "char" },
    "a/b": { "MAPTO": "c:d" }
  },
  "filters": {}
}"""


@pytest.mark.parametrize(
    ("at", "line", "value"),
    [
        ("", 1, "{"),
        ("/record", 2, "{"),
        ("/record/name/MAPTO/1", 3, '"lambda'),
        ("/record/name/type", 3, '"char"'),
        ("/record/a~1b/MAPTO", 4, '"c:d"'),
        ("/filters", 6, "{}"),
    ],
)
def test_a_place_has_its_line_and_column(at, line, value):
    found, column = position(TEXT, at)
    assert found == line
    assert TEXT.splitlines()[line - 1][column - 1 :].startswith(value)


def test_a_place_that_is_not_there_is_the_nearest_around_it():
    assert position(TEXT, "/record/name/list/key") == position(TEXT, "/record/name")
    assert position(TEXT, "/identity") == (1, 1)
