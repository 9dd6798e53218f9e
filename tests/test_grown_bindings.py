from odoo.tests import tagged
from odoo.tools import SQL

from .demo_shop_case import DemoShopCase

MANY = 5_000


@tagged("post_install", "-at_install")
class TestGrownBindings(DemoShopCase):
    """PostgreSQL plans by what it knows of a table, and of one that has just grown it knows little."""

    def foreseen(self):
        """How many variants PostgreSQL believes to be bound."""
        rows = self.env.execute_query(
            SQL(
                "EXPLAIN (FORMAT JSON) SELECT FROM gateway_binding WHERE connector_id = %s"
                " AND entity = 'variant' AND state = 'bound'",
                self.connector.id,
            )
        )
        return rows[0][0][0]["Plan"]["Plan Rows"]

    def test_a_sync_after_many_records_came_does_not_plan_by_few(self):
        self.env.execute_query(
            SQL(
                "INSERT INTO gateway_binding (connector_id, entity, state, remote_id, odoo_id)"
                " SELECT %s, 'variant', 'bound', concat('s', i), i FROM generate_series(1, %s) AS i"
                " RETURNING id",
                self.connector.id,
                MANY,
            )
        )
        self.assertLess(self.foreseen(), MANY / 10)
        self.sync("category", direction="import")
        self.assertGreater(self.foreseen(), MANY / 2)
