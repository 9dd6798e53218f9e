"""The canary at a shop of the other platform, in each of its ways of signing in."""

from contextlib import contextmanager

from odoo.tests import tagged
from odoo.tools import mute_logger

from .demo_shop_case import _map_locations
from .simulators.woocommerce import Shop, serving
from .simulators.woocommerce.seed import seed
from .test_secrets import CanaryCase, all_logs
from .tls import trusted_here

KEY, SECRET = "canary+key/4712==", "canary+woo/4713=="


@tagged("post_install", "-at_install")
class TestWooCommerceCanary(CanaryCase):
    def setUp(self):
        super().setUp()
        self.woo = Shop(self.shop.clock)
        self.woo.settings.consumer_key, self.woo.settings.consumer_secret = KEY, SECRET
        self.woo.settings.currency = self.env.company.currency_id.name
        seed(self.woo)

    def secrets(self):
        return [SECRET]  # the key is shown to managers, as a login is

    @contextmanager
    def signed_in(self, auth, tls):
        """A connector that signs in this way, to a shop that is served meanwhile."""
        with serving(self.woo, tls=tls) as server:
            self.connector = self.env["gateway.connector"].create(
                {"name": auth, "platform": "woocommerce", "user_id": self.robot.id}
            )
            keys = {"consumer_key": KEY, "consumer_secret": SECRET}
            self.connector.connection_ids.set_values({"url": server.url, "auth": auth, **keys})
            yield

    def work(self):
        """A good check, syncs with faults, and a shop that takes the key no more."""
        health = self.connector.check_connection()
        self.assertTrue(health["usable"], health["problems"])
        _map_locations(self.env, self.connector, sorted(health["locations"].items()))
        self.woo.settings.failure_rate = 0.2
        self.sync("category", "product", "customer", direction="both")
        self.woo.settings.failure_rate = 0
        yield from self.previews()
        self.woo.settings.consumer_secret = "another"
        run = self.sync("product")
        self.assertEqual("failed", run.state)
        yield "health", repr(self.connector.check_connection())

    def assert_canary(self, auth, tls=None):
        with all_logs() as lines:
            with self.signed_in(auth, tls), mute_logger("odoo.addons.gateway_ng.models.run"):
                for where, text in self.work():
                    self.assert_unseen(text, where)
            with mute_logger("odoo.addons.gateway_ng.models.run"):
                self.connector.check_connection()  # nobody answers there any more
        wire = [line for line in lines if line.startswith("urllib3")]
        self.assertTrue(wire, "nothing to see")
        self.assertNotIn("canary", "\n".join(wire))
        self.assert_nothing_shows(lines)

    def test_keys_in_the_address(self):
        with trusted_here() as tls:
            self.assert_canary("query", tls)

    def test_keys_in_a_header(self):
        with trusted_here() as tls:
            self.assert_canary("basic", tls)

    def test_keys_that_only_sign(self):
        self.assert_canary("oauth")
