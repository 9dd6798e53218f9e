from odoo import api, fields, models


class GatewayTryDemo(models.TransientModel):
    """Says what the demo shop brings into which company, and would share, before it does."""

    _name = "gateway.try.demo"
    _description = "Try Gateway with a Demo Shop"

    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    shared_text = fields.Text(compute="_compute_shared")
    shared_connector_id = fields.Many2one("gateway.connector", compute="_compute_shared")

    @api.depends("company_id")
    def _compute_shared(self):
        self.company_id.check_access("read")  # of another one nothing is told
        for dialog in self:
            connectors = self.env["gateway.connector"]
            variants, others = connectors._shared_with_demo(dialog.company_id)
            dialog.shared_connector_id = others[:1].with_env(self.env)
            dialog.shared_text = dialog._told_shared(len(variants), others) if variants else False

    def _told_shared(self, count, connectors):
        if not connectors:
            return self.env._(
                "Odoo has the demo shop's products already (variants: %s). It would share them: "
                "they stay when the demo is removed, changed by it.",
                count,
            )
        return self.env._(
            "The demo shop's products are in Odoo already (variants: %(count)s), synced with "
            "%(connectors)s. Both shops would share them: what one says of them goes on to the "
            "other, and they stay when this demo is removed. Open that one, or try the demo in "
            "another database.",
            count=count,
            connectors=", ".join(connectors.mapped("name")),
        )

    def action_open_shared(self):
        """The connector that has the demo's products already."""
        self.ensure_one()
        self.company_id.check_access("read")
        return self.shared_connector_id._form_action()

    def action_try_demo(self):
        connectors = self.env["gateway.connector"].with_company(self.company_id)
        return connectors.action_try_demo()
