"""The contract of `lib.endpoint`, clause by clause; every endpoint has to pass all that apply.

    @pytest.mark.parametrize("clause", clauses(harness), ids=str)
    def test_it_keeps_the_contract(clause): clause(make_harness())

`tests/contract/hostile.py` has endpoints that break one rule each, and has to fail by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from gateway_ng.lib.endpoint import Capability, Op
from gateway_ng.lib.errors import Moved, Refused, RetryLater, SkipRecord

from .harness import Ability, Harness, create, fetch, info, made, read, steps, value, write

NAME = "Größe «XL» 東京 👕 — it's <b>"
EXACT = Decimal("1234567.89")


@dataclass(frozen=True)
class Clause:
    """One rule of the contract: `check` raises AssertionError where an endpoint breaks it."""

    name: str
    check: Callable[[Harness], None]
    needs: frozenset[Ability]
    capability: Capability | None = None
    order: str | None = None

    def __str__(self) -> str:
        return self.name

    def __call__(self, harness: Harness) -> None:
        self.check(harness)

    def applies(self, harness: Harness) -> bool:
        told = info(harness)
        return (
            self.needs <= harness.abilities
            and (self.capability is None or self.capability in told.capabilities)
            and (self.order is None or self.order == told.order)
        )


CLAUSES: list[Clause] = []


def clause(
    *needs: Ability, capability: Capability | None = None, order: str | None = None
) -> Callable[[Callable[[Harness], None]], Callable[[Harness], None]]:
    def register(check: Callable[[Harness], None]) -> Callable[[Harness], None]:
        CLAUSES.append(Clause(check.__name__, check, frozenset(needs), capability, order))
        return check

    return register


def clauses(harness: Harness) -> list[Clause]:
    """Those that apply; a harness that can't do anything has no clause to pass, which is wrong."""
    found = [one for one in CLAUSES if one.applies(harness)]
    assert len(found) >= 10, "the harness has too few abilities to try an endpoint"
    return found


def broken(make: Callable[[], Harness]) -> dict[str, str]:
    """Clauses that an endpoint breaks → the first line of why."""
    out = {}
    for one in clauses(make()):
        try:
            one(make())
        except Exception as error:
            out[one.name] = f"{type(error).__name__}: {error}".split("\n")[0]
    return out


# Reading.


@clause()
def an_empty_system_gives_one_empty_last_page(harness: Harness) -> None:
    pages = read(harness).pages
    assert len(pages) == 1
    assert list(pages[0].records) == []
    assert pages[0].token is None


@clause()
def every_row_comes(harness: Harness) -> None:
    ids = harness.add(3 * harness.page_size + 1)
    assert read(harness).ids == set(ids)


@clause()
def a_full_last_page_ends_the_read(harness: Harness) -> None:
    ids = harness.add(2 * harness.page_size)
    assert read(harness).ids == set(ids)


@clause("tie")
def rows_of_one_moment_all_come(harness: Harness) -> None:
    ids = harness.add(1) + harness.add(2 * harness.page_size + 1, tied=True) + harness.add(1)
    assert read(harness).ids == set(ids)


@clause(order="by_time")
def pages_ascend_by_time_and_id(harness: Harness) -> None:
    harness.add(2 * harness.page_size)
    records = read(harness).records
    times = [record.updated for record in records if record.updated is not None]
    assert len(times) == len(records), "an entity read by time says when its rows changed"
    assert times == sorted(times)


@clause()
def only_the_last_page_has_no_token(harness: Harness) -> None:
    harness.add(2 * harness.page_size + 1)
    tokens = [page.token for page in read(harness).pages]
    assert tokens[-1] is None
    assert all(isinstance(token, str) and token for token in tokens[:-1])


@clause()
def rows_inserted_while_paging_come_in_this_read_or_the_next(harness: Harness) -> None:
    ids = harness.add(2 * harness.page_size)
    seen: set[str] = set()
    mark = None
    for number, page in enumerate(steps(harness, harness.open())):
        seen |= {record.id for record in page.records}
        mark = page.watermark or mark
        if number < 2:
            harness.advance(1)
            ids += harness.add(2)
    assert seen | read(harness, mark).ids == set(ids)


@clause("remove")
def rows_deleted_while_paging_hide_no_other(harness: Harness) -> None:
    ids = harness.add(3 * harness.page_size)
    seen: set[str] = set()
    gone: set[str] = set()
    for number, page in enumerate(steps(harness, harness.open())):
        seen |= {record.id for record in page.records}
        if number == 0:
            gone = {page.records[0].id, page.records[-1].id}
            for id_ in gone:
                harness.remove(id_)
    assert set(ids) - gone <= seen


@clause()
def a_row_edited_while_paging_is_seen_as_it_became(harness: Harness) -> None:
    harness.add(2 * harness.page_size)
    records, mark, edited = [], None, ""
    for page in steps(harness, harness.open()):
        records += page.records
        mark = page.watermark or mark
        if not edited:
            edited = page.records[0].id
            harness.advance(1)
            harness.edit(edited, **{harness.text: "edited meanwhile"})
            harness.advance(1)
    records += read(harness, mark).records
    versions = [value(record, harness.text) for record in records if record.id == edited]
    assert "edited meanwhile" in versions


@clause("repeat_last")
def a_last_page_that_repeats_ends_all_the_same(harness: Harness) -> None:
    ids = harness.add(2 * harness.page_size)
    harness.repeat_last()
    assert read(harness, limit=50).ids == set(ids)


@clause()
def a_token_resumes_the_read_in_a_new_endpoint(harness: Harness) -> None:
    ids = harness.add(3 * harness.page_size)
    pages = read(harness).pages
    before: set[str] = set()
    for page in pages[:-1]:
        before |= {record.id for record in page.records}
        rest = read(harness, token=page.token)
        assert before | rest.ids == set(ids)
        assert pages[0].records[0].id not in rest.ids, "a token does not begin the read anew"


@clause("throttle")
def a_throttled_read_loses_nothing(harness: Harness) -> None:
    ids = harness.add(2 * harness.page_size + 1)
    harness.throttle(2)
    assert read(harness).ids == set(ids)


@clause("many")
def ten_thousand_rows_come(harness: Harness) -> None:
    ids = harness.add(10_000)
    found = read(harness, limit=10_000).records
    assert len(ids) == 10_000
    assert {record.id for record in found} == set(ids)


# Watermarks.


@clause()
def since_is_inclusive(harness: Harness) -> None:
    harness.add(2)
    harness.advance(10)
    (last,) = harness.add(1)
    mark = read(harness).watermark
    assert mark is not None, "a read that is over says how far it settled"
    if info(harness).order == "unordered":
        harness.edit(last, **{harness.text: "in the moment the read began"})
    assert last in read(harness, mark).ids


@clause("tie", order="by_time")
def rows_of_the_watermarks_moment_come_again(harness: Harness) -> None:
    harness.add(2)
    harness.advance(10)
    ids = harness.add(3, tied=True)
    mark = read(harness).watermark
    assert mark is not None
    assert set(ids) <= read(harness, type(mark)(mark.time)).ids


@clause()
def an_edit_after_the_watermark_is_found_and_little_else(harness: Harness) -> None:
    ids = harness.add(2 * harness.page_size)
    harness.advance(3600)
    (late,) = harness.add(1)
    mark = read(harness).watermark
    harness.advance(3600)
    harness.edit(ids[0], **{harness.text: "edited later"})
    found = read(harness, mark)
    assert ids[0] in found.ids
    assert value(found.latest(ids[0]), harness.text) == "edited later"
    if info(harness).order == "by_time":
        assert found.ids <= {ids[0], late}


@clause(order="by_time")
def a_watermark_passes_no_row_that_is_still_to_come(harness: Harness) -> None:
    harness.add(3 * harness.page_size)
    harness.advance(3600)
    pages = read(harness).pages
    for number, page in enumerate(pages):
        assert page.watermark is not None
        for later in pages[number + 1 :]:
            for record in later.records:
                assert record.updated is not None and record.updated >= page.watermark.time
    newest = max(record.updated for page in pages for record in page.records if record.updated)
    assert pages[-1].watermark is not None and pages[-1].watermark.time <= newest


@clause(order="unordered")
def only_the_last_page_has_a_watermark_and_it_is_the_reads_start(harness: Harness) -> None:
    harness.add(3 * harness.page_size)
    harness.advance(60)
    start = harness.now()
    pages = []
    for page in steps(harness, harness.open()):
        pages.append(page)
        harness.advance(60)
    assert [page.watermark for page in pages[:-1]] == [None] * (len(pages) - 1)
    assert pages[-1].watermark is not None
    assert pages[-1].watermark.time <= start
    assert pages[-1].watermark.time >= start - timedelta(minutes=10)


@clause(order="unordered")
def a_resumed_read_keeps_its_start(harness: Harness) -> None:
    harness.add(3 * harness.page_size)
    start = harness.now()
    first = next(steps(harness, harness.open()))
    harness.advance(3600)
    mark = read(harness, token=first.token).watermark
    assert mark is not None and mark.time <= start


@clause()
def a_watermark_never_lies_after_the_reads_start(harness: Harness) -> None:
    """Else one row with a wrong date would hide all that changes until that day."""
    harness.add(3 * harness.page_size)
    start = harness.now()
    marks, token = [], None
    for number, page in enumerate(steps(harness, harness.open())):
        marks.append(page.watermark)
        token = token or page.token
        if number < 2:
            harness.advance(60)
            harness.add(1)
    marks += [page.watermark for page in read(harness, token=token).pages]
    assert all(mark is None or mark.time <= start for mark in marks)


# Values.


@clause()
def ids_are_texts_and_times_are_aware(harness: Harness) -> None:
    ids = harness.add(2)
    for record in [*read(harness).records, *fetch(harness, ids).values()]:
        assert isinstance(record.id, str) and record.id
        for moment in _leaves(record.fields, record.updated):
            if isinstance(moment, datetime):
                assert moment.utcoffset() is not None, f"naive time {moment!r}"


@clause()
def no_number_is_a_float(harness: Harness) -> None:
    ids = harness.add(2)
    for record in [*read(harness).records, *fetch(harness, ids).values()]:
        for leaf in _leaves(record.fields):
            assert not isinstance(leaf, float), f"float {leaf!r}: amounts are Decimal"


@clause()
def text_comes_as_it_is(harness: Harness) -> None:
    (id_,) = harness.add(1, **{harness.text: NAME})
    assert value(fetch(harness, [id_])[id_], harness.text) == NAME
    assert value(read(harness).latest(id_), harness.text) == NAME


@clause("amount")
def amounts_come_to_the_cent(harness: Harness) -> None:
    (id_,) = harness.add(1, **{harness.amount: EXACT})
    got = value(fetch(harness, [id_])[id_], harness.amount)
    assert isinstance(got, (Decimal, str, int)) and not isinstance(got, bool)
    assert Decimal(got) == EXACT


@clause("hide")
def a_hidden_field_is_absent_never_empty(harness: Harness) -> None:
    ids = harness.add(2)
    name = harness.hide()
    for record in [*read(harness).records, *fetch(harness, ids).values()]:
        assert name not in record.fields
    assert name in harness.open().check().hidden


# Single records.


@clause()
def ids_gives_every_id(harness: Harness) -> None:
    ids = harness.add(2 * harness.page_size + 1)
    assert sorted(harness.open().ids(harness.entity)) == sorted(ids)


@clause()
def fetch_gives_the_current_state_of_many(harness: Harness) -> None:
    ids = harness.add(2 * harness.page_size + 1)
    harness.edit(ids[0], **{harness.text: "edited"})
    found = fetch(harness, ids)
    assert set(found) == set(ids)
    assert value(found[ids[0]], harness.text) == "edited"


@clause("remove")
def fetch_leaves_out_those_gone(harness: Harness) -> None:
    ids = harness.add(3)
    harness.remove(ids[1])
    assert set(fetch(harness, ids)) == {ids[0], ids[2]}


@clause("remove")
def a_deleted_row_is_read_no_more(harness: Harness) -> None:
    ids = harness.add(3)
    harness.remove(ids[1])
    assert read(harness).ids == {ids[0], ids[2]}
    assert sorted(harness.open().ids(harness.entity)) == sorted([ids[0], ids[2]])


@clause("remove", "tombstones")
def a_deleted_row_is_told(harness: Harness) -> None:
    ids = harness.add(3)
    mark = read(harness).watermark
    harness.advance(10)
    harness.remove(ids[1])
    told = [id_ for page in read(harness, mark).pages for id_ in page.deleted]
    assert told == [ids[1]]


@clause()
def a_record_is_fetched_as_it_is_read(harness: Harness) -> None:
    (id_,) = harness.add(1)
    assert dict(fetch(harness, [id_])[id_].fields) == dict(read(harness).latest(id_).fields)


@clause("write")
def find_gives_each_match_under_the_value_asked_for(harness: Harness) -> None:
    names = [f"find-{n}" for n in range(5)]
    ids = [made(harness, name) for name in names]
    values = [harness.values(name)[harness.key] for name in names]
    asked = [values[3], "nothing-has-this", values[0], values[3]]
    found = set(harness.open().find(harness.entity, harness.key, asked))
    assert found == {(values[3], ids[3]), (values[0], ids[0])}


@clause()
def find_of_nothing_gives_nothing(harness: Harness) -> None:
    assert list(harness.open().find(harness.entity, harness.key, [])) == []


@clause("twins")
def find_gives_all_matches_of_an_ambiguous_value(harness: Harness) -> None:
    ids = harness.add(2, **{harness.key: "twin"})
    found = list(harness.open().find(harness.entity, harness.key, ["twin"]))
    assert sorted(id_ for _value, id_ in found) == sorted(ids)


# Writing.


@clause("write", capability="create")
def each_op_has_its_result_in_order(harness: Harness) -> None:
    names = [f"order-{n}" for n in (3, 1, 4, 5, 9, 2, 6)]
    results = write(harness, *(create(harness, name) for name in names))
    assert len(results) == len(names)
    assert [result.error for result in results] == [None] * len(names)
    found = fetch(harness, [str(result.id) for result in results])
    keys = [value(found[str(result.id)], harness.key) for result in results]
    assert keys == [harness.values(name)[harness.key] for name in names]


@clause("write", capability="create")
def a_result_with_a_record_shows_what_is_stored(harness: Harness) -> None:
    (result,) = write(harness, create(harness, "shown"))
    stored = fetch(harness, [str(result.id)])[str(result.id)]
    if result.record is not None:
        assert result.record.id == result.id
        assert dict(result.record.fields) == dict(stored.fields)


@clause("write", capability="create")
def a_refused_op_leaves_the_others_be(harness: Harness) -> None:
    bad = Op("key-bad", "create", None, harness.bad())
    ops = [create(harness, "good-1"), bad, create(harness, "good-2")]
    results = write(harness, *ops)
    assert len(results) == 3
    assert isinstance(results[1].error, SkipRecord), "the refusal is the result of its own op"
    assert results[1].id is None
    assert [results[0].error, results[2].error] == [None, None]
    assert sorted(harness.rows()) == sorted([str(results[0].id), str(results[2].id)])


@clause("write", capability="create")
def what_is_refused_says_why(harness: Harness) -> None:
    (result,) = write(harness, Op("key-bad", "create", None, harness.bad()))
    assert result.error is not None and result.error.message.strip()
    assert list(harness.rows()) == []


@clause("write", capability="update")
def an_update_sets_its_fields_and_leaves_the_rest(harness: Harness) -> None:
    id_ = made(harness, "kept")
    before = fetch(harness, [id_])[id_]
    (result,) = write(harness, Op("key-u", "update", id_, {harness.text: "new text"}))
    assert (result.error, result.id) == (None, id_)
    after = fetch(harness, [id_])[id_]
    assert value(after, harness.text) == "new text"
    rest = {name for name, held in before.fields.items() if not isinstance(held, datetime)}
    for name in rest - set(harness.derived):
        assert after.fields[name] == before.fields[name], name


@clause("write", capability="update")
def an_update_of_what_is_gone_is_an_error_of_its_own(harness: Harness) -> None:
    ids = [made(harness, "there"), made(harness, "gone")]
    harness.remove(ids[1])
    ops = [Op(f"key-{id_}", "update", id_, {harness.text: "new"}) for id_ in reversed(ids)]
    results = write(harness, *ops)
    assert isinstance(results[0].error, SkipRecord)
    assert results[1].error is None


@clause("write", capability="create")
def text_is_written_as_it_is(harness: Harness) -> None:
    (result,) = write(harness, create(harness, "exact", **{harness.text: NAME}))
    record = fetch(harness, [str(result.id)])[str(result.id)]
    assert value(record, harness.text) == NAME


@clause("write", "amount", capability="update")
def amounts_are_written_to_the_cent(harness: Harness) -> None:
    (id_,) = harness.add(1)
    (result,) = write(harness, Op("key-a", "update", id_, {harness.amount: EXACT}))
    assert result.error is None, result.error
    assert Decimal(value(fetch(harness, [id_])[id_], harness.amount)) == EXACT


@clause("write", capability="create")
def canonical_values_are_what_is_stored_and_stay_so(harness: Harness) -> None:
    values = harness.values("canon")
    canonical = harness.open().canonical(harness.entity, values)
    assert harness.open().canonical(harness.entity, canonical) == canonical
    assert canonical.keys() == values.keys()
    (result,) = write(harness, Op("key-c", "create", None, values))
    record = fetch(harness, [str(result.id)])[str(result.id)]
    assert value(record, harness.text) == canonical[harness.text]


@clause("write", "delete", capability="delete")
def deleting_twice_is_deleting_once(harness: Harness) -> None:
    ids = [made(harness, "left"), made(harness, "deleted")]
    for _ in range(2):
        (result,) = write(harness, Op("key-d", "delete", ids[1], {}))
        assert result.error is None
    assert list(harness.rows()) == [ids[0]]


@clause("write", capability="compare_and_set")
def a_write_on_a_state_that_moved_is_refused(harness: Harness) -> None:
    id_ = made(harness, "moved")
    expect = {harness.amount: value(fetch(harness, [id_])[id_], harness.amount)}
    harness.edit(id_, **{harness.amount: Decimal(77)})
    op = Op("key-m", "update", id_, {harness.amount: Decimal(5)}, expect)
    (result,) = write(harness, op)
    assert isinstance(result.error, Moved)
    assert Decimal(value(fetch(harness, [id_])[id_], harness.amount)) == 77


@clause("write", capability="compare_and_set")
def a_write_on_the_expected_state_is_carried_out(harness: Harness) -> None:
    id_ = made(harness, "still")
    expect = {harness.amount: value(fetch(harness, [id_])[id_], harness.amount)}
    op = Op("key-s", "update", id_, {harness.amount: Decimal(5)}, expect)
    (result,) = write(harness, op)
    assert result.error is None
    assert Decimal(value(fetch(harness, [id_])[id_], harness.amount)) == 5


@clause("write", capability="idempotency_key")
def a_key_used_twice_creates_once(harness: Harness) -> None:
    first, second = (write(harness, create(harness, "once"))[0] for _ in range(2))
    assert first.id == second.id
    assert list(harness.rows()) == [first.id]


@clause("write", "lose_answer", capability="create")
def a_lost_answer_to_a_create_creates_once_and_is_told(harness: Harness) -> None:
    harness.lose_answer()
    told: Any = None
    try:
        (result,) = write(harness, create(harness, "lost"))
        told = result.error
    except RetryLater as error:
        told = error
    if told is not None:
        assert isinstance(told, RetryLater) and told.sent, "it may have arrived: say so"
    assert len(harness.rows()) == 1
    key = harness.values("lost")[harness.key]
    found = {id_ for _value, id_ in harness.open().find(harness.entity, harness.key, [key])}
    assert found == set(harness.rows())


@clause("write", "throttle", capability="create")
def a_throttled_write_is_retried_or_told_as_throttled(harness: Harness) -> None:
    harness.throttle(1)
    try:
        (result,) = write(harness, create(harness, "slow"))
        told: Any = result.error
    except RetryLater as error:
        told = error
    assert told is None or (isinstance(told, RetryLater) and not told.sent)
    assert len(harness.rows()) == (1 if told is None else 0)


@clause("write", "children", capability="create")
def created_elements_come_back_under_their_keys(harness: Harness) -> None:
    elements = {f"k{n}": harness.element(f"e{n}") for n in range(3)}
    (result,) = write(harness, create(harness, "parent", **{harness.nested: elements}))
    assert set(result.children[harness.nested]) == set(elements)
    texts = _elements(harness, str(result.id))
    for key, fields in elements.items():
        assert texts[result.children[harness.nested][key]] == fields[harness.element_text]


@clause("write", "children", capability="update")
def one_element_changes_and_the_others_stay(harness: Harness) -> None:
    elements = {f"k{n}": harness.element(f"e{n}") for n in range(3)}
    (result,) = write(harness, create(harness, "parent", **{harness.nested: elements}))
    id_, bound = str(result.id), dict(result.children[harness.nested])
    changes = {"k1": {harness.element_text: "other"}, "k2": None, "k9": harness.element("e9")}
    op = Op("key-e", "update", id_, {harness.nested: changes}, {}, {harness.nested: bound})
    (result,) = write(harness, op)
    assert result.error is None, result.error
    texts = _elements(harness, id_)
    assert texts.pop(result.children[harness.nested]["k9"]) == "e9"
    assert texts == {bound["k0"]: "e0", bound["k1"]: "other"}


# The rest.


@clause()
def entities_tell_what_they_are(harness: Harness) -> None:
    for name, told in harness.open().entities().items():
        assert told.name == name
        assert told.page_size > 0
        assert told.order in ("by_time", "unordered")
        assert all(field_info.name == at for at, field_info in told.fields.items())


@clause()
def check_says_that_all_is_well(harness: Harness) -> None:
    health = harness.open().check()
    assert health.ok
    assert list(health.problems) == []


@clause("webhooks")
def a_webhook_is_believed_only_with_its_signature(harness: Harness) -> None:
    headers, body, id_ = harness.webhook()
    (event,) = harness.open().events(headers, body)
    assert (event.entity, list(event.ids)) == (harness.entity, [id_])
    for wrong, text in (({}, body), (headers, body + b" ")):
        try:
            harness.open().events(wrong, text)
        except Refused:
            continue
        raise AssertionError("a wrong signature was believed")


@clause("webhooks")
def subscriptions_are_made_once_and_removed_by_their_address(harness: Harness) -> None:
    ours, other = "https://odoo.example.com/hook/1", "https://odoo.example.com/hook/2"
    first = harness.open().subscribe(ours)
    assert first and all(one.repaired and one.active and one.url == ours for one in first)
    kept = harness.open().subscribe(other)
    again = harness.open().subscribe(ours)
    assert [one.id for one in again] == [one.id for one in first]
    assert not any(one.repaired for one in again)
    assert harness.open().unsubscribe(ours) == len(first)
    assert harness.open().unsubscribe(ours) == 0
    assert [one.id for one in harness.open().subscribe(other)] == [one.id for one in kept]
    made = harness.open().subscribe(ours)
    assert all(one.repaired for one in made)
    assert not {one.id for one in made} & {one.id for one in first}


def _leaves(*values: Any) -> list[Any]:
    found: list[Any] = []
    for one in values:
        if isinstance(one, Mapping):
            found += _leaves(*one.values())
        elif isinstance(one, (list, tuple)):
            found += _leaves(*one)
        else:
            found.append(one)
    return found


def _elements(harness: Harness, id_: str) -> dict[str, Any]:
    record = fetch(harness, [id_])[id_]
    return {one["id"]: one.get(harness.element_text) for one in value(record, harness.nested)}
