"""What a demo shop left in Odoo, and how it is taken away: no more than the demo itself made."""

import psycopg2

from odoo.exceptions import UserError
from odoo.tools import SQL

#: How many of the records that stay are named to the person.
NAMED = 10


class DemoTraces:
    """The business records that came from one demo shop.

    Found before anything is removed: what its changes say was created here, and what hangs on it.
    `env` has su: these records are the demo's own, whoever presses the button.
    """

    def __init__(self, connector):
        self.connector = connector
        self.env = connector.env
        self.since = connector.create_date
        self.orders = self._created("order")
        self.templates = self._created("product")
        self.products = self.templates.with_context(active_test=False).product_variant_ids
        self.categories = self._created("category")
        self.partners = self._people()
        self.taxes = self._recent(self.orders.order_line.tax_ids)
        self.attributes = self._recent(self.templates.attribute_line_ids.attribute_id)
        self.pickings = self.orders.picking_ids
        self.places = self._recent(connector.location_ids.location_id)
        self.stays = []

    def _created(self, entity):
        """Records that an import of this connector created and that are still there."""
        binding = self.env["gateway.binding"]
        model = binding.new({"entity": entity, "odoo_id": "0"})._odoo_place()[0]
        rows = self.env["gateway.change"].search_fetch(
            [
                ("connector_id", "=", self.connector.id),
                ("entity", "=", entity),
                ("direction", "=", "import"),
                ("outcome", "=", "created"),
            ],
            ["target_id"],
        )
        ids = {int(row.target_id) for row in rows if (row.target_id or "").isdigit()}
        records = self.env[model].with_context(active_test=False)
        return records.browse(sorted(ids)).exists()

    def _recent(self, records):
        """Those of `records` that the integration user made since the demo began."""
        maker = self.connector.user_id
        return records.filtered(lambda r: r.create_date >= self.since and r.create_uid == maker)

    def _people(self):
        """Customers, guests and addresses, each contact before the one it belongs to."""
        of_orders = self.orders.partner_id | self.orders.partner_invoice_id
        of_orders |= self.orders.partner_shipping_id
        found = self._created("customer") | self._recent(of_orders)
        partners = self.env["res.partner"].with_context(active_test=False)
        return found | self._recent(partners.search([("parent_id", "in", found.ids)]))

    # -- taking away

    def remove(self):
        """Take all of it away; what something else uses stays, and is named in `stays`."""
        self._forget_stock()
        self._unlink(self.pickings.filtered(lambda picking: not picking.move_ids))
        orders = self.orders.filtered(lambda one: not one.invoice_ids and not self._moved(one))
        if self.orders - orders:
            self.stays.append(self._line(self.orders - orders))
        references = orders.stock_reference_ids
        orders.with_context(disable_cancel_warning=True)._action_cancel()
        self._unlink(orders)
        self._unlink(references)
        values = self.env["product.value"].search([("product_id", "in", self.products.ids)])
        self._unlink(self.templates)
        self._unlink(values.filtered(lambda value: not value.product_id))
        self._unlink(self.attributes.filtered(lambda one: not one.attribute_line_ids))
        self._unlink(self.categories)
        self._unlink(self.taxes.filtered(lambda tax: not tax.is_used))
        self._unlink(self.partners)
        self._unlink(self.places)

    def _forget_stock(self):
        """Opening balances, counts and the transfers of the demo's orders: a move that was done
        can't be unlinked, so rows go, for products which nothing else has moved or booked."""
        self.env.flush_all()
        own = SQL(
            "(is_inventory OR picking_id IN %s OR sale_line_id IN %s) AND account_move_id IS NULL",
            _ids(self.pickings),
            _ids(self.orders.order_line),
        )
        foreign = self.env.execute_query(
            SQL(
                "SELECT DISTINCT product_id FROM stock_move WHERE product_id IN %s AND NOT (%s)",
                _ids(self.products),
                own,
            )
        )
        free = self.products - self.products.browse([id_ for (id_,) in foreign])
        for query in (
            SQL(
                "DELETE FROM stock_move_line WHERE move_id IN"
                " (SELECT id FROM stock_move WHERE product_id IN %s) RETURNING 1",
                _ids(free),
            ),
            SQL("DELETE FROM stock_move WHERE product_id IN %s RETURNING 1", _ids(free)),
            SQL("DELETE FROM stock_quant WHERE product_id IN %s RETURNING 1", _ids(free)),
        ):
            self.env.execute_query(query)
        self.env.invalidate_all()

    @staticmethod
    def _moved(order):
        """Whether transfers are left, for a product that something else has moved as well."""
        return bool(order.picking_ids.move_ids)

    def _unlink(self, records):
        """Unlink all that can be; a refusal is narrowed down to the records it is about."""
        records = records.exists()
        if not records:
            return
        try:
            with self.env.cr.savepoint():
                records.unlink()
        except (UserError, psycopg2.IntegrityError):
            self.env.invalidate_all()
            if len(records) == 1:
                self.stays.append(self._line(records))
                return
            half = len(records) // 2
            self._unlink(records[:half])
            self._unlink(records[half:])

    @staticmethod
    def _line(records):
        names = ", ".join(record.display_name for record in records[:NAMED])
        more = " …" if len(records) > NAMED else ""
        return f"{records._description}: {names}{more}"


def _ids(records):
    return tuple(records.ids) or (0,)
