"""Endpoints that break one rule each, and how such a client comes about.

The suite has to name the rule (`tests/pure/test_contract_hostile.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway_ng.lib.endpoint import (
    EntityInfo,
    Event,
    Op,
    Page,
    Record,
    Result,
    Subscription,
    Token,
    Watermark,
)
from gateway_ng.lib.errors import GatewayError, Refused, RetryLater, StopRun

from .memory import MemoryEndpoint


class SkipsATie(MemoryEndpoint):
    """Goes on after the last *time*: rows of the same moment on the next page are lost."""

    def _after(
        self, entity: str, since: Watermark | None, at: Sequence[str] | None
    ) -> list[tuple[str, ...]]:
        return [key for key in super()._after(entity, since, None) if not at or key[0] > at[0]]


class PagesByNumber(MemoryEndpoint):
    """Reads by offset: a row deleted on an earlier page shifts another one over the boundary."""

    def _page(
        self, entity: str, since: Watermark | None, place: dict[str, Any]
    ) -> tuple[Page, dict[str, Any]]:
        size = self.infos[entity].page_size
        keys = self._after(entity, since, None)
        offset = place.get("offset", 0)
        chosen, rest = keys[offset : offset + size], keys[offset + size :]
        place = {
            **place,
            "at": list(chosen[-1]) if chosen else place["at"],
            "offset": offset + size,
        }
        page = Page(
            [self._record(entity, key[-1]) for key in chosen],
            Token(json.dumps(place)) if rest else None,
            self._watermark(self.infos[entity], since, place, last=not rest),
            () if rest else self._deleted(entity, since),
        )
        return page, place


class DropsARowAtThePageBoundary(MemoryEndpoint):
    """Asks for one row more to see whether there is a next page, and forgets that row."""

    def _page(
        self, entity: str, since: Watermark | None, place: dict[str, Any]
    ) -> tuple[Page, dict[str, Any]]:
        page, place = super()._page(entity, since, place)
        if page.token is not None:
            rest = self._after(entity, since, place["at"])
            place = {**place, "at": list(rest[0])}
            page = replace(page, token=Token(json.dumps(place)))
        return page, place


class RepeatsForever(MemoryEndpoint):
    """Takes a full page for proof of a next one, and gets the last one again."""

    def pages(
        self, entity: str, since: Watermark | None = None, token: Token | None = None
    ) -> Iterator[Page]:
        for page in super().pages(entity, since, token):
            while page.token is None and len(page.records) == self.infos[entity].page_size:
                yield replace(page, token=Token(json.dumps({"start": "", "at": None})))
            yield page


class StopsAtALimit(MemoryEndpoint):
    """The platform's search ends at a number of results, and nobody noticed."""

    LIMIT = 5_000

    def _after(
        self, entity: str, since: Watermark | None, at: Sequence[str] | None
    ) -> list[tuple[str, ...]]:
        everything = super()._after(entity, since, None)[: self.LIMIT]
        return [key for key in everything if at is None or key > tuple(at)]


class TakesThrottlingForTheEnd(MemoryEndpoint):
    """Catches the error of a page and takes it for the last one."""

    def pages(
        self, entity: str, since: Watermark | None = None, token: Token | None = None
    ) -> Iterator[Page]:
        try:
            yield from super().pages(entity, since, token)
        except RetryLater:
            yield Page((), None, None)


class WatermarkTooEarly(MemoryEndpoint):
    """Unordered, and gives a watermark before everything is read."""

    def _watermark(
        self, info: EntityInfo, since: Watermark | None, place: dict[str, Any], last: bool
    ) -> Watermark | None:
        return super()._watermark(info, since, place, last=True)


class WatermarkOfTheEnd(MemoryEndpoint):
    """Unordered, and says that all is settled up to when the read *ended*."""

    def _watermark(
        self, info: EntityInfo, since: Watermark | None, place: dict[str, Any], last: bool
    ) -> Watermark | None:
        return Watermark(self.clock.now()) if last else None


class WatermarkOfNow(MemoryEndpoint):
    """By time, and says that all is settled up to now, whatever the page holds."""

    def _watermark(
        self, info: EntityInfo, since: Watermark | None, place: dict[str, Any], last: bool
    ) -> Watermark | None:
        return Watermark(self.clock.now())


class BelievesTheFuture(MemoryEndpoint):
    """By time, and takes whatever time a row has for settled, though the read began before it."""

    def _watermark(
        self, info: EntityInfo, since: Watermark | None, place: dict[str, Any], last: bool
    ) -> Watermark | None:
        return super()._watermark(info, since, {**place, "start": "9999-01-01T00:00+00:00"}, last)


class SinceIsExclusive(MemoryEndpoint):
    """Asks for what changed *after* the watermark."""

    def _after(
        self, entity: str, since: Watermark | None, at: Sequence[str] | None
    ) -> list[tuple[str, ...]]:
        return [
            key
            for key in super()._after(entity, since, at)
            if since is None or self.rows[entity][key[-1]].updated > since.time
        ]


class TokenIsNotResumable(MemoryEndpoint):
    """Keeps its cursors in the object: another process begins anew, or fails."""

    def __init__(self, *infos: EntityInfo, **config: Any) -> None:
        super().__init__(*infos, **config)
        self.cursors: dict[str, dict[str, Any]] = {}

    def pages(
        self, entity: str, since: Watermark | None = None, token: Token | None = None
    ) -> Iterator[Page]:
        place = json.dumps(self.cursors[token]) if token in self.cursors else None
        for page in super().pages(entity, since, Token(place) if place else None):
            if page.token is not None:
                handle = f"cursor-{len(self.cursors)}"
                self.cursors[handle] = json.loads(page.token)
                page = replace(page, token=Token(handle))
            yield page


class OutOfOrder(MemoryEndpoint):
    """Reads what is at hand: pages do not ascend by time."""

    def _page(
        self, entity: str, since: Watermark | None, place: dict[str, Any]
    ) -> tuple[Page, dict[str, Any]]:
        page, place = super()._page(entity, since, place)
        return replace(page, records=list(page.records)[::-1]), place


class EmptyInsteadOfAbsent(MemoryEndpoint):
    """Gives null for what it was not allowed to see."""

    def _record(self, entity: str, id: str) -> Record:
        record = super()._record(entity, id)
        empty = dict.fromkeys(self.hidden.get(entity, ()))
        return replace(record, fields={**record.fields, **empty})


class FloatsForMoney(MemoryEndpoint):
    """Parses JSON as it comes."""

    def _record(self, entity: str, id: str) -> Record:
        record = super()._record(entity, id)
        return replace(record, fields={**record.fields, "price": float(record.fields["price"])})


class RoundsMoney(MemoryEndpoint):
    """Formats amounts for people."""

    def _record(self, entity: str, id: str) -> Record:
        record = super()._record(entity, id)
        price = record.fields.get("price")
        fields = dict(record.fields)
        if price is not None:
            fields["price"] = round(price, 1)
        return replace(record, fields=fields)


class NaiveTimes(MemoryEndpoint):
    """Drops the zone of the platform's times in what it fetches."""

    def fetch(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        for record in super().fetch(entity, ids):
            assert record.updated is not None
            yield replace(record, updated=record.updated.replace(tzinfo=None))


class MangledText(MemoryEndpoint):
    """Encodes text for a system that knows Latin-1 only."""

    def _record(self, entity: str, id: str) -> Record:
        record = super()._record(entity, id)
        name = str(record.fields.get("name")).encode("latin-1", "ignore").decode("latin-1")
        return replace(record, fields={**record.fields, "name": name})


class FetchesFewerFields(MemoryEndpoint):
    """Two queries for one record, of which one has grown."""

    def fetch(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        for record in super().fetch(entity, ids):
            fields = {name: value for name, value in record.fields.items() if name != "code"}
            yield replace(record, fields={**fields, "old_code": record.fields.get("code")})


class FetchesFirstPageOnly(MemoryEndpoint):
    """Sends all ids in one request, of which the platform answers the first few."""

    def fetch(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        return super().fetch(entity, ids[: self.infos[entity].page_size])


class FetchesGhosts(MemoryEndpoint):
    """Gives an empty record for an id that is gone."""

    def fetch(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        there = {record.id: record for record in super().fetch(entity, ids)}
        return iter([there.get(id) or Record(id, {}) for id in ids])


class IdsOfTheFirstPage(MemoryEndpoint):
    """Does not page where it lists ids: everything else looks deleted."""

    def ids(self, entity: str) -> Iterator[str]:
        return iter(list(super().ids(entity))[: self.infos[entity].page_size])


class NoTombstones(MemoryEndpoint):
    """Says that it tells what was deleted, and does not."""

    def _deleted(self, entity: str, since: Watermark | None) -> list[str]:
        return []


class FindsTheFirstOnly(MemoryEndpoint):
    """Asks for one match: an ambiguous value looks unique."""

    def find(self, name: str, key: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
        return iter(dict(super().find(name, key, values)).items())


class FindsWhatLooksAlike(MemoryEndpoint):
    """Uses the platform's full-text search and believes it."""

    def find(self, name: str, key: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
        found = [
            (value, id)
            for value in values
            for id, row in self.rows[name].items()
            if str(row.fields.get(key)).startswith(value[:5])
        ]
        return iter(found)


class ResultsOutOfOrder(MemoryEndpoint):
    """Gives results as the answers arrive."""

    def write(self, entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        return iter(list(super().write(entity, ops))[::-1])


class SwallowsARefusedRecord(MemoryEndpoint):
    """Looks at the HTTP status only; the refusal is in the body."""

    def write(self, entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        for result in super().write(entity, ops):
            yield Result() if isinstance(result.error, Refused) else result


class LeavesOutARefusedRecord(MemoryEndpoint):
    """Gives results for what was done, and none for what was not."""

    def write(self, entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        return (result for result in super().write(entity, ops) if result.error is None)


class RaisesForOneRecord(MemoryEndpoint):
    """Ends the batch with the first record that is refused."""

    def write(self, entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        for op in ops:
            (result,) = super().write(entity, [op])
            if result.error is not None:
                raise result.error
            yield result


class RefusesTheWholeBatch(MemoryEndpoint):
    """Sends all in one transaction: one bad record refuses the good ones."""

    def write(self, entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        wrong = [why for op in ops if (why := self.faults.refuse(op))]
        if wrong:
            return iter([Result(error=Refused(wrong[0])) for _ in ops])
        return super().write(entity, ops)


class RefusesWithoutAWord(MemoryEndpoint):
    """Knows that it failed, and not why."""

    def write(self, entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        for result in super().write(entity, ops):
            yield Result(error=Refused(" ")) if result.error is not None else result


class EmptiesTheRest(MemoryEndpoint):
    """Updates with PUT: what is not sent is emptied."""

    def _update(self, entity: str, op: Op) -> Result:
        held = self.rows[entity][str(op.id)].fields
        empty = {name: None for name in held if name not in ("id", "lines")}
        return super()._update(entity, replace(op, values={**empty, **op.values}))


class IgnoresExpect(MemoryEndpoint):
    """Writes whatever the state is."""

    def _compare(self, info: EntityInfo, op: Op) -> None:
        return


class ExpectsTooMuch(MemoryEndpoint):
    """Takes every expectation for broken."""

    def _compare(self, info: EntityInfo, op: Op) -> None:  # pylint: disable=missing-return
        super()._compare(info, replace(op, expect={name: object() for name in op.expect}))


class ForgetsKeys(MemoryEndpoint):
    """Says that it knows idempotency keys, and does not send them."""

    def _carry_out(self, entity: str, op: Op) -> Result:
        self.keys.clear()
        return super()._carry_out(entity, op)


class CreatesTwiceOnALostAnswer(MemoryEndpoint):
    """Retries a create blindly when the connection breaks."""

    def write(self, entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        try:
            return super().write(entity, ops)
        except RetryLater:
            return super().write(entity, ops)


class HidesALostAnswer(MemoryEndpoint):
    """Says that a request was refused of which it can't know whether it arrived."""

    def write(self, entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        try:
            return super().write(entity, ops)
        except RetryLater as error:
            return iter([Result(error=RetryLater(error.message, sent=False)) for _ in ops])


class StopsWhenThrottled(MemoryEndpoint):
    """Takes «slow down» for «go away»."""

    def _called(self, method: str) -> None:  # pylint: disable=missing-return
        try:
            super()._called(method)
        except GatewayError as error:
            raise StopRun(error.message) from error


class DeleteOfTheGoneFails(MemoryEndpoint):
    """A deletion that is repeated after a crash is an error."""

    def _carry_out(self, entity: str, op: Op) -> Result:
        if op.action == "delete" and op.id not in self.rows[entity]:
            raise Refused("not found", record=op.id)
        return super()._carry_out(entity, op)


class LosesElementIds(MemoryEndpoint):
    """Does not tell which element became which id."""

    def _elements(
        self, there: list[dict[str, Any]], given: Mapping[str, Any], bound: Mapping[str, str]
    ) -> tuple[list[dict[str, Any]], dict[str, str]]:
        elements, _ids = super()._elements(there, given, bound)
        return elements, dict(bound)


class ReplacesTheList(MemoryEndpoint):
    """Sends the elements it was given as the whole list: the others are deleted."""

    def _elements(
        self, there: list[dict[str, Any]], given: Mapping[str, Any], bound: Mapping[str, str]
    ) -> tuple[list[dict[str, Any]], dict[str, str]]:
        kept = {bound.get(key) for key in given}
        return super()._elements([one for one in there if one["id"] in kept], given, bound)


class CanonicalWithoutEnd(MemoryEndpoint):
    """What it says it stores is not what it stores of that."""

    def canonical(self, entity: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**values, "name": f"{values['name']}!"}


class ShowsWhatWasSent(MemoryEndpoint):
    """Gives the values sent for the record stored."""

    def _create(self, entity: str, op: Op) -> Result:
        result = super()._create(entity, op)
        sent = {"id": str(result.id), **op.values, "sent": True}
        return replace(result, record=Record(str(result.id), sent))


class BelievesAnyWebhook(MemoryEndpoint):
    """Does not look at the signature."""

    def events(self, headers: Mapping[str, str], body: bytes) -> list[Event]:
        return [Event(**json.loads(body))]


class LeavesItsSubscriptions(MemoryEndpoint):
    """Says that it has removed its subscriptions, and goes on being told."""

    def unsubscribe(self, url: str) -> int:
        return int(url in self.subscribed)


class RepairsInSilence(MemoryEndpoint):
    """Makes a subscription anew and does not say that there was a gap."""

    def subscribe(self, url: str) -> list[Subscription]:
        return [replace(one, repaired=False) for one in super().subscribe(url)]


class NamesItsEntitiesOtherwise(MemoryEndpoint):
    """Its entities have other names than those it was asked by."""

    def entities(self) -> Mapping[str, EntityInfo]:
        return {name: replace(info, name=f"{name}s") for name, info in self.infos.items()}


class SaysNothingOfProblems(MemoryEndpoint):
    """Is well with a list of problems."""

    def check(self) -> Any:
        return replace(super().check(), problems=["the scope write_products is missing"])


class NoPageForNothing(MemoryEndpoint):
    """Gives no page at all where there is nothing: nothing says how far it settled."""

    def pages(
        self, entity: str, since: Watermark | None = None, token: Token | None = None
    ) -> Iterator[Page]:
        return (page for page in super().pages(entity, since, token) if page.records)


class NoTokens(MemoryEndpoint):
    """Reads all in one go: a crash on the last page begins anew."""

    def pages(
        self, entity: str, since: Watermark | None = None, token: Token | None = None
    ) -> Iterator[Page]:
        return (replace(page, token=None) for page in super().pages(entity, since, token))


class ReadsAPicture(MemoryEndpoint):
    """Lists everything at the start of the read, and says that it settled up to its end."""

    def pages(
        self, entity: str, since: Watermark | None = None, token: Token | None = None
    ) -> Iterator[Page]:
        for page in list(super().pages(entity, since, token)):
            yield replace(page, watermark=Watermark(self.clock.now()))


class IgnoresSince(MemoryEndpoint):
    """Reads everything every time."""

    def _after(
        self, entity: str, since: Watermark | None, at: Sequence[str] | None
    ) -> list[tuple[str, ...]]:
        return super()._after(entity, None, at)


class ReadsTheDeleted(MemoryEndpoint):
    """The platform's trash is part of its lists."""

    def remove(self, entity: str, id: str) -> None:
        self.graves[entity][id] = self.clock.now()

    def ids(self, entity: str) -> Iterator[str]:
        return iter(list(self.rows[entity]))

    def fetch(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        return (one for one in super().fetch(entity, ids) if one.id not in self.graves[entity])


class FindsAllForNothing(MemoryEndpoint):
    """An empty condition is no condition."""

    def find(self, name: str, key: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
        if not values:
            return iter([("", id) for id in self.rows[name]] or [("", "?")])
        return super().find(name, key, values)
