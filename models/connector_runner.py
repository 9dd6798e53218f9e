from odoo import fields, models


class GatewayConnector(models.Model):
    """Whether a job runner does this database's work, for the banner that says what to set."""

    _inherit = "gateway.connector"

    has_job_runner = fields.Boolean(compute="_compute_has_job_runner")

    def _compute_has_job_runner(self):
        self.has_job_runner = self.env["gateway.run"]._has_job_runner()
