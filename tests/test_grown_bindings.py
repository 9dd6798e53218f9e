from odoo.tests import tagged

from .own_database import OwnDatabaseCase

MANY = 5_000


@tagged("post_install", "-at_install")
class TestGrownBindings(OwnDatabaseCase):
    """PostgreSQL plans by what it knows of a table, and little of one that has just grown."""

    def foreseen(self, connector):
        """How many variants PostgreSQL believes to be bound."""
        ((plan,),) = self.query(
            "EXPLAIN (FORMAT JSON) SELECT FROM gateway_binding WHERE connector_id = %s"
            " AND entity = 'variant' AND state = 'bound'",
            connector,
        )
        return plan[0]["Plan"]["Plan Rows"]

    def test_a_sync_after_many_records_came_does_not_plan_by_few(self):
        _reader, connector = self.new_shop()
        self.query(  # or PostgreSQL may look at it by itself, or be at it, just then
            "ALTER TABLE gateway_binding SET (autovacuum_enabled = false);"
            "INSERT INTO gateway_binding (connector_id, entity, state, remote_id, odoo_id)"
            " SELECT %s, 'variant', 'bound', concat('s', i), i FROM generate_series(1, %s) AS i"
            " RETURNING id",
            connector,
            MANY,
        )
        self.assertLess(self.foreseen(connector), MANY / 10)
        self.sync(connector, ["category"], "import")
        self.assertGreater(self.foreseen(connector), MANY / 2)
