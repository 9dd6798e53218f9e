from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .run_plan import LASTS


class GatewayRun(models.Model):
    """What a plan kept for its apply goes with the plan's life; a run without what it read can't go
    on."""

    _inherit = "gateway.run"

    @api.model
    def _let_plans_go(self):
        """Plans that were not applied in time expire, and what failed or expired keeps nothing but
        its changes."""
        rows = self.env.execute_query(
            SQL(
                "SELECT run_id FROM gateway_plan_intent UNION SELECT run_id FROM"
                " gateway_plan_record UNION SELECT run_id FROM gateway_plan_binding"
            )
        )
        plans = self.browse([id_ for (id_,) in rows])
        plans._expire()
        old = fields.Datetime.now() - LASTS
        over = plans.filtered(
            lambda one: (
                one.plan_state in ("expired", "discarded", "applied")
                or (one.state in ("failed", "cancelled") and one.create_date < old)
                or (one.plan_state == "partial" and one.create_date < old - LASTS)
            )
        )
        over.filtered(lambda one: one.plan_state == "partial").plan_state = "expired"
        over._idle_plans()._forget()

    def _take_over(self):
        """Raises UserError where what it had read is there no more."""
        for run in self.sudo().filtered("ended"):
            if run.page_ids.filtered(lambda one: one.state != "settled" and not one.payload):
                raise UserError(
                    self.env._(
                        "What %s had read was let go by age: start a new run.", run.display_name
                    )
                )
        return super()._take_over()
