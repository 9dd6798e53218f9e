from __future__ import annotations

from decimal import Decimal

from gateway_ng.lib.decision import Conflict, Decision, Views
from gateway_ng.lib.endpoint import Op, Result
from gateway_ng.lib.errors import Refused
from gateway_ng.lib.evidence import LIMIT, evidence, kept, weighed
from gateway_ng.lib.redact import MASK, Redactor
from gateway_ng.lib.reference import reference
from gateway_ng.lib.store import Seen, Trace
from gateway_ng.lib.values import unstage


def test_a_record_keeps_payload_request_and_answer():
    op = Op("k", "update", "7", {"price": Decimal("4.50")})
    trace = Trace(
        "1",
        "updated",
        payload={"title": "Mug"},
        values={"price": Decimal("4.50"), "name": "Mug"},
        op=op,
        result=Result("7"),
    )
    found = evidence(trace, Redactor())
    assert unstage(found.payload) == {"title": "Mug"}
    assert unstage(found.values) == {"price": Decimal("4.50"), "name": "Mug"}
    assert unstage(found.request) == {
        "action": "update",
        "id": "7",
        "key": "k",
        "values": {"price": Decimal("4.50")},
    }
    assert unstage(found.answer) == {"id": "7"}


def test_values_that_stand_in_the_request_are_kept_once():
    values = {"name": "Mug"}
    trace = Trace("1", "created", values=values, op=Op("k", "create", None, values))
    found = evidence(trace, Redactor())
    assert found.values is None
    assert unstage(found.request)["values"] == values
    assert found.answer is None


def test_a_refusal_is_the_answer():
    trace = Trace("1", "dead", op=Op("k", "create", None, {}), result=Result(error=Refused("no")))
    assert unstage(evidence(trace, Redactor()).answer) == {"error": "no"}


def test_secrets_are_taken_out_wherever_they_stand():
    payload = {"note": "it is s3cr3t-4711", "deep": [{"access_token": "abc", "title": "Mug"}]}
    text = kept(payload, Redactor(["s3cr3t-4711"]))
    assert unstage(text) == {
        "note": f"it is {MASK}",
        "deep": [{"access_token": MASK, "title": "Mug"}],
    }


def test_a_long_part_is_cut_and_says_so():
    found = unstage(kept({"text": "x" * (2 * LIMIT)}, Redactor()))
    assert found["cut"] == f"{LIMIT} of {2 * LIMIT + 11} characters"
    assert len(found["begins"]) == LIMIT


def test_what_was_weighed_names_agreed_source_target_and_why():
    views = Views({"name": "Cup", "size": 1}, {}, {"name": "Beaker", "size": 2})
    conflict = Conflict("name", ("name",), {}, {}, {}, "remote", "*.name")
    trace = Trace(
        "1",
        "updated",
        seen=Seen(views, {"name": ("Mug", "Mug")}),
        decision=Decision(
            write=frozenset({"size"}),
            lost=frozenset({"name"}),
            reasons={"size": "source changed"},
        ),
        conflicts=[conflict],
    )
    assert weighed(trace) == {
        "name": {
            "agreed": ["Mug", "Mug"],
            "source": "Cup",
            "target": "Beaker",
            "verdict": "lost",
            "why": "remote won by *.name",
        },
        "size": {
            "agreed": None,
            "source": 1,
            "target": 2,
            "verdict": "written",
            "why": "source changed",
        },
    }


def test_a_record_is_found_by_its_own_names_and_those_of_its_elements():
    payload = {
        "name": "#1001",
        "email": "ann@example.com",
        "note": "x" * 500,
        "lineItems": [{"sku": "HAT-S", "title": "Hat"}, {"sku": "HAT-M", "title": "Hat"}],
    }
    assert reference(payload, {"client_order_ref": "#1001"}) == (
        "#1001 · ann@example.com · Hat · HAT-S · HAT-M"
    )


def test_what_has_no_name_has_no_reference():
    assert reference({"title": "", "name": None, "email": "a\0b", "deep": {"x": 1}}, None) is None
