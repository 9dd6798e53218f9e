from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

import pytest

from gateway_ng.lib.editing import restored, shown
from gateway_ng.lib.redact import MASK, Redactor

TIME = datetime(2026, 1, 2, 3, 4, tzinfo=timezone.utc)
PAYLOAD = {"price": Decimal("4.50"), "at": TIME, "token": "abc", "lines": [{"n": 1}, {"n": 2}]}


def edited(**values):
    seen = shown(PAYLOAD, Redactor())
    return restored({**seen, **values}, seen, PAYLOAD)


def test_a_payload_is_shown_as_plain_json_without_secrets():
    assert shown(PAYLOAD, Redactor()) == {
        "price": "4.50",
        "at": str(TIME),
        "token": MASK,
        "lines": [{"n": 1}, {"n": 2}],
    }


def test_what_was_left_alone_has_its_own_type_and_value():
    assert edited() == PAYLOAD
    assert edited(price="5")["at"] == TIME
    assert edited(price="5")["token"] == "abc"


@pytest.mark.parametrize("value", ["5", None, Decimal("4.50"), {"x": 1}, []])
def test_what_was_edited_is_as_edited(value):
    assert edited(price=value)["price"] == value


def test_an_edited_element_leaves_the_others_as_they_were():
    assert edited(lines=[{"n": 1}, {"n": 3}, {"n": 4}])["lines"] == [{"n": 1}, {"n": 3}, {"n": 4}]


def test_a_removed_field_is_removed_and_a_new_one_is_there():
    original = {"a": Decimal(1), "b": 2}
    seen = shown(original, Redactor())
    assert restored({"a": "1", "c": 3}, seen, original) == {"a": Decimal(1), "c": 3}
