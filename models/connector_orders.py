from odoo import fields, models


class GatewayConnector(models.Model):
    """What a connector sets for its orders."""

    _inherit = "gateway.connector"

    tax_rule_ids = fields.One2many("gateway.tax.rule", "connector_id", string="Tax rules")
    create_taxes = fields.Boolean(
        default=False,
        help="A tax of the shop that no rule knows and Odoo has not got is created as a sales tax, "
        "with a rule that shows it. Otherwise the order waits for a rule as a dead letter.",
    )
