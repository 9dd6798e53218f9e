from odoo import fields, models
from odoo.tools import SQL

from ..lib.endpoint import CANCELLED_ORDERS


class GatewayCount(models.Model):
    """How many of the orders are cancelled: both sides have as many orders, though one of them
    cancelled some."""

    _inherit = "gateway.count"

    odoo_cancelled = fields.Integer(string="Cancelled in Odoo")
    remote_cancelled = fields.Integer(string="Cancelled in the shop")
    cancelled_known = fields.Boolean(help="Whether the platform could count them.")

    def action_open_cancelled_apart(self):
        """The orders that are cancelled on one side, and were not on the other when they were
        settled last."""
        self.ensure_one()
        self.check_access("read")
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT o.id FROM gateway_binding b JOIN sale_order o ON o.id = b.res_id"
                " WHERE b.connector_id = %s AND b.entity = 'order' AND b.state = 'bound'"
                " AND (o.state = 'cancel')::text != b.base -> 'import' -> 'cancelled' ->> 0",
                self.connector_id.id,
            )
        )
        if not rows:
            return self._never_read()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancelled on one side"),
            "res_model": "sale.order",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", [id_ for (id_,) in rows])],
            "context": {"create": False},
        }

    def _cancelled(self):
        """What the dashboard tells of cancelled orders, False where there are none. Where one side
        has orders that the other has not, such as those from before the connector's first day,
        nobody knows which of them are cancelled: then no difference is told."""
        if self.entity != "order" or not (self.odoo_cancelled or self.remote_cancelled):
            return False
        is_alike = self.cancelled_known and self._all_are_bound()
        more = self.odoo_cancelled - self.remote_cancelled if is_alike else 0
        return {
            "odoo": self.odoo_cancelled,
            "remote": self.remote_cancelled if self.cancelled_known else None,
            "alike": is_alike,
            "odoo_only": max(more, 0),
            "remote_only": max(-more, 0),
        }

    def _all_are_bound(self):
        counts = {self.odoo_count, self.remote_count, self.bound_count}
        return self.remote_known and len(counts) == 1


class GatewayConnector(models.Model):
    _inherit = "gateway.connector"

    def _counts_of(self, entity, remote):
        counts = super()._counts_of(entity, remote)
        if entity == "order":
            side = self._odoo_endpoint().entity(entity)
            cancelled = [*self._counted_domain(side), ("state", "=", "cancel")]
            counts.update(
                odoo_cancelled=side.records.search_count(cancelled),
                remote_cancelled=remote.get(CANCELLED_ORDERS, 0),
                cancelled_known=CANCELLED_ORDERS in remote,
            )
        return counts
