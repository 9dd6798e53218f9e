"""What tests of bad input, access and secrets share: a connector on a small shop, and people."""

import json
from unittest.mock import patch

from odoo.tests import TransactionCase, new_test_user

from odoo.addons.gateway_ng.lib.demoshop import (
    Settings,
    Shop,
    catalog,
    edit,
    seed_demo,
    serving,
)
from odoo.addons.gateway_ng.lib.demoshop.seed import add_locations

from .demo_shop_case import GROUPS as INTEGRATION_GROUPS
from .demo_shop_case import LoopbackRequests, PatientClock

ROLES = ("viewer", "operator", "manager")


class ShopCase(LoopbackRequests, TransactionCase):
    """A shop of `seed` and a connector that was never checked; each test has its own shop."""

    seed = None
    settings = Settings()

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
        cls.people["customer"] = new_test_user(
            cls.env, "gateway_customer", groups="base.group_portal"
        )
        cls.people["anybody"] = cls.env.ref("base.public_user")

    def setUp(self):
        super().setUp()
        clock = PatientClock()
        model = self.env.registry["gateway.connector"]
        self.startPatcher(patch.object(model, "_clock", lambda _self: clock))
        self.shop = Shop(clock=clock, settings=self.settings)
        if self.seed:
            seed_demo(self.shop, self.seed)
        self.server = self.enterContext(serving(self.shop))
        self.connector = self.connect("Shop")

    def connect(self, name, **values):
        connector = self.env["gateway.connector"].create(
            {
                "name": name,
                "platform": "shopify",
                "user_id": self.robot.id,
                "create_taxes": True,
                **values,
            }
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

    def stock_mugs(self, available=9):
        """The shop's locations, and mugs at one of them that Odoo knows, too."""
        add_locations(self.shop.store, self.shop.store.now())
        self.add_product("Mug", "MUG-1")
        self.check_and_map()
        edit(self.shop, "stock", {"sku": "MUG-1", "available": available})
        self.sync("product")

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
