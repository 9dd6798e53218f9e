from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

from gateway_ng.lib.endpoint import Page, Record
from gateway_ng.lib.forgetting import emptied, telling, without
from gateway_ng.lib.values import stage, unstage
from gateway_ng.tests.contract.world import CUSTOMER_IN, CUSTOMER_OUT, World

TIME = datetime(2026, 1, 2, tzinfo=timezone.utc)
ROWS = [
    ["1", {"email": "Ann@Example.com", "total": Decimal("4.50")}, TIME.isoformat()],
    ["2", {"email": "bob@example.com", "lines": [{"note": "for ann@example.com"}]}, None],
    ["3", {"email": "cid@example.com"}, None],
]
PAGE = stage({"records": ROWS, "deleted": ["9"], "unseen": [], "vanished": []})


def test_a_staged_page_loses_the_records_that_are_named_and_no_other():
    text, gone = without(PAGE, {"1", "7"})
    assert gone == ["1"]
    assert unstage(text) == {"records": ROWS[1:], "deleted": ["9"], "unseen": [], "vanished": []}


def test_a_record_that_mentions_the_person_anywhere_goes_whatever_the_case():
    text, gone = without(PAGE, (), ["ANN@example.com"])
    assert gone == ["1", "2"]
    assert [row[0] for row in unstage(text)["records"]] == ["3"]


def test_of_an_open_page_what_only_mentions_the_person_keeps_its_id_to_be_read_anew():
    text, gone = without(PAGE, {"1"}, ["ANN@example.com"], is_open=True)
    assert gone == ["1"]
    assert unstage(text)["records"] == [["2", {}, None], ROWS[2]]


def test_a_page_without_the_person_is_left_as_it_is():
    assert without(PAGE, {"7"}, ["nobody@example.com"]) == (PAGE, [])


def test_of_who_was_forgotten_a_page_keeps_the_id_alone():
    page = Page([Record("1", {"email": "a@b.c"}, TIME), Record("2", {"x": 1})], None, None)
    assert emptied(page, {"1"}).records == [Record("1", {}, TIME), Record("2", {"x": 1})]
    assert emptied(page, set()) is page


def test_only_words_that_are_the_persons_alone_are_looked_for_in_texts():
    words = ["Ann", "Ann  Lee", "a@b.c", "Main Street 4", "+49 170 1234567", "Guest", None, "12345"]
    assert telling(words) == ["Ann Lee", "a@b.c", "Main Street 4", "+49 170 1234567"]


def test_a_forgotten_record_is_not_brought_back_in_either_direction_and_leaves_no_line():
    world = World(CUSTOMER_IN, CUSTOMER_OUT, entity="customer")
    shop_id = world.shop.put("customer", {"first": "Ann", "last": "Lee", "email": "a@b.c"})
    world.both()
    binding = world.binding(shop_id)
    binding.forgotten, binding.state = True, "gone"
    binding.base, binding.digests = {}, {}
    world.store.settle("customer", "import", [binding], [])
    before = len(world.store.traces)
    world.shop.edit("customer", shop_id, last="Smith")
    world.odoo.edit("customer", binding.odoo_id, name="Forgotten", email=None)
    world.both()
    told = [trace for _entity, _way, trace in world.store.traces[before:]]
    assert {(trace.outcome, *trace.reasons) for trace in told} == {("unchanged",)}
    assert [row["name"] for row in world.odoo.all("customer")] == ["Forgotten"]
    assert [row["last"] for row in world.shop.all("customer")] == ["Smith"]
    world.shop.remove("customer", shop_id)
    world.both()
    assert [row["name"] for row in world.odoo.all("customer")] == ["Forgotten"]


def test_who_is_called_like_us_is_not_looked_for_in_texts_that_are_about_us():
    words = ["The Shop", "ACME  GmbH", "Acme GmbH & Ada", "Ada Lovelace", "ada@acme.example"]
    assert telling(words, ["Acme GmbH", None]) == words[2:]
