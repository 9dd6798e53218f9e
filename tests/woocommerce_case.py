"""What tests of whole syncs with WooCommerce share: a connector on a simulated shop over HTTP.

Waiting is free: shop and client share a clock whose sleep only moves its hands.
"""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import TransactionCase, new_test_user

from .demo_shop_case import GROUPS, DemoShopCase, LoopbackRequests, PatientClock, _map_locations
from .simulators.woocommerce import Shop, serving
from .simulators.woocommerce.seed import seed

#: Every flow of the shipped mappings, in the order in which they run.
FLOWS = [
    *(
        (entity, "import")
        for entity in ("category", "product", "variant", "customer", "price", "stock", "order")
    ),
    *(
        (entity, "export")
        for entity in ("category", "product", "variant", "customer", "price", "stock", "order")
    ),
]


def connected(env, shop, **values):
    """A checked connector to `shop`, with a warehouse for its stock and an integration user of
    ordinary rights."""
    values = {"create_taxes": True, **values}
    user = env["res.users"].search([("login", "=", "integration")]) or new_test_user(
        env, login="integration", groups=GROUPS
    )
    connector = (
        env["gateway.connector"]
        .with_context(tracking_disable=True)
        .create({"name": "Woo", "platform": "woocommerce", "user_id": user.id, **values})
    )
    connector.connection_ids.set_values(
        {
            "url": shop.settings.url,
            "consumer_key": shop.settings.consumer_key,
            "consumer_secret": shop.settings.consumer_secret,
        }
    )
    health = connector.check_connection()
    if not health["ok"]:
        raise AssertionError(health["problems"])
    _map_locations(env, connector, sorted(health["locations"].items()))
    return connector


class WooCommerceCase(LoopbackRequests, TransactionCase):
    """A class of tests on one shop. Each test finds shop and database as `setUpClass` left them."""

    settings = {}
    synced = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clock = PatientClock()
        cls.shop = Shop(cls.clock)
        for name, value in cls.settings.items():
            setattr(cls.shop.settings, name, value)
        cls.shop.settings.currency = cls.env.company.currency_id.name
        seed(cls.shop)
        for order in cls.shop.store.rows("orders"):  # sent long before the connector was made
            if order["completed"]:
                order["completed"] -= timedelta(days=1)
        cls.enterClassContext(serving(cls.shop))
        model = cls.env.registry["gateway.connector"]
        cls.startClassPatcher(patch.object(model, "_clock", lambda _self: cls.clock))
        cls.connector = connected(cls.env, cls.shop)
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.connector.company_id.id)], limit=1
        )
        cls.warehouses = cls.warehouse
        if cls.synced:
            cls.first_run = cls.connector.run_sync(wait=True)
            if cls.first_run.state != "done":
                raise AssertionError(cls.told(cls.first_run))
        cls._state = cls.shop.dump()

    def setUp(self):
        super().setUp()
        self.shop.restore(self._state)
        self.shop.settings.failure_rate = self.shop.settings.lost_answer_rate = 0.0

    sync = DemoShopCase.sync
    told = staticmethod(DemoShopCase.told)
    counts = DemoShopCase.counts
    written = DemoShopCase.written
    bindings = DemoShopCase.bindings
    bound = DemoShopCase.bound
    variant = DemoShopCase.variant
    template = DemoShopCase.template
    changes = DemoShopCase.changes
    letters = DemoShopCase.letters
    make_product = DemoShopCase.make_product

    # -- the shop as a test looks at it: past any API

    def rows(self, table):
        return self.shop.store.rows(table)

    def row(self, table, **wanted):
        (found,) = [r for r in self.rows(table) if all(r[n] == v for n, v in wanted.items())]
        return found

    def assert_settled(self):
        """A sync of all entities both ways writes nothing on either side."""
        self.clock.sleep(300)
        before = self.shop.writes
        run = self.sync()
        self.assertEqual(self.written(run), {})
        self.assertEqual(self.shop.writes, before)
