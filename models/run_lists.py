from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.store import IDLE


def _one_a_record(runs):
    """Of the changes of these runs one of each record that waits for a decision."""
    return SQL(
        "SELECT run_id, min(id) AS id FROM gateway_change"
        " WHERE run_id = ANY(%s) AND outcome = 'held' GROUP BY run_id, entity,"
        " CASE direction WHEN 'import' THEN ARRAY[source_id, target_id]"
        " ELSE ARRAY[target_id, source_id] END",
        runs,
    )


class GatewayChange(models.Model):
    """Lines by the run in which their records wait: as many as there may be, none is named."""

    _inherit = "gateway.change"

    to_decide_in = fields.Many2one(
        "gateway.run", store=False, search="_search_to_decide_in", help="A run that asked for it."
    )

    def _search_to_decide_in(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env.flush_all()
        lines = _one_a_record([id_ for id_ in value if id_])
        return [("id", "in", SQL("(SELECT id FROM (%s) AS line)", lines))]


class GatewayRun(models.Model):
    """From a run's counts to the records behind them."""

    _inherit = "gateway.run"

    count_to_decide = fields.Integer(
        string="Records to decide",
        compute="_compute_count_held_as",
        help="Records that wait for a decision, each one once; of one record several fields may be "
        "in conflict.",
    )
    count_differ = fields.Integer(
        string="Records that differ",
        compute="_compute_count_held_as",
        help="Records that a compare found to differ; nothing of them waits for a decision.",
    )
    count_conflicts = fields.Integer(
        string="Conflicts",
        compute="_compute_count_conflicts",
        help="Conflicts on records of this run that are still open: one for each field, or fields "
        "that belong together.",
    )

    count_unchanged_bound = fields.Integer(
        string="Left unchanged",
        compute="_compute_count_idle",
        help="Records that the run left as they are, each one once, whichever directions read it.",
    )
    count_repeated_bound = fields.Integer(
        string="Met twice",
        compute="_compute_count_idle",
        help="Records that came twice in the run.",
    )

    def _compute_count_idle(self):
        """As many as the lists behind them have; of a plan, only those that are bound already.
        While a run is watched the plain sum: its form is read again each second."""
        bindings = self.env["gateway.binding"]
        for run in self:
            is_sum = run.undoes_id or run._is_open()  # of a take-back each has its line
            for outcome in IDLE:
                found = run[f"count_{outcome}"]
                if found and not is_sum:
                    found = bindings.search_count([(f"{outcome}_in", "=", run.id)])
                run[f"count_{outcome}_bound"] = found

    @api.depends("count_held", "compares")
    def _compute_count_held_as(self):
        asked = self.filtered(lambda run: run.count_held and not run.compares)
        lines = asked._lines_to_decide()
        for run in self:
            run.count_to_decide = lines.get(run.id, 0)
            run.count_differ = run.count_held if run.compares else 0

    def _lines_to_decide(self):
        """{run id: how many records wait}, each one once, in whichever direction it was read."""
        self.env.flush_all()
        lines = _one_a_record(self.ids)
        query = SQL("SELECT run_id, count(*) FROM (%s) AS line GROUP BY run_id", lines)
        return dict(self.env.execute_query(query))

    def _compute_count_conflicts(self):
        """A plan keeps no conflicts."""
        found = self.filtered(lambda run: not run.dry_run)._open_conflicts()
        for run in self:
            run.count_conflicts = len(found.get(run.id, ()))

    def _open_conflicts(self):
        """{run id: ids of the open conflicts on records that it held}. One that the opposite
        direction asked about before is not asked about again."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT c.run_id, array_agg(DISTINCT w.id) FROM gateway_change c"
                " JOIN gateway_conflict w ON w.connector_id = c.connector_id"
                " AND w.entity = c.entity AND w.state = 'open' AND w.source_id ="
                " CASE WHEN w.direction = c.direction THEN c.source_id ELSE c.target_id END"
                " WHERE c.run_id = ANY(%s) AND c.outcome = 'held' GROUP BY 1",
                self.ids,
            )
        )
        return dict(rows)

    def action_open_outcome(self):
        """The list behind one count; `outcome` of the context says which."""
        self.ensure_one()
        outcome = self.env.context.get("outcome")
        if outcome in IDLE and not self.undoes_id:  # that has a line for each, and its reason
            return self._action_list("gateway.binding", [(f"{outcome}_in", "=", self.id)])
        if outcome == "dead" and not self.dry_run:
            return self._action_list("gateway.dead.letter", self._waiting_letters())
        if outcome == "conflicts":
            mine = self._open_conflicts().get(self.id, [])
            return self._action_list("gateway.conflict", [("id", "in", mine)])
        if outcome == "held" and not self.compares:
            return self._action_list("gateway.change", [("to_decide_in", "=", self.id)])
        domain = [("run_id", "=", self.id)]
        if outcome:
            domain.append(("outcome", "=", outcome))
        return self._action_list("gateway.change", domain)

    def action_open_decided(self):
        """Records of which something was decided, with who won; in a plan, what would be."""
        self.ensure_one()
        return self._action_list(
            "gateway.change", [("run_id", "=", self.id), ("is_decided", "=", True)]
        )

    def _action_list(self, model, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            {
                "gateway.change": "gateway_ng.action_changes",
                "gateway.dead.letter": "gateway_ng.action_dead_letters",
                "gateway.conflict": "gateway_ng.action_conflicts",
                "gateway.binding": "gateway_ng.action_bindings",
            }[model]
        )
        action.update(domain=domain, context={"create": False})
        action["display_name"] = action["name"] = f"{action['name']} · {self.display_name}"
        return action

    def _waiting_letters(self):
        """Domain of the letters of this run's records. A letter names the run that failed last, so
        they are found by the records that this run could not settle."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT w.id FROM gateway_change c JOIN gateway_dead_letter w"
                " ON w.connector_id = c.connector_id AND w.entity = c.entity"
                " AND w.direction = c.direction AND w.source_id = c.source_id"
                " WHERE c.run_id = %s AND c.outcome = 'dead'",
                self.id,
            )
        )
        return [("id", "in", [row[0] for row in rows])]
