from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib.values import is_unsettled
from .names import Names
from .why import why_text
from .wording import (
    ENTITY_LABELS,
    entity_label,
    field_label,
    odoo_model,
    short_id,
    short_value,
)

#: Fields told of one record; more than that nobody reads.
MOST = 400


class GatewayBinding(models.Model):
    """Why is it so? What is known of one Odoo record: its bindings, and of each field the last
    change: when, from where, by which rule, mapping version and run."""

    _inherit = "gateway.binding"

    @api.model
    @api.readonly
    def why(self, model, res_id):
        """{"name", "connectors": [{"id", "name", "settled", "run", "bindings", "fields"}]}, for
        whoever may read the record and the gateway's bindings."""
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
        run = connector.last_run_id
        fields_told = [
            {**row, "record": binding.record_name}
            for binding in self.sorted(self._rank)
            for row in changes.get(binding.id, ())
        ]
        fields_told.sort(key=lambda row: row["run"] and row["run"]["id"], reverse=True)
        return {
            "id": connector.id,
            "name": connector.name,
            "settled": max(self.mapped("write_date")),
            "run": {"id": run.id, "name": run.display_name, "ended": run.ended or False},
            "bindings": [binding._told_itself() for binding in self.sorted(self._rank)],
            "fields": fields_told[:MOST],
            "more": max(len(fields_told) - MOST, 0),
        }

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
                " w.reasons ->> f.key, w.run_id, v.id, v.version, w.entity"
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
        imported = [row for row in rows if row[2] == "import"]
        told = [(row[12], {row[5]: row[6:8]}) for row in imported]
        names = Names(self.env, told, {(one.res_model, one.res_id) for one in self})
        skus = self._skus(rows)
        found = {}
        for row in rows:
            found.setdefault(row[0], []).append(self._told_change(row, run_names, names, skus))
        return found

    def _skus(self, rows):
        """{the key of a variant in its product's lists: its SKU}, of those that have one."""
        bound = self.filtered(lambda one: one.res_model == "product.product")
        variants = self.env["product.product"].browse(bound.mapped("res_id")).exists()
        known = {one.id: one.default_code for one in variants._filtered_access("read")}
        found = {}
        for one in bound:
            found.update(dict.fromkeys((one.remote_id, one.odoo_id), known.get(one.res_id)))
        for row in rows:
            key, _bracket, field = row[5].partition("[")[2].rpartition("].")
            if field in ("default_code", "sku") and isinstance(row[7], str):
                found[key] = row[7]
        return {key: sku for key, sku in found.items() if key and sku}

    def _label(self, name, model, skus):
        """The field as it is called, an element of a list by its SKU where that is known."""
        key = name.partition("[")[2].rpartition("]")[0]
        label = field_label(self.env, name, model)
        return label.replace(f" {short_id(key)}", f" {skus[key]}", 1) if key in skus else label

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

    def _told_change(self, row, run_names, names, skus):
        _binding, id_, direction, time, outcome, name, old, new, why, run, version_id, version = (
            row[:12]
        )
        came = self.env._("the shop") if direction == "import" else self.env._("Odoo")
        created = self.env._("the record was created from %s", came)
        entity = row[12] if direction == "import" else None
        old, new = (names.told(entity, name, value) for value in (old, new))
        return {
            "id": id_,
            "entity": entity_label(self.env, row[12]),
            "field": self._label(name, odoo_model(self.env, row[12], direction), skus),
            "old": "" if old is None or is_unsettled(old) else short_value(old, self.env),
            "new": short_value(new, self.env),
            "time": time,
            "direction": direction,
            "origin": came,
            "why": why_text(self.env, why, direction) or (created if outcome == "created" else ""),
            "run": {"id": run, "name": run_names.get(run, "")} if run else False,
            "version": {"id": version_id, "name": version[:8]} if version_id else False,
        }
