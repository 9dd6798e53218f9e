"""An endpoint in memory that keeps the contract, whatever it is configured to be."""

from __future__ import annotations

import copy
import hashlib
import hmac
import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.endpoint import (
    EntityInfo,
    Event,
    FieldInfo,
    Health,
    Op,
    Page,
    Record,
    Result,
    Subscription,
    Token,
    Watermark,
)
from gateway_ng.lib.errors import GatewayError, Moved, Refused, RetryLater

Normalise = Callable[[str, Any], Any]


@dataclass(slots=True)
class Row:
    fields: dict[str, Any]
    updated: datetime


@dataclass(slots=True)
class Faults:
    """What goes wrong next. `refuse` says why an op is refused (None: it is not); `lost` creates
    are carried out and their answer is lost; `errors` are raised by the next calls of a method."""

    refuse: Callable[[Op], str | None] = lambda op: None
    lost: int = 0
    repeat_last: bool = False
    errors: dict[str, list[GatewayError]] = field(default_factory=dict)


class MemoryEndpoint:
    """Tables of rows. `lists` names the fields whose elements have ids of their own.

    `normalise` changes what is stored; `canonical` knows it when `predictable`. With `answers`
    a write's result carries the record, else it has to be fetched. With `archives` a delete sets
    the row's status, as Odoo does.
    """

    def __init__(
        self,
        *infos: EntityInfo,
        clock: FakeClock | None = None,
        prefix: str = "",
        transactional: bool = False,
        lists: Sequence[str] = (),
        normalise: Normalise | None = None,
        predictable: bool = True,
        answers: bool = True,
        archives: bool = False,
        lookups: Mapping[str, Mapping[str, Mapping[str, Sequence[str]]]] | None = None,
    ) -> None:
        self.infos = {info.name: info for info in infos}
        self.clock = clock or FakeClock()
        self.prefix = prefix
        self.transactional = transactional
        self.lists = tuple(lists)
        self.normalise = normalise
        self.predictable = predictable
        self.answers = answers
        self.archives = archives
        self.lookups = lookups or {}
        self.hidden: dict[str, set[str]] = {}
        self.rows: dict[str, dict[str, Row]] = {info.name: {} for info in infos}
        self.graves: dict[str, dict[str, datetime]] = {info.name: {} for info in infos}
        self.keys: dict[tuple[str, str], str] = {}
        self.subscribed: dict[str, str] = {}
        self.faults = Faults()
        self.calls: list[str] = []
        self.ops: list[Op] = []
        self.counter = itertools.count(1)

    # What a person does in this system.

    def put(self, entity: str, fields: Mapping[str, Any], id: str | None = None) -> str:
        """A new row; lists are given as plain lists, their elements get ids."""
        id = id or self._new_id()
        kept = {name: copy.deepcopy(value) for name, value in fields.items()}
        for name in self.lists:
            for element in kept.get(name) or ():
                element.setdefault("id", self._new_id())
        self.rows[entity][id] = Row({"id": id, **kept}, self.clock.now())
        self.graves[entity].pop(id, None)
        return id

    def edit(self, entity: str, id: str, **fields: Any) -> None:
        row = self.rows[entity][id]
        self.rows[entity][id] = Row({**row.fields, **fields}, self.clock.now())

    def edit_element(self, entity: str, id: str, name: str, position: int, **fields: Any) -> None:
        elements = copy.deepcopy(self.rows[entity][id].fields[name])
        elements[position].update(fields)
        self.edit(entity, id, **{name: elements})

    def remove(self, entity: str, id: str) -> None:
        del self.rows[entity][id]
        self.graves[entity][id] = self.clock.now()

    def get(self, entity: str, id: str) -> dict[str, Any]:
        return self.rows[entity][id].fields

    def all(self, entity: str) -> list[dict[str, Any]]:
        return [row.fields for row in self.rows[entity].values()]

    def snapshot(self) -> Any:
        return copy.deepcopy((self.rows, self.graves, self.keys))

    def restore(self, snapshot: Any) -> None:
        self.rows, self.graves, self.keys = copy.deepcopy(snapshot)

    # The contract.

    def check(self) -> Health:
        self._called("check")
        return Health(ok=True, version="memory", hidden=sorted(set().union(*self.hidden.values())))

    def entities(self) -> Mapping[str, EntityInfo]:
        return self.infos

    def pages(
        self, entity: str, since: Watermark | None = None, token: Token | None = None
    ) -> Iterator[Page]:
        place = json.loads(token) if token else {"start": self.clock.now().isoformat(), "at": None}
        while True:
            self._called("pages")
            page, place = self._page(entity, since, place)
            yield page
            if page.token is None:
                if self.faults.repeat_last:
                    yield page
                return

    def _page(
        self, entity: str, since: Watermark | None, place: dict[str, Any]
    ) -> tuple[Page, dict[str, Any]]:
        info = self.infos[entity]
        found = self._after(entity, since, place["at"])
        chosen, rest = found[: info.page_size], found[info.page_size :]
        if chosen:
            place = {**place, "at": list(chosen[-1])}
        records = [self._record(entity, key[-1]) for key in chosen]
        return Page(
            records,
            Token(json.dumps(place)) if rest else None,
            self._watermark(info, since, place, last=not rest),
            () if rest else self._deleted(entity, since),
        ), place

    def _after(
        self, entity: str, since: Watermark | None, at: Sequence[str] | None
    ) -> list[tuple[str, ...]]:
        """Keys of the rows to read, in order; what changes while paging moves behind them."""
        by_time = self.infos[entity].order == "by_time"
        keys = []
        for id, row in self.rows[entity].items():
            if since is None or row.updated >= since.time:
                keys.append((row.updated.isoformat(), id) if by_time else (id,))
        return sorted(key for key in keys if at is None or key > tuple(at))

    def _watermark(
        self, info: EntityInfo, since: Watermark | None, place: dict[str, Any], last: bool
    ) -> Watermark | None:
        if info.order == "unordered":
            return Watermark(datetime.fromisoformat(place["start"])) if last else None
        if place["at"] is None:
            return since
        time, id = place["at"]
        start = datetime.fromisoformat(place["start"])
        mark = Watermark(datetime.fromisoformat(time), id)
        return mark if mark.time <= start else Watermark(start)

    def _deleted(self, entity: str, since: Watermark | None) -> list[str]:
        return [i for i, at in self.graves[entity].items() if since is None or at >= since.time]

    def _record(self, entity: str, id: str) -> Record:
        row = self.rows[entity][id]
        hidden = self.hidden.get(entity, set())
        fields = {name: value for name, value in row.fields.items() if name not in hidden}
        return Record(id, copy.deepcopy(fields), row.updated)

    def fetch(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        self._called("fetch")
        return iter([self._record(entity, id) for id in ids if id in self.rows[entity]])

    def find(self, name: str, key: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
        self._called("find")
        if name in self.lookups:
            table = self.lookups[name][key]
            return iter([(value, id) for value in values for id in table.get(value, ())])
        wanted = set(values)
        parts = key.split("|")
        found = []
        for id, row in self.rows[name].items():
            value = "|".join(str(row.fields.get(part)) for part in parts)
            if value in wanted:
                found.append((value, id))
        return iter(found)

    def ids(self, entity: str) -> Iterator[str]:
        self._called("ids")
        return iter(list(self.rows[entity]))

    def canonical(self, entity: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._stored(values) if self.normalise and self.predictable else values

    def _stored(self, values: Mapping[str, Any]) -> dict[str, Any]:
        if self.normalise is None:
            return dict(values)
        out = {}
        for name, value in values.items():
            if name in self.lists and isinstance(value, Mapping):
                out[name] = {k: self._stored(v) if v else v for k, v in value.items()}
            else:
                out[name] = self.normalise(name, value)
        return out

    def write(self, entity: str, ops: Sequence[Op]) -> Iterator[Result]:  # pylint: disable=method-required-super
        self._called("write")
        results = []
        for op in ops:
            self.ops.append(op)
            try:
                results.append(self._carry_out(entity, op))
            except Refused as error:
                results.append(Result(error=error))
            except Moved as error:
                results.append(Result(error=error))
            if op.action == "create" and self.faults.lost > 0:
                self.faults.lost -= 1
                raise RetryLater("the connection broke before the answer came", sent=True)
        return iter(results)

    def _carry_out(self, entity: str, op: Op) -> Result:
        info = self.infos[entity]
        why = self.faults.refuse(op)
        if why is not None or op.action not in info.capabilities:
            raise Refused(why or f"{entity} can't be {op.action}d here", record=op.id)
        known = self.keys.get((entity, op.key)) if "idempotency_key" in info.capabilities else None
        if op.action == "create":
            return self._create(entity, op) if known is None else self._result(entity, known, {})
        if op.id not in self.rows[entity]:
            if op.action == "delete":
                return Result(id=op.id)
            raise Refused(f"{op.id} is not there any more", record=op.id)
        self._compare(info, op)
        if op.action == "delete":
            if self.archives:
                self.edit(entity, op.id, status="archived")
            else:
                self.remove(entity, op.id)
            return Result(id=op.id)
        return self._update(entity, op)

    def _compare(self, info: EntityInfo, op: Op) -> None:
        if "compare_and_set" not in info.capabilities:
            return
        held = self.rows[info.name][str(op.id)].fields
        for name, value in op.expect.items():
            if held.get(name) != value:
                raise Moved("it was changed meanwhile", record=op.id, field=name)

    def _create(self, entity: str, op: Op) -> Result:
        id, children = self._new_id(), dict[str, dict[str, str]]()
        fields: dict[str, Any] = {"id": id}
        for name, value in self._stored(op.values).items():
            if name in self.lists:
                value, children[name] = self._elements([], value or {}, {})
            fields[name] = value
        self.rows[entity][id] = Row(fields, self.clock.now())
        self.keys[entity, op.key] = id
        return self._result(entity, id, children)

    def _update(self, entity: str, op: Op) -> Result:
        assert op.id is not None
        fields, children = dict(self.rows[entity][op.id].fields), dict[str, dict[str, str]]()
        for name, value in self._stored(op.values).items():
            if name in self.lists:
                bound = op.children.get(name, {})
                value, children[name] = self._elements(fields.get(name) or [], value, bound)
            fields[name] = value
        self.rows[entity][op.id] = Row(fields, self.clock.now())
        return self._result(entity, op.id, children)

    def _elements(
        self, there: list[dict[str, Any]], given: Mapping[str, Any], bound: Mapping[str, str]
    ) -> tuple[list[dict[str, Any]], dict[str, str]]:
        by_id = {element["id"]: dict(element) for element in there}
        ids = dict(bound)
        for key, fields in given.items():
            if fields is None:
                by_id.pop(ids.pop(key), None)
            elif key in ids:
                by_id[ids[key]].update(fields)
            else:
                ids[key] = self._new_id()
                by_id[ids[key]] = {"id": ids[key], **fields}
        return list(by_id.values()), ids

    def _result(self, entity: str, id: str, children: dict[str, dict[str, str]]) -> Result:
        record = self._record(entity, id) if self.answers else None
        return Result(id=id, record=record, children=children)

    def events(self, headers: Mapping[str, str], body: bytes) -> list[Event]:
        sign = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(headers.get("x-signature", ""), sign):
            raise Refused("the signature is wrong", remedy="Check the webhook's secret.")
        return [Event(**json.loads(body))]

    def subscribe(self, url: str) -> list[Subscription]:
        is_new = url not in self.subscribed
        id_ = self.subscribed.setdefault(url, self._new_id())
        return [Subscription(id_, "changed", url, repaired=is_new)]

    def unsubscribe(self, url: str) -> int:
        return 0 if self.subscribed.pop(url, None) is None else 1

    def _new_id(self) -> str:
        return f"{self.prefix}{next(self.counter):06d}"

    def _called(self, method: str) -> None:
        self.calls.append(method)
        waiting = self.faults.errors.get(method)
        if waiting:
            raise waiting.pop(0)


ALL = frozenset(("create", "update", "delete"))


def entity(
    name: str,
    model: str,
    fields: Sequence[str] = (),
    **more: Any,
) -> EntityInfo:
    """An entity that can do everything but compare-and-set; `fields` are «name:type»."""
    told = [text.partition(":") for text in fields]
    infos = {n: FieldInfo(n, kind or "char", writable=True) for n, _, kind in told}
    more.setdefault("capabilities", ALL)
    return EntityInfo(name, model, infos, **more)


def able(info: EntityInfo, *capabilities: Any) -> EntityInfo:
    return replace(info, capabilities=frozenset((*info.capabilities, *capabilities)))
