"""Reads whole entities, page by page, resumable and complete beyond Shopify's paging limit.

A connection gives at most 25,000 objects; then the same query starts again from where it stood:
from the last time for entities sorted by time, from the last id for the others.
Source: shopify.dev/docs/api/usage/limits (pagination)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ...clock import Clock
from ...endpoint import Page, Record, Token, Watermark
from ...errors import StopRun
from .connection import MOST, Connection, Step, malformed
from .documents import ID_LISTS
from .entities import SOURCES, Source
from .failures import StaleCursor
from .position import Position
from .scalars import moment, moment_text, number_of
from .shapes import level, nodes

#: Objects that one query may be paged through.
DEPTH = 25_000
#: Records of one same second that are held back to be given in one piece.
_HELD = 2_500
#: Seconds by which a shop's clock may be behind ours and be believed.
_BEHIND = 86_400.0

Node = Mapping[str, Any]
Edge = tuple[str, Node]


class Reader:
    """`flags` are the variables an entity's documents need besides paging (`Scopes.flags`)."""

    def __init__(self, connection: Connection, clock: Clock, depth: int = DEPTH) -> None:
        self._connection = connection
        self._clock = clock
        self._depth = depth

    # -- by time -------------------------------------------------------------------------------

    def by_time(
        self,
        entity: str,
        since: Watermark | None,
        token: Token | None,
        flags: Mapping[str, Any],
    ) -> Iterator[Page]:
        """Pages in ascending (time, id). Records of one second come in one piece, so that their
        order by id holds whatever order the shop gives them in."""
        source = SOURCES[entity]
        place = Position.parse(token) if token is not None else self._begin(since)
        held: list[Edge] = []
        begun = token is not None
        while True:
            step, place, held = self._timed_step(source, place, held, flags)
            begun, place = True, place if begun else self._started(place)
            edges = [*held, *step.edges]
            deep = step.more and place.seen >= self._depth
            give, held = _whole_seconds(edges) if step.more else (edges, [])
            if step.more and not give and not deep:
                if len(held) < _HELD:
                    continue
                give, held = held, []
            place = self._advance(place, give, held, deep)
            if deep:
                held = []
            records = sorted(
                self.records(source, [node for _, node in give], flags),
                key=lambda record: (_time(record), record.id),
            )
            token = place.token() if step.more else None
            yield Page(records, token, _settled(records, place.start))
            if not step.more:
                return

    def _timed_step(
        self, source: Source, place: Position, held: list[Edge], flags: Mapping[str, Any]
    ) -> tuple[Step, Position, list[Edge]]:
        """The next edges; a place that the shop has forgotten is found again by its time."""
        # What is held back lies behind the token's cursor and before this one.
        after = held[-1][0] if held else place.cursor
        query = f"updated_at:>='{moment_text(place.since)}'" if place.since else ""
        most = max(1, min(MOST, self._depth - place.seen))
        try:
            step = self._connection.step(source.page, query, after, flags, most)
        except StaleCursor:
            if after is None:
                raise
            place = replace(place, since=place.last or place.since, cursor=None, seen=0)
            return self._timed_step(source, place, [], flags)
        return step, replace(place, seen=place.seen + len(step.edges)), held

    def _advance(
        self, place: Position, give: Sequence[Edge], held: Sequence[Edge], deep: bool
    ) -> Position:
        if give:
            place = replace(place, cursor=give[-1][0], last=_edge_time(give[-1]))
        if not deep:
            return place
        since = _edge_time(held[0]) if held else place.last
        if since is None or (place.since is not None and since <= place.since):
            raise StopRun(
                f"More than {self._depth:,} records changed in the second {since}.",
                cause="refused",
                remedy="Read this entity in full once (delete its watermark) or ask for help.",
            )
        return replace(place, since=since, cursor=None, seen=0)

    # -- unordered -----------------------------------------------------------------------------

    def unordered(
        self,
        entity: str,
        since: Watermark | None,
        token: Token | None,
        flags: Mapping[str, Any],
    ) -> Iterator[Page]:
        """Pages in the order of ids; the watermark is the read's start and stands on the last."""
        source = SOURCES[entity]
        place = Position.parse(token) if token is not None else self._begin(since)
        begun = token is not None
        while True:
            # A level's change does not touch its item, so stock is filtered here and not there.
            filtered = None if entity == "stock" or source.blind else place.since
            step, place = self._id_step(source, place, filtered, flags)
            begun, place = True, place if begun else self._started(place)
            found = [node for _, node in step.edges]
            if entity == "stock":
                records = list(self._levels(source, found, place.since))
            else:
                records = self.records(source, found, flags)
            more = step.more
            watermark = None if more else Watermark(place.start)
            yield Page(records, place.token() if more else None, watermark)
            if not more:
                return

    def _id_step(
        self, source: Source, place: Position, since: datetime | None, flags: Mapping[str, Any]
    ) -> tuple[Step, Position]:
        terms = [f"updated_at:>='{moment_text(since)}'"] if since else []
        if place.after_id:
            terms.append(f"id:>{place.after_id}")
        most = max(1, min(MOST, self._depth - place.seen))
        query = " AND ".join(terms)
        try:
            step = self._connection.step(source.page, query, place.cursor, flags, most)
        except StaleCursor:
            if place.cursor is None:
                raise
            # Ids below the last restart are settled; the rest of this query is read once more.
            return self._id_step(source, replace(place, cursor=None, seen=0), since, flags)
        seen = place.seen + len(step.edges)
        cursor = step.edges[-1][0] if step.edges else place.cursor
        place = replace(place, seen=seen, cursor=cursor)
        if step.more and seen >= self._depth and step.edges:
            place = replace(place, after_id=_last_id(step), cursor=None, seen=0)
        return step, place

    def _levels(
        self, source: Source, items: Sequence[Node], since: datetime | None
    ) -> Iterator[Record]:
        for item in (self._connection.complete(item, source.completes) for item in items):
            for each in nodes(item.get("inventoryLevels")):
                record = _level_record(each, item)
                if since is None or record.updated is None or record.updated >= since:
                    yield record

    # -- by id ---------------------------------------------------------------------------------

    def ids(self, entity: str) -> Iterator[str]:
        document = ID_LISTS[entity]
        after, above, seen = None, 0, 0
        while True:
            query = f"id:>{above}" if above else ""
            most = max(1, min(MOST, self._depth - seen))
            step = self._connection.step(document, query, after, {}, most)
            for _, node in step.edges:
                if entity == "stock":
                    item = self._connection.complete(node, ("inventoryLevels",))
                    yield from (str(each["id"]) for each in nodes(item.get("inventoryLevels")))
                else:
                    yield str(node["id"])
            if not step.more:
                return
            seen += len(step.edges)
            after = step.edges[-1][0] if step.edges else after
            if seen >= self._depth and step.edges:
                above, after, seen = _last_id(step), None, 0

    def _begin(self, since: Watermark | None) -> Position:
        return Position(start=self._clock.now(), since=since.time if since else None)

    def _started(self, place: Position) -> Position:
        """The read's start by the shop's clock, which the first answer told; never after ours."""
        skew = min(max(self._connection.skew or 0.0, -_BEHIND), 0.0)
        return replace(place, start=place.start + timedelta(seconds=skew))

    def records(
        self, source: Source, found: Sequence[Node], flags: Mapping[str, Any]
    ) -> list[Record]:
        """The records of these nodes, their lists completed and their parts asked for."""
        whole = [self._connection.complete(node, source.completes) for node in found]
        for name, completes in source.inner.items():
            whole = [self._with_inner(node, name, completes) for node in whole]
        for name, completes in source.parts.items():
            whole = self._connection.deepened(whole, name, completes, flags)
        return [record_of(source, node) for node in whole]

    def _with_inner(self, node: Node, name: str, completes: Sequence[str]) -> Node:
        if name not in node:
            return node
        inner = [self._connection.complete(item, completes) for item in nodes(node[name])]
        return {**node, name: {"nodes": inner}}


def _settled(records: Sequence[Record], start: datetime) -> Watermark | None:
    """The last record's place, but never after the read's start: one record with a wrong date
    would hide all that changes until that day."""
    if not records:
        return None
    last = Watermark(_time(records[-1]), records[-1].id)
    return last if last.time <= start else Watermark(start)


def record_of(source: Source, node: Mapping[str, Any]) -> Record:
    """The record of a completed node."""
    fields = source.shape(node)
    updated = fields.get("updatedAt")
    return Record(str(node["id"]), fields, updated if isinstance(updated, datetime) else None)


def _level_record(node: Mapping[str, Any], item: Mapping[str, Any]) -> Record:
    fields = level(node, item)
    return Record(str(node["id"]), fields, fields["updatedAt"])


def _whole_seconds(edges: list[Edge]) -> tuple[list[Edge], list[Edge]]:
    """(edges of complete seconds, edges of the last one, of which more may come)."""
    if not edges:
        return [], []
    last = _edge_time(edges[-1])
    cut = len(edges)
    while cut and _edge_time(edges[cut - 1]) == last:
        cut -= 1
    return edges[:cut], edges[cut:]


def _edge_time(edge: Edge) -> datetime:
    updated = moment(edge[1].get("updatedAt"))
    if not isinstance(updated, datetime):
        raise malformed_time(edge[1])
    return updated


def _time(record: Record) -> datetime:
    if record.updated is None:
        raise malformed_time(record.fields)
    return record.updated


def malformed_time(node: Mapping[str, Any]) -> Exception:
    document = SOURCES["product"].page
    return malformed(document, f"{node.get('id')} has no updatedAt time")


def _last_id(step: Step) -> int:
    """The highest id of a step, from which a restarted query goes on; ids must have ascended."""
    numbers = [number_of(str(node["id"])) for _, node in step.edges]
    if numbers != sorted(numbers):
        raise StopRun(
            "Shopify gave a list that is not in the order of ids.",
            cause="unknown",
            remedy="This is a defect of the gateway's Shopify client; report it.",
        )
    return numbers[-1]
