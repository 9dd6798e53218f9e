from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

PLAN_STATES = [
    ("empty", "Nothing to do"),
    ("planned", "Planned"),
    ("approved", "Approved"),
    ("partial", "Partly applied"),
    ("applied", "Applied"),
    ("expired", "Expired"),
    ("discarded", "Discarded"),
]
OPEN, ENDED = {"queued", "running"}, {"expired", "discarded"}
#: A plan that was not applied by then is of a day that is over.
LASTS = timedelta(days=7)


class GatewayRun(models.Model):
    """A dry run is a plan: kept, approved by a manager, and carried out record by record."""

    _name = "gateway.run"
    _inherit = ["gateway.run", "mail.thread"]

    plan_state = fields.Selection(
        PLAN_STATES,
        string="Plan",
        readonly=True,
        copy=False,
        tracking=True,
        help="Nothing to do: both sides agree. Planned: nothing is written yet. Approved: a "
        "manager agrees. Partly applied: what moved since the plan was held. Expired: too old, a "
        "mapping changed since, or the shop went live.",
    )
    expired_reason = fields.Char(string="Why it expired", readonly=True, copy=False)
    plan_id = fields.Many2one(
        "gateway.run",
        string="Applies",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The plan that this run carries out.",
    )
    apply_ids = fields.One2many("gateway.run", "plan_id", string="Applied by", readonly=True)
    approved_by = fields.Many2one("res.users", readonly=True, copy=False)
    approved = fields.Datetime(readonly=True, copy=False)
    count_moved = fields.Integer(
        compute="_compute_count_moved", help="Records that moved since the plan, and were held."
    )

    def _compute_count_moved(self):
        for run in self:
            changes = self.env["gateway.change"]
            run.count_moved = changes.search_count(run._moved_domain()) if run.plan_id else 0

    def _moved_domain(self):
        return [("run_id", "=", self.id), ("outcome", "=", "held"), ("is_moved", "=", True)]

    @api.model_create_multi
    def create(self, vals_list):
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        return super(GatewayRun, quiet).create(vals_list).with_env(self.env)

    def _compute_display_name(self):
        done = super()._compute_display_name()
        for run in self.filtered("is_plan"):
            run.display_name = self.env._(
                "%(shop)s plan #%(id)s", shop=run.connector_id.name, id=run.id
            )
        return done

    # -- actions

    def action_plan_approve(self):
        """A manager agrees with what the plan says."""
        self._check_manager()
        for plan in self._plans("planned"):
            plan.write(
                {
                    "plan_state": "approved",
                    "approved_by": self.env.user.id,
                    "approved": fields.Datetime.now(),
                }
            )
        return True

    def action_plan_apply(self):
        """A run of exactly the plan's records; what moved since is held. Again: of the rest. While
        one is at it there is no other."""
        self._check_operator()
        plan = self._plans("approved", "partial")
        plan.ensure_one()
        plan.lock_for_update()
        going = [("plan_id", "=", plan.id), ("state", "in", tuple(OPEN))]
        run = plan.search(going, limit=1)
        if run:
            return run._action_form()
        connector = plan.connector_id
        connector._refuse_halted()
        flows = [(flow.entity, flow.direction) for flow in plan.flow_ids.sorted("sequence")]
        run = plan._start(connector, flows, False)
        run.plan_id = plan
        run._enqueue()
        return run._action_form()

    def action_plan_discard(self):
        """The plan is not to be carried out; what it kept for that is deleted."""
        self._check_operator()
        for plan in self._plans("planned", "approved", "partial", "expired"):
            plan.plan_state = "discarded"
            plan._idle_plans()._forget()
        return True

    def action_open_plan_changes(self):
        """What would be written, by entity; each line tells its outcome."""
        self.ensure_one()
        action = self._action_list("gateway.change", [("run_id", "=", self.id)])
        return {**action, "context": {"create": False, "group_by": ["entity"]}}

    def action_open_moved(self):
        self.ensure_one()
        return self._action_list("gateway.change", self._moved_domain())

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group("gateway_ng.group_manager"):
            raise AccessError(
                self.env._(
                    "%s may not approve a plan. That is for a manager of the gateway.",
                    self.env.user.name,
                )
            )

    def _plans(self, *states):
        """These plans, with su; raises UserError where one is not in one of the `states`."""
        self.check_access("read")
        plans = self.sudo()
        plans._expire()
        labels = dict(self._fields["plan_state"]._description_selection(self.env))
        for plan in plans:
            if plan.plan_state not in states:
                raise UserError(
                    self.env._(
                        "%(plan)s is %(state)s: plan again.",
                        plan=plan.display_name,
                        state=labels.get(plan.plan_state, self.env._("not made yet")),
                    )
                )
        return plans

    # -- life

    def _expire(self):
        """Plans that are too old, or whose mappings have changed, are not what a run would do."""
        open_ = self.filtered(lambda one: one.plan_state in ("planned", "approved"))
        for plan in open_:
            why = plan.with_env(plan.connector_id._for_chatter().env)._why_expired()
            if why:
                plan._expire_for(why)

    def _expire_for(self, why):
        self.write({"plan_state": "expired", "expired_reason": why})
        self.message_post(body=why)
        self._idle_plans()._forget()

    def _end_plans(self, why):
        """Nobody is to carry these plans out any more; one that is being made is stopped."""
        for plan in self:
            if plan.state in ("queued", "running"):
                plan._close("cancelled")
            elif plan.plan_state in ("planned", "approved", "partial"):
                plan._expire_for(why)

    def _idle_plans(self):
        """Those that no run carries out just now: that one reads what the plan kept, page by page,
        and would take what is gone for what was never planned."""
        return self.filtered(lambda one: not (set(one.apply_ids.mapped("state")) & OPEN))

    def _why_expired(self):
        if self.create_date + LASTS < fields.Datetime.now():
            return self.env._("It is older than %s days.", LASTS.days)
        for flow in self.flow_ids:
            version = self.connector_id._flow_mappings(flow.entity, flow.direction)[0]
            if flow.mapping_version_id and version != flow.mapping_version_id:
                return self.env._("The mapping of %s has changed.", flow.display_name)
        return None

    def _take_over(self):
        """An apply that ended goes on only while its plan keeps what it is to carry out."""
        for run in self.sudo().filtered(lambda one: one.ended and one.plan_id):
            run.plan_id._plans("partial")
        return super()._take_over()

    def _close(self, state):
        done = super()._close(state)
        for run in self:
            run._plan_closed(state)
        return done

    def _plan_closed(self, state):
        if self.is_plan and state in ("done", "partial"):
            is_something = self._has_something()
            self.plan_state = "planned" if is_something else "empty"
            # The intents say what is to be done.
            self._forget(*(["record"] if is_something else []))
        elif self.is_plan and state == "cancelled":
            self._forget()
        elif self.plan_id:
            whole = state in ("done", "partial") and not self.count_moved
            is_over = self.plan_id.plan_state in ENDED  # meanwhile
            left = self.plan_id.plan_state if is_over else "partial"
            self.plan_id.plan_state = "applied" if whole else left
            if whole or is_over:
                self.plan_id._forget()
