"""Quantities of a page of stock levels, and opening balances: grouped queries, none a row."""

from odoo.fields import Command, Domain

from .kits import held_and_leaving
from .stock_held import held_and_known
from .stock_leaving import leaving


class Locations:
    """The mapped locations and all below them. `remote_ids`: Odoo location id → remote id."""

    def __init__(self, env, remote_ids):
        self.env = env
        found = env["stock.location"].browse(remote_ids).exists()
        self.paths = {row.id: row.parent_path for row in found}
        self.ids = tuple(sorted(self.paths))

    def mapped(self, location):
        """Ids of the mapped locations that `location` is, or is below."""
        path = location.parent_path or ""
        return [id_ for id_, own in self.paths.items() if path.startswith(own)]

    def opened(self, pairs):
        """Those (product id, location id) pairs that have a quant or a done move."""
        if not pairs:
            return set()
        products = Domain("product_id", "in", list({product for product, _location in pairs}))
        places = list({location for _product, location in pairs})
        within = Domain("location_id", "child_of", places)
        out = set()
        groups = self.env["stock.quant"]._read_group(
            products & within, ["product_id", "location_id"]
        )
        for column in ("location_id", "location_dest_id"):
            done = products & Domain("state", "=", "done") & Domain(column, "child_of", places)
            groups += self.env["stock.move"]._read_group(done, ["product_id", column])
        for product, location in groups:
            out.update((product.id, id_) for id_ in self.mapped(location))
        return out & set(pairs)


class Levels:
    """The quantities of (product id, location id) pairs: read at once, three queries a location."""

    def __init__(self, env, connector, locations, pairs):
        self.env = env
        self.connector = connector
        self.locations = locations
        self._by_location = {}
        for product, location in pairs:
            self._by_location.setdefault(location, []).append(product)
        self._levels = {}
        products = {product for product, _location in pairs}
        self._buffer = connector.stock_buffer
        known = held_and_known(env, connector, products, list(self._by_location))
        going = leaving(env, connector, products, list(self._by_location))
        for pair, (held, sent) in held_and_leaving(
            env, connector, products, self._by_location
        ).items():
            known[pair], going[pair] = held, sent
        for location, products in self._by_location.items():
            for product, level in self._at(location, products).items():
                level["known"] = known.get((product, location), 0.0)
                level["leaving"] = going.get((product, location), 0.0)
                self._levels[product, location] = level

    def of(self, pair):
        return self._levels[pair]

    def _at(self, location, ids):
        """Odoo's own figures in this location and below it, in the product's unit."""
        products = self.env["product.product"].with_context(location=location).browse(ids)
        figures = products._compute_quantities_dict(None, None, None)
        return {
            id_: {
                "quantity": figure["qty_available"],
                "free": max(0.0, figure["free_qty"] - self._buffer),
                "reserved": figure["qty_available"] - figure["free_qty"],
                "forecast": figure["virtual_available"],
            }
            for id_, figure in figures.items()
        }


def adjust(env, connector, locations, wanted, name):
    """Make what is on hand at each (product id, location id) the quantity `wanted`: inventory moves
    called `name` between the product's inventory location and this one, all in one create and one
    validation."""
    levels = Levels(env, connector, locations, list(wanted))
    company = env["res.company"].browse(connector.company_id.id)
    products = env["product.product"].with_company(company)
    products.browse({product for product, _location in wanted}).fetch(["uom_id"])
    moves = []
    for (product_id, location_id), quantity in wanted.items():
        product = products.browse(product_id)
        missing = float(quantity or 0) - levels.of((product_id, location_id))["quantity"]
        if product.uom_id.is_zero(missing):
            continue
        ends = (product.property_stock_inventory.id, location_id)
        moves.append(
            _inventory_move(company, product, abs(missing), ends[:: 1 if missing > 0 else -1], name)
        )
    done = env["stock.move"].create(moves)._action_done()
    done._trigger_assign()  # orders that wait for these goods


def _inventory_move(company, product, quantity, ends, name):
    """ORM values of a counted move of `quantity` from the first of `ends` to the second."""
    place = {
        "product_id": product.id,
        "location_id": ends[0],
        "location_dest_id": ends[1],
        "company_id": company.id,
    }
    line = {**place, "product_uom_id": product.uom_id.id, "quantity": quantity}
    return {
        **place,
        "product_uom": product.uom_id.id,
        "product_uom_qty": quantity,
        "inventory_name": name,
        "state": "confirmed",
        "is_inventory": True,
        "picked": True,
        "move_line_ids": [Command.create(line)],
    }
