from markupsafe import Markup

from odoo import api, fields, models

from .connector_first_match import NAMED
from .outcome import OF_A_PLAN
from .wording import record_link, table

#: The counts of a flow, as a run's form has them.
TOLD = (
    *("read", "created", "updated", "held", "dead", "unchanged", "filtered", "deleted"),
    *("repeated", "decided"),
)


class GatewayConnector(models.Model):
    """The setup's first match and dry run are one plan, made by jobs like any run: of what a first
    sync would find, and of what it would write."""

    _inherit = "gateway.connector"

    setup_plan_id = fields.Many2one(
        "gateway.run", string="Plan of the first sync", readonly=True, copy=False
    )
    plan_progress = fields.Json(related="setup_plan_id.progress")
    plan_run_state = fields.Selection(related="setup_plan_id.state", string="State of its plan")
    review = fields.Html(string="First match", compute="_compute_setup_plan", sanitize=False)
    trial = fields.Html(string="Dry run", compute="_compute_setup_plan", sanitize=False)

    def action_plan(self):
        """Find out what a sync would do, in both directions, and show it; nothing is written."""
        self.ensure_one()
        return self.run_sync(dry_run=True)._action_form()

    def action_review(self):
        """Which records of the shop meet one that Odoo has already, and which are ambiguous."""
        self._make_setup_plan()
        return True

    def action_trial(self):
        """How many records would be created and changed, on both sides."""
        self._make_setup_plan()
        return True

    def action_open_setup_plan(self):
        return self.setup_plan_id._action_form()

    def _make_setup_plan(self):
        self._check_step()
        self.setup_plan_id.sudo()._end_plans(self.env._("The first sync was planned again."))
        self.sudo().setup_plan_id = self.run_sync(dry_run=True)

    @api.depends("setup_plan_id.state", "setup_plan_id.plan_state")
    def _compute_setup_plan(self):
        for connector in self:
            plan = connector.setup_plan_id.sudo()
            made = bool(plan) and plan.state not in ("queued", "running")
            problems = connector._told_problems(plan) if made else Markup()
            connector.review = made and connector._told_matches(plan) + problems
            connector.trial = made and connector._told_counts(plan) + problems

    # -- telling

    def _told_counts(self, plan):
        headers = [self.env._("Entity"), *(self._count_header(plan, name) for name in TOLD)]
        rows = [
            [flow.display_name, *(flow[f"count_{name}"] for name in TOLD)] for flow in plan.flow_ids
        ]
        return Markup('<div class="table-responsive">%s</div>') % table(headers, rows)

    def _count_header(self, plan, name):
        """What a count of a plan is called, in the user's language."""
        if name in OF_A_PLAN:
            return self.env._(OF_A_PLAN[name])
        return plan._fields[f"count_{name}"]._description_string(self.env)

    def _told_problems(self, plan):
        """Records that could not be applied, causes before what follows from them, and what stopped
        the plan."""
        text = Markup("<p>%s</p>") % plan.error if plan.error else Markup()
        dead = self.env["gateway.change"].search(
            [("run_id", "=", plan.id), ("outcome", "=", "dead")], limit=NAMED, order="id"
        )
        if dead:
            headers = [self.env._("Record"), self.env._("What is wrong")]
            rows = [
                [record_link(one, one.record_name), (one.reasons or {}).get("")] for one in dead
            ]
            text += table(headers, rows)
        return text
