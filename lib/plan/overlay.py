"""An endpoint over an endpoint: what is written stays on the shelf, and is read back from there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

from ..endpoint import (
    Endpoint,
    EntityInfo,
    Event,
    Health,
    Op,
    Page,
    Record,
    Result,
    Subscription,
    Token,
    Watermark,
    not_shown,
)
from ..errors import GatewayError, Refused
from ..images import Addressing, Image, Imaging
from ..merge import Side
from .ids import head, is_planned
from .records import laid_over, merged, natural_keys
from .shelf import Kept, Shelf


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an endpoint says its writes would come to. `results` are those of `write`, each with
    its record; `beside` what comes into being or changes with it: id of the record → rows of other
    entities, whose `owner` it is where they are its parts. `moved` are rows that many records move
    a little, each as (before these writes, after them)."""

    results: Sequence[Result]
    beside: Mapping[str, Sequence[Kept]] = field(default_factory=dict)
    moved: Sequence[tuple[Kept, Kept]] = ()


@runtime_checkable
class Foreseeing(Protocol):
    """An endpoint that can try a write and take it back. Optional."""

    def foresee(
        self, entity: str, ops: Sequence[Op], rows: Sequence[Kept], new_id: Callable[[], str]
    ) -> Foreseen:
        """Like `write`, and nothing of it stays. `rows` are what the plan has kept of all that the
        ops name, in the order it was made; their ids and those of new records are the plan's."""
        ...


class Overlay:
    """`below`, as it would be if the plan had been carried out so far.

    `lists` names the nested lists of `entity`, which ops give as element key → fields.
    """

    def __init__(
        self,
        below: Endpoint,
        side: Side,
        shelf: Shelf,
        entity: str,
        lists: frozenset[str],
        now: Callable[[], datetime],
    ) -> None:
        self._below = below
        self._side: Side = side
        self._shelf = shelf
        self._lists = {entity: lists}
        self._now = now
        self.transactional = below.transactional
        self.takes_addresses = getattr(below, "takes_addresses", False)

    # -- reading

    def check(self) -> Health:
        return self._below.check()

    def entities(self) -> Mapping[str, EntityInfo]:
        return self._below.entities()

    def pages(
        self, entity: str, since: Watermark | None = None, token: Token | None = None
    ) -> Iterator[Page]:
        """What is below, then what the plan has touched, as the real run would find it changed."""
        place: dict[str, Any] = json.loads(token) if token else {}
        if "after" not in place:
            yield from self._pages_below(entity, since, place.get("below"))
        yield from self._pages_here(entity, place.get("after", 0))

    def _pages_below(
        self, entity: str, since: Watermark | None, token: Token | None
    ) -> Iterator[Page]:
        for page in self._below.pages(entity, since, token):
            ids = [record.id for record in page.records]
            mine = {row.id for row in self._shelf.rows(self._side, entity, [*ids, *page.deleted])}
            after = {"after": 0} if page.token is None else {"below": page.token}
            yield Page(
                [record for record in page.records if record.id not in mine],
                Token(json.dumps(after)),
                page.watermark,
                [id_ for id_ in page.deleted if id_ not in mine],
            )

    def _pages_here(self, entity: str, after: int) -> Iterator[Page]:
        size = self.entities()[entity].page_size
        while True:
            rows = self._shelf.listed(self._side, entity, after, size)
            last = len(rows) < size
            after = rows[-1].place if rows else after
            there = [_record(row) for row in rows if row.fields is not None]
            yield Page(there, None if last else Token(json.dumps({"after": after})), None)
            if last:
                return

    def images(
        self, entity: str, wanted: Mapping[str, Record]
    ) -> Iterator[tuple[str, Image | GatewayError | None]]:
        if isinstance(self._below, Imaging):
            yield from self._below.images(entity, wanted)

    def addresses(
        self, entity: str, wanted: Mapping[str, Record]
    ) -> Iterator[tuple[str, Image | GatewayError | None]]:
        if isinstance(self._below, Addressing):
            yield from self._below.addresses(entity, wanted)

    def fetch(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        rows = {row.id: row for row in self._shelf.rows(self._side, entity, ids)}
        # An element is a record of its own entity, too, and of those that share its ids.
        unseen = [id_ for id_ in ids if id_ not in rows and is_planned(id_)]
        if unseen:
            rows.update({row.id: row for row in self._shelf.rows(self._side, None, unseen)})
        real = [id_ for id_ in ids if id_ not in rows and not is_planned(id_)]
        yield from (_record(row) for row in rows.values() if row.fields is not None)
        if real:
            yield from self._below.fetch(entity, real)

    def find(self, name: str, key: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
        real = [value for value in values if not any(map(is_planned, value.split("|")))]
        pairs = list(self._below.find(name, key, real)) if real else []
        known = {
            row.id: row for row in self._shelf.rows(self._side, name, [id_ for _v, id_ in pairs])
        }
        answer = [pair for pair in pairs if _still(known.get(pair[1]), key, pair[0])]
        asked: dict[str, list[str]] = {}
        for value in values:
            asked.setdefault(value.casefold(), []).append(value)
        for row in self._shelf.found(self._side, name, key, values) if values else ():
            if row.fields is not None:
                answer += [(value, row.id) for value in asked[row.keys[key].casefold()]]
        return iter(dict.fromkeys(answer))

    def ids(self, entity: str) -> Iterator[str]:
        return self._below.ids(entity)

    def canonical(self, entity: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._below.canonical(entity, values)

    def events(self, headers: Mapping[str, str], body: bytes) -> list[Event]:
        raise Refused("a plan takes no webhooks")

    def subscribe(self, url: str) -> list[Subscription]:
        raise Refused("a plan subscribes to nothing")

    def unsubscribe(self, url: str) -> int:
        raise Refused("a plan subscribes to nothing")

    def unseen(self, entity: str, ids: Sequence[str]) -> Sequence[str]:
        real = [id_ for id_ in ids if not is_planned(id_)]
        return not_shown(self._below, entity, real)

    # -- writing

    def write(self, entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        """Keep what `ops` would come to; a create under a key that is kept is not made again."""
        keys = [op.key for op in ops if op.action == "create"]
        done = {row.keys[""]: row for row in self._shelf.found(self._side, entity, "", keys)}
        fresh = [op for op in ops if op.key not in done]
        answers = {id(op): result for op, result in self._carry_out(entity, fresh)}
        for op in ops:
            row = done.get(op.key)
            yield answers[id(op)] if row is None else Result(row.id, _record(row), row.children)

    def _carry_out(self, entity: str, ops: Sequence[Op]) -> list[tuple[Op, Result]]:
        if not ops:
            return []
        before = {row.id: row for row in self._shelf.rows(self._side, entity, _ids(ops))}
        if isinstance(self._below, Foreseeing):
            rows = self._needed(ops)
            foreseen = self._below.foresee(entity, ops, rows, self._shelf.new_id)
        else:
            foreseen = self._supposed(entity, ops)
        kept: list[Kept] = []
        for op, result in zip(ops, foreseen.results, strict=True):
            if result.error is None:
                parts = foreseen.beside.get(str(result.id), ())
                kept.append(self._kept(entity, op, result, before.get(str(result.id)), parts))
                kept += parts
        self._shelf.put(self._side, self._with_what_was_asked(kept))
        self._shelf.put(self._side, self._moved_on(foreseen.moved))
        return list(zip(ops, foreseen.results, strict=True))

    def _supposed(self, entity: str, ops: Sequence[Op]) -> Foreseen:
        """Values laid over what is there, as `canonical` says the target would keep them."""
        ids = [str(op.id) for op in ops if op.action == "update"]
        now = {record.id: record for record in self.fetch(entity, ids)}
        results, beside = [], {}
        lists = self._lists.get(entity, frozenset())
        for op in ops:
            capabilities = self.entities()[entity].capabilities
            if op.action not in capabilities or (op.action == "update" and op.id not in now):
                results.append(Result(error=_refusal(entity, op, capabilities)))
                continue
            if op.action == "delete":
                results.append(Result(op.id))
                continue
            id_ = self._shelf.new_id() if op.action == "create" else str(op.id)
            fields = now[id_].fields if id_ in now else {"id": id_}
            stored = self._below.canonical(entity, op.values)
            fields, children = laid_over(fields, stored, op, lists, self._shelf.new_id)
            results.append(Result(id_, Record(id_, fields, self._now()), children))
            beside[id_] = _elements(id_, fields, children)
        return Foreseen(results, beside)

    def _with_what_was_asked(self, kept: Sequence[Kept]) -> list[Kept]:
        """Parts that were kept before for what was asked of them show what they are now."""
        parts = [row.id for row in kept if not row.values]
        known = {
            (row.entity, row.id): row
            for row in (self._shelf.rows(self._side, None, parts) if parts else ())
        }
        return [
            replace(known[row.entity, row.id], fields=row.fields, updated=row.updated)
            if not row.values and (row.entity, row.id) in known
            else row
            for row in kept
        ]

    def _moved_on(self, moved: Sequence[tuple[Kept, Kept]]) -> list[Kept]:
        """Rows as they are after all that has moved them: what is kept knows of the writes before,
        these two of the last ones alone."""
        ids = [after.id for _before, after in moved]
        known = {
            (row.entity, row.id): row
            for row in (self._shelf.rows(self._side, None, ids) if ids else ())
        }
        out = []
        for before, after in moved:
            row = known.get((after.entity, after.id))
            if row is not None and row.fields is not None:
                after = replace(row, fields=_shifted(row.fields, before, after))
            out.append(replace(after, updated=self._now()))
        return out

    def _kept(
        self, entity: str, op: Op, result: Result, before: Kept | None, parts: Sequence[Kept]
    ) -> Kept:
        lists = self._lists.get(entity, frozenset())
        values = merged(before.values if before else {}, op.values, lists)
        fields = result.record.fields if result.record else None
        keys = natural_keys(self.entities()[entity], fields or {}, values)
        row = before or Kept(entity, str(result.id), None, made=op.action == "create")
        if op.action == "create":
            keys[""] = op.key
        elif "" in row.keys:
            keys[""] = row.keys[""]
        children = {
            name: {**row.children.get(name, {}), **ids} for name, ids in result.children.items()
        }
        mine = [head(part.id) for part in parts if part.owner is not None]
        return replace(
            row,
            fields=fields,
            updated=self._now(),
            values=values,
            children={**row.children, **children},
            keys=keys,
            parts=tuple(dict.fromkeys([*row.parts, *mine])),
        )

    def _needed(self, ops: Sequence[Op]) -> list[Kept]:
        """Rows of what `ops` name, of what that names, and of what that is a part of."""
        found: dict[tuple[str, str], Kept] = {}
        asked: set[str] = set()
        names = set(_ids(ops)) | _planned_in([[op.id, op.values, op.children] for op in ops])
        while names - asked:
            rows = self._shelf.rows(self._side, None, sorted(names - asked))
            asked |= names
            names = set()
            for row in rows:
                found[row.entity, row.id] = row
                names |= _planned_in([row.values, row.children])
                names |= {row.owner} if row.owner else set()
        return sorted(found.values(), key=lambda row: row.place)


def _shifted(fields: Mapping[str, Any], before: Kept, after: Kept) -> dict[str, Any]:
    """`fields` with each amount moved as far as from `before` to `after`; others as they are."""
    then, now = before.fields or {}, after.fields or {}
    amounts = {name: value for name, value in now.items() if isinstance(value, Decimal)}
    moves = {name: value - then[name] for name, value in amounts.items() if name in then}
    return {
        name: value + moves[name] if name in moves and isinstance(value, Decimal) else value
        for name, value in fields.items()
    }


def _record(row: Kept) -> Record:
    return Record(row.id, row.fields or {}, row.updated)


def _still(row: Kept | None, key: str, value: str) -> bool:
    """Whether what was found below is still there, under this value."""
    if row is None:
        return True
    if row.fields is None:
        return False
    return key not in row.keys or row.keys[key].casefold() == value.casefold()


def _ids(ops: Iterable[Op]) -> list[str]:
    return [str(op.id) for op in ops if op.id is not None]


def _elements(
    owner: str, fields: Mapping[str, Any], children: Mapping[str, Mapping[str, str]]
) -> list[Kept]:
    """Rows of the elements that only the plan has."""
    new = {id_ for ids in children.values() for id_ in ids.values() if is_planned(id_)}
    return [
        Kept("", str(element["id"]), element, owner=owner)
        for name in children
        for element in fields.get(name) or ()
        if str(element["id"]) in new
    ]


def _planned_in(value: Any) -> set[str]:
    """Ids of the plan's own records anywhere in `value`."""
    if isinstance(value, str):
        return {head(value)} if is_planned(value) else set()
    if isinstance(value, Mapping):
        return set().union(*map(_planned_in, value.values()))
    if isinstance(value, (list, tuple)):
        return set().union(*map(_planned_in, value))
    return set()


def _refusal(entity: str, op: Op, capabilities: Iterable[str]) -> Refused:
    if op.action not in capabilities:
        return Refused(f"{entity} can't be {op.action}d here", record=op.id)
    return Refused(f"{op.id} is not there any more", record=op.id)
