"""When levels were opened: what the shop sent before is in no opening balance, what it sent since
has left the shelf that Odoo counts."""

from datetime import timezone

from odoo.tools import SQL


class Openings:
    """The opening balances of (product id, location id) pairs, by one query.

    Only Odoo's own levels are opened: where the shop or nobody is the authority there are none.
    """

    def __init__(self, env, connector, pairs):
        self._times = {}
        if connector.stock_authority != "odoo" or not pairs:
            return
        env["gateway.binding"].flush_model(["entity", "odoo_id", "state", "opened"])
        rows = env.execute_query(
            SQL(
                "SELECT odoo_id, min(coalesce(opened, create_date)) FROM gateway_binding"
                " WHERE connector_id = %s AND entity = 'stock' AND state != 'creating'"
                " AND odoo_id = ANY(%s) GROUP BY odoo_id",
                connector.id,
                [f"{product}@{location}" for product, location in pairs],
            )
        )
        for key, time in rows:
            product, _, location = key.partition("@")
            self._times[int(product), int(location)] = time.replace(tzinfo=timezone.utc)

    def sent_before(self, pair, time):
        """Whether what the shop sent at `time` (aware; None: by now) was gone when the level was
        opened. A level that is not opened has no stock yet that it could have left."""
        opened = self._times.get(pair)
        return opened is None or (time is not None and time < opened)
