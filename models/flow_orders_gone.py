from odoo import models

from ..lib.merge import SOURCE_OF
from ..lib.values import storable
from .endpoint.order_tell import tell


class GatewayFlow(models.Model):
    """Orders that are gone from one side and stay at the other: somebody has to know, before they
    are sent."""

    _inherit = "gateway.flow"

    def _tell_kept(self, deleted):
        """Tell of those among these tombstones that this run has let go of: of what is gone from
        the shop and still to be sent an activity each, of what is gone from Odoo the connector."""
        run = self.run_id
        if self.entity != "order" or not deleted or run.dry_run or run.compares:
            return
        gone = self.env["gateway.binding"].search(
            [
                ("connector_id", "=", self.connector_id.id),
                ("entity", "=", "order"),
                (f"{SOURCE_OF[self.direction]}_id", "in", [storable(id_) for id_ in deleted]),
                ("state", "=", "gone"),
                ("run_id", "=", run.id),
            ]
        )
        if self.direction == "import":
            self._tell_unsent(gone)
        elif gone:
            self._tell_deleted_here(gone)

    def _tell_unsent(self, gone):
        connector = self.connector_id
        orders = self.env["sale.order"].browse(gone.mapped("res_id")).exists()
        still = orders.filtered(lambda order: order.state != "cancel" and _unsent(order))
        tell(connector, [(order, "Deleted at the shop", [_point(order)]) for order in still])

    def _tell_deleted_here(self, gone):
        """Its own activities went with the order."""
        ids = gone.mapped("remote_id")
        imports = [("entity", "=", "order"), ("direction", "=", "import")]
        changes = self.env["gateway.change"].search(
            [("connector_id", "=", self.connector_id.id), *imports, ("source_id", "in", ids)],
            order="id",
        )
        names = {
            one.source_id: one.reference.partition(" · ")[0] for one in changes if one.reference
        }
        told = self.connector_id._for_chatter()
        told.message_post(
            body=told.env._(
                "Orders were deleted in Odoo and are still in the shop: %s. They are neither "
                "cancelled there nor taken in again. Who wants one back deletes its binding and "
                "syncs the order again; who does not, cancels it in the shop.",
                ", ".join(names.get(id_, id_) for id_ in ids),
            )
        )


def _unsent(order):
    """Lines of goods that have not left, here or, before the opening, from the shop."""
    return order.order_line.filtered(
        lambda line: (
            line.product_id.type == "consu"
            and line.product_uom_id.compare(line.qty_delivered, line.product_uom_qty) < 0
        )
    )


def _point(order):
    sent = "a part" if any(order.order_line.mapped("qty_delivered")) else "nothing"
    return (
        f"The order was deleted at the shop; {sent} of it was sent yet",
        "Ask the customer or the shop whether it is still wanted, then deliver or cancel it here.",
    )
