"""Bindings that a plan would settle: new ones, and such that stand for a real one."""

from odoo.tools import SQL

from ..lib.merge import SOURCE_OF
from ..lib.plan.ids import PREFIX
from ..lib.store import Binding
from ..lib.values import stage, unstage

_BASE = "state", "base", "digests", "diverged", "decided", "key", "run", "way", "parent"


class PlanBindings:
    """Part of the shelf, whose are `env` and `run`."""

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
