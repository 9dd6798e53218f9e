from odoo import fields, models
from odoo.fields import NO_ACCESS


class GatewayDemoLeft(models.TransientModel):
    """Records of one kind that stay of a demo shop that was removed, for something else uses them:
    all of them, to be looked at."""

    _name = "gateway.demo.left"
    _description = "What Stays of a Demo Shop"
    _order = "id"

    name = fields.Char(string="Kind", readonly=True)
    model = fields.Char(readonly=True, groups=NO_ACCESS)
    record_ids = fields.Json(readonly=True, groups=NO_ACCESS)
    count = fields.Integer(string="Records", readonly=True)
    names = fields.Text(string="Which", readonly=True)

    def _keep(self, kinds):
        """Of record sets, one line each; the action that shows them."""
        lines = self.sudo().create(
            [
                {
                    "name": self.env["ir.model"]._get(records._name).name,
                    "model": records._name,
                    "record_ids": records.ids,
                    "count": len(records),
                    "names": " · ".join(records.mapped("display_name")),
                }
                for records in kinds
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What stays of the demo shop"),
            "res_model": self._name,
            "views": [(False, "list")],
            "domain": [("id", "in", lines.ids)],
            "target": "main",
        }

    def action_open(self):
        self.ensure_one()
        self.check_access("read")
        line = self.sudo()
        return {
            "type": "ir.actions.act_window",
            "name": line.name,
            "res_model": line.model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", line.record_ids)],
            "context": {"active_test": False},
        }
