"""Two Odoo servers on one database, a job runner and a shop over HTTP, with everybody at once."""

import tempfile
import time
import urllib.request
from contextlib import ExitStack
from functools import partial

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import sell

from .at_once import AtOnceCase, at_once
from .odoo_server import Session, odoo_server
from .own_database import work_off

ENTITIES = ["category", "product", "customer", "order"]
WORDS = "<p>A person's words</p>"
PATIENCE = 150  # seconds
MINUTE = 60  # the dispatcher's


@tagged("post_install", "-at_install")
class TestTwoServers(AtOnceCase):
    def setUp(self):
        super().setUp()
        self.reader, self.connector = self.live("two")
        self.start(self.connector, ENTITIES)
        work_off(self.registry)
        self.check_books(self.connector)
        self.reader.shop.counters.mutations.clear()
        with self.environment() as env:
            connection = env["gateway.connection"].search(
                [("connector_id", "=", self.connector)], limit=1
            )
            self.token = connection.webhook_token
            self.cron = env.ref("gateway_ng.cron_dispatch").id

    def servers(self, stack):
        """Addresses of two servers; the job runner of one of them does the jobs."""
        options = ("--load", "base,rpc,web,queue_job", "--max-cron-threads", "0")

        folder = stack.enter_context(tempfile.TemporaryDirectory())

        def begin(name):
            server = odoo_server(self.database, f"{folder}/{name}.log", *options)
            return stack.enter_context(server)

        return at_once(partial(begin, "one"), partial(begin, "two"))

    def deliver(self, url, topic, gid):
        headers, body = self.delivery(gid, topic, event=f"{topic} {gid}")
        request = urllib.request.Request(f"{url}/gateway/webhook/{self.token}", body, headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        opener.open(request, timeout=30).close()

    def dispatch(self, session):
        """What the scheduled action does; Odoo itself says so where another server does it now."""
        try:
            session.call("ir.cron", "method_direct_trigger", [self.cron])
        except AssertionError as error:
            self.assertIn("already executing", str(error))

    def wait_until_all_is_done(self, session):
        begun = time.monotonic()
        end, minute = begun + PATIENCE, begun + MINUTE
        while time.monotonic() < end:
            still = self.query(
                "SELECT 'run', state, id::text FROM gateway_run"
                " WHERE state IN ('queued', 'running') UNION ALL"
                " SELECT 'webhook', state, topic FROM gateway_event WHERE state = 'new' UNION ALL"
                " SELECT 'job', state, name FROM queue_job"
                " WHERE state NOT IN ('done', 'failed', 'cancelled')"
            )
            if not still:
                return
            if time.monotonic() > minute:
                minute += MINUTE
                self.dispatch(session)
            time.sleep(0.2)  # servers of their own have nothing else to wait for
        raise AssertionError(still)

    def everybody(self, urls, told, templates):
        """At once: two people and the schedule start runs, each webhook comes to both servers, and
        people write on products and make one."""
        one, two = (Session(url, self.database) for url in urls)
        sync = "gateway.connector", "run_sync", [self.connector], ENTITIES

        def edit():
            for template in templates:
                one.call("product.template", "write", [template], {"description": WORDS})

        at_once(
            lambda: one.call(*sync),
            lambda: two.call(*sync),
            lambda: self.dispatch(one),
            lambda: self.dispatch(two),
            *(partial(self.deliver, url, *event) for url in urls for event in told),
            edit,
            lambda: two.call(
                "product.template", "create", [{"name": "New in Odoo", "default_code": "ODOO-1"}]
            ),
        )

    def test_one_record_one_write_and_no_job_fails(self):
        known = {id_: int(odoo) for id_, odoo in self.odoo_ids(self.connector, "product").items()}
        for product in known:
            self.reader.edit("title", product=product, title=f"Shop's {product[-4:]}")
        new = self.reader.add_product("New in shop", {"S": "NEW-S"}, "12.00")
        order = sell(self.reader.shop, "NEW-S", 2)["id"]
        self.reader.shop.store.changed()
        self.make_due(self.connector, *ENTITIES)
        told = [("products/create", new), ("orders/create", order)]
        with ExitStack() as stack:
            urls = self.servers(stack)
            self.everybody(urls, told, known.values())
            self.wait_until_all_is_done(Session(urls[0], self.database))
        self.check_books(self.connector)
        self.start(self.connector, ENTITIES)  # what was edited after its page was read
        work_off(self.registry)
        self.check_books(self.connector)
        self.assertEqual(len(told), len(self.query("SELECT 1 FROM gateway_event")))
        self.check_sides(known)

    def check_sides(self, known):
        """Both sides have each product once, with both sides' edits; each was sent once."""
        products = {product["title"]: product for product in self.reader.table("Product")}
        titles = {*(f"Shop's {id_[-4:]}" for id_ in known), "New in Odoo", "New in shop"}
        self.assertEqual(titles, set(products))
        self.assertEqual(len(products), len(self.reader.table("Product")))
        self.assertEqual(
            {WORDS}, {one["descriptionHtml"] for one in products.values() if one["id"] in known}
        )
        bound = self.odoo_ids(self.connector, "product").values()
        with self.environment() as env:
            found = env["product.template"].search([("name", "in", list(titles))])
            self.assertEqual(sorted(found.mapped("name")), sorted(titles))
            self.assertEqual(set(found.ids), {int(id_) for id_ in bound})
        orders = self.odoo_ids(self.connector, "order")
        self.assertEqual(len(self.reader.table("Order")), len(set(orders.values())))
        sent = self.reader.shop.counters.mutations
        self.assertEqual({"productSet": 1, "productUpdate": len(known)}, dict(sent))
