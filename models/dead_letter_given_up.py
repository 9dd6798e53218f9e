from odoo import models


class GatewayDeadLetter(models.Model):
    """The letter of a return or refund that the shop refuses: who discards it gives that one up,
    and its order goes on without it."""

    _inherit = "gateway.dead.letter"

    def _give_up(self):
        for letter in self.filtered(lambda one: (one.entity, one.direction) == ("order", "export")):
            if mark := (letter.details or {}).get("mark"):
                letter._give_up_marked(mark)

    def _give_up_marked(self, mark):
        """What has this mark is not sent any more; the rest of its order is owed."""
        mine = self.connector_id.id
        self.env["stock.picking"].search(
            [("gateway_return_mark", "=", mark), ("gateway_return_connector_id", "=", mine)]
        )._give_up_return()
        self.env["account.move"].search(
            [("gateway_refund_mark", "=", mark), ("gateway_refund_connector_id", "=", mine)]
        )._give_up_refund()
        self.env["gateway.binding"].search(
            [
                ("connector_id", "=", mine),
                ("entity", "=", "order"),
                ("odoo_id", "=", self.source_id),
                ("state", "=", "bound"),
                ("pending", "=", False),
            ]
        ).pending = "export"
