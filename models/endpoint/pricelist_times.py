"""When items of price lists may have changed prices: SQL queries (product.product id, time)."""

from odoo.tools import SQL

#: A change of the item, and both its dates once they are reached, though nobody writes anything
#: then. The last second of an item is one of its own: the price changes after it.
_TIMES = SQL("""
    CROSS JOIN LATERAL (VALUES
        (i.write_date),
        (CASE WHEN i.date_start <= now() AT TIME ZONE 'UTC' THEN i.date_start END),
        (CASE WHEN i.date_end + interval '1 second' <= now() AT TIME ZONE 'UTC'
              THEN i.date_end + interval '1 second' END)
    ) AS reached(time)
""")


def item_times(pricelists):
    """Of items of one variant or one product."""
    return SQL(
        "SELECT p.id, reached.time FROM product_pricelist_item i JOIN product_product p"
        " ON p.id = i.product_id OR i.product_id IS NULL AND p.product_tmpl_id = i.product_tmpl_id"
        " %s WHERE i.pricelist_id IN %s AND reached.time IS NOT NULL",
        _TIMES,
        pricelists._ids,
    )


def category_item_times(pricelists):
    """Of items of a category and those below it."""
    return SQL(
        "SELECT p.id, reached.time FROM product_pricelist_item i"
        " JOIN product_category top ON top.id = i.categ_id"
        " JOIN product_category c ON starts_with(c.parent_path, top.parent_path)"
        " JOIN product_template t ON t.categ_id = c.id"
        " JOIN product_product p ON p.product_tmpl_id = t.id"
        " %s WHERE i.applied_on = '2_product_category' AND i.pricelist_id IN %s"
        " AND reached.time IS NOT NULL",
        _TIMES,
        pricelists._ids,
    )


def general_item_times(pricelists):
    """Of items of all products."""
    return SQL(
        "SELECT p.id, reached.time FROM product_product p, product_pricelist_item i"
        " %s WHERE i.applied_on = '3_global' AND i.pricelist_id IN %s"
        " AND reached.time IS NOT NULL",
        _TIMES,
        pricelists._ids,
    )


def list_times(pricelists):
    """Of the lists themselves, which tell of items that are gone."""
    return SQL(
        "SELECT p.id, l.write_date FROM product_pricelist l, product_product p WHERE l.id IN %s",
        pricelists._ids,
    )


def rate_times(pricelists):
    """[of the rates at which prices of another currency become the lists'], where they have items
    that are computed: when one was entered, and when its day has come."""
    computed = [("pricelist_id", "in", pricelists.ids), ("compute_price", "!=", "fixed")]
    if not pricelists.env["product.pricelist.item"].search_count(computed, limit=1):
        return []
    currencies = pricelists.currency_id | pricelists.env.companies.currency_id
    if len(currencies) < 2:
        return []
    return [
        SQL(
            "SELECT p.id, greatest(r.write_date, r.name) FROM product_product p,"
            " res_currency_rate r WHERE r.currency_id IN %s"
            " AND r.name <= now() AT TIME ZONE 'UTC'",
            currencies._ids,
        )
    ]
