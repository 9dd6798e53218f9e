from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError

from .wording import entity_label, record_link


class GatewayConnector(models.Model):
    """Until it is live nothing syncs by itself or by a button, and what is open then is asked."""

    _inherit = "gateway.connector"

    def action_go(self):
        """Live, after a question where something of the setup is open."""
        self._check_step()
        lines = self._open_before_live()
        if not lines:
            return self._go_live()
        dialog = self.env["gateway.go.live"]._ask(self, lines)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Before %s goes live", self.name),
            "res_model": dialog._name,
            "res_id": dialog.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _end_plans_of_setup(self):
        why = self.env._(
            "%s went live: its first sync carries what this plan says, and what has changed since.",
            self.name,
        )
        self.sudo().run_ids.filtered("is_plan")._end_plans(why)

    def _tell_live(self, run):
        """In the chatter: what is synced from now on, when, and by which run at first."""
        ways = {
            "import": self.env._("From the shop to Odoo"),
            "export": self.env._("From Odoo to the shop"),
        }
        lines = self.schedule_ids.filtered("is_on")
        told = [
            self.env._(
                "%(way)s, %(when)s: %(what)s",
                way=ways[way],
                when=when,
                what=", ".join(entity_label(self.env, line.entity) for line in alike),
            )
            for (way, when), alike in lines.grouped(
                lambda line: (line.direction, line.preview)
            ).items()
        ]
        first = self.env._("First sync: %s", record_link(run))
        self.message_post(body=Markup("<br/>").join([self.env._("Went live."), *told, first]))

    def action_sync(self):
        self._refuse_in_setup()
        return super().action_sync()

    def action_look_for_deletes(self):
        self._refuse_in_setup()
        return super().action_look_for_deletes()

    def _refuse_in_setup(self):
        self.ensure_one()
        self.env["gateway.run"]._check_operator()
        if self.setup_step != "done":
            raise UserError(
                self.env._(
                    "%s is being set up. Finish its steps; «Go live» starts the first sync.",
                    self.name,
                )
            )

    # -- what is open

    def _open_before_live(self):
        """[(text, model, domain of what it is about)] to be asked about; no model: no list."""
        lines = [*self._open_of_plan(), *self._open_of_others()]
        return [*lines, *((risk, None, []) for risk in self._stock_risks())]

    def _open_of_plan(self):
        plan = self.setup_plan_id.sudo()
        if not plan or plan.state in ("queued", "running"):
            return []
        if plan.apply_ids:
            return self._open_of_apply(plan)
        mine, lines = ("run_id", "=", plan.id), []
        why = plan.plan_state in ("planned", "approved") and plan._why_expired()
        if why:
            lines.append((self.env._("The dry run no longer holds. %s", why), None, []))
        if plan.plan_state == "approved":
            text = self.env._(
                "The plan is approved and not applied (records: %s). The first sync writes what it "
                "says, and what has changed since.",
                plan.count_created + plan.count_updated + plan.count_deleted,
            )
            written = ("outcome", "in", ("created", "updated", "deleted"))
            lines.append((text, "gateway.change", [mine, written]))
        dead = self.env._(
            "Records that can't be applied: %s. They become dead letters, and the others go on.",
            plan.count_dead,
        )
        held = self.env._(
            "Records that wait for a decision: %s. They become conflicts, and the others go on.",
            plan.count_held,
        )
        for count, text, outcome in (
            (plan.count_dead, dead, "dead"),
            (plan.count_held, held, "held"),
        ):
            if count:
                lines.append((text, "gateway.change", [mine, ("outcome", "=", outcome)]))
        return lines

    def _open_of_apply(self, plan):
        """What an apply left: the first sync carries what had moved, and nobody the others."""
        last, mine = plan.apply_ids[:1], ("connector_id", "=", self.id)
        is_open = [mine, ("state", "=", "open")]
        moved = self.env._(
            "Records of the plan that had moved and were not applied: %s. The first sync carries "
            "them as they are then.",
            last.count_moved,
        )
        letters = self.env._("Open dead letters: %s.", self.dead_letter_count)
        conflicts = self.env._("Open conflicts: %s.", self.conflict_count)
        return [
            (text, model, domain)
            for count, text, model, domain in (
                (last.count_moved, moved, "gateway.change", last._moved_domain()),
                (self.dead_letter_count, letters, "gateway.dead.letter", is_open),
                (self.conflict_count, conflicts, "gateway.conflict", is_open),
            )
            if count
        ]

    def _open_of_others(self):
        """Records of the plan that other connectors sync already."""
        lines = []
        for flow, model, ids in self._met_of(self.setup_plan_id.sudo()):
            for other, shared in self._shared_of(flow.entity, model, ids):
                text = self.env._(
                    "%(count)s of the records of Odoo that the shop meets (%(entity)s) are synced "
                    "with %(connector)s already: what this shop says of them goes on to it.",
                    count=len(shared),
                    entity=entity_label(self.env, flow.entity),
                    connector=self._name_of(other),
                )
                lines.append((text, model, [("id", "in", shared)]))
        return lines
