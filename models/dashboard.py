from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from ..lib.store import OUTCOMES
from .count import COUNTED
from .wording import entity_label

_lt = LazyTranslate(__name__)

COUNT_LABELS = {
    "product": _lt("Products"),
    "variant": _lt("Variants"),
    "company": _lt("Companies"),
    "customer": _lt("Customers"),
    "order": _lt("Orders"),
    "stock": _lt("Stock units"),
}
#: Days of the chart and of the failure rate.
DAYS = 14
WRITTEN = ("created", "updated", "deleted")
TROUBLE = ("held", "dead")


class GatewayDashboard(models.AbstractModel):
    """All the dashboard shows, in one call and a fixed number of queries."""

    _name = "gateway.dashboard"
    _description = "Gateway Dashboard"

    @api.model
    @api.readonly
    def get_data(self):
        """{"totals", "days", "connectors"} of the user's companies; see the methods below."""
        connectors = self.env["gateway.connector"].search([])
        since = self._since()
        days = self._days(connectors, since)
        rows = self._connectors(connectors, days)
        read = sum(row["read"] for row in rows)
        dead = sum(row["failed"] for row in rows)
        return {
            "totals": {
                "synced": read - dead,
                "failure_rate": dead / read if read else 0.0,
                "letters": sum(row["letters"] for row in rows),
                "conflicts": sum(row["conflicts"] for row in rows),
                "late": [row["name"] for row in rows if row["late"]],
                "last": max((row["last"] for row in rows if row["last"]), default=False),
                "running": sum(row["running"] for row in rows),
            },
            "days_shown": DAYS,
            "days": self._chart(days, since),
            "connectors": rows,
        }

    @api.model
    def action_open_synced(self):
        """What was synced in the days of the tiles, as far as it has left a line."""
        action = self.env["ir.actions.act_window"]._for_xml_id("gateway_ng.action_changes")
        connectors = self.env["gateway.connector"].search([])
        action["domain"] = [
            ("connector_id", "in", connectors.ids),
            ("run_id.dry_run", "=", False),
            ("create_date", ">=", fields.Datetime.to_string(self._since())),
            ("outcome", "!=", "dead"),
        ]
        action["context"] = {}
        return action

    @api.model
    def _since(self):
        return fields.Datetime.now() - timedelta(days=DAYS)

    @api.model
    def _days(self, connectors, since):
        """{(connector id, day): {outcome: count}} over settled pages, dry runs left out."""
        names = [f"count_{name}:sum" for name in OUTCOMES]
        rows = self.env["gateway.page"]._read_group(
            self.env["gateway.page"]._settled_since(connectors, since),
            ["connector_id", "write_date:day"],
            names,
        )
        return {
            (connector.id, day.date()): dict(zip(OUTCOMES, counts, strict=True))
            for connector, day, *counts in rows
        }

    @api.model
    def _chart(self, days, since):
        """[{"day", "written", "same", "trouble"}], a row for each day of the span."""
        sums = defaultdict(lambda: dict.fromkeys(OUTCOMES, 0))
        for (_connector, day), counts in days.items():
            for name, count in counts.items():
                sums[day][name] += count or 0
        first = fields.Datetime.context_timestamp(self, since).date()
        return [
            {
                "day": fields.Date.to_string(day),
                "written": sum(sums[day][name] for name in WRITTEN),
                "trouble": sum(sums[day][name] for name in TROUBLE),
                "same": sum(
                    count for name, count in sums[day].items() if name not in WRITTEN + TROUBLE
                ),
            }
            for day in (first + timedelta(days=number) for number in range(DAYS + 1))
        ]

    @api.model
    def _connectors(self, connectors, days):
        letters = self._open("gateway.dead.letter", connectors)
        conflicts = self._open("gateway.conflict", connectors)
        running = self._open("gateway.run", connectors, ("queued", "running"))
        last = self._last_runs(connectors)
        counts = self._counts(connectors)
        states = dict(connectors._fields["state"]._description_selection(self.env))
        outcomes = dict(last._fields["state"]._description_selection(self.env))
        by_connector = {run.connector_id.id: run for run in last}
        by_hand = connectors._synced_by_hand()
        rows = []
        for connector in connectors:
            mine = [sums for (id_, _day), sums in days.items() if id_ == connector.id]
            run = by_connector.get(connector.id, self.env["gateway.run"])
            rows.append(
                {
                    "id": connector.id,
                    "name": connector.name,
                    "state": connector.state,
                    "state_label": states[connector.state],
                    "late": any(connector.schedule_ids.mapped("is_late")),
                    "by_hand": connector in by_hand,
                    "last": run.ended,
                    "last_run": {"id": run.id, "state": run.state, "label": outcomes[run.state]}
                    if run
                    else False,
                    "running": running.get(connector.id, 0),
                    "read": sum(sum(filter(None, sums.values())) for sums in mine),
                    "failed": sum(sums["dead"] or 0 for sums in mine),
                    "letters": letters.get(connector.id, 0),
                    "conflicts": conflicts.get(connector.id, 0),
                    "counts": counts.get(connector.id, []),
                    "counted": max(
                        (count["counted"] for count in counts.get(connector.id, [])), default=False
                    ),
                }
            )
        return rows

    @api.model
    def _open(self, model, connectors, states=("open",)):
        """{connector id: how many are in one of `states`}"""
        rows = self.env[model]._read_group(
            [("connector_id", "in", connectors.ids), ("state", "in", states)],
            ["connector_id"],
            ["__count"],
        )
        return {connector.id: count for connector, count in rows}

    @api.model
    def _last_runs(self, connectors):
        """The latest run of each connector that has ended."""
        rows = self.env["gateway.run"]._read_group(
            [
                ("connector_id", "in", connectors.ids),
                ("ended", "!=", False),
                ("dry_run", "=", False),
            ],
            ["connector_id"],
            ["id:max"],
        )
        return self.env["gateway.run"].browse([run_id for _connector, run_id in rows])

    @api.model
    def _counts(self, connectors):
        """{connector id: [{"entity", "label", "odoo", "remote", "bound", …}]} as counted last."""
        found = defaultdict(list)
        for count in self.env["gateway.count"].search([("connector_id", "in", connectors.ids)]):
            units = count.entity == "stock"
            label = COUNT_LABELS.get(count.entity)
            label = self.env._(label) if label else entity_label(self.env, count.entity)
            found[count.connector_id.id].append(
                {
                    "id": count.id,
                    "entity": count.entity,
                    "label": label,
                    "units": units,
                    "odoo": count.odoo_count,
                    "remote": count.remote_count if count.remote_known else None,
                    "bound": count.bound_count,
                    "cancelled": count._cancelled(),
                    "odoo_only": 0 if units else max(count.odoo_count - count.bound_count, 0),
                    "remote_only": 0
                    if units or not count.remote_known
                    else max(count.remote_count - count.bound_count, 0),
                    # Bound, and there no more: the next look for deletes settles them.
                    "remote_gone": 0
                    if units or not count.remote_known
                    else max(count.bound_count - count.remote_count, 0),
                    "counted": count.counted,
                }
            )
        for rows in found.values():
            rows.sort(key=lambda row: COUNTED.index(row["entity"]))
        return found
