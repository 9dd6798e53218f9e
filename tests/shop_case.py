"""What tests of whole syncs share: the demo shop served on this machine, a connector, people."""

import json

from odoo.tests import TransactionCase, new_test_user

from odoo.addons.gateway_ng.lib.clock import SystemClock
from odoo.addons.gateway_ng.lib.demoshop import Settings, Shop, catalog, seed_demo, serving

#: What an integration user needs to sync everything; no administrator's rights.
INTEGRATION_GROUPS = (
    "base.group_user,base.group_partner_manager,sales_team.group_sale_manager,"
    "stock.group_stock_manager"
)
ROLES = ("viewer", "operator", "manager")
#: Never throttled, so that no test waits.
PATIENT = Settings(bucket=1_000_000, restore_rate=1_000_000)


class ShopCase(TransactionCase):
    """A shop of `seed` and a connector that was never checked; each test has its own shop."""

    seed = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.robot = new_test_user(cls.env, "gateway_robot", groups=INTEGRATION_GROUPS)
        cls.people = {
            role: new_test_user(
                cls.env, f"gateway_{role}", groups=f"base.group_user,gateway_ng.group_{role}"
            )
            for role in ROLES
        }
        cls.people["employee"] = new_test_user(
            cls.env, "gateway_employee", groups="base.group_user"
        )

    def setUp(self):
        super().setUp()
        self.slept = []
        self.patch(SystemClock, "sleep", lambda _clock, seconds: self.slept.append(seconds))
        self.shop = Shop(settings=PATIENT)
        if self.seed:
            seed_demo(self.shop, self.seed)
        served = serving(self.shop)
        self.server = served.__enter__()
        self.addCleanup(served.__exit__, None, None, None)
        self.connector = self.connect("Shop")

    def connect(self, name, **values):
        connector = self.env["gateway.connector"].create(
            {"name": name, "platform": "shopify", "user_id": self.robot.id, **values}
        )
        connector.connection_ids.set_values(
            {
                "shop": "demo.myshopify.com",
                "client_id": self.shop.settings.client_id,
                "client_secret": self.shop.settings.client_secret,
                "base_url": self.server.url,
            }
        )
        return connector

    def sync(self, *entities, direction="import", **options):
        """A run of these entities to its end."""
        return self.connector.run_sync(list(entities) or None, direction, wait=True, **options)

    def check_and_map(self):
        """The connection checked, and a warehouse for each of the shop's locations."""
        health = self.connector.check_connection()
        self.assertTrue(health["ok"], health["problems"])
        return health

    def letters(self, **values):
        domain = [("connector_id", "=", self.connector.id)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["gateway.dead.letter"].search(domain)

    def add_product(self, title, *skus, sizes=None, **fields):
        """A product of the shop with one variant for each SKU."""
        store = self.shop.store
        product = catalog.add_product(
            store,
            {
                "title": title,
                "handle": catalog.free_handle(store, "Product", catalog.handle_of(title)),
                **fields,
            },
        )
        names = sizes or [f"Size {i + 1}" for i in range(len(skus))]
        single = len(skus) == 1 and sizes is None
        names = ["Default Title"] if single else names
        product["options"] = [catalog.option(store, "Title" if single else "Size", 1, names)]
        for name, sku in zip(names, skus, strict=True):
            values = {"price": "10.00", "item": {"sku": sku, "tracked": True}}
            catalog.add_variant(store, product, [name], values, None)
        store.changed()
        return product

    def override(self, entity, direction="import", **document):
        """The connector's own layer of a mapping."""
        return self.env["gateway.mapping"].create(
            {
                "platform": "shopify",
                "entity": entity,
                "direction": direction,
                "layer": "connector",
                "connector_id": self.connector.id,
                "document": json.dumps(document),
            }
        )
