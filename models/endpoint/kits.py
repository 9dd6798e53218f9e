"""Kits: products that are sold as one and move as their components (`mrp`, where it is installed).

A kit has no stock and no moves of its own: its order line has its components' moves
(`kit_shares.py`).
"""

from odoo.fields import Domain
from odoo.tools import SQL

from .kit_shares import has_kits, sums, whole
from .stock_leaving import LEAVING_READS

#: (kit, component) of every recipe of the kind «kit», through kits within kits; more rather than
#: fewer (a line may be for some variants alone).
PARTS = """
    WITH RECURSIVE recipe(kit, component, t) AS (
        SELECT product.id, line.product_id, greatest(bom.write_date, line.write_date)
          FROM mrp_bom bom
          JOIN mrp_bom_line line ON line.bom_id = bom.id
          JOIN product_product product ON product.product_tmpl_id = bom.product_tmpl_id
               AND (bom.product_id IS NULL OR bom.product_id = product.id)
         WHERE bom.type = 'phantom' AND bom.active
    ), part(kit, component, t) AS (
        SELECT kit, component, t FROM recipe
        UNION
        SELECT part.kit, recipe.component, greatest(part.t, recipe.t)
          FROM part JOIN recipe ON recipe.kit = part.component
    )
"""

#: Lines of the shop's orders of which it holds something back or has sent more than Odoo has.
_OPEN = """
    SELECT line.id
      FROM gateway_binding bound
      JOIN sale_order_line line ON line.order_id = bound.odoo_id::bigint
     WHERE bound.connector_id = %(connector)s AND bound.entity = 'order'
       AND bound.odoo_id ~ '^[0-9]+$'
       AND line.state IN ('draft', 'sent', 'sale') AND line.product_id IN %(products)s
       AND (line.gateway_unfulfilled_qty > 0
            OR line.qty_delivered < least(line.gateway_shop_fulfilled_qty, line.product_uom_qty))
"""


def flush_recipes(env):
    env["mrp.bom"].flush_model(["type", "active", "product_id", "product_tmpl_id"])
    env["mrp.bom.line"].flush_model(["bom_id", "product_id"])
    env["product.template"].flush_model(["is_storable"])


def kit_sources(env, sources, sold, bits, locations):
    """Change sources of kits' levels: what touches a component's level, and the recipes; and of
    components' levels: what was `sold` of their kits.

    `sources`: of levels, as `sold` is, (row, time); a row is the product in the high bits, the
    location in the low `bits` ones.
    """
    if not has_kits(env):
        return []
    flush_recipes(env)
    mask = (1 << bits) - 1
    return [
        *(
            SQL(
                "%s SELECT (part.kit::bigint << %s) | (source.row_id & %s), source.t"
                " FROM (%s) AS source(row_id, t) JOIN part ON part.component = source.row_id >> %s",
                SQL(PARTS),
                bits,
                mask,
                source,
                bits,
            )
            for source in sources
        ),
        *(
            SQL(
                "%s SELECT (part.component::bigint << %s) | (source.row_id & %s), source.t"
                " FROM (%s) AS source(row_id, t) JOIN part ON part.kit = source.row_id >> %s",
                SQL(PARTS),
                bits,
                mask,
                source,
                bits,
            )
            for source in ([sold] if sold else ())
        ),
        SQL(
            "%s SELECT (part.kit::bigint << %s) | place.id, part.t"
            " FROM part JOIN stock_location place ON place.id IN %s",
            SQL(PARTS),
            bits,
            locations,
        ),
        SQL(
            "%s SELECT (told.kit::bigint << %s) | place.id, bom.write_date FROM ("
            " SELECT kit, component FROM part UNION SELECT id, id FROM product_product"
            ") AS told(kit, component) JOIN product_product product ON product.id = told.component"
            " JOIN mrp_bom bom ON bom.product_tmpl_id = product.product_tmpl_id"
            " JOIN stock_location place ON place.id IN %s",
            SQL(PARTS),
            bits,
            locations,
        ),
    ]


def stocked_kits(env):
    """Domain of the kits that Odoo can count: of services and goods that are not tracked there are
    neither none nor any number."""
    if not has_kits(env):
        return Domain.FALSE

    def to_sql(_model, alias, _query):
        return SQL(
            "%s IN (%s SELECT part.kit FROM part"
            " JOIN product_product component ON component.id = part.component"
            " JOIN product_template template ON template.id = component.product_tmpl_id"
            " WHERE template.is_storable)",
            SQL.identifier(alias, "id"),
            SQL(PARTS),
        )

    flush_recipes(env)
    return Domain("is_kits", "=", True) & Domain.custom(to_sql=to_sql)


def kits_among(products):
    """Those of `products` that are sold as their components and can be counted."""
    if not has_kits(products.env) or not products:
        return products.browse()
    domain = Domain("id", "in", products.ids) & stocked_kits(products.env)
    return products.with_context(active_test=False).search(domain).with_env(products.env)


def held_and_leaving(env, connector, products, locations):
    """(kit id, location id) → (held, leaving), as `stock_held` and `stock_leaving` say it of what
    has moves of its own. A kit that is sold and lacks one component is not held."""
    kits = kits_among(env["product.product"].sudo().browse(products))
    if not kits:
        return {}
    for model, names in LEAVING_READS.items():
        env[model].flush_model(names)
    query = SQL(_OPEN, connector=connector.id, products=kits._ids)
    found = [id_ for (id_,) in env.execute_query(query)]
    out = {}
    for line in env["sale.order.line"].sudo().browse(found):
        place = line.warehouse_id.lot_stock_id
        if place.id in locations:
            pair = line.product_id.id, place.id
            before = out.get(pair, (0.0, 0.0))
            out[pair] = tuple(map(sum, zip(before, _of_line(line, place), strict=True)))
    return out


def _of_line(line, place):
    """(held, leaving) of one order line of a kit, in the kit's unit."""

    def here(location):
        return (location.parent_path or "").startswith(place.parent_path)

    def units(quantity):
        return line.product_uom_id._compute_quantity(quantity, line.product_id.uom_id, round=False)

    moves = line.move_ids.filtered(lambda move: move.state != "cancel")
    out = moves.filtered(lambda move: here(move.location_id) and not here(move.location_dest_id))
    done = out.filtered(lambda move: move.state == "done")
    back = moves.filtered(
        lambda move: (
            move.state == "done"
            and here(move.location_dest_id)
            and not here(move.location_id)
            and move.location_id.usage in ("customer", "internal")
        )
    )
    reserved = units(whole(line, sums(out - done, "quantity")))
    gone = units(whole(line, sums(done, "quantity")))
    gone -= units(whole(line, sums(back, "quantity")))
    own = line.gateway_fulfilled_qty
    told = max(0.0, line.gateway_shop_fulfilled_qty - own)
    held = 0.0
    if line.state == "sale":
        held = min(units(line.gateway_unfulfilled_qty), reserved + max(0.0, gone - units(told)))
    sent = min(line.gateway_shop_fulfilled_qty, line.product_uom_qty - line.gateway_unfulfilled_qty)
    if line.qty_delivered >= min(line.gateway_shop_fulfilled_qty, line.product_uom_qty):
        return max(0.0, held), 0.0
    leaving = max(0.0, units(sent - own) - (reserved + gone if line.state == "sale" else 0.0))
    if line.state == "sale":
        leaving = min(leaving, units(line.product_uom_qty - own) - reserved - gone)
    return max(0.0, held), max(0.0, leaving)
