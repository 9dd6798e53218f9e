from functools import cache

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib.elements import spec_path
from ..lib.merge import BY_HAND, SOURCE_OF
from ..lib.values import is_unsettled
from .names import Names
from .why import why_text
from .wording import (
    ENTITY_LABELS,
    element_and_field,
    entity_label,
    field_label,
    odoo_model,
    short_id,
    short_value,
)

#: Reasons of a change that may have come of a conflict: what won is carried as an edit of its side.
CARRIED = ("source changed", *(f"{side} won by {BY_HAND}" for side in SOURCE_OF.values()))
#: How an empty value is told.
NOTHING = "—"
#: Fields told of one record; more than that nobody reads.
MOST = 400


class GatewayBinding(models.Model):
    """Why is it so? What is known of one Odoo record: its bindings, and of each field the last
    change: when, from where, by which rule, mapping version and run."""

    _inherit = "gateway.binding"

    @api.model
    def why(self, model, res_id):
        """{"name", "connectors": [{"id", "name", "settled", "run", "unsent", "when", "waits",
        "bindings", "groups"}]}, for whoever may read the record and the gateway's bindings."""
        record = self.env[model].browse(res_id)
        record.check_access("read")
        bindings = self.search(self._domain_about(record), order="connector_id, id")
        changes = bindings._last_changes()
        return {
            "name": record.display_name,
            "connectors": [
                of_one._told(connector, changes)
                for connector, of_one in bindings.grouped("connector_id").items()
            ],
        }

    @api.model
    def _domain_about(self, record):
        """The record's own bindings, and those of its parts that people take for it."""
        places = [record]
        if record._name == "product.template":
            places.append(record.with_context(active_test=False).product_variant_ids)
        elif record._name == "product.product":
            places.append(record.product_tmpl_id)
        elif record._name == "res.partner":
            places.append(record.child_ids)
        return Domain.OR(
            [("res_model", "=", place._name), ("res_id", "in", place.ids)] for place in places
        )

    def _told(self, connector, changes):
        run, ranked = connector.last_run_id, self.sorted(self._rank)
        unsent = ranked._unsent(connector)
        rows = [row for binding in ranked for row in changes.get(binding.id, ())]
        kept = {id(row) for row in sorted(rows, key=_latest, reverse=True)[:MOST]}
        return {
            "id": connector.id,
            "name": connector.name,
            "settled": max(self.mapped("write_date")),
            "run": {"id": run.id, "name": run.display_name, "ended": run.ended or False},
            "unsent": unsent,
            "when": self._when(connector, unsent),
            "waits": self._waits(),
            "bindings": [binding._told_itself() for binding in ranked],
            "groups": [
                group
                for binding in ranked
                for group in binding._groups(
                    [row for row in changes.get(binding.id, ()) if id(row) in kept]
                )
            ],
            "more": max(len(rows) - MOST, 0),
        }

    def _when(self, connector, unsent):
        """When what is not sent yet goes out, where any of it does."""
        if all(row["note"] for group in unsent for row in group["fields"]):
            return ""
        return connector._next_sync_text(set(self.mapped("entity")))

    def _groups(self, rows):
        """The rows of one record, then those of each element of its lists, under what they are."""
        groups = {}
        for row in sorted(rows, key=_latest, reverse=True):
            groups.setdefault((row["list"], row["element"]), []).append(row)
        own = entity_label(self.env, self.entity), self.record_name
        return [
            {
                "entity": kind if element else own[0],
                "record": element or own[1],
                "fields": fields_told,
            }
            for (kind, element), fields_told in sorted(groups.items())
        ]

    def _waits(self):
        """[{"model", "id", "text"}] of the open conflicts and dead letters of these records."""
        ids = [*self.mapped("remote_id"), *self.mapped("odoo_id")]
        domain = [
            ("connector_id", "in", self.connector_id.ids),
            ("entity", "in", self.mapped("entity")),
            ("source_id", "in", [id_ for id_ in ids if id_]),
            ("state", "=", "open"),
        ]
        found = []
        places = {
            (one.entity, way, one[f"{side}_id"]) for one in self for way, side in SOURCE_OF.items()
        }
        for model in ("gateway.conflict", "gateway.dead.letter"):
            found += [
                {"model": model, "id": one.id, "text": one._waits_text()}
                for one in self.env[model].search(domain)
                if (one.entity, one.direction, one.source_id) in places
            ]
        return found

    @staticmethod
    def _rank(binding):
        """In the order of the vocabulary: a product before its variants before their stock."""
        order = list(ENTITY_LABELS)
        return order.index(binding.entity) if binding.entity in order else len(order), binding.id

    def _told_itself(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "id": self.id,
            "entity": entity_label(self.env, self.entity),
            "record": self.record_name,
            "remote": short_id(self.remote_id),
            "state": states.get(self.state),
            "settled": self.write_date,
            "pending": self._pending_text(),
            "diverged": ", ".join(
                field_label(self.env, n) for n in (self.diverged or "").split(", ") if n
            ),
        }

    def _pending_text(self):
        if not self.pending:
            return ""
        if self.pending == "export":
            return self.env._("the shop is told at the next sync")
        return self.env._("Odoo takes the shop's values at the next sync")

    def _last_changes(self):
        """{binding id: [the last change of each field]}, in one query; dry runs changed nothing."""
        if not self:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ON (w.binding, w.direction, f.key) w.binding, w.id, w.direction,"
                " w.create_date, w.outcome, f.key, f.value -> 0, f.value -> 1,"
                " w.reasons ->> f.key, w.run_id, v.id, v.version, w.entity,"
                " lag(w.run_id) OVER (PARTITION BY w.binding, w.direction, f.key ORDER BY w.id)"
                " FROM (%s UNION ALL %s) AS w CROSS JOIN LATERAL jsonb_each(w.field_changes) AS f"
                " LEFT JOIN gateway_run r ON r.id = w.run_id"
                " LEFT JOIN gateway_flow l ON l.run_id = w.run_id AND l.entity = w.entity"
                " AND l.direction = w.direction"
                " LEFT JOIN gateway_mapping_version v ON v.id = l.mapping_version_id"
                " WHERE r.dry_run IS NOT TRUE"
                " ORDER BY w.binding, w.direction, f.key, w.id DESC",
                self._changes_of("import", "remote_id"),
                self._changes_of("export", "odoo_id"),
            )
        )
        runs = self.env["gateway.run"].browse({row[9] for row in rows if row[9]})
        run_names = {run.id: run.display_name for run in runs}
        names, found = self._names_of_changes(rows), {}
        labels = cache(lambda connector, entity: connector._labels_of(entity))
        decisions = self._decisions(names, labels)
        for row in sorted(rows, key=lambda row: row[1]):
            told = self._told_change(row, run_names, names, labels)
            place = told["list"], told["element"], told["field"]
            if row[8] in CARRIED:
                decided = self._why_decided(decisions.get((row[0], *place), ()), row[9], row[13])
                told["why"] = decided or told["why"]
            if told["old"] or told["new"] != NOTHING:
                found.setdefault(row[0], {})[place] = told
        return {id_: list(of_one.values()) for id_, of_one in found.items()}

    def _names_of_changes(self, rows):
        owners = {one.id: one.connector_id.id for one in self}
        imported = [(row[12], {row[5]: row[6:8]}) for row in rows if row[2] == "import"]
        lists = {}
        for row in rows:
            lists.setdefault((owners[row[0]], row[12]), {})[row[5]] = row[6:8]
        return Names(
            self.env,
            imported,
            {(one.res_model, one.res_id) for one in self},
            [(*place, fields_told) for place, fields_told in lists.items()],
        )

    def _labels(self, connector, direction, name, entity, names, labels):
        """(what a list and its element are called, "" for a field of the record itself; what the
        field is called): by Odoo's name for what the shop calls otherwise."""
        model, called = odoo_model(self.env, entity, direction), names.called(connector, entity)
        element, field = element_and_field(self.env, name, model, called)
        if direction == "export":
            field = labels(connector, entity).get(spec_path(name), field)
        if not element:
            return "", "", field
        key = name.partition("[")[2].rpartition("]")[0]
        kind = field_label(self.env, name.partition("[")[0], model)
        return kind, called.get(key) or short_id(key), field

    def _changes_of(self, direction, column):
        return SQL(
            "SELECT b.id AS binding, c.* FROM gateway_binding b JOIN gateway_change c"
            " ON c.connector_id = b.connector_id AND c.entity = b.entity AND c.source_id = b.%s"
            " WHERE b.id = ANY(%s) AND c.direction = %s"
            " AND c.outcome IN ('created', 'updated') AND c.field_changes IS NOT NULL",
            SQL.identifier(column),
            list(self.ids),
            direction,
        )

    def _told_change(self, row, run_names, names, labels):
        binding_id, id_, direction, time, outcome, name, old, new, why, run, version_id, version = (
            row[:12]
        )
        came = self.env._("the shop") if direction == "import" else self.env._("Odoo")
        created = (
            self.env._("the record was created from the shop")
            if direction == "import"
            else self.env._("the record was created from Odoo")
        )
        entity = row[12] if direction == "import" else None
        old, new = (names.told(entity, name, value) for value in (old, new))
        connector = self.browse(binding_id).connector_id
        kind, element, field = self._labels(connector, direction, name, row[12], names, labels)
        return {
            "id": id_,
            "list": kind,
            "element": element,
            "field": field,
            "old": "" if old is None or is_unsettled(old) else short_value(old, self.env),
            "new": short_value(new, self.env),
            "time": time,
            "direction": direction,
            "origin": came,
            "why": why_text(self.env, why, direction) or (created if outcome == "created" else ""),
            "run": {"id": run, "name": run_names.get(run, "")} if run else False,
            "version": {"id": version_id, "name": version[:8]} if version_id else False,
        }


def _latest(row):
    return row["id"]
