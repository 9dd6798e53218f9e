from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL


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

    def _refuse_while_stock_runs(self):
        """What a run settles after the change would be of the place that it was before."""
        flow = self._under_way("stock")
        if flow:
            raise UserError(
                self.env._(
                    "Stock of %s is being synced. Change the location map when the run is over.",
                    flow.connector_id.name,
                )
            )


class GatewayBinding(models.Model):
    """A line of the location map."""

    _inherit = "gateway.binding"

    def _inverse_location(self):
        places = self.filtered(lambda one: one.entity == "location")
        moved = {
            one: (one._levels_at(one.res_id), one._levels_at(one.location_id.id))
            for one in places
            if one.location_id.id != one.res_id
        }
        connectors = self.browse().concat(*moved).connector_id
        connectors._refuse_while_stock_runs()
        done = super()._inverse_location()
        for one, (old, new) in moved.items():
            one._move_levels(old, new)
        connectors._read_all_anew("stock")
        return done

    def _levels_at(self, place):
        """What ids of stock levels end with; where the shop's location is nothing in Odoo, they
        keep its own name, until it is something again."""
        return str(place) if place else f"shop:{self.remote_id}"

    def _move_levels(self, old, new):
        """The levels of this location of the shop are those of another place in Odoo, as that place
        has them: their opening balances were taken over once, and are not again."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE gateway_binding SET odoo_id = split_part(odoo_id, '@', 1) || '@' || %s,"
                " state = %s, base = NULL, digest_odoo = NULL, digest_remote = NULL,"
                " pending = NULL, decided = NULL, diverged = NULL"
                " WHERE connector_id = %s AND entity = 'stock' AND state = %s"
                " AND split_part(odoo_id, '@', 2) = %s",
                new,
                "bound" if new.isdigit() else "gone",
                self.connector_id.id,
                "bound" if old.isdigit() else "gone",
                old,
            )
        )
        self.invalidate_model()

    @api.constrains("entity", "connector_id", "res_id")
    def _check_location_map(self):
        for connector in self.filtered(lambda one: one.entity == "location").connector_id:
            problems = connector._location_problems()
            if problems:
                raise ValidationError(problems[0])
