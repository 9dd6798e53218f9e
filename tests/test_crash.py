"""Killed at every commit, driven by two, done twice: nothing is lost and nothing is doubled."""

from collections import Counter
from contextlib import suppress
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import seed, seed_demo
from odoo.addons.gateway_ng.lib.errors import StopRun
from odoo.addons.gateway_ng.lib.platforms.shopify.endpoint import ShopifyEndpoint
from odoo.addons.gateway_ng.lib.store import IDLE
from odoo.addons.gateway_ng.models.store import OdooStore
from odoo.addons.gateway_ng.models.work import Stale, UnitOfWork

from .demo_shop_case import COUNTED, make_product
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
    """Kills at the n-th commit from now on, before or after it is carried out.

    `watch()` is asked at each commit: `told` are its answers.
    """

    def __init__(self, at, before, watch=int):
        self.at = at
        self.before = before
        self.watch = watch
        self.told = []

    @property
    def seen(self):
        return len(self.told)

    @property
    def struck(self):
        return 0 < self.at <= self.seen

    def __enter__(self):
        original = UnitOfWork.commit

        def commit(work):
            self.told.append(self.watch())
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
    @classmethod
    def small_shop(cls, code, orders=6, products=4, **values):
        """A shop of its own whose names, SKUs, barcodes and e-mails no other has."""

        def seed_small(shop):
            words = seed.PRODUCTS[:products]
            with patch.multiple(seed, CUSTOMERS=4, ORDERS=orders, PRODUCTS=words):
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

        return cls.new_shop(seed_small, **{"name": f"Small shop {code}", **values})

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

    def run_killed(self, run_id, at, before, watch=int):
        """Work the run off with one kill, and go on after it."""
        with Executioner(at, before, watch) as executioner, suppress(Killed):
            work_off(self.registry)
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
            outcomes = Counter({name: run[f"count_{name}"] for name in COUNTED})
            self.assertEqual(sum(outcomes.values()), run.count_read)
            for name in IDLE:
                kept = [len((page.idle_ids or {}).get(name, ())) for page in run.page_ids]
                self.assertEqual(kept, run.page_ids.mapped(f"count_{name}"), name)
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
        executioner = self.run_killed(run, at, before, lambda: self.reader.shop.counters.writes)
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
        commits, writes = executioner.seen, [*executioner.told, None]
        self.assertGreater(commits, 10)
        # After one commit is before the next one, but where the shop was written to between them.
        moments = [(n, "before") for n in range(1, commits + 1)]
        moments += [(n, "after") for n in range(1, commits + 1) if writes[n - 1] != writes[n]]
        self.assertGreater(len(moments), commits + 2)
        for at, moment in moments:
            with self.subTest(killed=moment, commit=at):
                found, executioner = self.attempt(f"{moment[0]}{at}", at, moment == "before")
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


@tagged("post_install", "-at_install")
class TestKilledPlan(CrashCase):
    """A plan of a first sync, and its apply: made by jobs, two records a page."""

    def setUp(self):
        super().setUp()
        model = self.registry["gateway.connector"]
        self.startPatcher(patch.object(model, "_batch_size", lambda _self, _size: 3))
        self.reader, self.connector = self.small_shop("plan")

    def plan(self, at=0):
        """(plan's id, what it foretells, executioner) of a plan, killed before commit `at`."""
        with self.environment() as env:
            connector = env["gateway.connector"].browse(self.connector)
            plan = connector.run_sync(["category", "product", "customer", "order"], dry_run=True).id
        executioner = self.run_killed(plan, at, before=True)
        with self.environment() as env:
            self.assertEqual("planned", env["gateway.run"].browse(plan).plan_state)
        foretold = self.query(
            "SELECT entity, direction, source_id, content - 'fields' FROM gateway_plan_intent"
            " WHERE run_id = %s AND source_id NOT LIKE 'plan-%%' ORDER BY 1, 2, 3",
            plan,
        )
        return plan, foretold, executioner

    def test_killed_at_any_of_some_commits_it_foretells_the_same_and_so_is_its_apply(self):
        sizes = self.table_sizes()
        _plan, foretold, executioner = self.plan()
        commits = executioner.seen
        self.assertGreater(commits, 20)
        created = [row for row in foretold if row[3]["action"] == "create"]
        self.assertEqual(
            {"category": 4, "product": 4, "customer": 4, "order": 6},
            dict(Counter(row[0] for row in created)),
        )
        for at in (5, commits // 2):
            with self.subTest(killed_before_commit=at):
                plan, again, executioner = self.plan(at)
                self.assertTrue(executioner.struck)
                self.assertEqual(foretold, again)
        self.assertEqual(Counter(), self.table_sizes() - sizes, "nothing is written")
        with self.environment() as env:
            last = env["gateway.run"].browse(plan)
            last.action_plan_approve()
            apply = last.action_plan_apply()["res_id"]
        executioner = self.run_killed(apply, 12, before=True)
        self.assertTrue(executioner.struck)
        accounts = self.accounts(apply)
        self.assertEqual(len(created), accounts["created"] + accounts["repeated"])
        added = self.table_sizes() - sizes
        self.assertEqual(
            (4, 16, 6), tuple(added[f"{n}"] for n in TABLES[:2]) + (added["sale_order"],)
        )


@tagged("post_install", "-at_install")
class TestTwoWorkers(CrashCase):
    """Two at the same work: each page is settled once, and who comes late is refused."""

    def setUp(self):
        super().setUp()
        self.code = self._testMethodName[-12:]
        self.reader, self.connector = self.small_shop(self.code)

    def with_run(self, run_id):
        """(cursor, run) of another worker, closed in the end."""
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        return cr, api.Environment(cr, SUPERUSER_ID, {})["gateway.run"].browse(run_id)

    def sold(self):
        return self.query(
            "SELECT count(*), count(DISTINCT odoo_id) FROM gateway_binding"
            " WHERE connector_id = %s AND entity = 'product' AND state = 'bound'",
            self.connector,
        )[0]

    def test_a_second_reader_ends_the_first_one_and_each_page_is_staged_once(self):
        run_id = self.start(self.connector, ["category", "product"], "import")
        _cr, first = self.with_run(run_id)
        meet = []
        original = ShopifyEndpoint.pages

        def pages(side, *args):
            for page in original(side, *args):
                if not meet:
                    meet.append(args[0])
                    work_off(self.registry)  # the other driver, while the first one reads
                yield page

        with patch.object(ShopifyEndpoint, "pages", pages), self.assertRaises(Stale):
            first._drive(UnitOfWork(first.env, own=True), 1, inline=True)
        first.env.cr.rollback()
        self.assertEqual(meet, ["category"])
        self.assertEqual(self.accounts(run_id)["created"], 4)
        self.assertEqual(self.sold(), (4, 4))
        pages = self.query("SELECT flow_id, number FROM gateway_page WHERE run_id = %s", run_id)
        self.assertEqual(len(pages), len(set(pages)))

    def exported(self):
        """A run whose one page of 10 new products waits to be settled: (run id, page id)."""
        self.sync(self.connector, ["category", "product"])
        with self.environment() as env:
            for number in range(10):
                make_product(env, f"{self.code} {number}", f"{self.code}-{number}")
        run_id = self.start(self.connector, ["product"], "export")
        perform(self.registry, pending(self.registry))  # the reader's job
        ((page_id,),) = self.query(
            "SELECT id FROM gateway_page WHERE run_id = %s AND state = 'staged'", run_id
        )
        return run_id, page_id

    def in_shop(self):
        return sum(title.startswith(f"{self.code} ") for title in self.reader.products())

    def test_a_page_job_that_runs_twice_settles_its_page_once(self):
        run_id, page_id = self.exported()
        for _time in range(2):
            cr, run = self.with_run(run_id)
            run._job_settle(page_id, 1)
            cr.commit()  # pylint: disable=invalid-commit
        work_off(self.registry)
        self.assertEqual(self.accounts(run_id)["created"], 10)
        self.assertEqual(self.in_shop(), 10)
        changes = self.query(
            "SELECT count(*) FROM gateway_change WHERE run_id = %s AND outcome = 'created'", run_id
        )
        self.assertEqual(changes, [(10,)])

    def test_a_page_that_is_being_settled_is_not_taken_by_another_worker(self):
        run_id, page_id = self.exported()
        cr, run = self.with_run(run_id)
        page = run.env["gateway.page"].browse(page_id)
        meet = []

        def apply(first, work, own_page, claim, epoch, staged):
            if not meet:
                meet.append(claim)
                other_cr, other = self.with_run(run_id)
                other._job_settle(page_id, 1)
                other_cr.commit()
                self.assertEqual(self.in_shop(), 0, "the second worker settled the page too")
            return original(first, work, own_page, claim, epoch, staged)

        original = type(run)._apply
        with patch.object(type(run), "_apply", apply):
            run._settle(UnitOfWork(run.env, own=True), page, 1)
        cr.commit()  # pylint: disable=invalid-commit
        work_off(self.registry)
        self.assertEqual(self.accounts(run_id)["created"], 10)
        self.assertEqual(self.in_shop(), 10)

    def test_a_stale_workers_late_settlement_is_refused_by_its_epoch(self):
        run_id, page_id = self.exported()
        cr, run = self.with_run(run_id)
        page = run.env["gateway.page"].browse(page_id)
        with self.environment() as env:
            env["gateway.run"].browse(run_id)._take_over()
        with self.assertRaises(Stale):
            run._settle(UnitOfWork(run.env, own=True), page, 1)
        cr.rollback()
        self.assertEqual(self.in_shop(), 0)
        self.resume(run_id)
        self.assertEqual(self.accounts(run_id)["created"], 10)
        self.assertEqual(self.in_shop(), 10)

    def test_a_stale_worker_that_was_taken_over_at_work_keeps_nothing_and_doubles_nothing(self):
        """It had sent its creates when it was declared dead; the new one finds them by key."""
        run_id, page_id = self.exported()
        cr, run = self.with_run(run_id)
        page = run.env["gateway.page"].browse(page_id)
        original = OdooStore.settle

        def settle(store, *args):
            if store.env.cr is cr:  # its creates are in the shop; no transaction is open
                self.assertEqual(self.in_shop(), 10)
                self.resume(run_id)
            return original(store, *args)

        with patch.object(OdooStore, "settle", settle), self.assertRaises(Stale):
            run._settle(UnitOfWork(run.env, own=True), page, 1)
        cr.rollback()
        self.assertEqual(self.accounts(run_id)["created"], 10)
        changes = self.query(
            "SELECT count(*) FROM gateway_change WHERE run_id = %s AND outcome = 'created'", run_id
        )
        self.assertEqual(changes, [(10,)])
        self.assertEqual(self.in_shop(), 10)

    def stopped(self, run_id, page_id, meanwhile):
        """A worker of the page that is stopped after `meanwhile` was done by others."""

        def apply(_run, _work, page, _claim, _epoch, _staged):
            self.query(
                "UPDATE gateway_page SET write_date = write_date - interval '1 hour'"
                " WHERE id = %s RETURNING id",
                page.id,
            )
            patched.stop()
            meanwhile()
            raise StopRun("the shop said no")

        _cr, run = self.with_run(run_id)
        patched = patch.object(type(run), "_apply", apply)
        patched.start()
        run._job_settle(page_id, 1)

    def test_a_slow_worker_undoes_no_page_that_another_one_settled_since(self):
        run_id, page_id = self.exported()
        self.stopped(run_id, page_id, lambda: work_off(self.registry))
        self.assertEqual(self.accounts(run_id)["created"], 10)
        self.assertEqual(self.in_shop(), 10)

    def test_a_run_that_was_cancelled_meanwhile_does_not_fail(self):
        def cancel():
            with self.environment() as env:
                env["gateway.run"].browse(run_id).action_cancel()

        run_id, page_id = self.exported()
        self.stopped(run_id, page_id, cancel)
        states = self.query(
            "SELECT r.state, p.state FROM gateway_run r JOIN gateway_page p ON p.run_id = r.id"
            " WHERE r.id = %s",
            run_id,
        )
        self.assertEqual([("cancelled", "failed")], states)

    def test_an_entity_of_a_connector_is_never_in_two_open_flows(self):
        first = self.start(self.connector, ["product"], "import")
        second = self.start(self.connector, ["product"], "export")
        _cr, run = self.with_run(first)
        self.assertTrue(run.flow_ids._open(UnitOfWork(run.env, own=True)))
        _cr, other = self.with_run(second)
        self.assertEqual(other._drive(UnitOfWork(other.env, own=True), 1, inline=True), "later")
        other.env.cr.rollback()
        with self.assertRaises(psycopg2.errors.UniqueViolation), self.environment() as env:
            env.cr.execute(
                "UPDATE gateway_flow SET state = 'applying' WHERE run_id = %s", (second,)
            )

    def test_a_run_that_shows_no_life_for_a_lease_is_taken_over_by_the_cron(self):
        run_id, page_id = self.exported()
        self.query("DELETE FROM queue_job RETURNING id")  # its worker and its jobs are gone
        for table in ("gateway_run", "gateway_flow", "gateway_page"):
            self.query(
                f"UPDATE {table} SET write_date = now() AT TIME ZONE 'UTC' - interval '1 hour'"  # noqa: S608
                " RETURNING id"
            )
        with self.environment() as env:
            model = env["gateway.run"]
            with patch.object(type(model), "_has_job_runner", lambda _self: True):
                model._cron_dispatch()
        work_off(self.registry)
        with self.environment() as env:
            self.assertEqual(env["gateway.run"].browse(run_id).epoch, 2)
        self.assertEqual(self.accounts(run_id)["created"], 10)
        self.assertEqual(self.in_shop(), 10)

    def test_without_a_job_runner_the_cron_does_the_work(self):
        run_id = self.start(self.connector, ["category", "product"], "import")
        with self.environment() as env:
            model = env["gateway.run"]
            with patch.object(type(model), "_has_job_runner", lambda _self: False):
                model._cron_dispatch()
        self.assertEqual(self.accounts(run_id)["created"], 4)
        self.assertEqual(self.sold(), (4, 4))

    def test_a_product_whose_creation_was_cut_off_and_which_an_import_meets_first_is_one(self):
        """Created in the shop, answer lost, run cancelled; then a sync in both directions."""
        run_id, page_id = self.exported()

        def settle(*_args):
            raise Killed

        with patch.object(OdooStore, "settle", settle), self.assertRaises(Killed):
            work_off(self.registry)
        self.assertEqual(self.in_shop(), 10)
        with self.environment() as env:
            env["gateway.run"].browse(run_id).action_cancel()
        revive_dead_jobs(self.registry)
        work_off(self.registry)
        sizes = self.table_sizes()
        self.sync(self.connector, ["category", "product"])
        self.assertEqual(self.table_sizes() - sizes, Counter())
        self.assertEqual(self.in_shop(), 10)
        rows = self.query(
            "SELECT state, count(*) - count(DISTINCT odoo_id), count(*) - count(DISTINCT remote_id)"
            " FROM gateway_binding WHERE connector_id = %s AND entity = 'product' GROUP BY state",
            self.connector,
        )
        self.assertEqual(rows, [("bound", 0, 0)])
        with self.reader.writes() as counters:
            self.sync(self.connector, ["category", "product"])
        self.assertEqual(counters.writes, 0)
