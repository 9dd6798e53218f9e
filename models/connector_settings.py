from odoo import api, fields, models


class GatewayConnector(models.Model):
    """What the settings of a connector mean, where their names do not say it."""

    _inherit = "gateway.connector"

    company_id = fields.Many2one(
        help="Everything that comes from the shop belongs to this company; nothing of another one "
        "is sent to it."
    )
    workspace_id = fields.Many2one(
        tracking=True,
        help="Who works with this connector, which mappings apply, and which limit it shares.",
    )
    user_id = fields.Many2one(
        help="All records are read and written with this user's access rights, whoever presses the "
        "button. Give the shop a user of its own."
    )
    is_user_administrator = fields.Boolean(
        compute="_compute_is_user_administrator", compute_sudo=True
    )
    lang = fields.Selection(
        tracking=True,
        help="Names and descriptions are read and written in this language of Odoo's.",
    )
    team_id = fields.Many2one(tracking=True, help="Orders of the shop are this team's.")
    warehouse_id = fields.Many2one(
        tracking=True,
        help="Orders are shipped from here where the shop names no location that is mapped.",
    )
    pricelist_id = fields.Many2one(tracking=True)
    sale_pricelist_id = fields.Many2one(tracking=True)
    order_confirm = fields.Boolean(tracking=True)
    create_taxes = fields.Boolean(tracking=True)
    overlap = fields.Integer(tracking=True)
    max_attempts = fields.Integer(tracking=True)
    shipping_product_id = fields.Many2one(
        help="Stands on the order lines for shipping. Empty: the product «Shipping» of this module."
    )
    strategy = fields.Selection(
        help="Who wins where both sides changed a field since they last agreed, and no rule "
        "matches it."
    )
    queue_limit = fields.Integer(
        tracking=True,
        help="With so many pages waiting to be settled the connector is paused, loudly, instead of "
        "reading on while nobody does the work.",
    )

    @api.depends("user_id")
    def _compute_is_user_administrator(self):
        for connector in self:
            connector.is_user_administrator = connector.user_id._is_system()
