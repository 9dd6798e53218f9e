"""The warehouse that a demo shop brings for each of its locations but the first."""

from odoo import models

from .guarded import BySync, is_by_sync

#: Context of a warehouse that switches no screens on.
QUIET = "gateway_quiet_warehouse"


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    def _check_multiwarehouse_group(self):
        """Odoo shows everybody locations and warehouses once there are two; a demo must not."""
        if is_by_sync(self.env, QUIET):
            return None
        return super()._check_multiwarehouse_group()

    def _make_quiet(self, company, name):
        """A warehouse of this name, or one like it where it is taken."""
        taken = self.with_context(active_test=False).search([("company_id", "=", company.id)])
        names, codes = set(taken.mapped("name")), set(taken.mapped("code"))
        numbers = range(2, len(taken) + 3)
        free = (one for one in (name, *(f"{name} {k}" for k in numbers)) if one not in names)
        return self.with_context(**{QUIET: BySync}).create(
            {
                "name": next(free),
                "code": next(code for k in numbers if (code := f"GW{k - 1}") not in codes),
                "company_id": company.id,
                "partner_id": False,
            }
        )

    def _made_with_it(self):
        """Recordsets of what Odoo makes along with warehouses, themselves included."""
        every = self.with_context(active_test=False)
        mine = [("warehouse_id", "in", every.ids)]
        types = every.env["stock.picking.type"].search(mine)
        rules = every.env["stock.rule"].search(mine)
        routes = every.reception_route_id | every.delivery_route_id | every.resupply_route_ids
        places = [("id", "child_of", every.view_location_id.ids)]
        locations = every.env["stock.location"].search(places if every else [("id", "=", 0)])
        return rules, types, every.exists(), routes, types.sequence_id, locations
