import uuid

from odoo import fields, models

from .endpoint.order_tell import tell
from .wording import short_id

#: How a shop gives back what a credit note credits.
MODES = [("record", "Recorded only"), ("pay", "Paid by the shop")]
_VIEWERS = "gateway_ng.group_viewer"
_TAKEN_BACK = (
    "The shop knows no taking back: settle it with the customer and in the shop. Posted again with "
    "another amount it becomes a dead letter."
)


class AccountMove(models.Model):
    """A credit note of an order that a shop has: whether the shop is told, is settled when it is
    posted, by the connector's setting."""

    _inherit = "account.move"

    gateway_refund_connector_id = fields.Many2one(
        "gateway.connector",
        string="Refunded in Shop",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=_VIEWERS,
    )
    gateway_refund_mode = fields.Selection(MODES, readonly=True, copy=False, groups=_VIEWERS)
    gateway_refund_mark = fields.Char(
        readonly=True, copy=False, groups=_VIEWERS, help="By it the shop's refund is recognised."
    )

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted.filtered(lambda move: move.move_type == "out_refund").sudo()._give_to_shops()
        return posted

    def button_draft(self):
        """A cancellation of what is posted comes by here, too."""
        result = super().button_draft()
        self._withdraw_from_shops()
        return result

    def _gateway_orders(self):
        """The orders that a credit note is of."""
        lines = self.invoice_line_ids.sale_line_ids
        return (lines or self.reversed_entry_id.invoice_line_ids.sale_line_ids).order_id

    def _give_to_shops(self):
        """Mark those that a shop is to be told of, as its connector says now."""
        connectors = self._gateway_connectors()
        imported = self.env["gateway.refund"].search([("move_id", "in", self.ids)]).move_id
        for move in self - imported:
            orders = move._gateway_orders()
            asked = [(order, connectors[order.id]) for order in orders if order.id in connectors]
            if not asked or move._is_sent():
                continue
            order, connector = asked[0]
            why = "it credits several orders" if len(orders) > 1 else move._stands_for(*asked[0])
            if why:
                what = f"credit note {move.name} is not sent to {connector.name}: {why}"
                remedy = "Look whether the money was given back; if not, give it back in the shop."
                tell(connector, [(order, "Credit note not sent", [(what, remedy)])])
            elif why is None:
                move._mark(connector)

    def _gateway_connectors(self):
        """Order id → the connector that has it, of those that send refunds."""
        found = self.env["gateway.binding"].search(
            [
                ("entity", "=", "order"),
                ("state", "=", "bound"),
                ("odoo_id", "in", [str(id_) for id_ in self._gateway_orders().ids]),
                ("connector_id.refund_export", "!=", "none"),
            ]
        )
        return {int(one.odoo_id): one.connector_id for one in found}

    def _stands_for(self, order, connector):
        """Whether it is the credit note of what the shop gave back itself: "" if so (they are
        tied), why that is not clear, None if not."""
        open_ = order.gateway_refund_ids.filtered(
            lambda one: one.connector_id == connector and one._left() > 0
        )
        same = open_.filtered(lambda one: self._credits(one._left()))
        if same:
            same[-1].write({"move_id": self.id, "outcome": "credited"})
            return ""
        if not open_:
            return None
        numbers = ", ".join(short_id(one.remote_id) for one in open_)
        return (
            f"the shop itself gave back {sum(open_.mapped('amount')):.2f} ({numbers}), which no "
            "credit note stands for"
        )

    def _credits(self, amount):
        """Whether it is of that amount, but for a cent that a line's taxes are rounded by."""
        near = self.currency_id.rounding * (len(self.invoice_line_ids) + 0.5)
        return abs(self.amount_total - float(amount)) < near

    def _mark(self, connector):
        self.write(
            {
                "gateway_refund_connector_id": connector.id,
                "gateway_refund_mode": connector.refund_export,
                "gateway_refund_mark": self.gateway_refund_mark or uuid.uuid4().hex[:12],
            }
        )
        how = dict(self._fields["gateway_refund_mode"]._description_selection(self.env))
        self._message_log(
            body=self.env._(
                "A refund of it is made in %(shop)s: %(how)s.",
                shop=connector.name,
                how=how[connector.refund_export].lower(),
            )
        )

    def _sent_bindings(self):
        return self.env["gateway.binding"].search(
            [
                ("entity", "=", "order_refund"),
                ("connector_id", "in", self.gateway_refund_connector_id.ids),
                ("odoo_id", "in", [str(id_) for id_ in self.ids]),
                ("state", "=", "bound"),
            ]
        )

    def _is_sent(self):
        return bool(self.gateway_refund_connector_id and self._sent_bindings())

    def _give_up_refund(self):
        """The shop is not told of it any more, unless it is posted anew."""
        for move in self - self.filtered(lambda one: one._is_sent()):
            move.gateway_refund_mode = False
            connector = move.gateway_refund_connector_id
            move._message_log(
                body=self.env._("No refund of it is made in %s any more.", connector.name)
            )

    def _withdraw_from_shops(self):
        """What was not sent yet is not sent; of what was a person is told."""
        moves = self.sudo().filtered("gateway_refund_mode")
        sent = {int(one.odoo_id): one for one in moves._sent_bindings()} if moves else {}
        for move in moves:
            if move.id not in sent:
                move.gateway_refund_mode = False
                continue
            remote = short_id(sent[move.id].remote_id)
            connector = move.gateway_refund_connector_id
            what = f"credit note {move.name} was taken back; {connector.name} has refund {remote}"
            order = move._gateway_orders()[:1]
            if order:
                tell(connector, [(order, "Refund stays in the shop", [(what, _TAKEN_BACK)])])
