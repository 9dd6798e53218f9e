from odoo import models

from ..lib.values import storable
from .endpoint.order_tell import tell


class GatewayFlow(models.Model):
    """Orders that are gone from the shop and stay in Odoo: somebody has to know, before they are
    sent."""

    _inherit = "gateway.flow"

    def _tell_kept(self, deleted):
        """An activity for each order among these tombstones that this run has let go of and that
        is still to be sent."""
        if self.entity != "order" or self.direction != "import" or not deleted:
            return
        run, connector = self.run_id, self.connector_id
        if run.dry_run or run.compares:
            return
        gone = self.env["gateway.binding"].search(
            [
                ("connector_id", "=", connector.id),
                ("entity", "=", "order"),
                ("remote_id", "in", [storable(id_) for id_ in deleted]),
                ("state", "=", "gone"),
                ("run_id", "=", run.id),
            ]
        )
        orders = self.env["sale.order"].browse(gone.mapped("res_id")).exists()
        still = orders.filtered(lambda order: order.state != "cancel" and _unsent(order))
        tell(connector, [(order, "Deleted at the shop", [_point(order)]) for order in still])


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
