import uuid

from odoo import fields, models

from .endpoint.order_fulfillments import bound
from .endpoint.order_refund import plain
from .endpoint.order_returns import came_back, undone, units_of
from .endpoint.order_tell import tell

_VIEWERS = "gateway_ng.group_viewer"
_MISSED = "Look at the order in the shop, and make the return there where it misses one."
_UNDONE = (
    "Where the goods are the customer's again, open the return in the shop and cancel it; it is "
    "not taken back from here."
)


class StockPicking(models.Model):
    """A return of goods of an order that a shop has: whether the shop is told, is settled when it
    is validated."""

    _inherit = "stock.picking"

    gateway_return_connector_id = fields.Many2one(
        "gateway.connector",
        string="Returned in Shop",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=_VIEWERS,
    )
    gateway_return_mark = fields.Char(
        readonly=True, copy=False, groups=_VIEWERS, help="By it the shop's return is recognised."
    )

    gateway_return_given_up = fields.Char(
        readonly=True,
        copy=False,
        groups=_VIEWERS,
        help="What came back, as it was when somebody discarded the dead letter of it.",
    )

    def _action_done(self):
        result = super()._action_done()
        pickings = self.sudo()
        pickings._tell_shops_of_returns()
        pickings._tell_of_undone_returns()
        return result

    def _create_backorder_picking(self):
        """The rest of what a shop's return brings is the shop's, too."""
        backorder = super()._create_backorder_picking()
        comes_back = any(move.location_id.usage == "customer" for move in self.move_ids)
        if self.gateway_by_shop and comes_back:
            backorder.sudo().gateway_by_shop = True
        return backorder

    def _tell_shops_of_returns(self):
        """Mark those that a shop is to be told of, as its connector says now."""
        moves = self.move_ids.filtered(came_back)
        if not moves:
            return
        orders = moves.sale_line_id.order_id
        connectors = self._gateway_return_connectors(orders)
        for picking in moves.picking_id.filtered(lambda one: not one.gateway_by_shop):
            mine = moves.filtered(lambda move, picking=picking: move.picking_id == picking)
            known = mine.sale_line_id.order_id.filtered(lambda order: order.id in connectors)
            if known:
                picking._tell_shop_of_return(known[0], connectors[known[0].id], mine)

    def _tell_shop_of_return(self, order, connector, moves):
        what = f"return {self.name} is not sent to {connector.name}: "
        orders = moves.sale_line_id.order_id
        known = bound(self.env, connector, "order", orders.ids)
        lines = bound(self.env, connector, "order_line", moves.sale_line_id.ids)
        if len(orders) > 1:
            left = [what + f"it is of several orders ({', '.join(orders.mapped('name'))})"]
        elif not known:
            left = [what + f"the shop does not have {order.name} yet"]
        else:
            left = [
                what + f"the shop has no line for {line.product_uom_qty:g} × «{line.name}» of "
                f"{order.name}"
                for line in moves.sale_line_id
                if str(line.id) not in lines
            ]
            if lines:
                self._mark_return(connector)
        if left:
            tell(connector, [(order, "Return not sent", [(one, _MISSED) for one in left])])

    def _gateway_return_connectors(self, orders):
        """Order id → the connector that has it or is to create it, of those that send returns."""
        found = self.env["gateway.binding"].search(
            [
                ("entity", "=", "order"),
                ("state", "=", "bound"),
                ("odoo_id", "in", [str(id_) for id_ in orders.ids]),
                ("connector_id.return_export", "!=", "none"),
            ]
        )
        due = {order.id: order.gateway_connector_id for order in orders}
        due = {id_: one for id_, one in due.items() if one.return_export not in (False, "none")}
        held = {int(one.odoo_id): one.connector_id for one in found}
        return {id_: one for id_, one in (due | held).items() if one.takes_returns}

    def _mark_return(self, connector):
        self.write(
            {
                "gateway_return_connector_id": connector.id,
                "gateway_return_mark": self.gateway_return_mark or uuid.uuid4().hex[:12],
            }
        )
        self._message_log(body=self.env._("A return of it is made in %s.", connector.name))

    def _give_up_return(self):
        """The shop is not told of it any more, as long as it is what it is now."""
        for picking in self:
            picking.gateway_return_given_up = _goods(picking.move_ids.filtered(came_back))
            connector = picking.gateway_return_connector_id
            picking._message_log(
                body=self.env._("No return of it is made in %s any more.", connector.name)
            )

    def _is_return_given_up(self, moves):
        return self.gateway_return_given_up == _goods(moves)

    def _tell_of_undone_returns(self):
        """Goods of a return that a shop was told of have gone out again: a person is told."""
        moves = self.move_ids.filtered(undone)
        for picking in moves.origin_returned_move_id.picking_id:
            connector = picking.gateway_return_connector_id
            remote = bound(self.env, connector, "order_return", picking.ids).get(str(picking.id))
            mine = moves.filtered(
                lambda move, picking=picking: move.origin_returned_move_id.picking_id == picking
            )
            order = mine.sale_line_id.order_id[:1]
            if not (connector and remote and order):
                continue
            goods = ", ".join(
                f"{plain(units_of(line, mine))} × «{line.name}»" for line in mine.sale_line_id
            )
            what = (
                f"{goods} of return {picking.name} went out again by {mine.picking_id[:1].name}; "
                f"{connector.name} has return {remote}"
            )
            tell(connector, [(order, "Return stays in the shop", [(what, _UNDONE)])])


def _goods(moves):
    """Which moves brought how much, in one line."""
    parts = sorted((move.id, plain(move.quantity)) for move in moves)
    return " ".join(f"{id_}:{quantity}" for id_, quantity in parts)
