from odoo import fields, models

from .limit import RATE_HELP


class GatewayWorkspace(models.Model):
    """A limit that all connectors of a workspace share."""

    _inherit = "gateway.workspace"

    request_rate = fields.Float(
        string="Requests a second", help=f"To all shops of this workspace. {RATE_HELP}"
    )
