from odoo import fields, models
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

    def action_open_outcome(self):
        """The list behind one count; `outcome` of the context says which."""
        self.ensure_one()
        outcome = self.env.context.get("outcome")
        if outcome in ("unchanged", "repeated"):
            raise UserError(self.env._("Of records that nothing happened to only the sum is kept."))
        if outcome == "dead" and not self.dry_run:
            return self._action_list("gateway.dead.letter", self._waiting_in("dead_letter"))
        if outcome == "held" and not (self.dry_run or self.count_moved):
            return self._action_list("gateway.conflict", self._waiting_in("conflict"))
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

    def _waiting_in(self, table):
        """Domain of the letters or conflicts of this run's records. A letter names the run that
        failed last, so they are found by the records that this run could not settle."""
        outcome = "dead" if table == "dead_letter" else "held"
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT w.id FROM gateway_change c JOIN %s w"
                " ON w.connector_id = c.connector_id AND w.entity = c.entity"
                " AND w.direction = c.direction AND w.source_id = c.source_id"
                " WHERE c.run_id = %s AND c.outcome = %s",
                SQL.identifier(f"gateway_{table}"),
                self.id,
                outcome,
            )
        )
        return [("id", "in", [row[0] for row in rows])]
