from odoo import fields, models


class GatewayRun(models.Model):
    """Looking for deletes at once, and what a manager does about those that the guard kept."""

    _inherit = "gateway.run"

    looks_for_deletes = fields.Boolean(
        string="Looks for deletes",
        readonly=True,
        help="Which of the bound records are gone is asked, due or not.",
    )
    guarded = fields.Integer(
        string="Kept by the guard",
        compute="_compute_guarded",
        help="Records that are gone from one side, and more than the guard lets pass.",
    )

    def _compute_guarded(self):
        for run in self:
            run.guarded = sum(run.sudo().flow_ids.mapped("guarded"))

    def action_let_go(self):
        """Look once more, and let these deletes pass."""
        self.ensure_one()
        connector = self.connector_id
        connector.check_access("write")
        kept = self.sudo().flow_ids.filtered("guarded")
        run = self.sudo()._start(connector, [(f.entity, f.direction) for f in kept], False)
        run.looks_for_deletes = True
        run.flow_ids.lets_go = True
        told = {(flow.entity, flow.direction): flow.guarded for flow in kept}
        for flow in run.flow_ids:
            flow.let_go = told[flow.entity, flow.direction]
        for flow in kept:
            flow._watermark().swept = False
        names = ", ".join(kept.mapped("display_name"))
        connector.message_post(body=self.env._("Let go what the guard kept: %s", names))
        run._enqueue()
        return run._action_form()
