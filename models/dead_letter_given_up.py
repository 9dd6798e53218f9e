from odoo import models


class GatewayDeadLetter(models.Model):
    """The letter of a return or refund that the shop refuses: who discards it gives that one up,
    and its order goes on without it."""

    _inherit = "gateway.dead.letter"

    def _give_up(self):
        marks = {letter: (letter.details or {}).get("mark") for letter in self}
        marked = self.filtered(
            lambda one: marks[one] and (one.entity, one.direction) == ("order", "export")
        )
        marked.is_given_up = False  # the order goes on
        for connector, letters in marked.grouped("connector_id").items():
            letters._give_up_marked(connector, [marks[letter] for letter in letters])

    def _give_up_marked(self, connector, marks):
        """What has these marks is not sent any more; the rest of the orders is owed."""
        self.env["stock.picking"].search(
            [
                ("gateway_return_mark", "in", marks),
                ("gateway_return_connector_id", "=", connector.id),
            ]
        )._give_up_return()
        self.env["account.move"].search(
            [
                ("gateway_refund_mark", "in", marks),
                ("gateway_refund_connector_id", "=", connector.id),
            ]
        )._give_up_refund()
        self.env["gateway.binding"].search(
            [
                ("connector_id", "=", connector.id),
                ("entity", "=", "order"),
                ("odoo_id", "in", self.mapped("source_id")),
                ("state", "=", "bound"),
                ("pending", "=", False),
            ]
        ).pending = "export"
