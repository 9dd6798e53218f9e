from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..lib.merge import SOURCE_OF
from ..lib.sync.reconcile import LEFT
from .endpoint.entity import ENTITIES
from .why import why_text
from .wording import entity_label, field_label, odoo_model, table

#: Lines of the report of a run, and records named in one.
REPORTED, EXAMPLES = 200, 3

#: Whether a run, or the apply of a plan, that read everything after the compare `r` had ended was
#: carried out to its end, in both directions of all that `r` went through.
_SYNCED_SINCE = SQL(
    "EXISTS (SELECT FROM gateway_run f LEFT JOIN gateway_run plan ON plan.id = f.plan_id"
    " WHERE f.connector_id = r.connector_id AND f.id > r.id AND f.state = 'done'"
    " AND NOT COALESCE(f.dry_run, false) AND COALESCE(plan.is_full, f.is_full)"
    " AND COALESCE(plan.plan_state, 'applied') = 'applied'"
    " AND COALESCE(plan.started, f.started) >= r.ended"
    " AND NOT EXISTS (SELECT FROM gateway_flow c WHERE c.run_id = r.id AND NOT EXISTS ("
    "SELECT FROM gateway_flow g WHERE g.run_id = f.id AND g.entity = c.entity"
    " AND g.direction = c.direction)))"
)


class GatewayRun(models.Model):
    """A run that compares both sides whole and writes nothing, and one that reads everything."""

    _inherit = "gateway.run"

    drift = fields.Html(string="What differs", compute="_compute_drift", sanitize=False)
    drift_text = fields.Char(string="How far it is", compute="_compute_drift_text")

    def _suffix(self):
        return self.env._(" (compare)") if self.compares else super()._suffix()

    def _has_trouble(self, numbers):
        """A compare has done its work when it tells what differs."""
        return bool(numbers.get("dead")) if self.compares else super()._has_trouble(numbers)

    @api.depends("state")
    def _compute_drift(self):
        """What was found, at the end only: until then more may come."""
        for run in self:
            run.drift = run._drift_table() if run.compares and not run._is_open() else False

    @api.depends("drift", "progress")
    def _compute_drift_text(self):
        for run in self:
            said = [run._compared_text(), run._not_compared_text()] if run.compares else []
            run.drift_text = " ".join(text for text in said if text)

    def _compared_text(self):
        """How far both sides were compared, where the table of what differs does not tell all."""
        if self.state == "queued":
            return self.env._("The compare has not begun yet.")
        if self.state == "running":
            return self.env._(
                "The compare is still going on: step %(step)s of %(steps)s. What differs is told"
                " here when it has ended.",
                step=min(self.progress["flows_done"] + 1, self.progress["flows"]),
                steps=self.progress["flows"],
            )
        if self.state in ("failed", "cancelled"):
            if self.drift:
                return self.env._(
                    "The compare ended before everything was compared. Found until then:"
                )
            return self.env._(
                "The compare ended before everything was compared; until then nothing differed."
            )
        if self.drift:
            return self._counted_text()
        if self.count_held:
            return self.env._(
                "Records that differed: %s. Which they were is not kept any more.", self.count_held
            )
        return self.env._("Nothing differs between Odoo and the shop in what was compared.")

    def _counted_text(self):
        """What the table adds up to: a record may differ in several fields."""
        apart, left = self._fields_apart()
        said = []
        if self.count_held:
            text = self.env._("Records that differ: %s.", self.count_held)
            said += [text, self.env._("Fields that differ in them: %s.", apart)]
        if left:
            said.append(
                self.env._("Fields that are left apart, by decision or for good: %s.", left)
            )
        return " ".join(said)

    def _not_compared_text(self):
        if self._is_open() or not self.count_dead:
            return ""
        return self.env._("Records that could not be compared: %s.", self.count_dead)

    def _is_open(self):
        return self.state in ("queued", "running")

    def _drift_table(self):
        headers = [
            self.env._("Entity"),
            self.env._("Field"),
            self.env._("Why"),
            self.env._("In records"),
            self.env._("For example"),
        ]
        rows = [
            [
                entity_label(self.env, entity),
                self._whole(field_label(self.env, name, odoo_model(self.env, entity, "import")))
                if name
                else "—",
                why_text(self.env, why, None),
                count,
                ", ".join(examples),
            ]
            for entity, name, why, count, examples in self._drift()
        ]
        return table(headers, rows) if rows else False

    @staticmethod
    def _whole(text):
        """In a narrow column words would be broken."""
        return Markup('<span class="text-nowrap">%s</span>') % text

    def _drift(self):
        """[(entity, field or '', why, records, names of up to three of them)], most first.

        Elements of lists are one field: `lines[7].price` counts as `lines.price`.
        """
        changes = self.env["gateway.change"]
        rows = self._told(
            "SELECT entity, field, why, count(DISTINCT source_id),"
            " (array_agg(DISTINCT id))[1:%(few)s] FROM told"
            " GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2 LIMIT %(most)s",
            few=EXAMPLES,
            most=REPORTED,
        )
        named = changes.browse({id_ for *_line, ids in rows for id_ in ids})
        names = dict(zip(named.ids, named.mapped("record_name"), strict=True))
        return [(*line, [names[id_] for id_ in ids]) for *line, ids in rows]

    def _fields_apart(self):
        """(fields of records that a sync or a person would settle, fields that are left apart): the
        sums of all lines of the drift."""
        rows = self._told(
            "SELECT count(*) FILTER (WHERE NOT left_), count(*) FILTER (WHERE left_) FROM"
            " (SELECT DISTINCT entity, field, why, source_id, why LIKE %(left)s AS left_ FROM told)"
            " AS one",
            left=f"{LEFT}%",
        )
        return rows[0]

    def _told(self, query, **values):
        """A query of `told`: what differs, line by line."""
        self.env["gateway.change"].check_access("read")
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                "WITH told AS (SELECT c.entity, c.source_id, c.id,"
                r" COALESCE(regexp_replace(f.name, '\[.*\]', ''), '') AS field,"
                " COALESCE(c.reasons->>f.name, c.reasons->>'') AS why"
                " FROM gateway_change c LEFT JOIN LATERAL"
                " jsonb_object_keys(c.field_changes) AS f(name) ON true"
                " WHERE c.run_id = %(run)s AND (c.outcome = 'held'"
                f" OR c.outcome = 'unchanged' AND f.name IS NOT NULL)) {query}",
                run=self.id,
                **values,
            )
        )

    def action_plan_everything(self):
        """A plan of what syncing everything would do."""
        self.ensure_one()
        return self.connector_id.run_sync(dry_run=True, full=True)._action_form()

    def action_sync_everything(self):
        """Read everything anew in both directions: what the watermarks do not show is found."""
        self.ensure_one()
        return self.connector_id.run_sync(full=True)._action_form()


class GatewayFlow(models.Model):
    """What a compare reads: all there is; and what one side has that the other has not."""

    _inherit = "gateway.flow"

    def _is_met(self):
        """Whether the run goes through this entity in the opposite direction, too."""
        return len(self.run_id.flow_ids.filtered(lambda one: one.entity == self.entity)) > 1

    def _is_alone(self):
        """Whether no sync goes the opposite way. What is computed at each read is not compared
        when it is imported, and may be synced so all the same."""
        return not self._is_met() and not ENTITIES[self.entity].computed

    def _sweep(self, work):
        """A compare always looks for what is gone, and tells all of it."""
        if not self.run_id.compares:
            return super()._sweep(work)
        self.is_swept = True
        flow = self._flow_now(work)
        if self._bound_count() and flow.source.entities()[self.entity].lists_all:
            gone = self._gone(work, flow)
            with work.unit():
                self._stage_gone(gone, flow.info.page_size)
        return None


class GatewayConnector(models.Model):
    _inherit = "gateway.connector"

    compare_days = fields.Integer(
        string="Compare every (days)",
        tracking=True,
        help="So often both sides are compared whole, without writing anything. 0: by hand only.",
    )
    drift_limit = fields.Integer(
        string="Differences to worry about",
        tracking=True,
        help="When a compare finds more records that differ, the connector's health says so.",
    )

    drift_found = fields.Integer(
        string="Records that differ",
        compute="_compute_drift_found",
        help="As the last compare found them.",
    )
    drift_since = fields.Datetime(compute="_compute_drift_found")

    @api.constrains("compare_days", "drift_limit")
    def _check_compare(self):
        for connector in self:
            if min(connector.compare_days, connector.drift_limit) < 0:
                raise ValidationError(
                    self.env._("%s: days and differences can't be negative.", connector.name)
                )

    def action_compare(self):
        """Start a run that compares both sides and writes nothing, and show it."""
        self.ensure_one()
        self.env["gateway.run"]._check_operator()
        self.check_access("read")
        self._refuse_halted()
        return self._compare()._action_form()

    def _compare(self):
        flows = self._flows_to_compare()
        run = self.env["gateway.run"].sudo()._start(self, flows, True)
        run.write({"compares": True, "is_full": True})
        run._enqueue()
        return run.with_env(self.env)

    def _flows_to_compare(self):
        """What is mapped, but for values that are computed at each read: they have one side."""
        return [
            (entity, direction)
            for entity, direction in self._flows_to_run()
            if not (ENTITIES[entity].computed and SOURCE_OF[direction] == "remote")
        ]

    def _start_due_compares(self):
        """Compares whose day has come, where nothing else is going on."""
        now = fields.Datetime.now()
        runs = self.env["gateway.run"]
        live = [("state", "=", "ready"), ("setup_step", "=", "done"), ("compare_days", ">", 0)]
        for connector in self.search(live):
            last = runs.search(
                [("connector_id", "=", connector.id), ("compares", "=", True)], limit=1
            )
            busy = runs.search_count(
                [("connector_id", "=", connector.id), ("state", "in", ("queued", "running"))],
                limit=1,
            )
            is_due = not last or last.create_date <= now - timedelta(days=connector.compare_days)
            if is_due and not busy:
                connector._compare()

    def _problems(self, open_runs=None):
        found = super()._problems(open_runs)
        return [*found, *self._drift_problem()] if self.state == "ready" else found

    def _compute_drift_found(self):
        """Of each connector's last compare that came to its end; nothing where all that it went
        through was synced whole since."""
        self.env.flush_all()
        found = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ON (r.connector_id) r.connector_id, r.ended,"
                " CASE WHEN %s THEN 0 ELSE"
                " (SELECT sum(p.count_held) FROM gateway_page p WHERE p.run_id = r.id) END"
                " FROM gateway_run r WHERE r.connector_id = ANY(%s) AND r.compares"
                " AND r.state IN ('done', 'partial') ORDER BY r.connector_id, r.id DESC",
                _SYNCED_SINCE,
                self.ids,
            )
        )
        last = {connector: (ended, count) for connector, ended, count in found}
        for connector in self:
            connector.drift_since, connector.drift_found = last.get(connector.id, (False, 0))

    def _drift_problem(self):
        if self.drift_found <= self.drift_limit:
            return []
        message = self.env._("Records that differ between Odoo and the shop: %s", self.drift_found)
        remedy = self.env._("Open the last compare, and sync everything from there.")
        return [self._problem("drift", "warning", message, remedy, self.drift_since)]
