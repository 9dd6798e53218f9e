from odoo import models
from odoo.tools import SQL


class GatewayRun(models.Model):
    """What a plan keeps for its apply, beside its changes."""

    _inherit = "gateway.run"

    def _has_something(self):
        """Whether an apply would write or bind anything, or something waits for a person."""
        if self.count_held or self.count_dead or self.guarded:
            return True
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT EXISTS (SELECT FROM gateway_plan_binding WHERE run_id = %(run)s"
                " AND handle IS NULL) OR EXISTS (SELECT FROM gateway_plan_intent"
                " WHERE run_id = %(run)s AND (content ->> 'action' IS NOT NULL"
                " OR content -> 'held' != '[]' OR content -> 'conflicts' != '[]'))",
                run=self.id,
            )
        )
        return rows[0][0]

    def _forget(self, *kinds):
        """Delete what these plans kept beside their changes; all kinds where none is named."""
        for kind in kinds or ("record", "binding", "intent"):
            self.env.execute_query(
                SQL(
                    "DELETE FROM %s WHERE run_id = ANY(%s) RETURNING id",
                    SQL.identifier(f"gateway_plan_{kind}"),
                    self.ids,
                )
            )
            self.env[f"gateway.plan.{kind}"].invalidate_model(flush=False)
