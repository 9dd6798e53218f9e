from fnmatch import fnmatchcase

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: account.tax.amount has four decimals, and so have the shops' rates in percent.
DIGITS = (16, 4)


class GatewayTaxRule(models.Model):
    """Which sales tax a shop's tax is: the first rule that matches rate, country and name."""

    _name = "gateway.tax.rule"
    _description = "Gateway Tax Rule"
    _inherit = ["gateway.own.company"]
    _order = "sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    connector_id = fields.Many2one(
        "gateway.connector",
        check_company=True,
        ondelete="cascade",
        index=True,
        help="Empty: for all shops of the company.",
    )
    rate = fields.Float(
        string="Rate (%)", digits=DIGITS, help="The shop's rate in percent. 0: any rate."
    )
    country_id = fields.Many2one(
        "res.country",
        help="Where the tax is due: as the shop says, else where it is shipped to. Empty: any.",
    )
    name_pattern = fields.Char(
        string="Name",
        required=True,
        default="*",
        help="A glob over the shop's name of the tax, upper and lower case alike: «vat*», "
        "«*reduced*». The first rule that matches decides.",
    )
    tax_id = fields.Many2one(
        "account.tax",
        string="Odoo tax",
        required=True,
        check_company=True,
        ondelete="restrict",
        domain="[('type_tax_use', '=', 'sale'), ('amount_type', '=', 'percent')]",
        help="Charged with the shop's amounts, to the cent, whatever its own percentage is.",
    )
    included = fields.Boolean(
        string="Included in prices",
        related="tax_id.price_include",
        help="The rule is for orders whose prices hold their taxes, or for those whose do not, as "
        "its tax is.",
    )
    by_sync = fields.Boolean(
        string="Made by a sync", readonly=True, help="Its tax was created because it was missing."
    )

    @api.depends("rate", "country_id", "name_pattern", "tax_id")
    def _compute_display_name(self):
        for rule in self:
            rate = f"{rule.rate:g} %" if rule.rate else self.env._("any rate")
            said = (rate, rule.country_id.code, rule.name_pattern)
            rule.display_name = f"{' '.join(one for one in said if one)} → {rule.tax_id.name}"

    @api.constrains("tax_id")
    def _check_tax(self):
        for rule in self:
            if rule.tax_id.type_tax_use != "sale" or rule.tax_id.amount_type != "percent":
                raise ValidationError(
                    self.env._(
                        "%s is no sales tax in percent: choose one, or create it.",
                        rule.tax_id.display_name,
                    )
                )

    @api.constrains("rate")
    def _check_rate(self):
        if any(rule.rate < 0 for rule in self):
            raise ValidationError(self.env._("A tax rate is not negative."))

    @api.model
    def _of(self, connector):
        """The rules for orders of `connector`, its own before the company's, in order."""
        rules = self.search(
            [
                ("company_id", "=", connector.company_id.id),
                ("connector_id", "in", (False, connector.id)),
                ("tax_id.active", "=", True),
            ]
        )
        return rules.sorted(lambda rule: (not rule.connector_id, rule.sequence, rule.id))

    def _matches(self, rate, name, country, included):
        """Whether it decides for a tax of `rate` percent (a float), due in `country` (its code)."""
        self.ensure_one()
        return (
            self.included == included
            and (not self.rate or abs(self.rate - rate) < 0.00005)
            and (not self.country_id or self.country_id.code == (country or "").upper())
            and fnmatchcase((name or "").strip().casefold(), self.name_pattern.strip().casefold())
        )
