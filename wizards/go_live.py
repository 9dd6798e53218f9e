from odoo import fields, models
from odoo.fields import NO_ACCESS


class GatewayGoLive(models.TransientModel):
    """What is open when a connector is about to go live, with its numbers, before it does."""

    _name = "gateway.go.live"
    _description = "Before a Connector Goes Live"

    connector_id = fields.Many2one("gateway.connector", readonly=True, required=True)
    line_ids = fields.One2many("gateway.go.live.line", "dialog_id", readonly=True)

    def _ask(self, connector, lines):
        """A dialog of (text, model, domain) each."""
        return self.sudo().create(
            {
                "connector_id": connector.id,
                "line_ids": [
                    fields.Command.create({"text": text, "model": model, "domain": domain})
                    for text, model, domain in lines
                ],
            }
        )

    def action_go(self):
        self.ensure_one()
        return self.connector_id._go_live()


class GatewayGoLiveLine(models.TransientModel):
    """One thing that is open, and the list of what it is about."""

    _name = "gateway.go.live.line"
    _description = "What Is Open Before a Connector Goes Live"
    _order = "id"

    dialog_id = fields.Many2one("gateway.go.live", required=True, ondelete="cascade", index=True)
    text = fields.Text(readonly=True)
    model = fields.Char(readonly=True)
    domain = fields.Json(readonly=True, groups=NO_ACCESS)

    def action_open(self):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(self.model).name,
            "res_model": self.model,
            "views": [(False, "list"), (False, "form")],
            "domain": self.sudo().domain,
            "context": {"active_test": False, "create": False},
        }
