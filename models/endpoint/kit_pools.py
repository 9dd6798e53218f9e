"""Stock that kits and their components share: what is sold of the one is not offered as the other.

What the shop has sold and Odoo does not know yet is known to the shop alone. So a level names the
levels beside it whose sales count (`beside`, with what Odoo knows of each), and says how much of
which component each takes (`pools`); the mapping reads what the shop says of them.
"""

from decimal import Decimal

from odoo.tools import SQL

from .columns import to_decimal
from .kit_shares import has_kits
from .kits import PARTS, flush_recipes

#: Digits of how much of a component one kit takes.
_SHARE = (24, 12)


class Recipes:
    """Kit id → {component id: how much of it, in its own unit, one kit takes}: of the kits among
    `products` and of all bound kits that share a component with any of them."""

    def __init__(self, env, connector, products=()):
        self._env = env(su=True)
        self._connector = connector
        self.of = {}
        if products and has_kits(env):
            flush_recipes(env)
            own = self._parts(SQL("kit IN %s", tuple(products)))
            components = {part for _kit, part in own} | set(products)
            kin = self._parts(SQL("component IN %s", tuple(components)))
            self.of = self._taken({kit for kit, _part in own + kin})

    def _parts(self, which):
        """(kit, component) of recipes of kits that the connector has bound."""
        return self._env.execute_query(
            SQL(
                "%s SELECT kit, component FROM part WHERE %s AND EXISTS (SELECT FROM"
                " gateway_binding b WHERE b.connector_id = %s AND b.entity = 'variant'"
                " AND b.state = 'bound' AND b.odoo_id = part.kit::varchar)",
                SQL(PARTS),
                which,
                self._connector.id,
            )
        )

    def _taken(self, kits):
        """By Odoo's own reckoning: what is not tracked limits nothing."""
        company = self._connector.company_id
        products = self._env["product.product"].with_company(company).browse(sorted(kits))
        recipes = self._env["mrp.bom"]._bom_find(
            products, company_id=company.id, bom_type="phantom"
        )
        found = {}
        for kit in products.filtered(lambda one: recipes.get(one)):
            taken = {}
            for line, told in recipes[kit].explode(kit, 1)[1]:
                part = line.product_id
                if part.is_storable and told["qty"]:
                    one = told["qty"] / told["original_qty"] / recipes[kit].product_qty
                    units = line.product_uom_id._compute_quantity(one, part.uom_id, round=False)
                    taken[part.id] = taken.get(part.id, 0.0) + units
            found[kit.id] = taken
        return found

    def needed(self):
        """All products whose sales or stock play a part."""
        return {id_ for kit, taken in self.of.items() for id_ in (kit, *taken)}

    def takers(self, component):
        """Product id → how much of the component one of it takes; itself among them."""
        kits = {kit: taken[component] for kit, taken in self.of.items() if component in taken}
        return {component: 1.0, **kits}

    def limits(self, product):
        """Component id → how much of it one of the product takes; none where nothing is shared."""
        if product in self.of:
            return self.of[product]
        return {product: 1.0} if len(self.takers(product)) > 1 else {}


def pools(recipes, levels, pair, buffer):
    """(pools, beside) of one level. A pool: what is `left` of a component for this product, how
    much of it one takes (`per`), and who else `takes` how much of it: [[level, units]]. `beside`:
    level → what Odoo knows of the shop's sales of it. `levels.of(pair)` has the figures."""
    product, location = pair
    found, beside = [], {}
    for component, per in recipes.limits(product).items():
        level, takers = levels.of((component, location)), recipes.takers(component)
        left = level["quantity"] - level["reserved"] - buffer * per
        takes = []
        for taker, units in sorted(takers.items()):
            told = levels.of((taker, location))
            key = f"{taker}@{location}"
            left -= told["leaving"] * units
            takes.append([key, _exact(units)])
            beside[key] = to_decimal(told["known"])
        found.append({"left": to_decimal(left), "per": _exact(per), "takes": takes})
    return found, beside


def _exact(units):
    return to_decimal(units, _SHARE) or Decimal(0)
