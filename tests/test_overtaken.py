"""What was read is not always what is true any more: resumed runs, retries, dry runs, odd dates."""

from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import edit
from odoo.addons.gateway_ng.lib.errors import StopRun
from odoo.addons.gateway_ng.models import run_settle

from .shop_case import ShopCase


@tagged("post_install", "-at_install")
class TestOvertaken(ShopCase):
    def setUp(self):
        super().setUp()
        self.product = self.add_product("Lamp", "LAMP-1")
        self.check_and_map()
        self.sync("product")
        self.template = self.env["product.template"].search([("default_code", "=", "LAMP-1")])

    def rename(self, title):
        self.product["title"] = title
        self.product["updatedAt"] = self.shop.store.now()
        self.shop.store.changed()

    def fail_once(self, *entities):
        """A run that stops after its page was read and before it was settled."""
        with patch.object(run_settle, "settle_page", side_effect=StopRun("cut off")):
            run = self.sync(*entities)
        self.assertEqual("failed", run.state)
        return run

    def test_a_resumed_run_does_not_write_what_a_later_run_has_overtaken(self):
        self.rename("Old lamp")
        cut_off = self.fail_once("product")
        self.rename("New lamp")
        self.sync("product")
        self.assertEqual("New lamp", self.template.name)
        cut_off.action_resume()
        cut_off._drive_inline()
        self.assertEqual(("done", "New lamp"), (cut_off.state, self.template.name))

    def test_a_dry_run_closes_no_dead_letter_and_opens_no_conflict(self):
        twin = self.add_product("Twin", "LAMP-1")
        self.sync("product")
        letters = self.letters(state="open")
        self.assertEqual(1, len(letters))
        twin["title"], twin["handle"] = "Twin, seen again", "twin-again"
        self.sync("product", dry_run=True)
        self.assertEqual("open", letters.state)
        self.env["gateway.conflict.rule"].create(
            {"connector_id": self.connector.id, "pattern": "*", "winner": "ask"}
        )
        self.rename("Shop's lamp")
        self.template.name = "Odoo's lamp"
        dry = self.sync("product", dry_run=True)
        self.assertEqual(1, dry.count_held)
        self.assertFalse(
            self.env["gateway.conflict"].search([("connector_id", "=", self.connector.id)])
        )

    def test_a_retry_does_not_bring_back_what_is_gone_at_its_source(self):
        twin = self.add_product("Twin", "LAMP-1")
        self.sync("product")
        letter = self.letters(state="open")
        edit(self.shop, "delete", {"product": twin["title"]})
        letter.action_retry()
        self.assertEqual(("discarded", "gone at its source"), (letter.state, letter.discard_reason))
        self.assertFalse(self.env["product.template"].search([("name", "=", "Twin")]))

    def test_a_record_dated_in_the_future_does_not_hide_what_comes_after_it(self):
        self.product["updatedAt"] = "2999-01-01T00:00:00Z"
        self.product["title"] = "Lamp of tomorrow"
        self.shop.store.changed()
        self.sync("product")
        self.assertEqual("Lamp of tomorrow", self.template.name)
        mark = self.env["gateway.watermark"].search(
            [("connector_id", "=", self.connector.id), ("entity", "=", "product")]
        )
        now = datetime.now(timezone.utc) + timedelta(minutes=5)
        self.assertLess(datetime.fromisoformat(mark.time), now)
        self.add_product("Chair", "CHAIR-1")
        self.sync("product")
        self.assertTrue(self.env["product.template"].search([("default_code", "=", "CHAIR-1")]))

    def test_half_a_surrogate_pair_stops_no_flow(self):
        self.rename("Lamp \ud800")
        run = self.sync("product")
        self.assertEqual(("partial", 1), (run.state, run.count_dead))
        self.assertIn("name", self.letters(state="open").error)
