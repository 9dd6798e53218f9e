"""How a shop is called: a connector's retries, limits that all workers share, batches."""

from concurrent.futures import ThreadPoolExecutor

from odoo import SUPERUSER_ID, api
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.errors import RetryLater
from odoo.addons.gateway_ng.lib.http import TransportError
from odoo.addons.gateway_ng.models.limit import LONGEST, SharedLimit

from .own_database import OwnDatabaseCase
from .shop_case import ShopCase


@tagged("post_install", "-at_install")
class TestRetryPolicy(ShopCase):
    def test_a_request_is_tried_as_often_as_the_connector_says(self):
        self.shop.configure({"failure_rate": 1.0, "fault_seed": 1})
        for retries in (0, 1, 3):
            self.connector.retry_count = retries
            self.shop.counters.requests = 0
            self.shop.counters.tokens = 0
            with self.assertRaises(RetryLater):
                self.connector._remote_endpoint().check()
            self.assertEqual(retries + 1, self.shop.counters.requests, retries)

    def test_waits_grow_by_the_factor_and_a_job_comes_back_after_the_last(self):
        self.connector.write(
            {"retry_base": 0.5, "retry_factor": 3.0, "retry_count": 2, "retry_jitter": 0.0}
        )
        self.shop.configure({"failure_rate": 1.0})
        clock = self.connector._clock()
        before = clock._slept
        with self.assertRaises(RetryLater) as raised:
            self.connector._remote_endpoint().check()
        self.assertEqual(0.5 + 1.5, clock._slept - before)
        self.assertEqual(0.5 * 3.0**2, raised.exception.seconds)

    def test_a_policy_that_makes_no_sense_is_refused(self):
        for name, value in (
            ("retry_count", 11),
            ("retry_base", 0),
            ("retry_factor", 0.5),
            ("retry_jitter", 1.5),
            ("request_rate", -1),
            ("batch_size", -1),
            ("max_attempts", 0),
        ):
            with self.assertRaises(ValidationError):
                self.connector[name] = value


@tagged("post_install", "-at_install")
class TestBatches(ShopCase):
    def test_a_batch_size_caps_the_pages_and_every_record_comes_once(self):
        for number in range(7):
            self.add_product(f"Mug {number}", f"MUG{number}")
        self.connector.batch_size = 3
        self.check_and_map()
        run = self.sync("product")
        self.assertEqual([3, 3, 1], run.page_ids.sorted("number").mapped("count_read"))
        self.assertEqual((7, "done"), (run.count_created, run.state))
        export = self.sync("product", direction="export")
        self.assertEqual(3, max(export.page_ids.mapped("count_read")))
        self.assertEqual(0, export.count_created)


@tagged("post_install", "-at_install")
class TestLimit(ShopCase):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.limits = self.env["gateway.limit"]

    def waits(self, rates, count):
        return [self.limits._reserve(rates) for _ in range(count)]

    def test_requests_wait_their_turn(self):
        waits = self.waits({"a": 10.0}, 4)
        for wanted, wait in zip((0, 0.1, 0.2, 0.3), waits, strict=True):
            self.assertAlmostEqual(wanted, wait, delta=0.09)
        self.assertEqual(waits, sorted(waits))

    def test_the_slower_of_two_limits_counts_and_both_are_taken(self):
        self.waits({"mine": 100.0, "ours": 2.0}, 2)
        self.assertGreater(self.limits._reserve({"ours": 2.0}), 0.8)

    def test_a_turn_too_far_away_is_not_taken(self):
        self.waits({"a": 1 / (LONGEST + 5)}, 1)
        self.assertIsNone(self.limits._reserve({"a": 1.0}))
        limit = SharedLimit(self.limits, {"a": 1.0}, self.connector._clock())
        with self.assertRaisesRegex(TransportError, "limit of requests") as raised:
            limit.acquire()
        self.assertFalse(raised.exception.sent)

    def test_connector_and_workspace_limit_a_connectors_requests(self):
        self.assertIsNone(self.connector._limiter())
        self.connector.request_rate = 4
        self.connector.workspace_id.request_rate = 0.5
        clock = self.connector._clock()
        before = clock._slept
        self.connector.check_connection()
        asked = self.shop.counters.requests + self.shop.counters.tokens
        self.assertGreaterEqual(asked, 3)
        self.assertGreater(clock._slept - before, 2.0 * (asked - 1) - 1.0)


@tagged("post_install", "-at_install")
class TestLimitOfManyWorkers(OwnDatabaseCase):
    def test_all_of_them_together_keep_to_it(self):
        def work(_worker):
            with self.registry.cursor() as cr:
                limits = api.Environment(cr, SUPERUSER_ID, {})["gateway.limit"]
                return [limits._reserve({"shop": 5.0}) for _turn in range(5)]

        with ThreadPoolExecutor(4) as pool:
            waits = sorted(wait for found in pool.map(work, range(4)) for wait in found)
        self.assertEqual(20, len(waits))
        # Twenty turns of 0.2 s each; what the threads took to ask is taken off the waits.
        self.assertGreater(waits[-1], 19 * 0.2 - 2.0)
        self.assertEqual(20, len({round(wait, 3) for wait in waits}), "no two have one turn")
