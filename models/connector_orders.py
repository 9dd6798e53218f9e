from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib.platforms import platform


def _product(label, sentence):
    return fields.Many2one(
        "product.product",
        string=label,
        domain=[("type", "=", "service")],
        check_company=True,
        help=f"{sentence} Empty: a product of the gateway's own.",
    )


class GatewayConnector(models.Model):
    """What a connector sets for its orders."""

    _inherit = "gateway.connector"

    tax_rule_ids = fields.One2many("gateway.tax.rule", "connector_id", string="Tax rules")
    create_taxes = fields.Boolean(
        default=False,
        help="A tax of the shop that no rule knows and Odoo has not got is created as a sales tax, "
        "with a rule that shows it. Otherwise the order waits for a rule as a dead letter.",
    )
    workflow_ids = fields.One2many(
        "gateway.order.workflow", "connector_id", string="Order workflow", copy=True
    )
    fee_product_id = _product("Fee product", "On the lines for fees, negative ones too.")
    tip_product_id = _product("Tip product", "On the lines for tips.")
    duty_product_id = _product("Duty product", "On the lines for duties.")
    charge_product_id = _product("Other charges product", "On the lines for other charges.")
    gift_card_product_id = _product(
        "Gift card product",
        "On the lines of gift cards that are sold. A redeemed one is a payment.",
    )
    deleted_product_id = fields.Many2one(
        "product.product",
        string="Product for deleted ones",
        check_company=True,
        help="On order lines whose product is deleted at the shop, with the line's own text. "
        "Empty: such orders are dead letters.",
    )
    refund_product_id = _product(
        "Refund product", "On credit notes, for what was given back on no line."
    )
    order_user_id = fields.Many2one(
        "res.users",
        string="Responsible for orders",
        help="Is told by an activity what the shop changed and Odoo can't follow. Empty: the sales "
        "person of the order, else the integration user.",
    )
    refund_invoiced = fields.Selection(
        [("credit_note", "A draft credit note"), ("activity", "An activity")],
        string="Refund of an invoiced order",
        required=True,
        default="credit_note",
        help="A draft is posted by a person. An activity tells the responsible what to do.",
    )
    refund_open = fields.Selection(
        [("reduce", "Taken off the order"), ("activity", "An activity")],
        string="Refund before the invoice",
        required=True,
        default="reduce",
        help="Taken off the lines as far as they have not been delivered; the rest is an activity.",
    )
    refund_restock = fields.Selection(
        [
            ("return", "A return transfer to be received"),
            ("done", "A return transfer, received at once"),
            ("none", "Nothing"),
        ],
        string="Goods that come back",
        required=True,
        default="return",
        help="For what the shop restocks of goods that Odoo has delivered.",
    )
    order_export = fields.Selection(
        [("flag", "Those marked on the order"), ("team", "All of the sales team")],
        string="Orders for the shop",
        required=True,
        default="flag",
        help="Which confirmed orders made in Odoo are created in the shop, where its platform and "
        "mappings allow it. Orders of other shops never are.",
    )
    refund_export = fields.Selection(
        [
            ("none", "Not sent: a person gives the money back"),
            ("record", "Recorded in the shop, no money is moved"),
            ("pay", "Paid by the shop, by the order's payment method"),
        ],
        string="Refunds of Odoo",
        required=True,
        default="none",
        tracking=True,
        help="What becomes of a credit note of an order of the shop, by what is set here when it "
        "is posted. Recorded: the shop notes the refund and moves no money; give it back yourself. "
        "Shopify shows it as owed to the customer, unless the order was paid by a manual payment "
        "method. Paid: the shop sends the money back to the customer at once, by the payment "
        "method of the order; this can't be undone. Goods are never restocked by it.",
    )
    return_export = fields.Selection(
        [
            ("none", "Not sent: the shop is told of the stock alone"),
            ("record", "Recorded in the shop, which restocks nothing"),
        ],
        string="Returns of Odoo",
        required=True,
        default="none",
        tracking=True,
        help="What becomes of a return transfer of an order of the shop, by what is set here when "
        "it is validated. Recorded: the shop notes a return, and closes it. No money is given back "
        "by it, and the goods are in the shop's stock by the stock that Odoo exports.",
    )
    takes_returns = fields.Boolean(compute="_compute_takes_returns")
    rounding_product_id = _product("Rounding product", "On the rounding line, where it is allowed.")
    rounding_limit = fields.Float(
        string="Rounding up to",
        digits=(16, 4),
        help="An order whose total differs from the shop's by no more than this, in its currency, "
        "gets a rounding line without tax. 0: it never does, and stops with the difference told.",
    )

    @api.depends("platform")
    def _compute_takes_returns(self):
        for connector in self:
            known = platform(connector.platform) if connector.platform else None
            order = known.entity_infos.get("order") if known else None
            returns = order.fields.get("returns") if order else None
            connector.takes_returns = bool(returns and returns.writable)

    def _remote_settings(self):
        return super()._remote_settings() | {"returns": self.return_export != "none"}

    @api.constrains("rounding_limit")
    def _check_rounding_limit(self):
        if any(connector.rounding_limit < 0 for connector in self):
            raise ValidationError(self.env._("A rounding limit is not negative."))
