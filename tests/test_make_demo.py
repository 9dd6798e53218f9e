"""What `make demo` runs in Odoo's shell: it connects, syncs, and says what happened and where."""

import contextlib
import io
import os
import runpy
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import file_path

from .shop_case import ShopCase

ODOO = "http://odoo.example.com"
NOTE = str(Path(tempfile.gettempdir()) / f"gateway-second-shop-{os.getpid()}")


@tagged("post_install", "-at_install")
class TestMakeDemo(ShopCase):
    def call(self):
        """What one call prints."""
        runs = self.env.registry["gateway.run"]
        addresses = {"GATEWAY_SHOP_URL": self.server.url, "GATEWAY_ODOO_URL": ODOO}
        addresses |= {"GATEWAY_SECOND_URL": "http://127.0.0.1:8171", "GATEWAY_SECOND_NOTE": NOTE}
        with (
            patch.dict(os.environ, addresses),
            patch.object(self.env.cr, "commit", self.env.flush_all),
            patch.object(runs, "_enqueue", lambda run: run._drive_inline()),
            contextlib.redirect_stdout(io.StringIO()) as said,
        ):
            runpy.run_path(file_path("gateway_ng/demo/run_first_sync.py"), {"env": self.env})
        return said.getvalue()

    def setUp(self):
        super().setUp()
        self.connector.unlink()
        self.addCleanup(Path(NOTE).unlink, missing_ok=True)

    def note(self):
        return Path(NOTE).read_text(encoding="utf-8")

    def test_a_second_call_tells_of_what_changed_in_the_words_of_the_screens(self):
        self.add_product("Mug", "MUG-1")
        first = self.call()
        self.assertIn("First sync", first)
        for word in ("left out", "to decide", "not applied", "came twice"):
            self.assertIn(word, first)
        for word in ("filtered", "held", "dead"):
            self.assertNotIn(word, first)
        self.assertIn("Done", first)
        second = self.call()
        self.assertNotIn("First sync", second)
        self.assertIn("Sync of what changed since", second)

    def test_what_waits_for_a_person_is_named_with_its_address(self):
        self.add_product("Mug", "MUG-1")
        self.add_product("Twin", "MUG-1")
        said = self.call()
        self.assertIn("Partial", said)
        self.assertIn(f"Dead letters: 1, {ODOO}/odoo/action-gateway_ng.action_dead_letters", said)
        self.assertNotIn("Conflicts", said)

    def test_a_second_call_sets_no_credentials_that_are_there_already(self):
        self.call()
        connector = self.env["gateway.connector"].search([("name", "=", "Demo shop")])
        before = connector.message_ids
        self.call()
        self.assertFalse((connector.message_ids - before).filtered(lambda m: "Cred" in m.body))

    def test_a_second_shop_waits_until_it_is_connected(self):
        self.call()
        self.assertIn("A second shop waits to be connected", self.note())
        self.assertIn("Address to call instead  http://127.0.0.1:8171", self.note())
        second = self.env["gateway.connector"].create({"name": "Mine", "platform": "shopify"})
        entered = {"shop": "second-shop.myshopify.com", "base_url": "http://127.0.0.1:9999"}
        second.connection_ids.set_values(entered)
        self.call()
        self.assertEqual("The second shop is connected as «Mine».\n", self.note())
        self.assertEqual("http://127.0.0.1:8171", second.connection_ids._values()["base_url"])
