from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .connector_schedules import CRON_PARAMETER, DEFAULT_CRON


class ResConfigSettings(models.TransientModel):
    """Defaults for new connectors, and how the work is done in this database."""

    _inherit = "res.config.settings"

    gateway_default_cron = fields.Char(
        string="Default schedule",
        config_parameter=CRON_PARAMETER,
        default=DEFAULT_CRON,
        help="What a connector's entities get when it goes live.",
    )
    gateway_default_cron_preview = fields.Char(compute="_compute_gateway_default_cron_preview")
    gateway_has_job_runner = fields.Boolean(compute="_compute_gateway_counts")
    gateway_connector_count = fields.Integer(
        string="Connectors set up", compute="_compute_gateway_counts"
    )
    default_overlap = fields.Integer(
        default_model="gateway.connector", string="Overlap (seconds)", default=120
    )
    default_retry_count = fields.Integer(
        default_model="gateway.connector", string="Retries", default=4
    )
    default_stock_buffer = fields.Float(
        default_model="gateway.connector", string="Safety buffer", digits="Product Unit"
    )
    default_order_confirm = fields.Boolean(
        default_model="gateway.connector", string="Confirm orders", default=True
    )

    @api.depends("gateway_default_cron")
    def _compute_gateway_default_cron_preview(self):
        for settings in self:
            line = self.env["gateway.schedule"].new(
                {"cron": settings.gateway_default_cron, "tz": "UTC", "is_on": True}
            )
            settings.gateway_default_cron_preview = line._in_words()

    def _compute_gateway_counts(self):
        self.gateway_has_job_runner = self.env["gateway.run"]._has_job_runner()
        self.gateway_connector_count = self.env["gateway.connector"].search_count([])

    @api.constrains("gateway_default_cron")
    def _check_gateway_default_cron(self):
        for settings in self.filtered("gateway_default_cron"):
            line = self.env["gateway.schedule"].new(
                {"cron": settings.gateway_default_cron, "tz": "UTC", "is_on": True}
            )
            if not line._next_after(fields.Datetime.now()):
                raise ValidationError(
                    self.env._("«%s» is no cron expression.", settings.gateway_default_cron)
                )
