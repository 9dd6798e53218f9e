from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib.merge import BY_HAND
from .why import AGREED

#: Conflicts that a rule decided, rather than a person, or both sides by agreeing.
BY_RULE = [("state", "=", "resolved"), ("rule", "not in", (BY_HAND, AGREED))]


class GatewayRun(models.Model):
    """From a run's counts to the records behind them."""

    _inherit = "gateway.run"

    count_decided = fields.Integer(
        string="Decided by rule",
        compute="_compute_count_decided",
        help="Conflicts that the rules decided: one side's value gave way, or in a plan, would.",
    )

    count_to_decide = fields.Integer(
        string="To be decided",
        compute="_compute_count_held_as",
        help="Records read that wait for a decision; one that both directions read is two.",
    )
    count_differ = fields.Integer(
        string="Records that differ",
        compute="_compute_count_held_as",
        help="Records that a compare found to differ; nothing of them waits for a decision.",
    )
    count_conflicts = fields.Integer(
        string="Conflicts",
        compute="_compute_count_conflicts",
        help="Conflicts on records of this run that are still open.",
    )

    @api.depends("count_held", "compares")
    def _compute_count_held_as(self):
        for run in self:
            run.count_to_decide = 0 if run.compares else run.count_held
            run.count_differ = run.count_held if run.compares else 0

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
        if outcome in ("unchanged", "repeated"):
            raise UserError(self.env._("Of records that nothing happened to only the sum is kept."))
        if outcome == "dead" and not self.dry_run:
            return self._action_list("gateway.dead.letter", self._waiting_letters())
        if outcome == "conflicts":
            mine = self._open_conflicts().get(self.id, [])
            return self._action_list("gateway.conflict", [("id", "in", mine)])
        domain = [("run_id", "=", self.id)]
        if outcome:
            domain.append(("outcome", "=", outcome))
        return self._action_list("gateway.change", domain)

    def _compute_count_decided(self):
        """A plan keeps no conflicts: its lines say what would be decided."""
        counts = {}
        plans = self.filtered("is_plan")
        of_plans = [("run_id", "in", plans.ids), ("is_decided", "=", True)]
        of_runs = [("run_id", "in", (self - plans).ids), *BY_RULE]
        for model, domain in (("gateway.change", of_plans), ("gateway.conflict", of_runs)):
            counts.update(self.env[model]._read_group(domain, ["run_id"], ["__count"]))
        for run in self:
            run.count_decided = counts.get(run, 0)

    def action_open_decided(self):
        """The conflicts that the rules decided in this run, with what lost."""
        self.ensure_one()
        mine = ("run_id", "=", self.id)
        if self.is_plan:
            return self._action_list("gateway.change", [mine, ("is_decided", "=", True)])
        return self._action_list("gateway.conflict", [mine, *BY_RULE])

    def _action_list(self, model, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            {
                "gateway.change": "gateway_ng.action_changes",
                "gateway.dead.letter": "gateway_ng.action_dead_letters",
                "gateway.conflict": "gateway_ng.action_conflicts",
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
