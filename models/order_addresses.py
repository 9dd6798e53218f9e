import json

from odoo import fields, models
from odoo.tools import SQL

from .endpoint.addresses import PLACE, TEXTS
from .endpoint.order_parties import ROLES, Parties
from .endpoint.places import FewPlaces

#: Columns of a contact that an order's address is read from; of a new parent a contact takes its
#: address over, and Odoo empties the name of the company that it had.
_ADDRESS = frozenset({*TEXTS.values(), *PLACE, "parent_id"} - {"email"})


class SaleOrder(models.Model):
    """An order that is in a shop has the address of its day, wherever its customer lives now."""

    _inherit = "sale.order"

    gateway_addresses = fields.Json(
        copy=False,
        readonly=True,
        help="Of contacts that were edited since: what they said when the order was settled.",
    )

    def _gateway_address(self, role):
        """What was kept of the contact that the order has in this role; None where that says it
        itself."""
        kept = (self.gateway_addresses or {}).get(role)
        is_its = kept and kept["contact"] == self[ROLES[role][0]].id
        return kept["address"] if is_its else None


class ResPartner(models.Model):
    """An edit of a contact is the contact's: orders in a shop keep what they were settled with."""

    _inherit = "res.partner"

    def write(self, vals):
        self._keep_order_addresses(vals)
        return super().write(vals)

    def _update_address(self, vals):
        self._keep_order_addresses(vals)
        return super()._update_address(vals)

    def _keep_order_addresses(self, vals=None):
        """Before `vals` (all there is, without) are written: keep what the orders of these
        contacts, and of those below them that have no name of their own, were settled with. The
        contact of a guest is its order's own: what is edited there, is edited in the order."""
        if vals is not None and not _ADDRESS.intersection(vals):
            return
        contacts = self.sudo()
        if vals is None or "name" in vals:
            contacts |= contacts._below_without_name()
        contacts -= contacts.filtered(lambda one: (one | one.parent_id).filtered("gateway_guest"))
        found = contacts._orders_to_keep()
        if found:
            parties = Parties(None, FewPlaces(contacts.env))
            for role, id_ in found:
                contacts.browse(id_)._keep_in_orders(role, parties)
            self.env["sale.order"].invalidate_model(["gateway_addresses"])

    def _below_without_name(self):
        """Contacts that are called as these are; orders may have archived ones, too."""
        if not self.ids:
            return self
        nameless = [("parent_id", "in", self.ids), ("name", "in", [False, ""])]
        return self.with_context(active_test=False).search(nameless).with_env(self.env)

    def _orders_to_keep(self):
        """[(role, id of a contact)] that orders in a shop have, with nothing kept of it yet."""
        if not self.ids:
            return []
        columns = [column for column, _type in ROLES.values()]
        self.env["sale.order"].flush_model([*columns, "gateway_addresses"])
        self.env["gateway.binding"].flush_model(["entity", "res_model", "res_id", "state"])
        return self.env.execute_query(
            SQL(" UNION ").join(
                SQL(
                    "SELECT %s, o.%s FROM sale_order o WHERE o.%s = ANY(%s) AND %s",
                    *(role, SQL.identifier(column), SQL.identifier(column), self.ids),
                    _is_to_keep(role, column),
                )
                for role, (column, _type) in ROLES.items()
            )
        )

    def _keep_in_orders(self, role, parties):
        """Not by the ORM: nobody has edited the orders."""
        column = ROLES[role][0]
        kept = {role: {"contact": self.id, "address": parties.address(self)}}
        self.env.execute_query(
            SQL(
                "UPDATE sale_order o SET gateway_addresses ="
                " COALESCE(o.gateway_addresses, '{}') || %s::jsonb"
                " WHERE o.%s = %s AND %s RETURNING o.id",
                *(json.dumps(kept), SQL.identifier(column), self.id, _is_to_keep(role, column)),
            )
        )

    def _move_order_addresses(self, ids):
        """Before orders of the contacts `ids` come to this one, which those are merged into: what
        was kept of them is of this one. Orders that had it before have its address."""
        self.env["sale.order"].flush_model(["gateway_addresses"])
        for role, (column, _type) in ROLES.items():
            self.env.execute_query(
                SQL(
                    "UPDATE sale_order SET gateway_addresses ="
                    " jsonb_set(gateway_addresses, %s, to_jsonb(%s::int)) WHERE %s = ANY(%s)"
                    " AND (gateway_addresses #>> %s)::int = %s RETURNING id",
                    *([role, "contact"], self.id, SQL.identifier(column), ids),
                    *([role, "contact"], SQL.identifier(column)),
                )
            )
        self.env["sale.order"].invalidate_model(["gateway_addresses"])


def _is_to_keep(role, column):
    return SQL(
        "COALESCE((o.gateway_addresses #>> %s)::int, 0) != o.%s AND EXISTS ("
        "SELECT FROM gateway_binding b WHERE b.res_model = 'sale.order' AND b.res_id = o.id"
        " AND b.entity = 'order' AND b.state = 'bound')",
        [role, "contact"],
        SQL.identifier(column),
    )
