from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib.rules import Rule

AUTHORITIES = [
    ("odoo", "Odoo"),
    ("shop", "The shop"),
    ("none", "Nobody: stock is not synced"),
]
#: What the shop's authority takes out of the hands of the usual conflict rules.
OWNED = Rule("product.product.quantity", "remote", restore=True)


class GatewayConnector(models.Model):
    """Who says how much there is: stock has one authority."""

    _inherit = "gateway.connector"

    stock_authority = fields.Selection(
        AUTHORITIES,
        string="Stock authority",
        required=True,
        default="odoo",
        tracking=True,
        help="Odoo: the shop's quantities are taken over once, as opening balances; from then on "
        "the shop is told what is free here. The shop: each change of a quantity there becomes an "
        "inventory adjustment here, and nothing is told to the shop.",
    )
    stock_buffer = fields.Float(
        string="Safety buffer",
        digits="Product Unit",
        tracking=True,
        help="The shop is told this much less than is free, for each variant at each location, and "
        "never less than nothing: what is left when two customers buy the last one at once.",
    )

    @api.constrains("stock_buffer")
    def _check_stock_buffer(self):
        for connector in self:
            if connector.stock_buffer < 0:
                raise ValidationError(
                    self.env._("%s: a safety buffer is 0 or more.", connector.name)
                )

    def write(self, vals):
        done = super().write(vals)
        if {"stock_authority", "stock_buffer"} & vals.keys():
            self._look_at_all_stock()
        return done

    def _look_at_all_stock(self):
        """Levels that did not change are to be told anew by what holds from now on."""
        self.env["gateway.watermark"]._read_anew(self, "stock")

    def _flows_to_run(self, entities=None, direction="both"):
        flows = super()._flows_to_run(entities, direction)
        closed = {
            "odoo": set(),
            "shop": {("stock", "export")},
            "none": {("stock", "export"), ("stock", "import")},
        }[self.stock_authority]
        return [flow for flow in flows if flow not in closed]

    def _flow(self, entity, direction, *args, **kwargs):
        version, flow = super()._flow(entity, direction, *args, **kwargs)
        if entity == "stock" and self.stock_authority == "shop":
            strategy = replace(flow.strategy, rules=(OWNED, *flow.strategy.rules))
            flow = replace(flow, strategy=strategy)
        return version, flow
