"""Kits: products that are sold as one and move as their components (`mrp`, where it is installed).

A kit has no stock and no moves of its own: its order line has its components' moves. How much of a
component one kit takes is told by those moves, so an order keeps the recipe that it was made with.
"""

from odoo.tools import SQL

#: (kit, component) of every recipe of the kind «kit», through kits within kits; more rather than
#: fewer (a line may be for some variants alone).
_PARTS = """
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


def has_kits(env):
    return "mrp.bom" in env


def kit_sources(env, sources, bits, locations):
    """Change sources of kits' levels: what touches a component's level, and the recipes.

    `sources`: of levels, (row, time); a row is the product in the high bits, the location in the
    low `bits` ones.
    """
    if not has_kits(env):
        return []
    for model, names in (
        ("mrp.bom", ["type", "active", "product_id", "product_tmpl_id"]),
        ("mrp.bom.line", ["bom_id", "product_id"]),
    ):
        env[model].flush_model(names)
    mask = (1 << bits) - 1
    return [
        *(
            SQL(
                "%s SELECT (part.kit::bigint << %s) | (source.row_id & %s), source.t"
                " FROM (%s) AS source(row_id, t) JOIN part ON part.component = source.row_id >> %s",
                SQL(_PARTS),
                bits,
                mask,
                source,
                bits,
            )
            for source in sources
        ),
        SQL(
            "%s SELECT (part.kit::bigint << %s) | place.id, part.t"
            " FROM part JOIN stock_location place ON place.id IN %s",
            SQL(_PARTS),
            bits,
            locations,
        ),
        SQL(
            "SELECT (product.id::bigint << %s) | place.id, bom.write_date FROM mrp_bom bom"
            " JOIN product_product product ON product.product_tmpl_id = bom.product_tmpl_id"
            " JOIN stock_location place ON place.id IN %s",
            bits,
            locations,
        ),
    ]


def kits_among(products):
    """Those of `products` that are sold as their components."""
    return products.filtered("is_kits") if has_kits(products.env) else products.browse()


def is_kit(line):
    """Whether an order line moves as components."""
    return any(move.product_id != line.product_id for move in _sent_moves(line))


def shares(line):
    """Component → how much of it, in its own unit, one unit of the line takes. Of what is no kit
    that is the product itself."""
    product, unit = line.product_id, line.product_uom_id
    if not is_kit(line):
        return {product: unit._compute_quantity(1.0, product.uom_id, round=False)}
    ordered = line.product_uom_qty - line.gateway_fulfilled_qty
    demand = _sums(_sent_moves(line), "product_qty")
    return {part: quantity / ordered for part, quantity in demand.items() if quantity and ordered}


def whole(line, quantities):
    """How many units of the line `quantities` (component → quantity) make."""
    parts = shares(line)
    return min((quantities.get(part, 0.0) / share for part, share in parts.items()), default=0.0)


def kits_in(line, moves):
    """How many whole kits these moves are."""
    return int(whole(line, _sums(moves, "quantity")) + 1e-6)


def held_and_leaving(env, connector, products, locations):
    """(kit id, location id) → (held, leaving), as `stock_held` and `stock_leaving` say it of what
    has moves of its own. A kit that is sold and lacks one component is not held."""
    kits = kits_among(env["product.product"].sudo().browse(products))
    if not kits:
        return {}
    lines = env["sale.order.line"].sudo()
    bound = SQL(
        "SELECT odoo_id::bigint FROM gateway_binding WHERE connector_id = %s AND entity = 'order'"
        " AND odoo_id ~ '^[0-9]+$'",
        connector.id,
    )
    orders = [id_ for (id_,) in env.execute_query(bound)]
    out = {}
    for line in lines.search(
        [
            ("order_id", "in", orders),
            ("product_id", "in", kits.ids),
            ("state", "in", ("draft", "sent", "sale")),
            "|",
            ("gateway_unfulfilled_qty", ">", 0),
            ("gateway_shop_fulfilled_qty", ">", 0),
        ]
    ):
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
    reserved = units(whole(line, _sums(out - done, "quantity")))
    gone = units(whole(line, _sums(done, "quantity")))
    gone -= units(whole(line, _sums(back, "quantity")))
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


def _sent_moves(line):
    """What leaves for the customer, returns apart."""
    return line.move_ids.filtered(
        lambda move: move.state != "cancel" and move.location_dest_id.usage == "customer"
    )


def _sums(moves, name):
    """Component → its moves' sum of `name`, in the component's unit."""
    out = {}
    for move in moves:
        quantity = move[name]
        if name == "quantity":
            quantity = move.product_uom._compute_quantity(
                quantity, move.product_id.uom_id, round=False
            )
        out[move.product_id] = out.get(move.product_id, 0.0) + quantity
    return out
