from odoo import fields, models


class GatewayTryDemo(models.TransientModel):
    """Says what the demo shop brings into which company, before it does."""

    _name = "gateway.try.demo"
    _description = "Try Gateway with a Demo Shop"

    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)

    def action_try_demo(self):
        connectors = self.env["gateway.connector"].with_company(self.company_id)
        return connectors.action_try_demo()
