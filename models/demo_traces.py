"""What a demo shop left in Odoo, and how it is taken away: no more than the demo itself made."""

import psycopg2

from odoo.exceptions import UserError
from odoo.tools import SQL

from .demo_ties import Ties
from .entity_models import MAPS, ODOO_MODELS

#: Records that stay, of each kind, that are named to the person.
NAMED = 10
#: What is taken away with its whole or not at all: model → the columns that name the whole.
PARTS = {
    "sale.order.line": ("order_id",),
    "stock.picking": ("sale_id",),
    "stock.move": ("picking_id", "sale_line_id"),
    "stock.move.line": ("move_id",),
    "product.product": ("product_tmpl_id",),
    "product.template.attribute.line": ("product_tmpl_id",),
    "product.template.attribute.value": ("product_tmpl_id",),
    "product.attribute.value": ("attribute_id",),
    "product.value": ("product_id",),
    "gateway.tax.rule": ("tax_id",),
}
#: The order in which the rest goes, what refers before what is referred to.
UNLINKED = (
    "stock.picking",
    "sale.order",
    "crm.tag",
    "product.template",
    "product.tag",
    "product.value",
    "product.attribute.value",
    "product.attribute",
    "product.category",
    "gateway.tax.rule",
    "account.tax",
    "account.tax.group",
    "res.partner",
    "stock.rule",
    "stock.picking.type",
    "stock.warehouse",
    "stock.route",
    "ir.sequence",
    "stock.location",
)
#: Kinds whose staying is told; the others follow one of these.
TOLD = (
    "sale.order",
    "product.template",
    "product.attribute",
    "product.category",
    "account.tax",
    "res.partner",
    "stock.warehouse",
)


class DemoTraces:
    """The business records that came from one demo shop, and that nothing else refers to.

    Found before anything is removed: what is bound to the shop and was made in a transaction of
    its runs, and what hangs on it. `connector` has su: these records are the demo's own, whoever
    presses the button. `warehouses`: those that were made for it.
    """

    def __init__(self, connector, warehouses):
        self.connector = connector
        self.env = connector.env
        self.moments = self._moments()
        self.found = {records._name: records for records in self._found(warehouses)}
        self.ties = Ties(self.env, {n: r.ids for n, r in self.found.items()}, PARTS, self.moments)
        self._tie_stock()
        self._keep()
        self.left, self.stays = [], []

    def _moments(self):
        """When the transactions began in which this shop's records were settled.

        A page is one transaction, as is the demo's beginning, and the time is known to the
        microsecond: a record that was created at one of them was made by the page.
        """
        found = self.env.execute_query(
            SQL(
                "SELECT create_date FROM gateway_change WHERE connector_id = %(connector)s"
                " AND direction = 'import'"
                " UNION SELECT create_date FROM gateway_binding WHERE connector_id = %(connector)s"
                " AND entity NOT IN %(maps)s",
                connector=self.connector.id,
                maps=MAPS,
            )
        )
        return {self.connector.create_date, *(moment for (moment,) in found)}

    def _made(self, records):
        return records.exists().filtered(lambda record: record.create_date in self.moments)

    # -- what there is

    def _all(self, model):
        return self.env[model].with_context(active_test=False)

    def _found(self, warehouses):
        orders, templates = self._bound("order"), self._bound("product")
        products, options = templates.product_variant_ids, templates.attribute_line_ids
        of_products = [("product_id", "in", products.ids)]
        moves = self._moves(orders, of_products)
        rules = self._all("gateway.tax.rule").search(
            [("connector_id", "=", self.connector.id), ("by_sync", "=", True)]
        )
        return (
            *(orders, orders.order_line, orders.picking_ids),
            *(moves, moves.move_line_ids, self._all("stock.quant").search(of_products)),
            *(templates, products, options, options.product_template_value_ids),
            self._all("product.value").search(of_products),
            *(self._made(options.attribute_id), self._made(options.value_ids)),
            self._bound("category"),
            *(self._made(orders.tag_ids), self._made(templates.product_tag_ids)),
            *(rules, self._made(rules.tax_id), self._made(rules.tax_id.tax_group_id)),
            self._people(orders),
            *warehouses._made_with_it(),
        )

    def _bound(self, entity):
        """Records of an entity that this connector's runs made."""
        bindings = self.env["gateway.binding"].search_fetch(
            [("connector_id", "=", self.connector.id), ("entity", "=", entity)], ["res_id"]
        )
        changes = self.env["gateway.change"].search_fetch(
            [
                ("connector_id", "=", self.connector.id),
                ("entity", "=", entity),
                ("direction", "=", "import"),
                ("outcome", "=", "created"),
            ],
            ["target_id"],
        )
        ids = {binding.res_id for binding in bindings if binding.res_id}
        ids |= {int(row.target_id) for row in changes if (row.target_id or "").isdigit()}
        return self._made(self._all(ODOO_MODELS[entity]).browse(sorted(ids)))

    def _people(self, orders):
        """Customers, guests and addresses."""
        of_orders = orders.partner_id | orders.partner_invoice_id | orders.partner_shipping_id
        found = self._bound("company") | self._bound("customer") | self._made(of_orders)
        children = self._all("res.partner").search([("parent_id", "in", found.ids)])
        return found | self._made(children)

    def _moves(self, orders, of_products):
        """Opening balances, counts and what was moved for the demo's orders, where nobody has
        booked it."""
        return self._all("stock.move").search(
            [
                *of_products,
                ("account_move_id", "=", False),
                *("|", ("is_inventory", "=", True)),
                *("|", ("picking_id", "in", orders.picking_ids.ids)),
                ("sale_line_id", "in", orders.order_line.ids),
            ]
        )

    # -- what stays

    def _tie_stock(self):
        """Of a product, all that was moved is taken back, or nothing: what is left on hand has to
        be the sum of its moves."""
        for records in (self.found["stock.move"], self.found["stock.quant"]):
            for record in records:
                one, stock = (record._name, record.id), ("stock of", record.product_id.id)
                self.ties.tie(one, stock)
                self.ties.tie(stock, one)

    def _keep(self):
        """What something else refers to or is bound to stays, and so do invoiced orders."""
        foreign = self._all("stock.move")._read_group(
            [
                ("product_id", "in", self.found["product.product"].ids),
                ("id", "not in", self.found["stock.move"].ids),
            ],
            ["product_id"],
        )
        self.ties.keep_referred()
        self.ties.keep("stock of", [product.id for (product,) in foreign])
        self.ties.keep("sale.order", self.found["sale.order"].filtered("invoice_ids").ids)
        bindings = self.env["gateway.binding"].search_fetch(
            [
                ("connector_id", "!=", self.connector.id),
                ("state", "!=", "gone"),
                ("res_model", "in", list(self.found)),
            ],
            ["res_model", "res_id"],
        )
        for model, group in bindings.grouped("res_model").items():
            self.ties.keep(model, set(group.mapped("res_id")) & set(self.found[model].ids))

    # -- taking away

    def remove(self):
        """Take away all that may go; the rest is in `left`, and named in `stays`."""
        self._forget_stock()
        for model in UNLINKED:
            records = self._going(model)
            if model == "sale.order":
                references = records.stock_reference_ids
                records.with_context(disable_cancel_warning=True)._action_cancel()
                self._unlink(records)
                references.filtered(lambda one: not one.sale_ids and not one.move_ids).unlink()
            elif model == "product.tag":
                self._unlink(records.filtered(_is_free))
            else:
                self._unlink(records)
        orders = self.found["sale.order"].exists()
        self._call_off(orders.filtered(lambda order: not order.invoice_ids))
        left = [self.found[model].exists() for model in TOLD]
        self.left = [records for records in left if records]
        self.stays = [self._line(records) for records in self.left]

    def _going(self, model):
        return self.env[model].browse(sorted(self.ties.going[model])).exists()

    @staticmethod
    def _call_off(orders):
        """What stays of the demo is delivered no more: it would lower what other shops may sell."""
        pickings = orders.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        pickings.action_cancel()
        sent = orders.filtered(lambda one: "done" in one.picking_ids.mapped("state"))
        rest = (orders - sent).filtered(lambda one: one.state == "sale")
        rest.with_context(disable_cancel_warning=True)._action_cancel()

    def _forget_stock(self):
        """A move that was done can't be unlinked, so rows go."""
        self.env.flush_all()
        for model in ("stock.move.line", "stock.move", "stock.quant"):
            ids = tuple(self.ties.going[model])
            if ids:
                table = SQL.identifier(self.env[model]._table)
                self.env.execute_query(
                    SQL("DELETE FROM %s WHERE id IN %s RETURNING id", table, ids)
                )
        self.env.invalidate_all()

    def _unlink(self, records):
        """Unlink all that can be; a refusal is narrowed down to the records it is about, and what
        those refer to stays as well."""
        if not records:
            return
        try:
            with self.env.cr.savepoint():
                records.with_context(active_test=False).unlink()
        except (UserError, psycopg2.IntegrityError):
            self.env.invalidate_all()
            if len(records) == 1:
                self.ties.keep(records._name, records.ids)
                return
            half = len(records) // 2
            self._unlink(records[:half])
            self._unlink(records[half:])

    @staticmethod
    def _line(records):
        names = ", ".join(record.display_name for record in records[:NAMED])
        more = " …" if len(records) > NAMED else ""
        kind = records.env["ir.model"]._get(records._name).name
        return f"{kind} ({len(records)}): {names}{more}"


def _is_free(tag):
    """No product has it: to the ties it looks as if the tag itself referred to its products."""
    tag = tag.with_context(active_test=False)
    return not (tag.product_template_ids or tag.product_product_ids)
