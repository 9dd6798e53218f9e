from odoo import fields, models

HELP = (
    "Records of which both sides had another value, and a conflict rule, or the connector's "
    "default where none names the field, let one side win. In a plan: would let."
)


class GatewayRun(models.Model):
    """How many records of a run were decided without asking: each has a line that says so."""

    _inherit = "gateway.run"

    count_decided = fields.Integer(string="Decided", compute="_compute_count_decided", help=HELP)

    def _compute_count_decided(self):
        mine = [("run_id", "in", self.ids), ("is_decided", "=", True)]
        counts = dict(self.env["gateway.change"]._read_group(mine, ["run_id"], ["__count"]))
        for run in self:
            run.count_decided = counts.get(run, 0)


class GatewayFlow(models.Model):
    _inherit = "gateway.flow"

    count_decided = fields.Integer(string="Decided", compute="_compute_count_decided", help=HELP)

    def _compute_count_decided(self):
        mine = [("run_id", "in", self.run_id.ids), ("is_decided", "=", True)]
        kind = ["run_id", "entity", "direction"]
        rows = self.env["gateway.change"]._read_group(mine, kind, ["__count"])
        counts = {(run, entity, direction): count for run, entity, direction, count in rows}
        for flow in self:
            flow.count_decided = counts.get((flow.run_id, flow.entity, flow.direction), 0)
