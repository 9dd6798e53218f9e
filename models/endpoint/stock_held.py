"""How much of what a shop holds back for its orders is out of Odoo's «free» already."""

from odoo.tools import SQL

#: Lines of this shop's confirmed orders with what is taken out of «free» in the stock location of
#: their warehouse for them: (product, location, unit of the line, unit of the product, not sent as
#: the shop sees it, sent by Odoo as the shop sees it, [reserved, sent less returned]); the last in
#: the product's unit, the two before in the line's. A move line's quantity is what it reserves,
#: until it is done. Steps that end inside the location take nothing out when done; the next one
#: reserves. Goods brought in for an order, bought or from another warehouse, are no return.
_HELD = """
    SELECT line.product_id, place.id, line.product_uom_id, template.uom_id,
           line.gateway_unfulfilled_qty,
           greatest(coalesce(line.gateway_shop_fulfilled_qty, 0)
                    - coalesce(line.gateway_fulfilled_qty, 0), 0),
           ARRAY[
               coalesce(sum(part.quantity_product_uom) FILTER (
                   WHERE move.state != 'done' AND source.here), 0),
               coalesce(sum(part.quantity_product_uom) FILTER (
                   WHERE move.state = 'done' AND source.here AND NOT target.here), 0)
               - coalesce(sum(part.quantity_product_uom) FILTER (
                   WHERE move.state = 'done' AND target.here AND NOT source.here
                     AND source.usage IN ('customer', 'internal')), 0)
           ]::float[]
      FROM gateway_binding bound
      JOIN sale_order_line line ON line.order_id = bound.odoo_id::bigint
      JOIN product_product product ON product.id = line.product_id
      JOIN product_template template ON template.id = product.product_tmpl_id
      JOIN stock_warehouse warehouse ON warehouse.id = line.warehouse_id
      JOIN stock_location place ON place.id = warehouse.lot_stock_id
      JOIN stock_move move ON move.sale_line_id = line.id AND move.product_id = line.product_id
      JOIN stock_move_line part ON part.move_id = move.id
      JOIN LATERAL (
               SELECT usage, parent_path LIKE place.parent_path || '%%' AS here
                 FROM stock_location WHERE id = part.location_id) source ON true
      JOIN LATERAL (
               SELECT parent_path LIKE place.parent_path || '%%' AS here
                 FROM stock_location WHERE id = part.location_dest_id) target ON true
     WHERE bound.connector_id = %(connector)s AND bound.entity = 'order'
       AND bound.odoo_id ~ '^[0-9]+$'
       AND line.state = 'sale' AND line.gateway_unfulfilled_qty > 0
       AND line.product_id IN %(products)s AND place.id IN %(locations)s
       AND move.state != 'cancel'
     GROUP BY line.id, place.id, template.uom_id
"""
_HELD_READS = {
    "gateway.binding": ["connector_id", "entity", "odoo_id"],
    "sale.order.line": [
        "order_id",
        "product_id",
        "product_uom_id",
        "state",
        "warehouse_id",
        "gateway_unfulfilled_qty",
        "gateway_shop_fulfilled_qty",
        "gateway_fulfilled_qty",
    ],
    "stock.move": ["sale_line_id", "product_id", "state"],
    "stock.move.line": ["move_id", "quantity_product_uom", "location_id", "location_dest_id"],
}


def held_and_known(env, connector, products, locations):
    """(product id, location id) → how much of what this shop holds back is out of «free».

    Of each line of a confirmed order of this shop, in the product's unit: what the shop has not
    sent, but no more than Odoo has taken out of «free» for it. A line whose transfer reserves
    nothing (yet) is as good as unknown: its quantity is still in «free». `locations`: stock
    locations of warehouses. One query for all.
    """
    if not products or not locations:
        return {}
    for model, names in _HELD_READS.items():
        env[model].flush_model(names)
    query = SQL(_HELD, connector=connector.id, products=tuple(products), locations=tuple(locations))
    unit_of = env["uom.uom"].browse
    out = {}
    for product, location, unit, own, unsent, told, (reserved, gone) in env.execute_query(query):
        unsent, told = (
            unit_of(unit)._compute_quantity(quantity, unit_of(own), round=False)
            for quantity in (unsent, told)
        )
        known = min(unsent, reserved + max(0.0, gone - told))
        out[product, location] = out.get((product, location), 0.0) + max(0.0, known)
    return out
