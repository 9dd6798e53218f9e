"""An upgrade, another mapping, the connector archived: all while a run is at work."""

import json
from collections import Counter
from contextlib import suppress
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.sync import breaker

from .demo_shop_case import make_product
from .own_database import Killed, pending, perform, revive_dead_jobs, work_off
from .test_crash import CrashCase, Executioner

ENTITIES = ("category", "product", "customer", "stock", "order")


def by_two(case):
    """Two records a page."""
    model = case.registry["gateway.connector"]
    case.startPatcher(patch.object(model, "_batch_size", lambda _self, _size: 2))


@tagged("post_install", "-at_install")
class TestUpheaval(CrashCase):
    """4 products of 4 variants, 4 customers, 6 orders, 32 stock levels; two records a page."""

    def setUp(self):
        super().setUp()
        by_two(self)

    def whole(self, code):
        """What a run that nothing disturbs adds."""
        _reader, connector = self.small_shop(code)
        sizes = self.table_sizes()
        run = self.start(connector, ENTITIES, "import")
        work_off(self.registry)
        return self.table_sizes() - sizes, self.accounts(run)

    def stopped(self, code, at):
        """(connector, run) of a run whose worker died in the middle, and what it had added."""
        reader, connector = self.small_shop(code)
        run = self.start(connector, ENTITIES, "import")
        with Executioner(at, before=True) as executioner, suppress(Killed):
            work_off(self.registry)
        self.assertTrue(executioner.struck)
        return reader, connector, run

    def test_an_upgrade_of_the_module_loses_and_doubles_nothing(self):
        self.whole("warm")
        added, outcomes = self.whole("calm")
        sizes = self.table_sizes()
        _reader, _connector, run = self.stopped("upgrade", 24)
        self.assertNotEqual(Counter(), self.table_sizes() - sizes, "it was at work")
        self.load(update_module=True, upgrade_modules=["gateway_ng"])
        self.assertIn("gateway_ng", self.registry.updated_modules)
        self.resume(run)
        self.assertEqual(added, self.table_sizes() - sizes)
        found = self.accounts(run)
        self.assertEqual(outcomes["created"], found["created"] + found["repeated"])

    def test_a_run_ends_with_the_mapping_that_it_began_with_and_the_next_has_the_new_one(self):
        reader, connector, run = self.stopped("mapping", 16)
        self.check_flow(run, "product", is_begun=True)
        self.map_name(connector, "product", "title", "uppercase")
        self.resume(run)
        names = self.names(connector)
        self.assertEqual(4, len(names))
        self.assertEqual([], [name for name in names if name == name.upper()])
        product = reader.table("Product")[0]
        reader.edit("title", product=product["id"], title="Edited since")
        self.clock.sleep(60)
        self.sync(connector, ["product"], "import")
        self.assertIn("EDITED SINCE", self.names(connector))

    def test_so_do_the_flows_of_it_that_had_not_begun(self):
        self.check_later_flow(*self.stopped("later", 14)[1:])

    def test_so_do_those_of_a_run_that_was_taken_over_before_it_began(self):
        _reader, connector = self.small_shop("waited")
        run = self.start(connector, ENTITIES, "import")
        with self.environment() as env:
            env["gateway.run"].browse(run)._take_over()  # it had waited for another one too long
            env["gateway.run"].browse(run)._enqueue()
        with Executioner(14, before=True), suppress(Killed):
            work_off(self.registry)
        self.check_later_flow(connector, run)
        self.assertTrue(self.query("SELECT started FROM gateway_run WHERE id = %s", run)[0][0])

    def check_later_flow(self, connector, run):
        self.check_flow(run, "customer", is_begun=False)
        self.map_name(connector, "customer", "displayName", "uppercase")
        self.resume(run)
        names = self.query(
            "SELECT p.name FROM res_partner p JOIN gateway_binding b ON b.res_id = p.id"
            " AND b.entity = 'customer' WHERE b.connector_id = %s",
            connector,
        )
        self.assertEqual(4, len(names))
        self.assertEqual([], [name for (name,) in names if name == name.upper()])

    def test_a_run_that_failed_by_its_mapping_is_resumed_with_the_mended_one(self):
        _reader, connector = self.small_shop("mended")
        layer, text = self.map_name(connector, "product", "title", "uppercase"), {"type": "char"}
        self.edit(layer, {"record": {"name": {**text, "MAPTO": ["title", "lambda t: t[900]"]}}})
        with patch.object(breaker, "LEAST", 1):
            run = self.sync(connector, ["category", "product"], "import", state="failed")
        self.edit(
            layer, {"record": {"name": {**text, "MAPTO": ["title", "lambda t: t + ' mended'"]}}}
        )
        with self.environment() as env:
            env["gateway.run"].browse(run).action_resume()
        work_off(self.registry)
        self.check_run(run)
        self.assertEqual(4, len([name for name in self.names(connector) if " mended" in name]))

    def edit(self, layer, document):
        with self.environment() as env:
            env["gateway.mapping"].browse(layer).document = json.dumps(document)

    def check_flow(self, run, entity, is_begun):
        with self.environment() as env:
            flows = env["gateway.run"].browse(run).flow_ids
            (flow,) = flows.filtered(lambda one: one.entity == entity)
            self.assertEqual(is_begun, bool(flow.started))
            self.assertNotEqual("done", flow.state)

    def map_name(self, connector, entity, path, transform):
        """The connector's own layer, which gives the name another form."""
        name = {"MAPTO": path, "transform": [transform], "type": "char"}
        with self.environment() as env:
            layer = env["gateway.mapping"].create(
                {
                    "platform": "shopify",
                    "entity": entity,
                    "direction": "import",
                    "layer": "connector",
                    "connector_id": connector,
                    "document": json.dumps({"record": {"name": name}}),
                }
            )
            return layer.id

    def names(self, connector):
        rows = self.query(
            "SELECT t.name ->> 'en_US' FROM product_template t JOIN gateway_binding b"
            " ON b.res_id = t.id AND b.entity = 'product' WHERE b.connector_id = %s",
            connector,
        )
        return [name for (name,) in rows]

    def test_a_connector_that_was_archived_meanwhile_goes_on_when_it_is_restored(self):
        self.whole("heat")
        added, _outcomes = self.whole("whole")
        sizes = self.table_sizes()
        reader, connector, run = self.stopped("archive", 14)
        with self.environment() as env:
            env["gateway.connector"].browse(connector).active = False
        before, shop = self.table_sizes(), reader.shop.counters.queries
        self.revive()
        self.assertEqual(Counter(), self.table_sizes() - before, "nothing is written meanwhile")
        self.assertEqual(shop, reader.shop.counters.queries, "nor is the shop asked")
        with self.environment() as env:
            env["gateway.connector"].browse(connector).active = True
        work_off(self.registry)
        self.accounts(run)
        self.assertEqual(added, self.table_sizes() - sizes)

    def revive(self):
        revive_dead_jobs(self.registry)
        work_off(self.registry)


@tagged("post_install", "-at_install")
class TestArchivedExport(CrashCase):
    """Alone in its database: an export sends whatever products there are."""

    def test_pages_that_waited_for_a_worker_are_sent_after_the_connector_is_restored(self):
        by_two(self)
        reader, connector = self.small_shop("out")
        self.sync(connector)
        with self.environment() as env:
            for number in range(6):
                make_product(env, f"New out {number}", f"out-{number}")
        run = self.start(connector, ["product"], "export")
        perform(self.registry, pending(self.registry))  # reads, and queues a job for each page
        with self.environment() as env:
            env["gateway.connector"].browse(connector).active = False
        with reader.writes() as counters:
            work_off(self.registry)
        self.assertEqual(0, counters.writes)
        with self.environment() as env:
            self.assertIn("staged", env["gateway.run"].browse(run).page_ids.mapped("state"))
            env["gateway.connector"].browse(connector).active = True
        work_off(self.registry)
        self.assertEqual(6, self.accounts(run)["created"])
