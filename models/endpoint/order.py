"""Orders: quotations or confirmed sales orders with lines, shipping, taxes and discounts."""

from odoo.tools import SQL

from .columns import to_decimal
from .entity import Entity, entity
from .order_create import OrderCreate
from .order_fields import STATES, VIRTUAL
from .order_lines import line_fields, shipping_fields
from .order_parties import ROLES, Parties
from .order_update import OrderUpdate


@entity
class Order(OrderCreate, OrderUpdate, Entity):
    """Orders of the connector's company. Lines are elements of two lists: what was sold, and what
    is charged for shipping (the lines marked as delivery)."""

    name = "order"
    model = "sale.order"
    parallel = False
    natural_keys = ("client_order_ref",)
    capabilities = frozenset({"create", "update"})
    virtual = VIRTUAL
    page_size = 100

    def __init__(self, env, connector, reads=()):
        super().__init__(env, connector, reads)
        self.roots = {path.partition(".")[0] for path in self.reads}
        self.company = env["res.company"].browse(connector.company_id.id)
        self._places = None

    # -- what counts as a change

    def domain(self):
        return [("company_id", "=", self.company.id)]

    def change_sources(self):
        sources = [
            *super().change_sources(),
            *self.related_sources(),
            SQL("SELECT order_id, write_date FROM sale_order_line"),
        ]
        if self.roots & {"picking_ids", "delivery_status", "effective_date"}:
            sources.append(
                SQL("SELECT sale_id, write_date FROM stock_picking WHERE sale_id IS NOT NULL")
            )
        if self.roots & {"invoice_ids", "invoice_status", "invoice_count"}:
            sources.append(
                SQL(
                    "SELECT line.order_id, move.write_date FROM sale_order_line_invoice_rel rel"
                    " JOIN sale_order_line line ON line.id = rel.order_line_id"
                    " JOIN account_move_line item ON item.id = rel.invoice_line_id"
                    " JOIN account_move move ON move.id = item.move_id"
                )
            )
        for role, (column, _type) in ROLES.items():
            if role in self.roots:
                sources.append(
                    SQL(
                        "SELECT o.id, p.write_date FROM sale_order o"
                        " JOIN res_partner p ON p.id = %s",
                        SQL.identifier("o", column),
                    )
                )
        return sources

    # -- reading

    def read(self, rows, times=None):
        records = super().read(rows, times)
        for row, record in zip(rows, records, strict=True):
            record.fields.update(self._virtual_fields(row))
        return records

    def _virtual_fields(self, row):
        roots, fields = self.roots, {}
        for name, column in STATES.items():
            if name in roots:
                fields[name] = row[column] or None
        for role, (column, _type) in ROLES.items():
            if role in roots:
                fields[role] = Parties(None, self.places).address(row[column])
        if "currency" in roots:
            fields["currency"] = row.currency_id.name
        if "total" in roots:
            fields["total"] = to_decimal(row.amount_total, (16, row.currency_id.decimal_places))
        if "cancelled" in roots:
            fields["cancelled"] = row.state == "cancel"
        if "warehouse" in roots:
            fields["warehouse"] = self._location_of(row.warehouse_id)
        if roots & {"lines", "shipping", "taxes_included"}:
            fields.update(self._line_fields(row))
        return {name: value for name, value in fields.items() if name in roots}

    def _line_fields(self, row):
        lines = row.order_line.filtered(lambda line: not line.display_type)
        taxes = lines.tax_ids
        return {
            "lines": [line_fields(line) for line in lines if not line.is_delivery],
            "shipping": [shipping_fields(line) for line in lines if line.is_delivery],
            "taxes_included": bool(taxes) and all(tax.price_include for tax in taxes),
        }

    def find(self, key, values):
        """By the shop's order name; one that another connector brought is not ours, whatever its
        name: two shops both have a #1001."""
        found = super().find(key, values)
        if not found:
            return found
        self.env["gateway.binding"].flush_model(["connector_id", "entity", "odoo_id"])
        others = self.env.execute_query(
            SQL(
                "SELECT odoo_id FROM gateway_binding"
                " WHERE entity = 'order' AND connector_id != %s AND odoo_id IN %s",
                self.connector.id,
                tuple(id_ for _value, id_ in found),
            )
        )
        taken = {id_ for (id_,) in others}
        return [(value, id_) for value, id_ in found if id_ not in taken]

    # -- what a mapping gives, as records

    def canonical(self, values):
        out = super().canonical(values)
        for role in ROLES:
            if isinstance(out.get(role), dict):
                out[role] = self.places.codes(out[role])
        if isinstance(out.get("currency"), str):
            out["currency"] = out["currency"].upper()
        return out

    def _location_of(self, warehouse):
        return str(warehouse.lot_stock_id.id) if warehouse else None
