"""What became of each record of a page: changes, conflicts, dead letters."""

import json
from collections import Counter

from odoo.tools import SQL

from ..lib.evidence import Evidence, evidence, ruled, weighed
from ..lib.merge import OPPOSITE, SOURCE_OF
from ..lib.reference import reference
from ..lib.store import IDLE
from ..lib.values import freeze, stage
from .why import AGREED

#: The changelog's columns that differ from record to record, and their types.
_TRACED = {
    "outcome": "varchar",
    "source_id": "varchar",
    "target_id": "varchar",
    "field_changes": "jsonb",
    "reasons": "jsonb",
    "filter_name": "varchar",
    "reference": "varchar",
    "found": "varchar",
    "is_decided": "boolean",
    "decision": "jsonb",
    "payload": "text",
    "target_values": "text",
    "request": "text",
    "answer": "text",
}


class Traces:
    """Part of the store, whose are `connector`, `run`, `page` and `_ids`: one trace a record."""

    def __init__(self, env):
        self.env = env
        self._recalled = Counter()
        #: Outcome that nothing came of → source ids of this page, for the list behind its count.
        self._idle = {outcome: [] for outcome in IDLE}

    def _recall(self, traces):
        """An earlier try of this page may have been cut off between its settlement and its counts:
        what it settled comes again as repeated, and counts as what became of it then."""
        ids = [trace.source_id for trace in traces if trace.outcome == "repeated"]
        recalled = {}
        if self.page and ids:
            recalled = dict(
                self.env.execute_query(
                    SQL(
                        "SELECT DISTINCT ON (source_id) source_id, outcome FROM gateway_change"
                        " WHERE page_id = %s AND source_id = ANY(%s) ORDER BY source_id, id DESC",
                        self.page.id,
                        ids,
                    )
                )
            )
            self._recalled.update(recalled.values())
        for trace in traces:
            outcome = recalled.get(trace.source_id, trace.outcome)
            if outcome in self._idle:
                self._idle[outcome].append(trace.source_id)

    def as_settled(self, counts):
        """Counts of the page over all its tries; it keeps the ids of what nothing came of."""
        self.page.idle_ids = {outcome: ids for outcome, ids in self._idle.items() if ids} or False
        counts = counts + self._recalled
        counts["repeated"] -= self._recalled.total()
        return counts

    def _keep_changes(self, entity, direction, traces):
        """A line for every record that something happened to, or of which a rule decided something;
        of unchanged ones their page keeps the ids."""
        kept = [t for t in traces if t.outcome not in IDLE or t.reasons or ruled(t)]
        if not kept:
            return
        redactor = self.connector._redactor()
        told = direction == "export" or not self.page  # else the page keeps what was read
        rows = [self._change_row(trace, redactor, told) for trace in kept]
        connector, company, run = self._ids
        self.env.execute_query(
            SQL(
                "INSERT INTO gateway_change (connector_id, company_id, run_id, page_id, entity,"
                " direction, create_uid, write_uid, create_date, write_date, %s)"
                " SELECT %s, %s, %s, %s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC',"
                " now() AT TIME ZONE 'UTC', v.* FROM unnest(%s) AS v RETURNING id",
                SQL(", ").join(map(SQL.identifier, _TRACED)),
                connector,
                company,
                run,
                self.page.id if self.page else None,
                entity,
                direction,
                self.env.uid,
                self.env.uid,
                SQL(", ").join(
                    SQL(f"%s::{kind}[]", list(column))
                    for kind, column in zip(_TRACED.values(), zip(*rows, strict=True), strict=True)
                ),
            )
        )

    @staticmethod
    def _change_row(trace, redactor, is_told):
        """The values of `_TRACED`'s columns."""
        told = evidence(trace, redactor) if is_told else Evidence()
        won = ruled(trace)
        return (
            trace.outcome,
            trace.source_id,
            trace.target_id,
            _text({name: list(pair) for name, pair in trace.fields.items()}, redactor),
            _text({**won, **trace.reasons}, redactor),
            trace.filter,
            _called(trace, redactor),
            trace.found,
            bool(won),
            _text(weighed(trace), redactor),
            told.payload,
            told.values,
            told.request,
            told.answer,
        )

    def _keep_conflicts(self, entity, direction, traces):
        """Open ones are kept once; those that no longer hold, in whichever direction that is seen,
        or are decided, are closed. One that the opposite direction asks about already is not asked
        again."""
        model = self.env["gateway.conflict"]
        known, elsewhere = self._conflicts_met(entity, direction, traces)
        self._owe(entity, direction, _owed(traces, known, elsewhere))
        fresh, stale, redactor = [], model.browse(), self.connector._redactor()
        for trace in traces:
            stale = stale.union(
                *(elsewhere.pop((trace.target_id, group), model) for group in trace.alike)
            )
            for conflict in trace.conflicts:
                values = self._conflict_values(entity, direction, trace, conflict, redactor)
                old = known.pop((trace.source_id, conflict.group), None)
                other = elsewhere.get((trace.target_id, conflict.group))
                if old:
                    old.write(values)
                elif other is None:
                    fresh.append(values)
                elif values["state"] == "resolved":
                    stale |= other
                    fresh.append(values)
        stale = stale.union(*known.values())
        stale.write({"state": "resolved", "rule": AGREED})
        model.create(fresh)

    def _conflicts_met(self, entity, direction, traces):
        """Open conflicts of these records: those that this direction asks about, and those that the
        opposite one does, by the record's id at its source and group."""
        mine = [trace.source_id for trace in traces if trace.outcome != "dead"]
        met = [t.target_id for t in traces if t.target_id and (t.conflicts or t.alike or t.left)]
        return (
            self._open_conflicts(entity, direction, mine),
            self._open_conflicts(entity, OPPOSITE[direction], met) if met else {},
        )

    def owed(self, entity, direction, traces):
        """Source ids of those that the opposite direction comes to owe, of which a plan has to
        know: nothing of it is kept."""
        seen = [trace for trace in traces if trace.left]
        return _owed(seen, *self._conflicts_met(entity, direction, seen)) if seen else []

    def _owe(self, entity, direction, ids):
        """What the opposite direction still has to carry of these records, it is told."""
        if not ids:
            return
        self.env.execute_query(
            SQL(
                "UPDATE gateway_binding SET pending = %s WHERE connector_id = %s AND entity = %s"
                " AND %s = ANY(%s) AND state = 'bound' AND pending IS NULL RETURNING id",
                OPPOSITE[direction],
                self.connector.id,
                entity,
                SQL.identifier(f"{SOURCE_OF[direction]}_id"),
                ids,
            )
        )

    def _open_conflicts(self, entity, direction, ids):
        """(source id, group) → open conflict."""
        found = self.env["gateway.conflict"].search(
            [
                ("connector_id", "=", self.connector.id),
                ("entity", "=", entity),
                ("direction", "=", direction),
                ("source_id", "in", ids),
                ("state", "=", "open"),
            ]
        )
        return {(conflict.source_id, conflict.field_group): conflict for conflict in found}

    def _conflict_values(self, entity, direction, trace, conflict, redactor):
        by_side = {SOURCE_OF[direction]: dict(conflict.source)}
        by_side["odoo" if SOURCE_OF[direction] == "remote" else "remote"] = dict(conflict.target)
        return {
            "connector_id": self.connector.id,
            "run_id": self._ids[2],
            "entity": entity,
            "direction": direction,
            "source_id": trace.source_id,
            "target_id": trace.target_id,
            "field_group": conflict.group,
            "field_names": ", ".join(conflict.fields),
            "base_values": redactor.value(
                {n: list(p) if p else None for n, p in conflict.base.items()}
            ),
            "odoo_values": redactor.value(by_side["odoo"]),
            "remote_values": redactor.value(by_side["remote"]),
            "state": "open" if conflict.winner == "ask" else "resolved",
            "winner": conflict.winner,
            "rule": conflict.rule,
            "first_match": conflict.first_match,
        }

    def _keep_letters(self, entity, direction, traces):
        """A record is dead once: a further failure counts an attempt, a success resolves it. To
        take a run back is another thing than to sync its record, and has a letter of its own."""
        # Of many thousand letters nobody is told one by one.
        model = self.env["gateway.dead.letter"].with_context(
            tracking_disable=True, mail_create_nosubscribe=True, mail_create_nolog=True
        )
        known = {
            letter.source_id: letter
            for letter in model.search(
                [
                    ("connector_id", "=", self.connector.id),
                    ("entity", "=", entity),
                    ("direction", "=", direction),
                    ("source_id", "in", [trace.source_id for trace in traces]),
                    ("state", "=", "open"),
                    ("is_take_back", "=", bool(self.run.undoes_id)),
                ]
            )
        }
        fresh, healed, redactor = [], model.browse(), self.connector._redactor()
        for trace in traces:
            letter = known.get(trace.source_id)
            if trace.error:
                values = self._letter_values(entity, direction, trace, redactor)
                if letter:
                    letter.write({**values, "attempts": letter.attempts + 1})
                else:
                    fresh.append(values)
            elif letter and not (letter.stage == "workflow" and trace.outcome in IDLE):
                healed |= letter
        healed._close("resolved", "undo" if self.run.undoes_id else "run", run=self.run)
        self._take_up_changed(entity, direction, traces)
        version = self._version(entity, direction) if fresh else False
        model.create([{**values, "mapping_version_id": version} for values in fresh])

    def _take_up_changed(self, entity, direction, traces):
        """What was given up and is another by now is given up no more: should it come back to what
        it was, that is an edit like any."""
        told = [(trace.source_id, trace.digest) for trace in traces if trace.digest]
        if told:
            self.env.execute_query(
                SQL(
                    "UPDATE gateway_dead_letter g SET is_given_up = false"
                    " FROM unnest(%s::varchar[], %s::varchar[]) AS v(id, digest)"
                    " WHERE connector_id = %s AND entity = %s AND direction = %s AND is_given_up"
                    " AND source_id = v.id AND g.digest != v.digest RETURNING g.id",
                    *map(list, zip(*told, strict=True)),
                    self.connector.id,
                    entity,
                    direction,
                )
            )

    def _version(self, entity, direction):
        """By which mapping version the run maps these records."""
        flows = self.page.flow_id if self.page else self.run.flow_ids
        mine = flows.filtered(lambda one: (one.entity, one.direction) == (entity, direction))
        return mine[:1].mapping_version_id.id

    def _letter_values(self, entity, direction, trace, redactor):
        """The payload stays as it is, to be applied again; only masked does anybody see it."""
        error = trace.error
        return {
            "connector_id": self.connector.id,
            "company_id": self._ids[1],
            "run_id": self._ids[2],
            "entity": entity,
            "direction": direction,
            "source_id": trace.source_id,
            "stage": trace.stage,
            "cause": error.cause,
            "error": redactor.line(str(error)),
            "field_name": error.field,
            "remedy": redactor.line(error.remedy or "") or False,
            "payload": stage(dict(trace.payload or {})),
            "digest": trace.digest or False,
            "details": redactor.value(freeze(error.details)) or False,
            "reference": _called(trace, redactor),
            "waits_entity": error.details.get("name") if error.cause == "reference" else False,
            "waits_id": error.details.get("value") if error.cause == "reference" else False,
        }


def _owed(traces, known, elsewhere):
    """Source ids of records whose source took its own side of an open conflict back: the edit of
    the other side, which may have been read before, is to be carried."""
    return [
        trace.source_id
        for trace in traces
        if any(
            (trace.source_id, group) in known or (trace.target_id, group) in elsewhere
            for group in trace.left
        )
    ]


def _text(value, redactor):
    """`value` as JSON text without secrets."""
    text = json.dumps(value, ensure_ascii=False, default=freeze) if value else None
    if text is None or redactor.passes(text):
        return text
    return json.dumps(redactor.value(json.loads(text)), ensure_ascii=False)


def _called(trace, redactor):
    """What people call the record, without secrets."""
    return redactor.line(reference(trace.payload, trace.values) or "") or None
