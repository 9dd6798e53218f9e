from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """Quantities the shop has fulfilled itself, and the money as the shop gave it."""

    _inherit = "sale.order.line"

    gateway_fulfilled_qty = fields.Float(
        string="Fulfilled at the Shop",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Fulfilled before the stock was opened: counts as delivered and moves no stock.",
    )
    gateway_shop_fulfilled_qty = fields.Float(
        string="Shop Says Fulfilled",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="What the shop says is fulfilled now, whoever did it. For information: what Odoo "
        "delivers itself is in it too once the shop knows.",
    )
    gateway_unfulfilled_qty = fields.Float(
        string="Shop Says Unfulfilled",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="What the shop still holds back for this order: sold, and known to Odoo.",
    )
    gateway_charge = fields.Selection(
        [
            ("fee", "Fee"),
            ("tip", "Tip"),
            ("duty", "Duty"),
            ("other", "Other charge"),
            ("rounding", "Rounding"),
        ],
        string="Charge",
        readonly=True,
        help="What the line charges besides goods and shipping.",
    )
    gateway_money = fields.Json(
        copy=False, help="Price, discount and taxes as the shop gave them, and as written here."
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        # Its default of 0 keeps Odoo from computing what is delivered of a new line.
        fulfilled = lines.filtered("gateway_fulfilled_qty")
        self.env.add_to_compute(self._fields["qty_delivered"], fulfilled)
        return lines

    @api.depends("gateway_fulfilled_qty")
    def _compute_qty_delivered(self):
        return super()._compute_qty_delivered()

    def _prepare_qty_delivered(self):
        delivered = super()._prepare_qty_delivered()
        for line in self:
            if line.gateway_fulfilled_qty and line.qty_delivered_method == "stock_move":
                delivered[line] += line.gateway_fulfilled_qty
        return delivered

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        done = super()._get_qty_procurement(previous_product_uom_qty)
        return done + self.gateway_fulfilled_qty
