"""Records of either side as a plan would leave them."""

import json
from datetime import datetime

from odoo.tools import SQL

from ..lib.plan.shelf import Kept
from ..lib.values import stage, unstage


class PlanRecords:
    """Part of the shelf, whose are `env` and `run`."""

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
