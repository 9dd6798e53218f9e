"""Where a plan keeps what it would write: rows of its run, a page's worth at a time, by SQL."""

import json
import re
import uuid
from datetime import datetime

from odoo.tools import SQL

from ..lib.merge import SOURCE_OF
from ..lib.plan.ids import PREFIX
from ..lib.plan.shelf import Kept
from ..lib.store import Binding
from ..lib.sync.intent import together
from ..lib.values import freeze, stage, unstage

_BASE = "state", "base", "digests", "diverged", "decided", "key", "run", "way", "parent"
#: An id that a plan gave.
_MADE_UP = re.compile(f"{PREFIX}[0-9a-f]{{32}}")


class PlanShelf:
    """`lib.plan.shelf.Shelf` in the database, of one plan's run."""

    def __init__(self, env, run):
        self.env = env
        self.run = run

    def new_id(self):
        return f"{PREFIX}{uuid.uuid4().hex}"

    # -- records

    def rows(self, side, entity, ids):
        if not ids:
            return []
        where = SQL("AND entity = %s", entity) if entity is not None else SQL()
        return self._select(SQL("side = %s AND record_id = ANY(%s) %s", side, list(ids), where))

    def found(self, side, entity, key, values):
        if not values:
            return []
        marks = [_mark(key, value) for value in values]
        return self._select(
            SQL("side = %s AND entity = %s AND keys ?| %s::text[]", side, entity, marks)
        )

    def listed(self, side, entity, after, limit):
        return self._select(
            SQL("side = %s AND entity = %s AND id > %s", side, entity, after), limit
        )

    def _select(self, where, limit=None):
        rows = self.env.execute_query(
            SQL(
                "SELECT id, entity, record_id, owner, is_made, content FROM gateway_plan_record"
                " WHERE run_id = %s AND %s ORDER BY id LIMIT %s",
                self.run.id,
                where,
                limit,
            )
        )
        return [_kept(*row) for row in rows]

    def put(self, side, rows):
        rows = list({(row.entity, row.id): row for row in rows}.values())
        if not rows:
            return
        columns = zip(*map(_record_row, rows), strict=True)
        self.env.execute_query(
            SQL(
                "INSERT INTO gateway_plan_record (run_id, side, entity, record_id, owner, is_made,"
                " keys, content) SELECT %s, %s, v.* FROM unnest(%s::varchar[], %s::varchar[],"
                " %s::varchar[], %s::bool[], %s::jsonb[], %s::text[]) AS v"
                " ON CONFLICT (run_id, side, record_id, entity) DO UPDATE SET keys = excluded.keys,"
                " content = excluded.content, owner = excluded.owner RETURNING id",
                self.run.id,
                side,
                *map(list, columns),
            )
        )

    # -- bindings

    def bindings(self, entity, side, ids):
        if not ids:
            return []
        return self._bindings(
            SQL(
                "entity = %s AND %s = ANY(%s)",
                entity,
                SQL.identifier("odoo_id" if side == "odoo" else "remote_id"),
                list(ids),
            )
        )

    def _bindings(self, where):
        rows = self.env.execute_query(
            SQL(
                "SELECT id, entity, handle, remote_id, odoo_id, pending, content"
                " FROM gateway_plan_binding WHERE run_id = %s AND %s ORDER BY id",
                self.run.id,
                where,
            )
        )
        return [_binding(*row) for row in rows]

    def replaced(self, handles):
        rows = self.env.execute_query(
            SQL(
                "SELECT handle FROM gateway_plan_binding WHERE run_id = %s AND handle = ANY(%s)",
                self.run.id,
                [handle for handle in handles if isinstance(handle, int)],
            )
        )
        return {handle for (handle,) in rows}

    def keep(self, bindings):
        mine = [one for one in bindings if isinstance(one.handle, str)]
        others = [one for one in bindings if not isinstance(one.handle, str)]
        self._insert(others)
        self._update(mine)

    def _insert(self, bindings):
        """New ones, and such that stand for a real one."""
        if not bindings:
            return
        columns = zip(*((one.handle, *_binding_row(one)) for one in bindings), strict=True)
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO gateway_plan_binding (run_id, handle, entity, remote_id, odoo_id,"
                " pending, content) SELECT %s, v.* FROM unnest(%s::int[], %s::varchar[],"
                " %s::varchar[], %s::varchar[], %s::varchar[], %s::text[]) AS v"
                " ON CONFLICT (run_id, handle) WHERE handle IS NOT NULL DO UPDATE SET"
                " remote_id = excluded.remote_id, odoo_id = excluded.odoo_id,"
                " pending = excluded.pending, content = excluded.content RETURNING id",
                self.run.id,
                *map(list, columns),
            )
        )
        for one, (id_,) in zip(bindings, rows, strict=True):
            if one.handle is None:
                one.handle = f"{PREFIX}{id_}"

    def _update(self, bindings):
        if not bindings:
            return
        rows = ((int(one.handle.removeprefix(PREFIX)), *_binding_row(one)) for one in bindings)
        self.env.execute_query(
            SQL(
                "UPDATE gateway_plan_binding b SET remote_id = v.remote_id, odoo_id = v.odoo_id,"
                " pending = v.pending, content = v.content FROM unnest(%s::int[], %s::varchar[],"
                " %s::varchar[], %s::varchar[], %s::varchar[], %s::text[]) AS v(id, entity,"
                " remote_id, odoo_id, pending, content) WHERE b.id = v.id RETURNING b.id",
                *map(list, zip(*rows, strict=True)),
            )
        )

    def pending(self, entity, direction):
        found = self._bindings(SQL("entity = %s AND pending = %s", entity, direction))
        ids = [one.id_on(SOURCE_OF[direction]) for one in found]
        return [id_ for id_ in ids if id_ is not None]

    def met(self, entity):
        """Database ids of Odoo's own records that the plan would bind for the first time."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT odoo_id FROM gateway_plan_binding WHERE run_id = %s"
                " AND entity = %s AND handle IS NULL AND odoo_id ~ '^[0-9]+$'",
                self.run.id,
                entity,
            )
        )
        return sorted(int(id_) for (id_,) in rows)

    # -- intents

    def note(self, entity, direction, traces):
        """Keep what is to be done with each record."""
        told = {one.source_id: one.intent for one in traces if one.intent is not None}
        if not told:
            return
        before = self.intents(entity, direction, told)
        told = {id_: together(before.get(id_), freeze(one)) for id_, one in told.items()}
        self.env.execute_query(
            SQL(
                "INSERT INTO gateway_plan_intent (run_id, entity, direction, source_id, content)"
                " SELECT %s, %s, %s, v.* FROM unnest(%s::varchar[], %s::jsonb[]) AS v"
                " ON CONFLICT (run_id, entity, direction, source_id)"
                " DO UPDATE SET content = excluded.content RETURNING id",
                self.run.id,
                entity,
                direction,
                list(told),
                [json.dumps(one, ensure_ascii=False) for one in told.values()],
            )
        )

    def intents(self, entity, direction, ids):
        """Source id → what was planned of it, of those that are in the plan."""
        rows = self.env.execute_query(
            SQL(
                "SELECT source_id, content::text FROM gateway_plan_intent WHERE run_id = %s"
                " AND entity = %s AND direction = %s AND source_id = ANY(%s)",
                self.run.id,
                entity,
                direction,
                list(ids),
            )
        )
        real = self._real({id_ for _source, text in rows for id_ in _MADE_UP.findall(text)})
        return {
            source: json.loads(
                _MADE_UP.sub(lambda found: _in_text(real.get(found[0], found[0])), text)
            )
            for source, text in rows
        }

    def _real(self, ids):
        """Made up id → that of the record which it stood for, of those that are bound by now."""
        if not ids:
            return {}
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT p.odoo_id, b.odoo_id FROM gateway_plan_binding p JOIN gateway_binding b"
                    " ON b.entity = p.entity AND b.remote_id = p.remote_id"
                    " WHERE p.run_id = %(run)s AND p.odoo_id = ANY(%(ids)s)"
                    " AND b.connector_id = %(connector)s AND b.state = 'bound'"
                    " UNION SELECT p.remote_id, b.remote_id FROM gateway_plan_binding p"
                    " JOIN gateway_binding b ON b.entity = p.entity AND b.odoo_id = p.odoo_id"
                    " WHERE p.run_id = %(run)s AND p.remote_id = ANY(%(ids)s)"
                    " AND b.connector_id = %(connector)s AND b.state = 'bound'",
                    run=self.run.id,
                    ids=list(ids),
                    connector=self.run.connector_id.id,
                )
            )
        )

    def name_sources(self, entity, direction):
        """What the plan had made up is bound by now: intents get the ids that are real. One that
        another sync made while the plan was made may be in it under that one as well."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE gateway_plan_intent i SET source_id = b.odoo_id"
                " || substr(i.source_id, length(p.odoo_id) + 1)"
                " FROM gateway_plan_binding p, gateway_binding b WHERE i.run_id = %s"
                " AND i.entity = %s AND i.direction = %s AND i.source_id LIKE %s"
                " AND p.run_id = i.run_id AND p.odoo_id = split_part(i.source_id, '@', 1)"
                " AND b.connector_id = %s AND b.entity = p.entity AND b.remote_id = p.remote_id"
                " AND b.state = 'bound' AND NOT EXISTS (SELECT FROM gateway_plan_intent o"
                " WHERE o.run_id = i.run_id AND o.entity = i.entity"
                " AND o.direction = i.direction AND o.source_id = b.odoo_id"
                " || substr(i.source_id, length(p.odoo_id) + 1)) RETURNING i.id",
                self.run.id,
                entity,
                direction,
                f"{PREFIX}%",
                self.run.connector_id.id,
            )
        )

    def planned(self, entity, direction, after, limit):
        """[(place, source id, action)] of the plan's records after a place, in its order."""
        return self.env.execute_query(
            SQL(
                "SELECT id, source_id, content ->> 'action' FROM gateway_plan_intent"
                " WHERE run_id = %s AND entity = %s AND direction = %s AND id > %s"
                " ORDER BY id LIMIT %s",
                self.run.id,
                entity,
                direction,
                after,
                limit,
            )
        )


def _in_text(id_):
    """`id_` within a text of JSON: what a shop's ids are made of is its own business."""
    return json.dumps(id_)[1:-1]


def _mark(key, value):
    return f"{key}={value}".casefold()


def _record_row(row):
    content = {
        "fields": row.fields,
        "updated": row.updated.isoformat() if row.updated else None,
        "values": row.values,
        "children": row.children,
        "keys": row.keys,
        "parts": list(row.parts),
    }
    marks = [_mark(key, value) for key, value in row.keys.items()]
    return row.entity, row.id, row.owner, row.made, json.dumps(marks), stage(content)


def _kept(place, entity, record_id, owner, made, text):
    content = unstage(text)
    updated = content.pop("updated")
    return Kept(
        entity,
        record_id,
        owner=owner,
        made=made,
        updated=datetime.fromisoformat(updated) if updated else None,
        place=place,
        **content,
    )


def _binding_row(one):
    content = {name: getattr(one, name) for name in _BASE}
    return one.entity, one.remote_id, one.odoo_id, one.pending, stage(content)


def _binding(id_, entity, handle, remote_id, odoo_id, pending, text):
    content = unstage(text)
    base = {
        way: {name: tuple(pair) for name, pair in pairs.items()}
        for way, pairs in content.pop("base").items()
    }
    return Binding(
        entity,
        remote_id,
        odoo_id,
        handle=handle if handle is not None else f"{PREFIX}{id_}",
        pending=pending,
        base=base,
        diverged=tuple(content.pop("diverged")),
        **content,
    )
