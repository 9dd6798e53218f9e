from odoo import fields, models


class GatewayWorkspace(models.Model):
    """A tenant inside a company: owns connectors, mappings, limits and members."""

    _name = "gateway.workspace"
    _description = "Gateway Workspace"
    _inherit = ["gateway.own.company"]
    _order = "name"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    connector_ids = fields.One2many("gateway.connector", "workspace_id")
    member_ids = fields.Many2many(
        "res.users",
        string="Members",
        help="Who works with this workspace. Empty: everybody of the company with a gateway role.",
    )
    active = fields.Boolean(default=True)

    _name_unique = models.Constraint(
        "UNIQUE (company_id, name)", "A company's workspaces have different names."
    )
