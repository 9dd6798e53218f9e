"""What `make demo` runs in Odoo's shell: it connects, syncs, and says what happened and where."""

import contextlib
import io
import os
import runpy
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import file_path

from .shop_case import ShopCase

ODOO = "http://odoo.example.com"


@tagged("post_install", "-at_install")
class TestMakeDemo(ShopCase):
    def call(self):
        """What one call prints."""
        runs = self.env.registry["gateway.run"]
        addresses = {"GATEWAY_SHOP_URL": self.server.url, "GATEWAY_ODOO_URL": ODOO}
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
