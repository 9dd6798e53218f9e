"""A shop that fails, loses answers, refuses or is not there: all arrives, or says why not."""

from collections import Counter
from unittest.mock import patch

from psycopg2 import errorcodes as pg_codes
from psycopg2 import errors as pg_errors

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.errors import RetryLater, StopRun
from odoo.addons.gateway_ng.lib.platforms.shopify.endpoint import ShopifyEndpoint

from .demo_shop_case import COUNTED, SECRET, DemoShopCase
from .own_database import OwnDatabaseCase, work_off

HEALTHY = {"failure_rate": 0.0, "lost_answer_rate": 0.0, "duplicate_rate": 0.0}


@tagged("post_install", "-at_install")
class TestFailingShop(DemoShopCase):
    """Three in ten requests fail: 5xx, closed connections, throttling, lost answers."""

    synced = False

    def assert_all_there(self):
        self.assertEqual(len(self.bindings("product")), 20)
        self.assertEqual(len(self.bindings("variant")), 80)
        self.assertEqual(len(self.bindings("customer")), 30)
        self.assertEqual(len(self.bindings("order")), 50)
        for entity in ("product", "variant", "customer", "order"):
            bindings = self.bindings(entity)
            self.assertEqual(set(bindings.mapped("state")), {"bound"})
            self.assertEqual(len(set(bindings.mapped("res_id"))), len(bindings), entity)

    def until_done(self, tries=12):
        """Runs until one is done, resuming those that gave up; the last run."""
        run = self.connector.run_sync(wait=True)
        while True:
            self.env.invalidate_all()
            sums = Counter({name: run[f"count_{name}"] for name in COUNTED})
            self.assertEqual(sum(sums.values()), run.count_read)
            if run.state != "failed":
                return run
            self.assertTrue(run.error)
            self.assertLess(run.epoch, tries, run.error)
            run._take_over()
            run._drive_inline()

    def test_at_failure_rate_03_everything_arrives_or_is_a_counted_dead_letter(self):
        for seed in (1, 2, 3):
            self.shop.configure({"failure_rate": 0.3, "fault_seed": seed})
            run = self.until_done()
            dead = self.letters()
            own = [letter for letter in dead if letter.run_id == run]
            self.assertEqual(run.count_dead, len(own))
            self.assertGreater(sum(self.shop.counters.faults.values()), 5)
            if seed == 1:
                self.shop.configure(HEALTHY)
                dead.action_retry()
                self.assertFalse(self.letters())
        self.shop.configure(HEALTHY)
        self.sync()
        self.assertFalse(self.letters())
        self.assert_all_there()
        with self.reader.writes() as counters:
            run = self.sync()
        self.assertEqual(counters.writes, 0, counters.mutations)
        self.assertEqual(self.written(run), {})

    def test_pages_that_come_twice_are_settled_once(self):
        self.shop.configure({"duplicate_rate": 0.5, "fault_seed": 5})
        run = self.until_done()
        self.assertEqual(run.state, "done")
        self.assert_all_there()

    def test_lost_answers_double_nothing(self):
        """Each second answer to a request is lost after the shop has carried it out."""
        self.sync()
        for number in range(10):
            self.make_product(f"Lost {number}", f"LOST-{number}", quantity=7)
        before = {product["id"] for product in self.reader.table("Product")}
        self.shop.configure({"lost_answer_rate": 0.5, "fault_seed": 3})
        self.until_done()
        self.assertGreater(sum(self.shop.counters.faults.values()), 3)
        self.shop.configure(HEALTHY)
        self.letters().action_retry()
        self.sync()
        self.assertFalse(self.letters())
        made = [p for p in self.reader.table("Product") if p["id"] not in before]
        self.assertEqual(
            sorted(product["title"] for product in made), [f"Lost {n}" for n in range(10)]
        )
        skus = Counter(item["sku"] for item in self.reader.table("InventoryItem"))
        for number in range(10):
            for size in "SM":
                sku = f"LOST-{number}-{size}"
                self.assertEqual(skus[sku], 1)
                self.assertEqual(self.reader.available(sku), 7)
        with self.reader.writes() as counters:
            self.sync()
        self.assertEqual(counters.writes, 0, counters.mutations)


@tagged("post_install", "-at_install")
class TestRefusingShop(DemoShopCase):
    synced = False

    def test_a_wrong_credential_fails_the_run_with_a_clear_message_and_without_the_secret(self):
        wrong = "wrong-secret-5c1d"
        self.connector.connection_ids.set_values({"client_secret": wrong})
        run = self.connector.run_sync(wait=True)
        self.assertEqual(run.state, "failed")
        self.assertIn("Remedy:", run.error)
        self.assertRegex(run.error.lower(), "client|credential|token")
        posted = "".join(m for m in self.connector.message_ids.mapped("body") if m)
        self.assertIn("Sync failed", posted)
        health = self.connector.check_connection()
        self.assertFalse(health["ok"])
        self.assertTrue(self.connector.problems)
        self.assertEqual(self.connector.last_run_id, run)
        for text in (run.error, posted, str(health), self.connector.problems):
            self.assertNotIn(wrong, text)
            self.assertNotIn(SECRET, text)
        self.assertEqual(run.count_read, 0)
        self.assertFalse(self.letters(), "a matter of the connection is none of its records")

    def test_after_the_credential_is_mended_the_failed_run_resumes_to_its_end(self):
        self.connector.connection_ids.set_values({"client_secret": "wrong"})
        run = self.connector.run_sync(wait=True)
        self.assertEqual(run.state, "failed")
        self.connector.connection_ids.set_values({"client_secret": SECRET})
        run._take_over()
        run._drive_inline()
        self.env.invalidate_all()
        self.assertEqual(run.state, "done", run.error)
        self.assertFalse(run.error)
        self.assertEqual(len(self.bindings("order")), 50)

    def test_an_unreachable_shop_fails_the_run_and_says_so(self):
        self.connector.connection_ids.set_values({"base_url": "http://127.0.0.1:9"})
        run = self.connector.run_sync(wait=True)
        self.assertEqual(run.state, "failed")
        self.assertIn("127.0.0.1:9", run.error)
        self.assertIn("Remedy:", run.error)
        health = self.connector.check_connection()
        self.assertFalse(health["ok"])
        self.assertIn("127.0.0.1:9", self.connector.problems)

    def test_a_missing_scope_is_named(self):
        scopes = [s for s in self.shop.settings.scopes if s not in ("write_orders",)]
        scopes.remove("read_all_orders")
        self.shop.configure({"scopes": scopes})
        self.connector.connection_ids.token_cache = False
        health = self.connector.check_connection()
        self.assertIn("read_orders", " ".join([*health["missing"], *health["problems"]]))

    def test_one_cause_for_most_of_a_page_stops_the_run_instead_of_filling_the_letters(self):
        """Orders without their products: 50 letters would say one thing."""
        run = self.connector.run_sync(["customer", "order"], direction="import", wait=True)
        self.assertEqual(run.state, "failed")
        self.assertIn("failed alike", run.error)
        self.assertIn("Remedy:", run.error)
        self.assertFalse(self.letters())
        self.sync("category", "product", direction="import")
        run._take_over()
        run._drive_inline()
        self.env.invalidate_all()
        self.assertEqual(run.state, "done", run.error)
        self.assertEqual(len(self.bindings("order")), 50)

    def test_small_pages_that_fail_of_one_cause_are_counted_together(self):
        self.connector.batch_size = 8
        run = self.connector.run_sync(["customer", "order"], direction="import", wait=True)
        self.assertEqual("failed", run.state)
        self.assertRegex(run.error, r"(2\d) of \1 order records failed alike")
        self.assertIn(len(self.letters()), range(1, 20))
        self.sync("category", "product", direction="import")
        run._take_over()
        run._drive_inline()
        self.sync("order", direction="import")  # whose products have come since
        self.env.invalidate_all()
        self.assertEqual(50, len(self.bindings("order")))
        self.assertFalse(self.letters())

    def test_letters_of_a_page_that_is_not_settled_count_for_no_other(self):
        """What a page has failed of so far, or before it was tried again, is in its own count."""
        run = self.connector.run_sync(["customer", "order"], direction="import")
        flow = run.flow_ids[1:]
        kind = {"entity": "order", "direction": "import", "cause": "reference"}
        self.env["gateway.dead.letter"].create(
            [
                {
                    "connector_id": self.connector.id,
                    "run_id": run.id,
                    "source_id": str(number),
                    "stage": "reference",
                    "field_name": "lines.1.product_id",
                    **kind,
                }
                for number in range(25)
            ]
        )
        page = self.env["gateway.page"].create(
            {
                "flow_id": flow.id,
                "run_id": run.id,
                "connector_id": self.connector.id,
                "number": 0,
                "state": "settling",
                "epoch": run.epoch,
                "count_read": 25,
                "count_dead": 25,
            }
        )
        asked = ("reference", "reference", "lines")
        self.assertEqual((0, 0), flow._failed(*asked))
        page.state = "settled"
        self.assertEqual((25, 25), flow._failed(*asked))
        self.assertEqual((25, 0), flow._failed("reference", "reference", "total"))
        page.epoch = run.epoch - 1
        self.assertEqual((0, 0), flow._failed(*asked), "the run was resumed since")

    def test_a_paused_connector_starts_nothing(self):
        self.connector.action_pause()
        with self.assertRaisesRegex(UserError, "paused"):
            self.connector.run_sync(wait=True)
        self.assertEqual(self.shop.counters.queries, 0)


@tagged("post_install", "-at_install")
class TestGivingUp(OwnDatabaseCase):
    """By jobs: tried again later, given up at last, resumed by a person."""

    def test_meetings_with_other_workers_are_no_tries_of_the_shop(self):
        _reader, connector = self.new_shop(name="Met")
        self.sync(connector, direction="import")
        with self.environment() as env:
            found = env["product.template"].search([("name", "like", " Parka")])
            found.name = "Spring Parka"
            limit = env["gateway.connector"].browse(connector).max_attempts
        met = pg_errors.SerializationFailure("could not serialize access")
        met.__setstate__({"pgcode": pg_codes.SERIALIZATION_FAILURE})
        answers = [*[met] * limit, RetryLater("the shop is rebuilding")]
        original = ShopifyEndpoint.write

        def write(side, entity, ops):
            if answers:
                raise answers.pop(0)
            return original(side, entity, ops)

        with patch.object(ShopifyEndpoint, "write", write):
            run_id = self.start(connector, ["product"], "export")
            work_off(self.registry)
        self.check_run(run_id)
        self.assertFalse(answers)

    def test_a_page_that_fails_too_often_fails_the_run_and_action_resume_finishes_it(self):
        reader, connector = self.new_shop()
        self.sync(connector, direction="import")
        with self.environment() as env:
            env["product.template"].search([("name", "=", "Winter Parka")]).name = "Summer Parka"
            limit = env["gateway.connector"].browse(connector).max_attempts
        tries = []

        def write(_side, _entity, ops):
            tries.append([op.values["title"] for op in ops])
            with self.environment() as env:
                env["product.template"].search([("name", "like", " Parka")]).name = "Autumn Parka"
            raise RetryLater("the shop is rebuilding", seconds=3)

        with patch.object(ShopifyEndpoint, "write", write):
            run_id = self.start(connector, ["product"], "export")
            work_off(self.registry)
        # What is tried again is read anew: what changed meanwhile is not sent as it was.
        self.assertEqual(tries, [["Summer Parka"], *[["Autumn Parka"]] * (limit - 1)])
        self.check_run(run_id, "failed")
        with self.environment() as env:
            run = env["gateway.run"].browse(run_id)
            self.assertIn("the shop is rebuilding", run.error)
            self.assertIn("Remedy:", run.error)
            self.assertNotIn("Autumn Parka", reader.products())
            run.action_resume()
        work_off(self.registry)
        self.check_run(run_id, "done")
        self.assertIn("Autumn Parka", reader.products())

    def test_a_shop_that_never_answers_fails_the_run_which_resumes_where_it_was(self):
        reader, connector = self.new_shop(name="Silent shop")
        reader.shop.configure({"failure_rate": 1.0})
        run_id = self.start(connector)
        work_off(self.registry)
        self.check_run(run_id, "failed")
        reader.shop.configure({"failure_rate": 0.0})
        with self.environment() as env:
            run = env["gateway.run"].browse(run_id)
            self.assertTrue(run.error)
            run.action_resume()
        work_off(self.registry)
        with self.environment() as env:
            self.assertIn(env["gateway.run"].browse(run_id).state, ("done", "partial"))

    def test_a_stop_by_the_shop_leaves_no_page_between(self):
        _reader, connector = self.new_shop(name="Stopping shop")
        self.sync(connector, ["category", "product"], "import")
        with self.environment() as env:
            env["product.template"].search([("name", "=", "Garden Gloves")])[:1].name = "Gloves"

        def write(*_args):
            raise StopRun("the app was removed", remedy="Install it again.")

        with patch.object(ShopifyEndpoint, "write", write):
            run_id = self.start(connector, ["product"], "export")
            work_off(self.registry)
        self.check_run(run_id, "failed")
        states = self.query("SELECT state FROM gateway_page WHERE run_id = %s", run_id)
        self.assertEqual(states, [("failed",)])
        with self.environment() as env:
            env["gateway.run"].browse(run_id).action_resume()
        work_off(self.registry)
        self.check_run(run_id, "done")
