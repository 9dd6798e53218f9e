from odoo import api, models
from odoo.exceptions import ValidationError


class GatewayConnector(models.Model):
    """What a location map must be, so that no number is offered twice: a warehouse a location."""

    _inherit = "gateway.connector"

    def _location_problems(self):
        """[what is wrong with the map]: what is sold and sent goes by warehouses, so a location
        that is not the stock of one, or of another one's, has numbers that are not there."""
        rows = self.sudo().location_ids
        places = rows.location_id.exists()
        rows = rows.filtered(lambda row: row.location_id in places)
        stock = (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id", "=", self.company_id.id)])
            .lot_stock_id
        )
        problems = [self._not_a_stock(row) for row in rows if row.location_id not in stock]
        for position, one in enumerate(rows):
            for other in rows[position + 1 :]:
                paths = sorted((one.location_id.parent_path, other.location_id.parent_path))
                if paths[1].startswith(paths[0]):
                    problems.append(self._not_apart(one, other))
        return problems

    def _not_a_stock(self, row):
        return self.env._(
            "The shop's location %(shop)s can't be %(place)s, for it is no warehouse's stock: "
            "orders are reserved and sent by warehouses. Choose the stock location of a warehouse, "
            "and make a warehouse for it in Inventory › Configuration where there is none.",
            shop=row.remote_name,
            place=row.location_id.complete_name,
        )

    def _not_apart(self, one, other):
        return self.env._(
            "The shop's locations %(one)s and %(other)s share the goods of %(place)s, which would "
            "be offered twice. Choose the stock locations of two warehouses, neither within the "
            "other, or leave one of them empty.",
            one=one.remote_name,
            other=other.remote_name,
            place=max(
                one.location_id, other.location_id, key=lambda place: len(place.parent_path)
            ).complete_name,
        )


class GatewayBinding(models.Model):
    """A line of the location map."""

    _inherit = "gateway.binding"

    @api.constrains("entity", "connector_id", "res_id")
    def _check_location_map(self):
        for connector in self.filtered(lambda one: one.entity == "location").connector_id:
            problems = connector._location_problems()
            if problems:
                raise ValidationError(problems[0])
