"""Killed at every commit, driven by two at once, done twice: nothing is lost and nothing doubled."""

from collections import Counter
from unittest.mock import patch

import psycopg2

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import seed, seed_demo
from odoo.addons.gateway_ng.models.work import Stale, UnitOfWork

from .demo_shop_case import make_product
from .own_database import Killed, OwnDatabaseCase, pending, perform, revive_dead_jobs, work_off

#: What a sync adds rows to, beside its own bookkeeping.
TABLES = (
    "product_template",
    "product_product",
    "product_attribute",
    "product_attribute_value",
    "product_category",
    "res_partner",
    "account_tax",
    "sale_order",
    "sale_order_line",
    "stock_move",
    "stock_quant",
    "gateway_dead_letter",
    "gateway_conflict",
)


class Executioner:
    """Kills at the n-th commit from now on, before or after it is carried out."""

    def __init__(self, at, before):
        self.at = at
        self.before = before
        self.seen = 0

    @property
    def struck(self):
        return 0 < self.at <= self.seen

    def __enter__(self):
        original = UnitOfWork.commit

        def commit(work):
            self.seen += 1
            if self.seen == self.at and self.before:
                raise Killed
            original(work)
            if self.seen == self.at:
                raise Killed

        self._patch = patch.object(UnitOfWork, "commit", commit)
        self._patch.start()
        return self

    def __exit__(self, *_error):
        self._patch.stop()


class CrashCase(OwnDatabaseCase):
    def small_shop(self, code):
        """A shop of its own whose names, SKUs, barcodes and e-mails no other has."""

        def seed_small(shop):
            words = seed.PRODUCTS[:4]
            with patch.multiple(seed, CUSTOMERS=4, ORDERS=6, PRODUCTS=words):
                seed_demo(shop)
            tables = shop.store.tables
            for product in tables["Product"].values():
                product["title"] += f" {code}"
            for item in tables["InventoryItem"].values():
                item["sku"] += f"-{code}"
            for variant in tables["ProductVariant"].values():
                variant["barcode"] += code
            for person in (*tables["Customer"].values(), *tables["Order"].values()):
                person["email"] = f"{code}-{person['email']}"
            shop.store.changed()

        return self.new_shop(seed_small, name=f"Small shop {code}")

    def table_sizes(self):
        with self.registry.cursor() as cr:
            sizes = Counter()
            for table in TABLES:
                cr.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  (names from above)
                sizes[table] = cr.fetchone()[0]
            return sizes

    def resume(self, run_id):
        """What a person and the job runner do after the crash."""
        revive_dead_jobs(self.registry)
        with self.environment() as env:
            run = env["gateway.run"].browse(run_id)
            if run.state in ("queued", "running", "failed"):
                run.action_resume()
        work_off(self.registry)

    def run_killed(self, run_id, at, before):
        """Work the run off with one kill; how many commits were seen, and whether it was killed."""
        with Executioner(at, before) as executioner:
            try:
                work_off(self.registry)
            except Killed:
                pass
        if executioner.struck:
            self.resume(run_id)
        return executioner

    def accounts(self, run_id):
        """Outcomes of a run, whose sum must be what was read; all its pages are settled."""
        with self.environment() as env:
            run = env["gateway.run"].browse(run_id)
            letters = env["gateway.dead.letter"].search([("run_id", "=", run_id)])
            told = "\n".join([run.error or "", *letters.mapped("error")])
            self.assertEqual(run.state, "done", told)
            self.assertEqual(set(run.page_ids.mapped("state")), {"settled"})
            self.assertEqual(set(run.flow_ids.mapped("state")), {"done"})
            outcomes = Counter(
                {
                    name: run[f"count_{name}"]
                    for name in (
                        "created updated unchanged filtered held dead repeated deleted".split()
                    )
                }
            )
            self.assertEqual(sum(outcomes.values()), run.count_read)
            return +outcomes


@tagged("post_install", "-at_install")
class TestKilledImport(CrashCase):
    """4 products of 4 variants, 4 customers, 6 orders (one by a guest), 32 stock levels."""

    entities = ("category", "product", "customer", "stock", "order")

    def attempt(self, code, at=0, before=True):
        """(what was added, what is bound, the run's outcomes, executioner)."""
        _reader, connector = self.small_shop(code)
        sizes = self.table_sizes()
        run = self.start(connector, self.entities, "import")
        executioner = self.run_killed(run, at, before)
        bound = dict(
            self.query(
                "SELECT entity, count(*) FROM gateway_binding WHERE connector_id = %s"
                " AND state = 'bound' AND remote_id IS NOT NULL AND odoo_id IS NOT NULL"
                " GROUP BY entity",
                connector,
            )
        )
        added = self.table_sizes() - sizes
        return added, bound, self.accounts(run), executioner

    def test_killed_before_each_commit_an_import_loses_and_doubles_nothing(self):
        self.attempt("warm")
        *expected, executioner = self.attempt("whole")
        self.assertEqual(expected[0]["product_template"], 4)
        self.assertEqual(expected[0]["product_product"], 16)
        self.assertEqual(expected[0]["sale_order"], 6)
        self.assertEqual(expected[1]["order"], 6)
        self.assertEqual(expected[2]["created"], 4 + 4 + 32 + 6)
        commits = executioner.seen
        self.assertGreater(commits, 20)
        for at in range(1, commits + 1):
            with self.subTest(killed_before_commit=at):
                *found, executioner = self.attempt(f"b{at}", at)
                self.assertTrue(executioner.struck)
                self.assertEqual(found, expected)


@tagged("post_install", "-at_install")
class TestKilledExport(CrashCase):
    """10 new products of 2 variants each go to the shop."""

    def setUp(self):
        super().setUp()
        self.reader, self.connector = self.small_shop("one")
        self.sync(self.connector)

    def make_products(self, code):
        with self.environment() as env:
            templates = env["product.template"]
            for number in range(10):
                templates += make_product(env, f"New {code} {number}", f"{code}-{number}")
            return templates.ids, templates.product_variant_ids.ids

    def attempt(self, code, at=0, before=True):
        """(shop products and variants added, outcomes by what was read, executioner)."""
        templates, variants = self.make_products(code)
        run = self.start(self.connector, ["product", "stock"], "export")
        executioner = self.run_killed(run, at, before)
        added = Counter(v["product"] for v in self.reader.variants().values())
        added = {title: n for title, n in added.items() if title.startswith(f"New {code} ")}
        titles = [p["title"] for p in self.reader.table("Product")]
        self.assertEqual(len(titles), len(set(titles)), "a product was made twice")
        bound = self.query(
            "SELECT entity, state, count(*), count(DISTINCT remote_id), count(DISTINCT odoo_id)"
            " FROM gateway_binding WHERE connector_id = %s AND ((entity = 'product' AND"
            " res_id = ANY(%s)) OR (entity = 'variant' AND res_id = ANY(%s)))"
            " GROUP BY entity, state ORDER BY entity, state",
            self.connector,
            templates,
            variants,
        )
        expected = [("product", "bound", 10, 10, 10), ("variant", "bound", 20, 20, 20)]
        self.assertEqual(bound, expected)
        self.assertEqual(added, {f"New {code} {number}": 2 for number in range(10)})
        return self.accounts(run), executioner

    def test_killed_before_and_after_each_commit_an_export_loses_and_doubles_nothing(self):
        accounts, executioner = self.attempt("whole")
        self.assertEqual(accounts["created"], 10 + 20)  # the shop stocks at its first place itself
        commits = executioner.seen
        self.assertGreater(commits, 10)
        for at in range(1, commits + 1):
            for before in (True, False):
                moment = "before" if before else "after"
                with self.subTest(killed=moment, commit=at):
                    found, executioner = self.attempt(f"{moment[0]}{at}", at, before)
                    self.assertTrue(executioner.struck)
                    # Neighbours may be read along, and what a try had found settled comes again.
                    for outcome in ("unchanged", "repeated"):
                        found.pop(outcome, None)
                    self.assertEqual(found, {"created": 30})
        sizes = self.table_sizes()
        self.sync(self.connector)
        self.assertEqual(self.table_sizes() - sizes, Counter(), "its own products came back")
        with self.reader.writes() as counters:
            self.sync(self.connector)
        self.assertEqual(counters.writes, 0, counters.mutations)
