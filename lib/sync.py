"""The pipeline: one page of one flow, from records to settled bindings, over any two endpoints.

    records → bindings → transform → references → match → load → merge → write → read back → settle

A target whose writes belong to the caller's transaction is settled in one. Any other is settled in
three short ones: bindings read; intents kept (a create is «creating» under its key); outcome kept.
No transaction is open while such a target is called.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from . import elements
from .clock import Clock, SystemClock
from .endpoint import Action, Endpoint, EntityInfo, Op, Page, Record, Result
from .errors import Ambiguous, GatewayError, MissingReference, Moved, SkipRecord, StopRun
from .lens import TARGET, Lens
from .mapping import Links, Ref, references, resolve
from .mapping import Mapping as FieldMapping
from .merge import (
    OPPOSITE,
    SOURCE_OF,
    TARGET_OF,
    Decision,
    Direction,
    Strategy,
    Views,
    decide_delete,
    merge,
    settled_base,
    settled_opposite,
)
from .store import Binding, Outcome, Store, Trace
from .values import digest, freeze, project

#: How often one record is decided again in one page because the target moved meanwhile.
ROUNDS = 3
#: A page whose records mostly die of one cause stops the run instead of filling the dead letters.
BREAKER_SHARE, BREAKER_LEAST = 0.8, 20

Counts = Counter[Outcome]


@dataclass(frozen=True, slots=True)
class Flow:
    """One entity in one direction: what to read, how to transform, where to write, who wins."""

    entity: str
    direction: Direction
    mapping: FieldMapping
    source: Endpoint
    target: Endpoint
    store: Store
    links: Links
    back: FieldMapping | None = None  # the opposite direction's mapping, where there is one
    strategy: Strategy = field(default_factory=Strategy)
    clock: Clock = field(default_factory=SystemClock)
    run: Any = None
    dry_run: bool = False

    @property
    def info(self) -> EntityInfo:
        """What the target can do with this entity."""
        return self.target.entities()[self.entity]


@dataclass(slots=True)
class Item:
    """One record on its way through a page. `trace` is set when its outcome is known."""

    record: Record
    digest: str = ""
    binding: Binding | None = None
    values: dict[str, Any] = field(default_factory=dict)
    children: dict[str, dict[str, str]] = field(default_factory=dict)  # list → key → target id
    source_keys: dict[str, dict[str, str]] = field(default_factory=dict)  # list → source id → key
    target: Record | None = None
    target_id: str | None = None
    said: dict[str, Any] = field(default_factory=dict)
    decision: Decision | None = None
    op: Op | None = None
    result: Result | None = None
    reason: str = ""
    touched: bool = False  # the binding is to be kept
    trace: Trace | None = None


def settle_page(flow: Flow, page: Page) -> Counts:
    """Settle every record of `page`; exactly one outcome each, which the counts give.

    Raises StopRun when going on makes no sense (then nothing of the page is settled, though a
    non-transactional target may hold writes that the next try finds by their keys).
    """
    settlement = _Settlement(flow)
    items, repeated = _once(flow, page.records)
    counts: Counts = Counter(repeated=repeated) if repeated else Counter()
    for item in items:
        item.digest = settlement.digest_of(item.record)
    rounds = items
    for attempt in range(ROUNDS):
        last = attempt == ROUNDS - 1
        again = settlement.settle(rounds, last)
        if not again:
            break
        rounds = again
    counts.update(item.trace.outcome for item in items if item.trace)
    counts.update(settlement.delete(page.deleted))
    expected = len(page.records) + len(page.deleted)
    if sum(counts.values()) != expected:
        raise StopRun(
            f"accounting is off: {expected} records read, {dict(counts)} accounted for",
            cause="unknown",
            remedy="This is a defect of the gateway; report it with the run's number.",
        )
    return counts


def _once(flow: Flow, records: Sequence[Record]) -> tuple[list[Item], int]:
    """Each id once, as last given; the number of earlier repeats."""
    last = {record.id: record for record in records}
    return [Item(record) for record in last.values()], len(records) - len(last)


class _Settlement:
    """The steps of one page. Each step narrows the items that go on; none raises for one record."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.source_side = SOURCE_OF[flow.direction]
        self.target_side = TARGET_OF[flow.direction]
        self.lens = Lens(flow.mapping)
        self.back = Lens(flow.back) if flow.back else None
        self.identity = frozenset(name for names in flow.mapping.identity for name in names)

    # -- the order of steps ------------------------------------------------------------------

    def settle(self, items: list[Item], last_round: bool) -> list[Item]:
        """Settle `items`; those to decide again (moved targets, doubles in the page) come back."""
        flow = self.flow
        self._bind(items)
        work = [item for item in items if not self._is_unchanged(item)]
        work = self._each(work, "transform", self._transform)
        work = self._resolve(work)
        work, deferred = self._one_of_each_identity(work, last_round)
        self._boundary()
        work = self._match(work)
        self._load(work)
        work = self._each(work, "merge", self._decide)
        self._intend(work)
        self._write(work)
        moved = [i for i in work if i.result and isinstance(i.result.error, Moved)]
        again = [] if last_round else [*deferred, *moved]
        waiting = {id(item) for item in again}
        done = [item for item in items if id(item) not in waiting]
        self._finish(done)
        self._break(done)
        self._keep(done)
        for item in again:
            _reset(item)
        return again

    def _each(
        self, items: Iterable[Item], stage: str, step: Callable[[Item], bool]
    ) -> list[Item]:
        """Those items for which `step` says to go on; its refusal is the record's own end."""
        going = []
        for item in items:
            try:
                if step(item):
                    going.append(item)
            except SkipRecord as error:
                self._bury(item, error, stage)
        return going

    def _boundary(self) -> None:
        if not self.flow.target.transactional:
            self.flow.store.commit()

    # -- what is known of each record ----------------------------------------------------------

    def digest_of(self, record: Record) -> str:
        version = self.flow.mapping.version
        return digest([version, project(record.fields, self.lens.roots)])

    def _bind(self, items: Sequence[Item]) -> None:
        ids = [item.record.id for item in items]
        bound = self.flow.store.bindings(self.flow.entity, self.source_side, ids, lock=True)
        for item in items:
            item.binding = bound.get(item.record.id)
            if item.binding:
                item.target_id = item.binding.id_on(self.target_side)

    def _is_unchanged(self, item: Item) -> bool:
        """The source is as last settled, nothing is owed and no rule restores: nothing to look at."""
        binding, flow = item.binding, self.flow
        if (
            binding is None
            or binding.state != "bound"
            or binding.pending == flow.direction
            or binding.digests.get(self.source_side) != item.digest
            or flow.strategy.has_ownership
        ):
            return False
        repeated = flow.run is not None and binding.run == flow.run
        self._end(item, "repeated" if repeated else "unchanged")
        return True

    # -- transform and references --------------------------------------------------------------

    def _transform(self, item: Item) -> bool:
        refused_by = self.flow.mapping.filtered_by(item.record.fields)
        if refused_by is not None:
            self._end(item, "filtered", filter=refused_by)
            return False
        item.values = self.flow.mapping.transform(item.record)
        return True

    def _resolve(self, items: list[Item]) -> list[Item]:
        """Replace references by target ids and element keys by remote ids; one query a name."""
        ids = self._lookup(self.flow.target, self.source_side, [i.values for i in items])

        def resolved(item: Item) -> bool:
            item.values = resolve(item.values, ids)
            return True

        going = self._each(items, "reference", resolved)
        self._bind_elements(going)
        return going

    def _lookup(
        self, target: Endpoint, side: Any, values: Iterable[Mapping[str, Any]]
    ) -> dict[Ref, str | None]:
        wanted = {ref for each in values for _path, ref in references(each)}
        by_binding: dict[str, list[str]] = {}
        by_key: dict[tuple[str, str], list[str]] = {}
        for ref in wanted:
            if ref.key is None:
                by_binding.setdefault(ref.name, []).append(ref.value)
            else:
                by_key.setdefault((ref.name, ref.key), []).append(ref.value)
        bound = {n: self.flow.store.resolve(n, side, ids) for n, ids in by_binding.items()}
        if by_key and not target.transactional:
            self.flow.store.commit()
        found = {(n, k): self._unique(target, n, k, vs) for (n, k), vs in by_key.items()}
        return {
            ref: bound[ref.name].get(ref.value)
            if ref.key is None
            else found[(ref.name, ref.key)].get(ref.value)
            for ref in wanted
        }

    @staticmethod
    def _unique(target: Endpoint, name: str, key: str, values: list[str]) -> dict[str, str]:
        found: dict[str, set[str]] = {}
        for value, id_ in target.find(name, key, values):
            found.setdefault(value, set()).add(id_)
        return {value: ids.pop() for value, ids in found.items() if len(ids) == 1}

    def _bind_elements(self, items: list[Item]) -> None:
        for name in self.lens.lists:
            entity = self.flow.mapping.fields[name].entity
            if not entity:
                continue
            keys = [key for i in items for key in (i.values.get(name) or ())]
            bound = self.flow.store.resolve(entity, self.source_side, keys)
            for item in items:
                self._key_elements(item, name, bound)

    def _key_elements(self, item: Item, name: str, bound: Mapping[str, str]) -> None:
        given = item.values.get(name) or {}
        to_target = {key: bound[key] for key in given if key in bound}
        if self.target_side == "remote":
            keys = {key: to_target.get(key, key) for key in given}
            item.values[name] = {keys[key]: fields for key, fields in given.items()}
            item.children[name] = {target: target for target in to_target.values()}
            item.source_keys[name] = keys
        else:
            item.children[name] = to_target
            item.source_keys[name] = {key: key for key in given}

    # -- match and load ------------------------------------------------------------------------

    def _identity_of(self, item: Item) -> list[tuple[str, str]]:
        """(natural key, value) pairs to match by, in order; composite ones joined by «|»."""
        pairs = []
        for names in self.flow.mapping.identity:
            values = [item.values.get(name) for name in names]
            if all(value not in (None, "") for value in values):
                pairs.append(("|".join(names), "|".join(str(freeze(v)) for v in values)))
        return pairs

    def _one_of_each_identity(
        self, items: list[Item], last_round: bool
    ) -> tuple[list[Item], list[Item]]:
        """Unbound records with one identity are taken one after the other, never at once."""
        seen: set[tuple[str, str]] = set()
        now, deferred = [], []
        for item in items:
            pairs = [] if item.target_id else self._identity_of(item)
            if not last_round and seen.intersection(pairs):
                deferred.append(item)
            else:
                seen.update(pairs)
                now.append(item)
        return now, deferred

    def _match(self, items: list[Item]) -> list[Item]:
        """Find the target of unbound records by identity keys; several are never guessed between."""
        open_ = [item for item in items if item.target_id is None]
        if self.flow.mapping.tied_to:
            self._tie_to(open_, self.flow.mapping.tied_to)
        for position in range(len(self.flow.mapping.identity)):
            open_ = [i for i in open_ if i.trace is None and i.target_id is None]
            self._match_by(open_, position)
        self._refuse_taken([i for i in items if i.trace is None and i.binding is None])
        return [i for i in items if i.trace is None and self._may_go_on(i)]

    def _tie_to(self, items: list[Item], entity: str) -> None:
        """The counterpart of a record that is another entity's too: a variant's price."""
        ids = [item.record.id for item in items]
        bound = self.flow.store.resolve(entity, self.source_side, ids)
        for item in items:
            item.target_id = bound.get(item.record.id)

    def _match_by(self, items: list[Item], position: int) -> None:
        names = self.flow.mapping.identity[position]
        key = "|".join(names)
        wanted = {v: i for i in items for k, v in self._identity_of(i) if k == key}
        if not wanted:
            return
        found: dict[str, list[str]] = {}
        for value, id_ in self.flow.target.find(self.flow.entity, key, list(wanted)):
            if id_ not in found.setdefault(value, []):
                found[value].append(id_)
        for item in items:
            value = dict(self._identity_of(item)).get(key)
            ids = found.get(value, []) if value else []
            if len(ids) > 1:
                self._bury(item, _ambiguous(item, key, value, ids), "match")
            elif ids:
                item.target_id = ids[0]

    def _refuse_taken(self, items: list[Item]) -> None:
        """A match that another record holds already is refused unless the mapping shares targets."""
        matched = [i for i in items if i.target_id is not None]
        if not matched or self.flow.mapping.shared:
            return
        ids = [str(i.target_id) for i in matched]
        taken = self.flow.store.bindings(self.flow.entity, self.target_side, ids)
        for item in matched:
            other = taken.get(str(item.target_id))
            if other and other.id_on(self.source_side) not in (None, item.record.id):
                self._bury(item, _taken(item, other.id_on(self.source_side)), "match")

    def _may_go_on(self, item: Item) -> bool:
        """Without a counterpart: create it, or leave the record where the mapping says so."""
        if item.target_id is not None or self.flow.mapping.on_missing == "create":
            return True
        if self.flow.mapping.on_missing == "skip":
            self._end(item, "filtered", filter="no counterpart")
        else:
            error = MissingReference(
                f"no {self.flow.entity} on the other side to update",
                record=item.record.id,
                remedy=f"Sync the record that this {self.flow.entity} belongs to first.",
            )
            self._bury(item, error, "match")
        return False

    def _load(self, items: list[Item]) -> None:
        ids = sorted({i.target_id for i in items if i.target_id is not None})
        if not ids:
            return
        now = {r.id: r for r in self.flow.target.fetch(self.flow.entity, ids)}
        for item in items:
            item.target = now.get(item.target_id) if item.target_id else None
            if item.target is not None:
                self._match_elements(item)

    def _match_elements(self, item: Item) -> None:
        """Tie unbound elements to the target's by the list's `match` fields, where it is clear."""
        for name in self.lens.lists:
            spec = self.flow.mapping.fields[name]
            given = item.values.get(name) or {}
            bound = item.children.setdefault(name, {})
            rest = [key for key in given if key not in bound]
            if not rest or not spec.match or item.target is None:
                continue
            elements_there = item.target.fields.get(name) or ()
            for names in spec.match:
                free: dict[str, list[str]] = {}
                for element in elements_there:
                    if str(element["id"]) not in bound.values():
                        free.setdefault(_mark(element, names), []).append(str(element["id"]))
                for key in [k for k in rest if k not in bound]:
                    ids = free.get(_mark(given[key] or {}, names), [])
                    if len(ids) == 1:
                        self._tie(item, name, key, ids[0])
                rest = [k for k in item.values[name] if k not in item.children[name]]

    def _tie(self, item: Item, name: str, key: str, target_id: str) -> None:
        if self.target_side == "odoo":
            item.children[name][key] = target_id
            return
        given = item.values[name]
        item.values[name] = {(target_id if k == key else k): v for k, v in given.items()}
        item.children[name][target_id] = target_id
        keys = item.source_keys[name]
        item.source_keys[name] = {s: target_id if k == key else k for s, k in keys.items()}

    # -- decide --------------------------------------------------------------------------------

    def _decide(self, item: Item) -> bool:
        if self.lens.reads_target and item.target is not None:
            self._transform_with_target(item)
        item.said = self.lens.compared(item.values)
        if item.target is None:
            return self._decide_missing(item)
        held = self.lens.held(item.target.fields, self._target_keys(item))
        stored = self._stored(item)
        views = Views(item.said, stored, held, item.record.updated, item.target.updated)
        base = item.binding.base.get(self.flow.direction, {}) if item.binding else {}
        item.decision = merge(
            views,
            base,
            self.flow.direction,
            self.flow.strategy,
            self._group,
            self._names,
            self.identity,
            item.binding.decided if item.binding else None,
        )
        return self._plan_update(item, base)

    def _transform_with_target(self, item: Item) -> None:
        assert item.target is not None
        fields = {**item.record.fields, TARGET: item.target.fields}
        values = self.flow.mapping.transform(Record(item.record.id, fields, item.record.updated))
        ids = self._lookup(self.flow.target, self.source_side, [values])
        item.values = {**item.values, **resolve(values, ids)}

    def _stored(self, item: Item) -> dict[str, Any]:
        canonical = self.flow.target.canonical(self.flow.entity, item.values)
        return self.lens.compared(canonical)

    def _decide_missing(self, item: Item) -> bool:
        """No target record: create it, unless it was there and a rule lets its deletion stand."""
        binding = item.binding
        if binding is not None and item.target_id is not None and binding.state == "bound":
            names = [f"{self.flow.mapping.model}.*"]
            winner, rule = self.flow.strategy.winner(names, self.flow.direction)
            if winner != self.source_side:
                binding.state, item.touched = "gone", True
                self._end(item, "unchanged", reasons={"": f"deleted at the target, {rule}"})
                return False
            item.reason = f"deleted at the target, {winner} won by {rule}"
            item.target_id = None
        if "create" not in self.flow.info.capabilities:
            raise MissingReference(
                f"a {self.flow.entity} can't be created by itself",
                remedy=f"Sync the record that this {self.flow.entity} belongs to first.",
            )
        item.op = Op(self._key(item), "create", None, item.values, {}, {})
        return True

    def _plan_update(self, item: Item, base: Mapping[str, Any]) -> bool:
        decision, target = item.decision, item.target
        assert decision is not None and target is not None
        flat = elements.flatten(item.values, self.lens.lists)
        flat = {name: flat[name] for name in decision.write}
        values = elements.unflatten(flat)
        for name in self.lens.lists:
            for key, fields in self._element_changes(item, name, base).items():
                values.setdefault(name, {})[key] = fields
        if not values:
            return False
        held = project(target.fields, [n.partition(".")[0].partition("[")[0] for n in values])
        if self.lens.reads_target:
            held = dict(target.fields)
        item.op = Op(self._key(item), "update", target.id, values, held, item.children)
        return True

    def _element_changes(
        self, item: Item, name: str, base: Mapping[str, Any]
    ) -> dict[str, Mapping[str, Any] | None]:
        """Elements to add; for an owned list also those to remove (fields None)."""
        given = item.values.get(name)
        if given is None:
            return {}
        bound, known = item.children.get(name, {}), set(elements.keys_of(base, name))
        changes: dict[str, Mapping[str, Any] | None] = {
            key: fields for key, fields in given.items() if key not in bound and key not in known
        }
        if self.flow.mapping.fields[name].owned:
            changes.update({key: None for key in known if key not in given})
        return changes

    def _group(self, name: str) -> str:
        group = self.flow.links.group(self.flow.direction, elements.spec_path(name))
        parts = elements.split(name)
        return str(group) if parts is None else f"{group}|{parts[1]}"

    def _names(self, name: str) -> Sequence[str]:
        """«model.field» names a rule may match: of the field and of those linked with it."""
        spec = elements.spec_path(name)
        names = [f"{self.flow.mapping.model}.{spec}"]
        if self.flow.back:
            group = self.flow.links.group(self.flow.direction, spec)
            linked = self.flow.links.fields(OPPOSITE[self.flow.direction], group)
            names += [f"{self.flow.back.model}.{other}" for other in sorted(linked)]
        return names

    def _key(self, item: Item) -> str:
        if item.binding and item.binding.state == "creating" and item.binding.key:
            return item.binding.key
        return self.flow.clock.key()

    def _target_keys(self, item: Item) -> dict[str, dict[str, str]]:
        return {
            name: {target: key for key, target in keys.items()}
            for name, keys in item.children.items()
        }

    # -- write ---------------------------------------------------------------------------------

    def _intend(self, items: list[Item]) -> None:
        """Keep the intent of every create before it is sent, where a lost answer is possible."""
        if self.flow.target.transactional or self.flow.dry_run:
            return
        intents = []
        for item in items:
            if item.op is not None and item.op.action == "create":
                item.binding = item.binding or Binding(self.flow.entity)
                item.binding.state, item.binding.key = "creating", item.op.key
                item.binding.set_id(self.source_side, item.record.id)
                item.binding.set_id(self.target_side, None)
                intents.append(item.binding)
        if intents:
            self.flow.store.intend(intents)
        self.flow.store.commit()

    def _write(self, items: list[Item]) -> None:
        work = [item for item in items if item.op is not None]
        if not work or self.flow.dry_run:
            return
        ops = [item.op for item in work if item.op is not None]
        results = list(self.flow.target.write(self.flow.entity, ops))
        if len(results) != len(ops):
            raise StopRun(
                f"{len(ops)} writes gave {len(results)} results",
                cause="unknown",
                remedy="This is a defect of the platform's client; report it.",
            )
        for item, result in zip(work, results, strict=True):
            item.result = result
            if result.error is None:
                item.target_id = result.id
        self._read_back(work)

    def _read_back(self, items: list[Item]) -> None:
        written = [i for i in items if i.result is not None and i.result.error is None]
        unread = [str(i.target_id) for i in written if i.result and i.result.record is None]
        fetched = self.flow.target.fetch(self.flow.entity, unread) if unread else ()
        now = {record.id: record for record in fetched}
        for item in written:
            assert item.result is not None
            item.target = item.result.record or now.get(str(item.target_id))
            for name, ids in item.result.children.items():
                for key, target_id in ids.items():
                    if key in (item.values.get(name) or {}):
                        item.children.setdefault(name, {})
                        self._tie(item, name, key, target_id)

    # -- settle --------------------------------------------------------------------------------

    def _finish(self, items: list[Item]) -> None:
        for item in items:
            if item.trace is None and item.result is not None and item.result.error is not None:
                self._bury(item, item.result.error, "write")
        open_ = [item for item in items if item.trace is None]
        backs = self._backs(open_)
        for item in open_:
            self._conclude(item, backs.get(item.record.id))

    def _backs(self, items: list[Item]) -> dict[str, dict[str, Any]]:
        """What each target record says through the opposite mapping, by source id."""
        if self.flow.back is None or self.flow.dry_run:
            return {}
        said: dict[str, dict[str, Any]] = {}
        for item in items:
            if item.target is None or self.flow.back.filtered_by(item.target.fields) is not None:
                continue
            try:
                fields = {**item.target.fields, TARGET: item.record.fields}
                said[item.record.id] = self.flow.back.transform(Record(item.target.id, fields))
            except SkipRecord:
                continue  # the opposite flow will say so with its own dead letter
        ids = self._lookup(self.flow.source, self.target_side, said.values())
        out = {}
        for key, values in said.items():
            try:
                out[key] = resolve(values, ids)
            except SkipRecord:
                continue  # as above
        return out

    def _conclude(self, item: Item, back: dict[str, Any] | None) -> None:
        decision = item.decision or Decision()
        binding = item.binding or Binding(self.flow.entity)
        created = item.op is not None and item.op.action == "create"
        before = binding.base.get(self.flow.direction, {}) if not created else {}
        item.binding = binding
        if self.flow.dry_run:
            self._end(item, _outcome(item, decision), fields=self._changed(item, None))
            return
        item.touched = True
        held: dict[str, Any] = {}
        if item.target is not None:
            held = self.lens.held(item.target.fields, self._target_keys(item))
        fields = self._changed(item, held)
        item.said = self.lens.compared(item.values)  # new elements have their ids now
        new = frozenset(n for n in item.said if n not in before) - decision.held
        decision = replace(decision, settle=decision.settle | new)
        base = settled_base(before, decision, item.said, held)
        binding.base[self.flow.direction] = self._known_elements(item, base)
        binding.set_id(self.source_side, item.record.id)
        binding.set_id(self.target_side, item.target_id)
        binding.state, binding.key, binding.run = "bound", None, self.flow.run
        self._settle_opposite(item, binding, decision, back)
        held_groups = {self._group(name) for name in decision.held}
        binding.decided = {g: s for g, s in binding.decided.items() if g in held_groups}
        if not decision.held:
            binding.digests[self.source_side] = item.digest
        self._end(item, _outcome(item, decision), fields=fields)

    def _known_elements(self, item: Item, base: dict[str, Any]) -> dict[str, Any]:
        """The base without elements that the source no longer has."""
        gone = [
            name
            for name in base
            if (parts := elements.split(name)) is not None
            and item.values.get(parts[0]) is not None
            and parts[1] not in item.values[parts[0]]
        ]
        return {name: pair for name, pair in base.items() if name not in gone}

    def _settle_opposite(
        self, item: Item, binding: Binding, decision: Decision, back: dict[str, Any] | None
    ) -> None:
        direction, opposite = self.flow.direction, OPPOSITE[self.flow.direction]
        if binding.pending == direction:
            binding.pending = None
        owed = {self._group(name) for name in decision.lost}
        if self.back is None or back is None or item.target is None:
            binding.diverged = tuple(sorted(decision.lost)) or binding.diverged
            return
        target_keys = self._target_keys(item)
        for name in self.back.lists:
            keys = target_keys.get(name, {})
            back[name] = {keys[k]: v for k, v in (back.get(name) or {}).items() if k in keys}
        settled = {self._group(name) for name in decision.settle}
        groups = _BackGroups(self.flow)
        said = self.back.compared(back)
        held = self.back.held(item.record.fields, item.source_keys)
        binding.base[opposite] = settled_opposite(
            binding.base.get(opposite, {}),
            said,
            held,
            lambda name: groups.of(name) in settled,
            lambda name: groups.of(name) in owed,
        )
        carried = {groups.of(name) for name in held}
        if owed & carried:
            binding.pending = opposite
        else:
            roots = self.back.roots
            now = digest([self.back.mapping.version, project(item.target.fields, roots)])
            if not decision.held and self._target_is_settled(binding, said, opposite):
                binding.digests[self.target_side] = now
        lost = [name for name in decision.lost if self._group(name) not in carried]
        binding.diverged = tuple(sorted(lost))

    @staticmethod
    def _target_is_settled(binding: Binding, said: Mapping[str, Any], opposite: Direction) -> bool:
        """Whether the target shows nothing that the opposite direction still has to carry."""
        base = binding.base.get(opposite, {})
        return all(name in base and base[name][0] == value for name, value in said.items())

    def _changed(self, item: Item, held: Mapping[str, Any] | None) -> dict[str, tuple[Any, Any]]:
        """field → (old, new) of what was written; new is what was read back."""
        if item.op is None:
            return {}
        if item.op.action == "create":
            new = item.said if held is None else held
            return {name: (None, value) for name, value in new.items()}
        written = item.decision.write if item.decision else frozenset()
        old = self._held_before(item)
        new = item.said if held is None else held
        return {n: (old.get(n), new.get(n)) for n in sorted(written)}

    def _held_before(self, item: Item) -> dict[str, Any]:
        if item.op is None:
            return {}
        keys = {n: {t: k for k, t in ids.items()} for n, ids in item.children.items()}
        return self.lens.held(item.op.expect, keys)

    # -- deletes, ends, keeping ----------------------------------------------------------------

    def delete(self, ids: Sequence[str]) -> Counts:
        """Carry tombstones over: delete by the entity's verb, or keep where a rule says so."""
        counts: Counts = Counter()
        if not ids:
            return counts
        flow = self.flow
        bound = flow.store.bindings(flow.entity, self.source_side, ids, lock=True)
        items = [Item(Record(i, {}), binding=bound.get(i)) for i in dict.fromkeys(ids)]
        counts["repeated"] += len(ids) - len(items)
        self._boundary()
        for item in items:
            item.target_id = item.binding.id_on(self.target_side) if item.binding else None
        self._load_for_delete([i for i in items if i.target_id])
        for item in items:
            self._decide_delete(item)
        self._write([i for i in items if i.op])
        for item in items:
            if item.trace is None:
                error = item.result.error if item.result else None
                if error is not None:
                    self._bury(item, error, "write")
                else:
                    self._end(item, "deleted", reasons={"": item.reason})
            if item.binding and item.trace and item.trace.outcome in ("deleted", "unchanged"):
                item.binding.state, item.touched = "gone", True
        self._keep(items)
        counts.update(item.trace.outcome for item in items if item.trace)
        return counts

    def _load_for_delete(self, items: list[Item]) -> None:
        ids = [str(i.target_id) for i in items]
        now = {r.id: r for r in self.flow.target.fetch(self.flow.entity, ids)} if ids else {}
        for item in items:
            item.target = now.get(str(item.target_id))

    def _decide_delete(self, item: Item) -> None:
        if item.binding is None or item.binding.state == "gone":
            self._end(item, "unchanged", reasons={"": "deleted before it was ever bound"})
            return
        base = item.binding.base.get(self.flow.direction, {})
        held = self.lens.held(item.target.fields, {}) if item.target else None
        names = [f"{self.flow.mapping.model}.*"]
        verdict, item.reason = decide_delete(
            base, held, self.flow.direction, self.flow.strategy, names
        )
        if verdict == "ask":
            self._end(item, "held", reasons={"": item.reason})
        elif verdict == "keep":
            self._end(item, "unchanged", reasons={"": item.reason})
        elif held is not None:
            item.op = Op(self.flow.clock.key(), "delete", item.target_id, {})

    def _end(self, item: Item, outcome: Outcome, **more: Any) -> None:
        decision = item.decision
        reasons = dict(decision.reasons) if decision else {}
        if item.reason:
            reasons[""] = item.reason
        item.trace = Trace(
            source_id=item.record.id,
            outcome=outcome,
            target_id=item.target_id,
            conflicts=decision.conflicts if decision else (),
            reasons=more.pop("reasons", reasons),
            payload=item.record.fields if outcome in ("held",) else None,
            **more,
        )

    def _bury(self, item: Item, error: GatewayError, stage: str) -> None:
        error.at(record=item.record.id)
        item.trace = Trace(
            source_id=item.record.id,
            outcome="dead",
            target_id=item.target_id,
            error=error,
            stage=stage,
            payload=item.record.fields,
        )

    def _break(self, items: list[Item]) -> None:
        """The circuit breaker: one cause for most of a page is not a matter of its records."""
        dead = [i.trace for i in items if i.trace and i.trace.outcome == "dead" and i.trace.error]
        if len(dead) < max(BREAKER_LEAST, BREAKER_SHARE * len(items)):
            return
        kinds = Counter((t.stage, t.error.cause, t.error.field) for t in dead if t.error)
        (stage, cause, field_), most = kinds.most_common(1)[0]
        if most >= max(BREAKER_LEAST, BREAKER_SHARE * len(items)) and cause != "ambiguous":
            example = next(t.error for t in dead if t.error and t.error.cause == cause)
            place = f" at field {field_}" if field_ else ""
            raise StopRun(
                f"{most} of {len(items)} {self.flow.entity} records of one page failed alike "
                f"({stage}, {cause}{place}), for example: {example}",
                cause=cause,
                remedy="Mend the cause, then resume the run: the page is read and settled again.",
            )

    def _keep(self, items: list[Item]) -> None:
        """One settlement a page: bindings of records and of their elements, traces; then commit."""
        bindings = [item.binding for item in items if item.binding and item.touched]
        for entity, children in self._element_bindings(items).items():
            self.flow.store.settle(entity, self.flow.direction, children, ())
        traces = [item.trace for item in items if item.trace]
        self.flow.store.settle(self.flow.entity, self.flow.direction, bindings, traces)
        self._boundary()

    def _element_bindings(self, items: list[Item]) -> dict[str, list[Binding]]:
        """Bindings of nested elements that were created or matched with their record."""
        out: dict[str, list[Binding]] = {}
        for name in self.lens.lists:
            entity = self.flow.mapping.fields[name].entity
            if not entity:
                continue
            for item in items:
                if item.touched:
                    out.setdefault(entity, []).extend(self._tied(item, name, entity))
        return out

    def _tied(self, item: Item, name: str, entity: str) -> Iterable[Binding]:
        targets = item.children.get(name, {})
        for source_id, key in item.source_keys.get(name, {}).items():
            target_id = targets.get(key)
            if target_id is not None:
                binding = Binding(entity)
                binding.set_id(self.source_side, source_id)
                binding.set_id(self.target_side, target_id)
                yield binding


class _BackGroups:
    """Groups of the opposite direction's fields, in the names the running direction uses."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def of(self, name: str) -> str:
        opposite = OPPOSITE[self.flow.direction]
        group = self.flow.links.group(opposite, elements.spec_path(name))
        parts = elements.split(name)
        return str(group) if parts is None else f"{group}|{parts[1]}"


def _outcome(item: Item, decision: Decision) -> Outcome:
    if decision.held:
        return "held"
    if item.op is None:
        return "unchanged"
    action: Action = item.op.action
    return "created" if action == "create" else "updated"


def _reset(item: Item) -> None:
    """Forget what was seen of the target; the record is decided again from its bindings on."""
    item.trace = item.decision = item.op = item.result = item.target = item.target_id = None
    item.children, item.source_keys, item.said = {}, {}, {}


def _mark(fields: Mapping[str, Any], names: Sequence[str]) -> str:
    return digest([freeze(fields.get(name)) for name in names])


def _ambiguous(item: Item, key: str, value: str | None, ids: Sequence[str]) -> Ambiguous:
    return Ambiguous(
        f"{len(ids)} records have this {key}",
        field=key,
        value=value,
        remedy="Give each its own value, or bind the right one by hand, then retry.",
        details={"candidates": list(ids)},
    )


def _taken(item: Item, other: str | None) -> Ambiguous:
    return Ambiguous(
        f"its match {item.target_id} is already bound to {other}",
        remedy="Two records share one identity (for example an SKU): make it unique, then retry.",
        details={"candidates": [str(item.target_id)]},
    )
