"""How much of Odoo's «free» the shop has sent already, though Odoo has not taken it out yet."""

from odoo.tools import SQL

#: Lines of this shop's quotations and confirmed orders of which the shop has sent more than Odoo
#: has delivered: (product, location, unit of the line, unit of the product, whether confirmed, sent
#: since the opening balance, taken out of «free» for it, still to be taken out). The last two are
#: in the product's unit; of moves that end inside the location nothing leaves.
_LEAVING = """
    SELECT line.product_id, place.id, line.product_uom_id, template.uom_id, line.state = 'sale',
           least(line.gateway_shop_fulfilled_qty,
                 line.product_uom_qty - coalesce(line.gateway_unfulfilled_qty, 0))
           - coalesce(line.gateway_fulfilled_qty, 0),
           coalesce(sum(part.quantity), 0),
           coalesce(sum(greatest(move.product_qty - part.quantity, 0))
                    FILTER (WHERE move.state != 'done'), 0)
      FROM gateway_binding bound
      JOIN sale_order_line line ON line.order_id = bound.odoo_id::bigint
      JOIN product_product product ON product.id = line.product_id
      JOIN product_template template ON template.id = product.product_tmpl_id
      JOIN stock_warehouse warehouse ON warehouse.id = line.warehouse_id
      JOIN stock_location place ON place.id = warehouse.lot_stock_id
      LEFT JOIN (stock_move move
                 JOIN stock_location source ON source.id = move.location_id
                 JOIN stock_location target ON target.id = move.location_dest_id)
             ON move.sale_line_id = line.id AND move.product_id = line.product_id
            AND move.state != 'cancel'
            AND source.parent_path LIKE place.parent_path || '%%'
            AND target.parent_path NOT LIKE place.parent_path || '%%'
      LEFT JOIN LATERAL (
               SELECT coalesce(sum(quantity_product_uom), 0) AS quantity
                 FROM stock_move_line WHERE move_id = move.id) part ON true
     WHERE bound.connector_id = %(connector)s AND bound.entity = 'order'
       AND bound.odoo_id ~ '^[0-9]+$'
       AND line.state IN ('draft', 'sent', 'sale')
       AND line.gateway_shop_fulfilled_qty > coalesce(line.gateway_fulfilled_qty, 0)
       AND line.qty_delivered < least(line.gateway_shop_fulfilled_qty, line.product_uom_qty)
       AND line.product_id IN %(products)s AND place.id IN %(locations)s
     GROUP BY line.id, place.id, template.uom_id
"""
LEAVING_READS = {
    "gateway.binding": ["connector_id", "entity", "odoo_id"],
    "sale.order.line": [
        "order_id",
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "qty_delivered",
        "state",
        "warehouse_id",
        "gateway_unfulfilled_qty",
        "gateway_shop_fulfilled_qty",
        "gateway_fulfilled_qty",
    ],
    "stock.move": ["sale_line_id", "product_id", "product_qty", "state", "location_id"],
    "stock.move.line": ["move_id", "quantity_product_uom"],
}


def leaving(env, connector, products, locations):
    """(product id, location id) → what this shop has sent that is in «free» still.

    Of each line, in the product's unit: what the shop has sent since the opening balance, less what
    Odoo has reserved or sent for it, while something here is still to take it out: a quotation,
    or an open transfer. One query for all.
    """
    if not products or not locations:
        return {}
    for model, names in LEAVING_READS.items():
        env[model].flush_model(names)
    query = SQL(
        _LEAVING, connector=connector.id, products=tuple(products), locations=tuple(locations)
    )
    unit_of = env["uom.uom"].browse
    out = {}
    for row in env.execute_query(query):
        product, location, unit, own, is_confirmed, sent, taken, open_ = row
        sent = unit_of(unit)._compute_quantity(sent, unit_of(own), round=False)
        quantity = min(max(0.0, sent - taken), open_) if is_confirmed else max(0.0, sent)
        out[product, location] = out.get((product, location), 0.0) + quantity
    return out
