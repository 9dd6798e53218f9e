"""What was read is not always what is true any more: resumed runs, retries, dry runs, odd dates."""

import json
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import edit
from odoo.addons.gateway_ng.lib.endpoint import Page, Record
from odoo.addons.gateway_ng.lib.errors import RetryLater, StopRun
from odoo.addons.gateway_ng.lib.platforms.shopify.endpoint import ShopifyEndpoint
from odoo.addons.gateway_ng.lib.values import stage, unstage
from odoo.addons.gateway_ng.models import run_settle
from odoo.addons.gateway_ng.models.endpoint import OdooEndpoint
from odoo.addons.gateway_ng.models.work import UnitOfWork

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

    def test_a_worker_that_died_before_its_run_was_told_failed_leaves_a_page_that_is_settled(self):
        self.rename("New lamp")
        run = self.fail_once("product")
        self.assertEqual(["failed"], run.page_ids.mapped("state"))
        run.flow_ids.state = "applying"  # as it stands between the two commits
        run.state = "running"
        run._drive(UnitOfWork(self.env, own=False), run.epoch, inline=True)
        self.assertEqual(("done", "New lamp"), (run.state, self.template.name))

    def test_the_changelog_shows_what_was_applied_and_not_what_was_read_first(self):
        self.rename("Old lamp")
        cut_off = self.fail_once("product")
        self.rename("New lamp")
        self.resume(cut_off)
        change = self.env["gateway.change"].search([("run_id", "=", cut_off.id)])
        self.assertEqual(
            ("New lamp", "New lamp", "New lamp"),
            (
                self.template.name,
                json.loads(change.payload_text)["title"],
                json.loads(change.values_text)["name"],
            ),
        )

    def cut_off_with(self, **content):
        """A run that was cut off before it settled a page that holds `content` besides."""
        self.rename("Old lamp")
        run = self.fail_once("product")
        page = run.page_ids.filtered("payload")[:1]
        page.payload = stage({**unstage(page.payload), **content})
        return run

    def resume(self, run):
        run.action_resume()
        run._drive_inline()
        self.env.invalidate_all()

    def test_a_tombstone_of_what_came_back_since_deletes_nothing(self):
        cut_off = self.cut_off_with(records=[], deleted=[self.product["id"]])
        self.rename("Lamp that came back")
        self.resume(cut_off)
        self.assertEqual(
            ("done", "Lamp that came back", True),
            (cut_off.state, self.template.name, self.template.active),
        )
        self.assertEqual((1, 0), (cut_off.count_updated, cut_off.count_deleted))

    def test_what_is_gone_since_the_page_was_read_has_an_outcome(self):
        cut_off = self.cut_off_with()
        edit(self.shop, "delete", {"product": self.product["handle"]})
        self.resume(cut_off)
        self.assertEqual(("done", 1), (cut_off.state, cut_off.count_filtered))
        change = self.env["gateway.change"].search([("run_id", "=", cut_off.id)])
        self.assertEqual("gone since the page was read", change.filter_name)

    def test_a_decision_that_is_made_while_the_shop_is_called_is_kept(self):
        self.sync("product", direction="export")
        self.env["gateway.conflict.rule"].create(
            {"connector_id": self.connector.id, "pattern": "product.template.name", "winner": "ask"}
        )
        self.rename("Shop's lamp")
        self.template.name = "Odoo's lamp"
        self.sync("product")
        conflict = self.env["gateway.conflict"].search([("state", "=", "open")])
        self.template.description = "<p>Bright</p>"  # is exported meanwhile
        write = ShopifyEndpoint.write

        def slow(side, entity, ops):
            done = list(write(side, entity, ops))
            if conflict.state == "open":
                conflict.action_take_odoo()
                self.env.flush_all()
            return iter(done)

        with patch.object(ShopifyEndpoint, "write", slow):
            self.sync("product", direction="export")
        self.assertEqual("resolved", conflict.state)
        for _time in range(2):
            self.sync("product", direction="both")
        self.assertEqual(
            ("Odoo's lamp", "Odoo's lamp"), (self.template.name, self.product["title"])
        )

    def owe(self):
        """An export of the lamp is owed; its binding."""
        self.sync("product", direction="export")
        binding = self.env["gateway.binding"].search(
            [("connector_id", "=", self.connector.id), ("entity", "=", "product")]
        )
        binding.pending = "export"
        return binding

    def test_what_is_owed_and_hidden_from_the_integration_user_is_not_deleted(self):
        binding = self.owe()
        hidden = self.env["ir.rule"].create(
            {
                "name": "Not this one",
                "model_id": self.env.ref("product.model_product_template").id,
                "domain_force": f"[('id', '!=', {self.template.id})]",
            }
        )
        run = self.sync("product", direction="export")
        self.assertEqual(("partial", 0, 1), (run.state, run.count_deleted, run.count_dead))
        self.assertEqual(
            ["Lamp"], [row["title"] for row in self.shop.store.tables["Product"].values()]
        )
        self.assertEqual(("bound", "export"), (binding.state, binding.pending))
        self.assertIn("integration user the right to read it", self.letters(state="open").error)
        hidden.unlink()
        run = self.sync("product", direction="export")
        self.assertEqual(("done", False), (run.state, binding.pending))
        self.assertFalse(self.letters(state="open"))

    def hide(self):
        return self.env["ir.rule"].create(
            {
                "name": "Not this one",
                "model_id": self.env.ref("product.model_product_template").id,
                "domain_force": f"[('id', '!=', {self.template.id})]",
            }
        )

    def settle_tombstone(self):
        run = self.env["gateway.run"]._start(self.connector, [("product", "import")], False)
        page, _staged = run.flow_ids._stage(Page([], None, None, [self.product["id"]]), 0, None)
        run._settle(UnitOfWork(self.env, own=False), page, run.epoch)

    def test_what_is_hidden_from_the_integration_user_is_not_made_a_second_time(self):
        hidden = self.hide()
        self.rename("Lamp of today")
        run = self.sync("product")
        made = self.env["product.template"].search([("name", "=like", "Lamp%")])
        self.assertEqual((self.template, 0, 1), (made, run.count_created, run.count_dead))
        letter = self.letters(state="open")
        self.assertIn("hidden from the connector", letter.error)
        edit(self.shop, "delete", {"product": self.product["handle"]})
        self.settle_tombstone()
        binding = self.env["gateway.binding"].search([("entity", "=", "product")])
        self.assertEqual(("bound", True), (binding.state, self.template.active))
        hidden.unlink()
        self.settle_tombstone()
        self.assertEqual(("gone", False), (binding.state, self.template.active))

    def test_what_is_owed_is_settled_before_the_read_begins(self):
        self.owe()
        run, seen, pages = self.connector.run_sync(["product"], "export"), [], OdooEndpoint.pages

        def reading(side, *args):
            seen.append(run.page_ids.mapped("state"))
            return pages(side, *args)

        with patch.object(OdooEndpoint, "pages", reading):
            run.sudo()._drive(UnitOfWork(self.env, own=False), run.epoch, inline=False)
        self.assertEqual([["settled"]], seen)

    def test_a_page_waits_for_an_older_one_with_a_record_of_it(self):
        run = self.env["gateway.run"]._start(self.connector, [("product", "export")], False)
        flow = run.flow_ids
        first, second, third = (
            flow._stage(Page([Record(id_, {}, None) for id_ in ids], None, None), number, None)[0]
            for number, ids in enumerate((["1", "2"], ["2", "3"], ["4"]))
        )
        first._check_turn()
        third._check_turn()
        first.state = "settling"
        with self.assertRaisesRegex(RetryLater, "page 1 waits for page 0"):
            run._settle(UnitOfWork(self.env, own=False), second, run.epoch)
        self.assertEqual("staged", second.state)
        first.state = "settled"
        second._check_turn()

    def test_a_run_outlives_a_worker_that_died_over_a_page_for_which_another_one_waits(self):
        run = self.env["gateway.run"]._start(self.connector, [("product", "import")], False)
        flow, work = run.flow_ids, UnitOfWork(self.env, own=False)
        page = next(iter(self.connector._remote_endpoint().pages("product")))
        pages = [flow._stage(page, number, None)[0] for number in range(2)]
        run.state, flow.state, pages[0].state = "running", "applying", "settling"
        for _try in range(self.connector.max_attempts + 1):
            with suppress(RetryLater):  # assertRaises would take back what is kept
                run._drive(work, run.epoch, inline=False)
                self.fail("the second page was settled before the first")
        self.assertEqual(("running", "settling"), (run.state, pages[0].state), run.error)
        self.env.cr.execute(
            "UPDATE gateway_page SET write_date = write_date - interval '11 minutes' WHERE id = %s",
            (pages[0].id,),
        )
        run._drive(work, run.epoch, inline=False)
        self.assertEqual(["settled"] * 2, [one.state for one in pages])
        self.assertEqual("done", run.state, run.error)

    def test_a_watermark_that_is_deleted_while_its_flow_runs_is_not_made_again_by_it(self):
        marks = self.env["gateway.watermark"]
        model = self.env.registry["gateway.run"]
        settle = model._settle

        def meanwhile(run, *args):
            marks._of(self.connector, "product", "import").unlink()
            return settle(run, *args)

        self.assertTrue(marks._of(self.connector, "product", "import"))
        self.rename("Tall lamp")
        with patch.object(model, "_settle", meanwhile):
            run = self.sync("product")
        self.assertTrue(run.flow_ids.since)
        self.assertFalse(marks._of(self.connector, "product", "import"))
        self.assertFalse(self.sync("product").flow_ids.since, "all is read anew")
        self.assertTrue(marks._of(self.connector, "product", "import"))

    def test_a_first_read_that_is_to_be_done_anew_leaves_no_watermark(self):
        marks = self.env["gateway.watermark"]
        marks._of(self.connector, "product", "import").unlink()
        model = self.env.registry["gateway.run"]
        settle = model._settle

        def meanwhile(run, *args):
            marks._read_anew(self.connector, "product")
            return settle(run, *args)

        with patch.object(model, "_settle", meanwhile):
            self.sync("product")
        self.assertFalse(marks._of(self.connector, "product", "import"))

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
