"""What the acceptance tests share: a connector on a demo shop over HTTP, and what the shop holds.

The shop is served on the loopback. Waiting is free: the shop and the client share a clock whose
sleep only moves its hands.
"""

import threading
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.gateway_ng.lib.clock import SystemClock
from odoo.addons.gateway_ng.lib.demoshop import Shop, catalog, edit, seed_demo, serving
from odoo.addons.gateway_ng.lib.demoshop.counters import Counters
from odoo.addons.gateway_ng.lib.demoshop.ids import number

#: Roles of the integration user as README asks for them, nothing more.
GROUPS = (
    "sales_team.group_sale_salesman_all_leads,stock.group_stock_user,base.group_partner_manager,"
    "product.group_product_manager,account.group_account_manager"
)
SECRET = "demo-secret"
COUNTED = (
    "created",
    "updated",
    "unchanged",
    "filtered",
    "held",
    "dead",
    "repeated",
    "deleted",
)
#: Every flow of the shipped mappings, in the order in which they run.
FLOWS = [
    ("category", "import"),
    ("product", "import"),
    ("variant", "import"),
    ("customer", "import"),
    ("price", "import"),
    ("stock", "import"),
    ("order", "import"),
    ("category", "export"),
    ("product", "export"),
    ("variant", "export"),
    ("customer", "export"),
    ("price", "export"),
    ("stock", "export"),
    ("order", "export"),
]


class PatientClock(SystemClock):
    """The machine's clock, on which sleeping takes no time: it only moves on."""

    def __init__(self):
        self._lock = threading.Lock()
        self._slept = 0.0

    def now(self):
        return super().now() + timedelta(seconds=self._slept)

    def monotonic(self):
        return super().monotonic() + self._slept

    def sleep(self, seconds):
        with self._lock:
            self._slept += seconds


def connected(env, url, **values):
    """A checked connector to the shop at `url`, with a warehouse for each of its locations and an
    integration user of ordinary rights."""
    user = env["res.users"].search([("login", "=", "integration")]) or new_test_user(
        env, login="integration", groups=GROUPS
    )
    connector = (
        env["gateway.connector"]
        .with_context(tracking_disable=True)
        .create(
            {
                "name": "Demo shop",
                "platform": "shopify",
                "user_id": user.id,
                "create_taxes": True,
                **values,
            }
        )
    )
    connector.connection_ids.set_values(
        {
            "shop": "demo.myshopify.com",
            "client_id": "demo-client",
            "client_secret": SECRET,
            "base_url": url,
        }
    )
    health = connector.check_connection()
    if not health["ok"]:
        raise AssertionError(health["problems"])
    _map_locations(env, connector, sorted(health["locations"].items()))
    return connector


def _map_locations(env, connector, locations):
    warehouses = env["stock.warehouse"].search([("company_id", "=", connector.company_id.id)])
    for position in range(len(warehouses), len(locations)):
        name = locations[position][1]
        warehouses += env["stock.warehouse"].create({"name": name, "code": f"GW{position}"})
    connector.location_ids.unlink()
    for warehouse, (remote, _name) in zip(warehouses, locations, strict=False):
        place = warehouse.lot_stock_id
        env["gateway.binding"].create(
            {
                "connector_id": connector.id,
                "entity": "location",
                "remote_id": remote,
                "res_model": place._name,
                "res_id": place.id,
                "odoo_id": str(place.id),
            }
        )


class ShopReader:
    """The demo shop as a test looks at it: past any API."""

    def __init__(self, shop):
        self.shop = shop

    def table(self, kind):
        return list(self.shop.store.tables[kind].values())

    def products(self):
        return {product["title"]: product for product in self.table("Product")}

    def variants(self):
        """SKU → {product, size, barcode, price, weight, id} of every variant."""
        store, found = self.shop.store, {}
        for variant in self.table("ProductVariant"):
            item = store.get("InventoryItem", variant["inventoryItem"])
            found[item["sku"]] = {
                "id": variant["id"],
                "product": store.get("Product", variant["product"])["title"],
                "size": variant["selectedOptions"][0]["value"],
                "barcode": variant["barcode"],
                "price": Decimal(variant["price"]),
                "weight": Decimal(str((item["weight"] or {}).get("value", 0))),
            }
        return found

    def levels(self):
        """(SKU, location id) → quantities by name."""
        store, found = self.shop.store, {}
        for level in self.table("InventoryLevel"):
            item = store.get("InventoryItem", level["item"])
            place = store.get("Location", level["location"])
            found[item["sku"], place["id"]] = dict(level["quantities"])
        return found

    def available(self, sku, place=0):
        locations = sorted(place["id"] for place in self.table("Location"))
        return self.levels()[sku, locations[place]]["available"]

    def by_sku(self, sku):
        (item,) = [one for one in self.table("InventoryItem") if one["sku"] == sku]
        return self.shop.store.get("ProductVariant", item["variant"])

    def edit(self, action, **values):
        return edit(self.shop, action, values)["id"]

    def add_product(self, title, sizes, price):
        """A new product of the shop; `sizes`: size → SKU."""
        store = self.shop.store
        product = catalog.add_product(store, {"title": title, "handle": catalog.handle_of(title)})
        product["options"] = [catalog.option(store, "Size", 1, list(sizes))]
        for size, sku in sizes.items():
            fields = {"price": price, "taxable": True, "item": {"sku": sku, "tracked": True}}
            catalog.add_variant(store, product, [size], fields, store.now())
        return product["id"]

    def add_customer(self, first, last, email):
        """A new customer with an address, as one who signs up."""
        store = self.shop.store
        pattern = self.table("Customer")[0]
        return store.add(
            "Customer",
            {
                **{k: v for k, v in pattern.items() if k not in ("id", "createdAt", "updatedAt")},
                "firstName": first,
                "lastName": last,
                "email": email,
                "phone": None,
                "note": None,
                "addresses": [],
            },
        )["id"]

    @contextmanager
    def writes(self):
        """The counters of what is done inside."""
        self.shop.counters = counters = Counters()
        yield counters

    def number(self, gid):
        return number(gid)


class LoopbackRequests:
    """Lets the client call the shop on this machine, whatever its timeouts look like."""

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        """Odoo's own guard knows timeouts as one number; the client's is a pair."""
        timeout = kwargs.get("timeout")
        kwargs["timeout"] = max(timeout) if isinstance(timeout, tuple) else timeout
        return super()._request_handler(session, request, **kwargs)


class Comparing:
    """Of a test case with a `connector`."""

    def compare(self):
        run = self.env["gateway.run"].browse(self.connector.action_compare()["res_id"])
        run._drive_inline()
        self.env.invalidate_all()
        return run


class DemoShopCase(LoopbackRequests, TransactionCase):
    """A class of tests on one shop. Each test finds shop and database as `setUpClass` left them."""

    synced = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clock = PatientClock()
        cls.shop = Shop(clock=cls.clock)
        cls.seed(cls.shop)
        cls.server = cls.enterClassContext(serving(cls.shop))
        model = cls.env.registry["gateway.connector"]
        cls.startClassPatcher(patch.object(model, "_clock", lambda _self: cls.clock))
        cls.reader = ShopReader(cls.shop)
        cls.connector = connected(cls.env, cls.server.url)
        cls.warehouses = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.connector.company_id.id)], limit=2
        )
        cls.first_run = None
        if cls.synced:
            cls.first_run = cls.connector.run_sync(wait=True)
            if cls.first_run.state != "done":
                raise AssertionError(cls.told(cls.first_run))
        cls._state = cls.shop.dump()

    @classmethod
    def seed(cls, shop):
        seed_demo(shop)

    def setUp(self):
        super().setUp()
        self.shop.configure(self._state["settings"])
        self.shop.store.restore(self._state["store"])
        self.shop.store.last_order_number = self._state["store"]["orders"]
        self.shop.keys = dict(self._state["keys"])
        self.shop.counters = Counters()

    # -- running

    def sync(self, *entities, direction="both", state="done", connector=None):
        """A run to its end, which must be `state`."""
        connector = connector or self.connector
        run = connector.run_sync(list(entities) or None, direction=direction, wait=True)
        self.env.invalidate_all()
        self.assertEqual(run.state, state, self.told(run))
        return run

    @staticmethod
    def told(run):
        letters = run.env["gateway.dead.letter"].search([("run_id", "=", run.id)])
        lines = [f"{one.entity} {one.direction} {one.source_id}: {one.error}" for one in letters]
        return "\n".join([run.state, run.error or "", *lines])

    def counts(self, run):
        """(entity, direction) → Counter of outcomes."""
        sums = self.env["gateway.page"]._sums([("run_id", "=", run.id)], "flow_id")
        return {
            (flow.entity, flow.direction): Counter(
                {name: sums.get(flow.id, {}).get(name) or 0 for name in ("read", *COUNTED)}
            )
            for flow in run.flow_ids
        }

    def written(self, run):
        """What a run wrote anywhere: (entity, direction) → {outcome: count}, without zeros."""
        kinds = ("created", "updated", "deleted", "held", "dead")
        found = {
            flow: {kind: counts[kind] for kind in kinds if counts[kind]}
            for flow, counts in self.counts(run).items()
        }
        return {flow: counts for flow, counts in found.items() if counts}

    # -- looking

    def bindings(self, entity, connector=None):
        connector = connector or self.connector
        return self.env["gateway.binding"].search(
            [("connector_id", "=", connector.id), ("entity", "=", entity)]
        )

    def bound(self, entity, remote_id):
        """The Odoo record of a shop's id."""
        (binding,) = self.bindings(entity).filtered(lambda b: b.remote_id == remote_id)
        return self.env[binding.res_model].browse(binding.res_id)

    def variant(self, sku):
        found = self.env["product.product"].search([("default_code", "=", sku)])
        self.assertEqual(len(found), 1, sku)
        return found

    def template(self, title):
        found = self.env["product.template"].search([("name", "=", title)])
        self.assertEqual(len(found), 1, title)
        return found

    def changes(self, run, entity, source_id=None):
        domain = [("run_id", "=", run.id), ("entity", "=", entity)]
        if source_id:
            domain.append(("source_id", "=", str(source_id)))
        return self.env["gateway.change"].search(domain)

    def letters(self, state="open"):
        return self.env["gateway.dead.letter"].search(
            [("connector_id", "=", self.connector.id), ("state", "=", state)]
        )

    # -- doing

    def make_product(self, name, code, sizes=("S", "M"), price=20.0, quantity=0):
        template = make_product(self.env, name, code, sizes, price)
        for variant in template.product_variant_ids if quantity else ():
            count(variant, self.warehouses[0], quantity)
        return template


def make_product(env, name, code, sizes=("S", "M"), price=20.0):
    """A product made by a person in Odoo, with a variant for each size, SKUs «code-size»."""
    attribute = env["product.attribute"].search([("name", "=", "Size")], limit=1)
    attribute = attribute or env["product.attribute"].create({"name": "Size"})
    known = {value.name: value for value in attribute.value_ids}
    values = [
        known.get(size) or attribute.value_ids.create({"name": size, "attribute_id": attribute.id})
        for size in sizes
    ]
    line = {
        "attribute_id": attribute.id,
        "value_ids": [Command.set([value.id for value in values])],
    }
    template = env["product.template"].create(
        {
            "name": name,
            "type": "consu",
            "is_storable": True,
            "list_price": price,
            "attribute_line_ids": [Command.create(line)],
        }
    )
    for variant in template.product_variant_ids:
        variant.default_code = f"{code}-{variant.product_template_attribute_value_ids.name}"
    return template


def count(variant, warehouse, quantity):
    """A person counts: so much is on hand."""
    variant.env["stock.quant"].with_context(inventory_mode=True).create(
        {
            "product_id": variant.id,
            "location_id": warehouse.lot_stock_id.id,
            "inventory_quantity": quantity,
        }
    ).action_apply_inventory()
