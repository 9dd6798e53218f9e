from odoo import api, fields, models


class GatewayConnector(models.Model):
    """Two connectors on one warehouse, where a shop says how much there is: it isn't told what the
    other one sells, and its next number overwrites it. Where Odoo says so, all are told."""

    _inherit = "gateway.connector"

    stock_risk = fields.Text(compute="_compute_stock_risk")

    @api.depends(
        "stock_authority",
        "warehouse_id",
        "company_id",
        "location_ids.location_id",
        "schedule_ids.is_on",
    )
    @api.depends_context("lang", "uid")
    def _compute_stock_risk(self):
        for connector in self:
            connector.stock_risk = "\n".join(connector._stock_risks()) or False

    def _stock_risks(self):
        """[a sentence for each other connector that shares a warehouse at a risk]."""
        self.ensure_one()
        me, same = self.sudo(), [("company_id", "=", self.company_id.id)]
        others = me.search([*same, ("id", "not in", self._origin.ids)])
        risks = (self._stock_risk(me, other) for other in others)
        return [risk for risk in risks if risk]

    def _stock_risk(self, me, other):
        counted = me._counted_in(), other._counted_in()
        both = counted[0] & counted[1]
        if both:
            return self.env._(
                "Here and in «%(other)s» the shop is the stock authority of %(places)s, so each "
                "overwrites the other's quantities. Make Odoo the stock authority of both, or "
                "give each a warehouse of its own.",
                other=self._name_of(other),
                places=", ".join(both.mapped("display_name")),
            )
        for owner, seller, places in (
            (me, other, counted[0] & other._sold_from()),
            (other, me, counted[1] & me._sold_from()),
        ):
            if places:
                return self._told_risk(owner, seller, places)
        return None

    def _told_risk(self, owner, seller, places):
        return self.env._(
            "The shop of «%(owner)s» is the stock authority of %(places)s and is not told what "
            "«%(seller)s» sells from there, so goods can be sold twice. Make Odoo the stock "
            "authority of both, or give each a warehouse of its own.",
            owner=self._name_of(owner._origin),
            seller=self._name_of(seller._origin),
            places=", ".join(places.mapped("display_name")),
        )

    def _counted_in(self):
        """Warehouses whose quantities the shop says."""
        if self.stock_authority != "shop" or not self._is_on("stock", "import"):
            return self.env["stock.warehouse"]
        return self.location_ids.location_id.warehouse_id

    def _sold_from(self):
        """Warehouses whose goods the shop sells: orders go from there, or it is told of them."""
        houses = self.location_ids.location_id.warehouse_id
        if self._is_on("order", "import"):
            return houses | self.warehouse_id._origin
        offers = self.stock_authority == "odoo" and self._is_on("stock", "export")
        return houses if offers else houses.browse()

    def _is_on(self, entity, direction):
        lines = self.schedule_ids.filtered(
            lambda line: (line.entity, line.direction) == (entity, direction)
        )
        return any(lines.mapped("is_on"))
