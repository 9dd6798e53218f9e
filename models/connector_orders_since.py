import json
from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_datetime

_FLOW = ("order", "import")
#: Where the mapping says when an order was placed.
_PLACED = "date_order"


class GatewayConnector(models.Model):
    """From when on a shop's orders are taken: who goes live with an old shop, or changes over from
    another connector, has the earlier ones in Odoo already, or wants none of them."""

    _inherit = "gateway.connector"

    orders_since = fields.Datetime(
        string="Orders placed since",
        tracking=True,
        help="Orders that were placed before are left out. Choose a moment before the oldest order "
        "that is still to be sent: what the shop sends of others does not leave Odoo's stock. "
        "Empty: all orders that the shop gives.",
    )

    def write(self, vals):
        before = {connector: connector.orders_since for connector in self}
        done = super().write(vals)
        more = self.filtered(
            lambda one: before[one] and (not one.orders_since or one.orders_since < before[one])
        )
        if more:
            self.env["gateway.watermark"]._read_anew(more, *_FLOW)
        return done

    @api.constrains("orders_since")
    def _check_orders_since(self):
        """An order that is synced goes on being synced: of its refunds nobody would hear else."""
        for connector in self.filtered("orders_since"):
            self.env["gateway.mapping"]._effective(connector, *_FLOW)
            oldest = connector._oldest_order()
            if oldest and oldest < connector.orders_since:
                raise ValidationError(
                    self.env._(
                        "Orders of %(shop)s are in Odoo since %(date)s: choose no later moment.",
                        shop=connector.name,
                        date=format_datetime(self.env, oldest),
                    )
                )

    def _oldest_order(self):
        self.env["gateway.binding"].flush_model()
        self.env["sale.order"].flush_model(["date_order"])
        ((oldest,),) = self.env.execute_query(
            SQL(
                "SELECT min(o.date_order) FROM gateway_binding b"
                " JOIN sale_order o ON o.id = b.odoo_id::bigint WHERE b.connector_id = %s"
                " AND b.entity = 'order' AND b.state = 'bound' AND b.odoo_id ~ '^[0-9]+$'",
                self.id,
            )
        )
        return oldest

    def _own_layers(self, entity, direction, document):
        """What the connector's settings change in its effective `document`."""
        layers = super()._own_layers(entity, direction, document)
        if (entity, direction) != _FLOW or not self.orders_since:
            return layers
        path = document.get("record", {}).get(_PLACED, {}).get("MAPTO")
        since = self.orders_since.replace(tzinfo=timezone.utc).isoformat()
        if not isinstance(path, str):
            raise ValidationError(
                self.env._(
                    "«Orders placed since» needs a mapping that takes %s from one field of the "
                    "shop.",
                    _PLACED,
                )
            )
        test = {"MAPTO": [path, f"lambda at: at is None or at.isoformat() >= '{since}'"]}
        name = f"Placed since {since[:16].replace('T', ' ')} UTC"
        return [*layers, json.dumps({"filters": {name: test}})]
