"""Orders: quotations or confirmed sales orders with lines, shipping, taxes and discounts."""

from odoo.tools import SQL

from .entity import Entity, entity
from .order_create import OrderCreate
from .order_fields import VIRTUAL
from .order_parties import ROLES
from .order_read import OrderRead
from .order_update import OrderUpdate


@entity
class Order(OrderRead, OrderCreate, OrderUpdate, Entity):
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
