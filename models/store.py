"""The pipeline's store in the database: the bindings of a page; `store_traces` keeps the rest.

Rows are read and written in bulk by SQL: a page of 500 records costs a handful of statements.
"""

import json

from odoo.tools import SQL

from ..lib.errors import RetryLater
from ..lib.merge import SOURCE_OF
from ..lib.store import Binding
from .entity_models import ODOO_MODELS
from .store_traces import Traces

_COLUMNS = (
    "id, remote_id, odoo_id, state, base, digest_odoo, digest_remote, pending, diverged, decided,"
    " idempotency_key, run_id, way, parent_remote_id, forgotten IS NOT NULL"
)


class OdooStore(Traces):
    """`lib.store.Store` for one connector within one run; `work` owns the commits.

    `fence` is called before anything is kept: it raises Stale where the page is another worker's by
    now, and holds that true until the commit.
    """

    def __init__(self, env, connector, run, work, page=None, fence=None):
        super().__init__(env)
        self.cr = env.cr
        self.connector = connector
        self.run = run
        self.work = work
        self.page = page
        self._fence = fence or (lambda: None)
        self._ids = (connector.id, connector.company_id.id, run.id if run else None)
        self._opened = page._read_since() if page else None

    def commit(self):
        self.work.commit()

    # -- bindings

    def bindings(self, entity, side, ids, lock=False):
        return {one.id_on(side): one for one in self._found(entity, side, ids, lock)}

    def holders(self, entity, side, ids):
        return [one for one in self._found(entity, side, ids) if one.state != "gone"]

    def _found(self, entity, side, ids, lock=False):
        """All bindings of these ids; of one id the one that counts comes last."""
        if not ids:
            return []
        column = SQL.identifier("odoo_id" if side == "odoo" else "remote_id")
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM gateway_binding WHERE connector_id = %s AND entity = %s"
                " AND %s = ANY(%s) ORDER BY (state = 'gone') DESC, is_primary, id DESC %s",
                SQL(_COLUMNS),
                self.connector.id,
                entity,
                column,
                list(ids),
                SQL("FOR UPDATE" if lock else ""),
            )
        )
        return [self._binding(entity, row) for row in rows]

    @staticmethod
    def _binding(entity, row):
        (
            id_,
            remote,
            odoo,
            state,
            base,
            d_odoo,
            d_remote,
            pending,
            diverged,
            decided,
            key,
            run,
            way,
            parent,
            forgotten,
        ) = row
        return Binding(
            entity=entity,
            remote_id=remote,
            odoo_id=odoo,
            state=state,
            base={
                direction: {name: (pair[0], pair[-1]) for name, pair in fields.items()}
                for direction, fields in (base or {}).items()
            },
            digests={s: d for s, d in (("odoo", d_odoo), ("remote", d_remote)) if d},
            pending=pending,
            diverged=tuple(diverged.split(", ")) if diverged else (),
            decided=dict(decided or {}),
            key=key,
            run=run,
            way=way,
            parent=parent,
            forgotten=forgotten,
            handle=id_,
            asked=(pending, frozenset(decided or ())),
        )

    def resolve(self, entity, side, ids):
        if not ids:
            return {}
        here, there = ("odoo_id", "remote_id") if side == "odoo" else ("remote_id", "odoo_id")
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT %s, %s FROM gateway_binding WHERE connector_id = %s AND entity = %s"
                " AND %s = ANY(%s) AND state = 'bound' AND %s IS NOT NULL"
                " ORDER BY is_primary, id DESC",
                SQL.identifier(here),
                SQL.identifier(there),
                self.connector.id,
                entity,
                SQL.identifier(here),
                list(ids),
                SQL.identifier(there),
            )
        )
        return dict(rows)

    def pending(self, entity, direction):
        column = "remote_id" if SOURCE_OF[direction] == "remote" else "odoo_id"
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM gateway_binding WHERE connector_id = %s AND entity = %s"
                " AND pending = %s AND state = 'bound' AND %s IS NOT NULL ORDER BY id",
                SQL.identifier(column),
                self.connector.id,
                entity,
                direction,
                SQL.identifier(column),
            )
        )
        return [row[0] for row in rows]

    def given_up(self, entity, direction, ids):
        if not ids:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ON (source_id) source_id, digest, discard_reason"
                " FROM gateway_dead_letter AS g WHERE connector_id = %s AND entity = %s"
                " AND direction = %s AND source_id = ANY(%s) AND is_given_up AND NOT EXISTS ("
                " SELECT FROM gateway_dead_letter o WHERE o.connector_id = g.connector_id"
                " AND o.entity = g.entity AND o.direction = g.direction"
                " AND o.source_id = g.source_id AND o.state = 'open')"
                " ORDER BY source_id, id DESC",
                self.connector.id,
                entity,
                direction,
                list(ids),
            )
        )
        return {source_id: (digest or "", why or "") for source_id, digest, why in rows}

    def intend(self, bindings):
        self._fence()
        self._keep_bindings(list(bindings))

    def settle(self, entity, direction, bindings, traces):
        self._fence()
        self._keep_bindings(list(bindings))
        traces = list(traces)
        if traces:
            self._recall(traces)
            self._keep_changes(entity, direction, traces)
            if not self.run.dry_run:  # a dry run opens and closes nothing
                self._keep_conflicts(entity, direction, traces)
                self._keep_letters(entity, direction, traces)
        self._invalidate()

    def _keep_bindings(self, bindings):
        known = [binding for binding in bindings if binding.handle is not None]
        self._insert([binding for binding in bindings if binding.handle is None])
        self._update(known)

    def _row(self, binding):
        model, res_id = self._record_of(binding)
        return (
            binding.entity,
            binding.remote_id,
            binding.odoo_id,
            model,
            res_id,
            binding.state,
            _base_text(binding.base),
            binding.digests.get("odoo"),
            binding.digests.get("remote"),
            binding.pending,
            ", ".join(binding.diverged) or None,
            json.dumps(binding.decided) if binding.decided else None,
            binding.key,
            binding.way,
            binding.parent,
        )

    def _record_of(self, binding):
        """(model, id) that a person can open; ids of compound keys begin with the record's."""
        if not binding.odoo_id:
            return None, None
        head = binding.odoo_id.partition("@")[0]
        return ODOO_MODELS.get(binding.entity), int(head) if head.isdigit() else None

    def _insert(self, bindings):
        """Add rows and give the bindings their handles: what is settled later is the same row."""
        if not bindings:
            return
        columns = list(zip(*(self._row(b) for b in bindings), strict=True))
        connector, company, run = self._ids
        # A child that was bound before is left as it is but for where it points.
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO gateway_binding (connector_id, company_id, run_id, opened, is_primary,"
                " create_uid, write_uid, create_date, write_date, entity, remote_id, odoo_id,"
                " res_model, res_id, state, base, digest_odoo, digest_remote, pending, diverged,"
                " decided, idempotency_key, way, parent_remote_id)"
                " SELECT %s, %s, %s, coalesce(%s, now() AT TIME ZONE 'UTC'),"
                " NOT EXISTS (SELECT 1 FROM gateway_binding o WHERE"
                " o.connector_id = %s AND o.entity = v.entity AND o.odoo_id = v.odoo_id"
                " AND o.remote_id IS DISTINCT FROM v.remote_id), %s, %s, now() AT TIME ZONE 'UTC',"
                " now() AT TIME ZONE 'UTC', v.* FROM unnest(%s::varchar[], %s::varchar[],"
                " %s::varchar[], %s::varchar[], %s::int[], %s::varchar[], %s::jsonb[],"
                " %s::varchar[], %s::varchar[], %s::varchar[], %s::varchar[], %s::jsonb[],"
                " %s::varchar[], %s::varchar[], %s::varchar[]) AS v(entity, remote_id, odoo_id,"
                " res_model, res_id, state, base, digest_odoo, digest_remote, pending, diverged,"
                " decided, idempotency_key, way, parent_remote_id)"
                " ON CONFLICT (connector_id, entity, remote_id) WHERE remote_id IS NOT NULL"
                " DO UPDATE SET state = excluded.state,"
                " (odoo_id, res_model, res_id) = (SELECT (CASE WHEN free THEN excluded.odoo_id"
                " ELSE gateway_binding.odoo_id END), (CASE WHEN free THEN excluded.res_model"
                " ELSE gateway_binding.res_model END), (CASE WHEN free THEN excluded.res_id"
                " ELSE gateway_binding.res_id END) FROM (SELECT gateway_binding.odoo_id IS NULL"
                " OR gateway_binding.state = 'gone') AS held(free)),"
                " base = COALESCE(excluded.base, gateway_binding.base), parent_remote_id ="
                " COALESCE(excluded.parent_remote_id, gateway_binding.parent_remote_id),"
                " write_date = excluded.write_date RETURNING id, remote_id, odoo_id",
                connector,
                company,
                run,
                self._opened,
                connector,
                self.env.uid,
                self.env.uid,
                *(list(column) for column in columns),
            )
        )
        handles = {(remote, odoo): id_ for id_, remote, odoo in rows}
        for binding in bindings:
            place = binding.remote_id, binding.odoo_id
            if place not in handles:
                raise RetryLater(
                    f"{binding.entity} {binding.remote_id} was bound to another record meanwhile"
                )
            binding.handle = handles[place]
            binding.asked = binding.pending, frozenset(binding.decided)
        self._answered([binding for binding in bindings if binding.remote_id])

    def _answered(self, bindings):
        """A create whose answer was lost, and whose record was met at the shop since: the intent
        has its answer, and is not to be sent again."""
        if not bindings:
            return
        self.env.execute_query(
            SQL(
                "DELETE FROM gateway_binding i USING unnest(%s::varchar[], %s::varchar[])"
                " AS v(entity, odoo_id) WHERE i.connector_id = %s AND i.entity = v.entity"
                " AND i.odoo_id = v.odoo_id AND i.state = 'creating' AND i.remote_id IS NULL"
                " RETURNING i.id",
                [binding.entity for binding in bindings],
                [binding.odoo_id for binding in bindings],
                self._ids[0],
            )
        )

    def _update(self, bindings):
        if not bindings:
            return
        rows = ((b.handle, *_asked(b), *self._row(b)) for b in bindings)
        columns = list(zip(*rows, strict=True))
        self.env.execute_query(
            SQL(
                "UPDATE gateway_binding b SET remote_id = v.remote_id, odoo_id = v.odoo_id,"
                " res_model = v.res_model, res_id = v.res_id, state = v.state, base = v.base,"
                " digest_odoo = v.digest_odoo, digest_remote = v.digest_remote,"
                # What a person decided since the row was read stays, and its write owed.
                " pending = CASE WHEN b.pending IS DISTINCT FROM v.was_pending"
                " OR coalesce(b.decided, '{}')"
                " - ARRAY(SELECT jsonb_array_elements_text(v.was_decided)) != '{}'"
                " THEN b.pending ELSE v.pending END, diverged = v.diverged,"
                " decided = NULLIF(b.decided"
                " - ARRAY(SELECT jsonb_array_elements_text(v.carried_out)), '{}'),"
                " idempotency_key = v.idempotency_key, way = v.way,"
                " parent_remote_id = v.parent_remote_id, run_id = %s,"
                " write_date = now() AT TIME ZONE 'UTC'"
                " FROM unnest(%s::int[], %s::varchar[], %s::jsonb[], %s::jsonb[],"
                " %s::varchar[], %s::varchar[], %s::varchar[], %s::varchar[], %s::int[],"
                " %s::varchar[], %s::jsonb[], %s::varchar[],"
                " %s::varchar[], %s::varchar[], %s::varchar[], %s::jsonb[], %s::varchar[],"
                " %s::varchar[], %s::varchar[]) AS v(id, was_pending, was_decided, carried_out,"
                " entity, remote_id, odoo_id, res_model,"
                " res_id, state, base, digest_odoo, digest_remote, pending, diverged, decided,"
                " idempotency_key, way, parent_remote_id) WHERE b.id = v.id RETURNING b.id",
                self._ids[2],
                *(list(column) for column in columns),
            )
        )
        for binding in bindings:
            binding.asked = binding.pending, frozenset(binding.decided)

    def _invalidate(self):
        for model in ("gateway.binding", "gateway.change"):
            self.env[model].invalidate_model(flush=False)


def _asked(binding):
    """`pending` as read, the groups decided then, and those of them that are carried out."""
    pending, groups = binding.asked
    return pending, json.dumps(sorted(groups)), json.dumps(binding.carried_out)


def _base_text(base):
    """The base as JSON; a pair of equal values is kept once."""
    if not base:
        return None
    return json.dumps(
        {
            way: {n: [p[0]] if p[0] == p[1] else [p[0], p[1]] for n, p in fields.items()}
            for way, fields in base.items()
        },
        ensure_ascii=False,
    )
