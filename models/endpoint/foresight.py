"""What Odoo would make of writes: they are tried in a savepoint, read back and taken back.

What the ops refer to and only a plan has is made again first, inside the same savepoint. Ids that
the plan gave (`plan-…`) stand for the ids of the trial, in both directions.
"""
# pylint: disable=method-required-super
# No Odoo model: these are the contract's own verbs.

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import replace

from ...lib.endpoint import Op, Record, Result
from ...lib.errors import Refused
from ...lib.plan.ids import is_planned
from ...lib.plan.overlay import Foreseen
from ...lib.plan.records import merged
from ...lib.plan.shelf import Kept
from .part import OWNER

#: In the context of whatever is tried: no number of a sequence is used up by it.
TRIED = "gateway_tried"
#: In the context of a plan's endpoint: the id of its run.
PLAN = "gateway_plan"


class _TakenBack(Exception):
    """All that was to be seen was seen."""


@contextmanager
def taken_back(env):
    """Nothing done inside stays: no row, no lock, no hook of the transaction, no cached id."""
    cr, registry = env.cr, env.registry
    hooks = (cr.precommit, cr.postcommit, cr.prerollback, cr.postrollback)
    env.flush_all()
    before = [(list(hook._funcs), dict(hook.data)) for hook in hooks]
    try:
        with cr.savepoint():
            yield
            raise _TakenBack
    except _TakenBack:
        return
    finally:
        for hook, (funcs, data) in zip(hooks, before, strict=True):
            hook.clear()
            hook._funcs.extend(funcs)
            hook.data.update(data)
        told = set(registry.cache_invalidated)
        registry.clear_cache()  # what was looked up may be of records that are gone again
        registry.cache_invalidated.clear()
        registry.cache_invalidated.update(told)  # nobody else has seen them
        env.invalidate_all(flush=False)


class Foresight:
    """Part of the Odoo endpoint."""

    def foresee(self, entity, ops, rows, new_id):
        with taken_back(self.env):
            trial = Trial(self, rows)
            trial.make_again()
            return trial.carry_out(entity, ops, new_id)


class Trial:
    """One savepoint: `ids` are the plan's ids → those that the records have in it."""

    def __init__(self, endpoint, rows):
        self.endpoint = endpoint
        self.rows = rows
        self.ids = {}

    def make_again(self):
        """What the plan has so far, in its order; neighbours of a kind in one write."""
        batch = []
        for row in self.rows:
            if not row.values:
                continue
            if batch and (batch[0].entity, batch[0].made) != (row.entity, row.made):
                self._make(batch)
                batch = []
            batch.append(row)
        if batch:
            self._make(batch)

    def _make(self, rows):
        entity = rows[0].entity
        results = list(self.endpoint.write(entity, [self._again(row) for row in rows]))
        done = [(row, one) for row, one in zip(rows, results, strict=True) if one.error is None]
        beside = self.endpoint.entity(entity).beside([result.id for _row, result in done])
        for row, result in done:
            self.ids[row.id] = result.id
            for name, children in row.children.items():
                made = result.children.get(name, {})
                self.ids.update({children[key]: made[key] for key in children if key in made})
            parts = dict.fromkeys(_head(one.id) for one in beside.get(result.id, ()))
            self.ids.update(zip(row.parts, parts, strict=False))

    def _again(self, row):
        values = self._tried(row.values)
        if row.made:
            return Op(row.id, "create", None, values)
        # Elements that the plan added have no id before they are added again.
        children = {
            name: {key: id_ for key, id_ in self._tried(ids).items() if not is_planned(id_)}
            for name, ids in row.children.items()
        }
        return Op(row.id, "update", self._tried(row.id), values, children=children)

    def carry_out(self, entity, ops, new_id):
        """`Foreseen` of ops that the plan gave, in the plan's ids."""
        before = {row.id: row for row in self.rows if row.entity == entity}
        moved = Moved(self.endpoint, entity, ops)
        results = self._write_edits_first(entity, ops, moved)
        done = [result.id for result in results if result.error is None]
        held = {record.id: record for record in self.endpoint.fetch(entity, done)}
        told = self.endpoint.entity(entity).beside(done)
        answers, beside = [], Beside(self.endpoint)
        for op, result in zip(ops, results, strict=True):
            if result.error is None:
                row = before.get(op.id)
                names = Names(self.ids, op, row, new_id)
                parts = told.get(result.id, ())
                record, result = held.get(result.id), names.result(result, parts)
                if record is not None:
                    values = merged(row.values if row else {}, op.values, frozenset(op.values))
                    result = replace(result, record=names.record(record, result, values))
                if op.action != "delete":
                    beside.note(result.id, parts, names)
            answers.append(result)
        return Foreseen(answers, beside.rows(), moved.pairs)

    def _write_edits_first(self, entity, ops, moved):
        """Results of `ops`; what edits have moved is looked at before anything is created."""
        if not moved.ids:
            return self._write(entity, ops)
        edits = iter(self._write(entity, [op for op in ops if op.action != "create"]))
        moved.look()
        made = iter(self._write(entity, [op for op in ops if op.action == "create"]))
        return [next(made if op.action == "create" else edits) for op in ops]

    def _write(self, entity, ops):
        """Their results; those that name what could not be made again are refused."""
        asked = [
            replace(
                op,
                id=self._tried(op.id),
                values=self._tried(op.values),
                children=self._tried(op.children),
            )
            for op in ops
        ]
        able = [not _is_lost([op.id, op.values]) for op in asked]
        results = self.endpoint.write(
            entity, [op for op, ok in zip(asked, able, strict=True) if ok]
        )
        return [next(results) if ok else Result(error=_lost(entity)) for ok in able]

    def _tried(self, value):
        """`value` with the trial's ids in place of the plan's."""
        if is_planned(value):
            first, at, rest = value.partition("@")
            return self.ids.get(first, first) + at + rest
        if isinstance(value, Mapping):
            return {name: self._tried(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._tried(item) for item in value]
        return value


class Names:
    """The plan's ids of one record, of its elements and of its parts."""

    def __init__(self, ids, op, row, new_id):
        self.op = op
        self.row = row
        self.new_id = new_id
        self.own = op.id if op.action != "create" else None
        given = [op.children, row.children if row else {}]
        mine = {one for lists in given for keys in lists.values() for one in keys.values()}
        mine.update(row.parts if row else ())
        self.of = {ids[one]: one for one in mine if one in ids}
        self._variants = {ids[one]: one for one in op.values.values() if _in(one, ids)}

    def result(self, result, parts):
        """`result` in the plan's ids; its elements, and parts that came with it, get theirs."""
        if self.own is None:
            first, at, rest = result.id.partition("@")
            self.own = f"{self._variants.get(first, first)}@{rest}" if at else self.new_id()
        children = {
            name: {key: self._element(name, key, one) for key, one in ids.items()}
            for name, ids in result.children.items()
        }
        if is_planned(self.own):
            for one in parts:
                self.of.setdefault(_head(one.id), None)
            self.of = {tried: name or self.new_id() for tried, name in self.of.items()}
        return replace(result, id=self.own, children=children)

    def _element(self, name, key, tried):
        bound = self.op.children.get(name, {}).get(key)
        if bound is None:
            bound = self.of.setdefault(tried, None) or self.new_id()
            self.of[tried] = bound
        return bound

    def record(self, record, result, values):
        """`record` in the plan's ids; `values` are all that was asked of it so far."""
        fields = {**record.fields, "id": self.own}
        known = {**(self.row.children if self.row else {}), **result.children}
        for name, value in values.items():
            if name not in fields:
                continue
            if is_planned(value) or (isinstance(value, list) and any(map(is_planned, value))):
                fields[name] = value
            elif name in known and isinstance(fields[name], list):
                references = {
                    known[name][key]: {n: v for n, v in (given or {}).items() if is_planned(v)}
                    for key, given in value.items()
                    if key in known[name]
                }
                fields[name] = [self._named(element, references) for element in fields[name]]
        return Record(self.own, fields, record.updated)

    def _named(self, element, references):
        id_ = self.of.get(element["id"], element["id"])
        return {**element, "id": id_, **references.get(id_, {})}


class Beside:
    """Rows of other entities that show what was written, or came into being with it."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.noted = []

    def note(self, owner, parts, names):
        for part in parts:
            first, at, rest = part.id.partition("@")
            name = names.of.get(first)
            if name or not part.is_fresh:
                self.noted.append((owner, part, f"{name or first}{at}{rest}", names))

    def rows(self):
        """{plan id of the record: its rows}; one read an entity."""
        found, out = {}, {}
        for entity in dict.fromkeys(part.entity for _owner, part, _id, _names in self.noted):
            ids = [part.id for _owner, part, _id, _names in self.noted if part.entity == entity]
            found.update({(entity, one.id): one for one in self.endpoint.fetch(entity, ids)})
        for owner, part, id_, names in self.noted:
            record = found.get((part.entity, part.id))
            if record is None:
                continue
            links = {
                field: owner if there is OWNER else names.of.get(there, there)
                for field, there in part.links.items()
                if field in record.fields
            }
            fields = {**record.fields, "id": id_, **links}
            mine = owner if is_planned(id_) else None
            row = Kept(part.entity, id_, fields, record.updated, owner=mine)
            out.setdefault(owner, []).append(row)
        return out


class Moved:
    """Amounts of other entities that edits of records move, such as stock by a cancelled order.
    New records are left out: what the shop holds back for a new order is told with its level."""

    def __init__(self, endpoint, entity, ops):
        self.endpoint = endpoint
        edited = [op.id for op in ops if op.action == "update" and not is_planned(op.id)]
        self.ids = endpoint.entity(entity).moves(edited) if edited else {}
        self.before = self._read()
        self.pairs = []  # (before, after) of each that has moved

    def _read(self):
        return {
            (name, one.id): Kept(name, one.id, one.fields, one.updated)
            for name, ids in self.ids.items()
            for one in self.endpoint.fetch(name, ids)
        }

    def look(self):
        after = self._read()
        pairs = [(row, after[key]) for key, row in self.before.items() if key in after]
        self.pairs = [pair for pair in pairs if pair[0].fields != pair[1].fields]


def _head(id_):
    return id_.partition("@")[0]


def _in(value, ids):
    return is_planned(value) and value in ids


def _is_lost(value):
    """Whether an id of the plan stands anywhere in it, for want of a record."""
    if isinstance(value, Mapping):
        return any(map(_is_lost, value.values()))
    return any(map(_is_lost, value)) if isinstance(value, list) else is_planned(value)


def _lost(entity):
    return Refused(
        f"this {entity} refers to a record that Odoo would not make a second time",
        remedy="Sync that record first, then plan again.",
    )
