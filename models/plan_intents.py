"""What a plan would do with each record, and under which ids it is known by then."""

import json
import re

from odoo.tools import SQL

from ..lib.plan.ids import PREFIX
from ..lib.sync.intent import together
from ..lib.values import freeze

#: An id that a plan gave.
_MADE_UP = re.compile(f"{PREFIX}[0-9a-f]{{32}}")


class PlanIntents:
    """Part of the shelf, whose are `env` and `run`."""

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
