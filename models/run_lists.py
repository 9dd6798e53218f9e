from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


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
        conflicts = self.env["gateway.conflict"]._read_group(
            [("run_id", "in", self.ids), ("state", "=", "resolved")], ["run_id"], ["__count"]
        )
        counts = {run.id: count for run, count in conflicts}
        for (run, *_flow), changes in self._decided_in_plans().items():
            counts[run] = counts.get(run, 0) + len(changes)
        for run in self:
            run.count_decided = counts.get(run.id, 0)

    def action_open_decided(self):
        """The conflicts that the rules decided in this run, with what lost; of a plan, its lines:
        it keeps no conflicts."""
        self.ensure_one()
        if self.is_plan:
            ids = [id_ for changes in self._decided_in_plans().values() for id_ in changes]
            return self._action_list("gateway.change", [("id", "in", ids)])
        domain = [("run_id", "=", self.id), ("state", "=", "resolved")]
        return self._action_list("gateway.conflict", domain)

    def _decided_in_plans(self):
        """{(run id, entity, direction): [change ids]} of planned records about which a rule decides
        who wins."""
        plans = self.filtered("is_plan")
        if not plans:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT run_id, entity, direction, array_agg(id) FROM gateway_change"
                " WHERE run_id = ANY(%s) AND jsonb_path_exists(decision,"
                " '$.*.why ? (@ like_regex \"^(odoo|remote|newest) won by \")')"
                " GROUP BY 1, 2, 3",
                plans.ids,
            )
        )
        return {tuple(row[:3]): row[3] for row in rows}

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
