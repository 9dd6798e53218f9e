"""Orders: quotations or confirmed sales orders with lines, shipping, taxes and discounts."""

from odoo.tools import SQL

from ...lib.errors import Refused
from .entity import Entity, Refusals, entity
from .order_create import OrderCreate
from .order_credit_notes import CHANGES
from .order_fields import VIRTUAL
from .order_parties import ROLES
from .order_read import OrderRead
from .order_update import OrderUpdate

#: Fields that transfers change.
_BY_TRANSFERS = frozenset(
    {"picking_ids", "delivery_status", "effective_date", "fulfillments", "returns"}
)


@entity
class Order(OrderRead, OrderCreate, OrderUpdate, Entity):
    """Orders of the connector's company. Lines are elements of two lists: what was sold, and what
    is charged for shipping (the lines marked as delivery)."""

    name = "order"
    model = "sale.order"
    parallel = False
    natural_keys = ("client_order_ref",)
    capabilities = frozenset({"create", "update", "delete"})
    remade = False  # whoever deleted it does not want its goods sent
    virtual = VIRTUAL
    page_size = 100

    def __init__(self, env, connector, reads=()):
        super().__init__(env, connector, reads)
        self.roots = {path.partition(".")[0] for path in self.reads}
        self.company = env["res.company"].browse(connector.company_id.id)
        self._places = None

    def moves(self, ids):
        """Stock levels at the connector's locations, of what is sold and what it is made of."""
        places = self.connector.gateway_locations()
        orders = self.records.browse(map(int, ids))
        pairs = {
            f"{product.id}@{order.warehouse_id.lot_stock_id.id}"
            for order in orders
            for product in order.order_line.product_id | order.order_line.move_ids.product_id
            if order.warehouse_id.lot_stock_id.id in places
        }
        return {"stock": sorted(pairs)} if pairs else {}

    # -- what counts as a change

    def domain(self):
        return [("company_id", "=", self.company.id)]

    def offered(self):
        """Not what another shop's connector brought or made there."""
        others = (
            self.env["gateway.binding"]
            .sudo()
            ._search(
                [
                    ("entity", "=", self.name),
                    ("connector_id", "!=", self.connector.id),
                    ("res_model", "=", self.model),
                    ("res_id", "!=", False),
                ]
            )
        )
        return [*self.domain(), ("id", "not in", others.subselect("res_id"))]

    def ids(self):
        """Of orders the bound ones: no other is missed."""
        bound = self.env.execute_query(
            SQL(
                "SELECT DISTINCT odoo_id::bigint FROM gateway_binding WHERE connector_id = %s"
                " AND entity = 'order' AND state = 'bound' AND odoo_id ~ '^[0-9]+$'",
                self.connector.id,
            )
        )
        there = self.records.search(
            [("id", "in", [id_ for (id_,) in bound]), *self.domain()], order="id"
        )
        yield from map(str, there.ids)

    def change_sources(self):
        sources = [
            *super().change_sources(),
            *self.related_sources(),
            SQL("SELECT order_id, write_date FROM sale_order_line"),
        ]
        if self.roots & _BY_TRANSFERS:
            sources.append(
                SQL("SELECT sale_id, write_date FROM stock_picking WHERE sale_id IS NOT NULL")
            )
        if self.roots & {"invoice_ids", "invoice_status", "invoice_count", "credit_notes"}:
            sources += CHANGES
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

    def listed(self, ids):
        """Of all the company's orders those that are the connector's: bound to it, or to be
        created in its shop. One that is gone from a shop has nothing to tell any more."""
        rows = self.visible(ids)
        holders = {}
        for id_, connector, state in self._holders(rows.ids):
            holders.setdefault(id_, set()).add(connector if state != "gone" else None)
        return rows.filtered(
            lambda row: (
                self.connector.id in holders.get(str(row.id), ())
                or (str(row.id) not in holders and self._is_for_the_shop(row))
            )
        )

    def _is_for_the_shop(self, row):
        """Whether an order that was made in Odoo is to be created in the shop."""
        if row.state != "sale":
            return False
        if row.gateway_connector_id:
            return row.gateway_connector_id.id == self.connector.id
        team = self.connector.team_id
        return self.connector.order_export == "team" and bool(team) and row.team_id.id == team.id

    def _holders(self, ids):
        """(order id, connector id, state) of the bindings of these orders."""
        if not ids:
            return []
        self.env["gateway.binding"].flush_model(["connector_id", "entity", "odoo_id", "state"])
        return self.env.execute_query(
            SQL(
                "SELECT odoo_id, connector_id, state FROM gateway_binding"
                " WHERE entity = 'order' AND odoo_id = ANY(%s)",
                [str(id_) for id_ in ids],
            )
        )

    def find(self, key, values):
        """By the shop's order name; one that another connector brought is not ours, whatever its
        name: two shops both have a #1001."""
        found = super().find(key, values)
        holders = self._holders([id_ for _value, id_ in found])
        taken = {id_ for id_, connector, _state in holders if connector != self.connector.id}
        return [(value, id_) for value, id_ in found if id_ not in taken]

    # -- an order's verb of deletion

    def archive(self, ops):
        """It is cancelled, unless goods or invoices have gone out: that is a person's to settle."""
        rows = [self.records.browse(int(op.id)) for op in ops]
        held = {
            id(op): _gone_out(row) for op, row in zip(ops, rows, strict=True) if _has_gone_out(row)
        }
        if held:
            raise Refusals(held)
        for row in rows:
            row.action_cancel()

    # -- what a mapping gives, as records

    def canonical(self, values):
        out = super().canonical(values)
        for role in ROLES:
            if isinstance(out.get(role), dict):
                out[role] = self.places.codes(out[role])
        if isinstance(out.get("currency"), str):
            out["currency"] = out["currency"].upper()
        return out


def _has_gone_out(row):
    return (
        row.locked
        or any(line.qty_delivered for line in row.order_line)
        or any(invoice.state != "cancel" for invoice in row.sudo().invoice_ids)
    )


def _gone_out(row):
    return Refused(
        f"{row.name} is locked, delivered or invoiced",
        record=str(row.id),
        remedy="Take the goods back, credit the invoice, then cancel the order.",
    )
