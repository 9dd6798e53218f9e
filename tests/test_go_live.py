"""Before a connector is live nothing syncs by itself or by *Sync now*; *Go live* asks where
something is open, and ends the plans of what came before."""

import re
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from .demo_shop_case import DemoShopCase
from .shop_case import ShopCase


@tagged("post_install", "-at_install")
class TestBeforeLive(ShopCase):
    def setUp(self):
        super().setUp()
        self.connector.write({"state": "ready", "setup_step": "flows"})

    def test_a_sync_by_hand_is_refused_with_what_to_do_first(self):
        for name in ("action_sync", "action_look_for_deletes"):
            with self.assertRaisesRegex(UserError, "is being set up.*Go live"):
                getattr(self.connector, name)()
        self.assertFalse(self.connector.run_ids)

    def test_a_schedule_that_was_entered_early_begins_with_going_live(self):
        line = self.connector.schedule_ids[0]
        line.cron = "*/15 * * * *"
        self.assertFalse(line.next_run)
        late = fields.Datetime.now() - timedelta(hours=1)
        self.env.flush_all()
        self.env.cr.execute("UPDATE gateway_schedule SET next_run = %s", [late])
        self.env.invalidate_all()
        self.assertFalse(line._due())
        self.connector.setup_step = "done"
        self.assertGreater(line.next_run, fields.Datetime.now())

    def test_nobody_changes_a_schedule_unnamed(self):
        before = self.connector.message_ids
        manager = self.connector.with_user(self.people["manager"])
        manager.schedule_ids[:1].with_context(gateway_given=True).cron = "0 3 * * *"
        self.assertIn("03:00", (self.connector.message_ids - before).body)

    def test_no_compare_starts_by_itself(self):
        self.connector.compare_days = 1
        self.env["gateway.connector"]._start_due_compares()
        self.assertFalse(self.connector.run_ids)
        self.connector.setup_step = "done"
        self.env["gateway.connector"]._start_due_compares()
        self.assertTrue(self.connector.run_ids.compares)


@tagged("post_install", "-at_install")
class TestGoLive(DemoShopCase):
    synced = False

    def setUp(self):
        super().setUp()
        self.connector.setup_step = "trial"
        only = self.connector.schedule_ids.filtered(
            lambda line: line.entity in ("category", "product", "variant")
        )
        (self.connector.schedule_ids - only).is_on = False

    def dry_run(self):
        self.connector.action_trial()
        self.connector.setup_plan_id._drive_inline()
        self.env.invalidate_all()
        return self.connector.setup_plan_id

    def asked(self):
        """The dialog that *Go live* opens."""
        action = self.connector.action_go()
        self.assertEqual("gateway.go.live", action["res_model"])
        self.assertEqual("trial", self.connector.setup_step, "nothing happens before the answer")
        self.assertFalse(self.connector.schedule_ids.filtered("cron"))
        return self.env["gateway.go.live"].browse(action["res_id"])

    def opened(self, line):
        action = line.action_open()
        return self.env[action["res_model"]].search(action["domain"])

    def twins(self):
        sku = sorted(self.reader.variants())[0]
        twins = [{"name": f"Twin {n}", "default_code": sku} for n in range(2)]
        return self.env["product.product"].create(twins)

    def other(self, **values):
        return self.connector.copy({"name": "First shop", **values})

    def test_where_nothing_is_open_it_asks_nothing(self):
        self.dry_run()
        self.assertEqual("gateway.run", self.connector.action_go()["res_model"])
        self.assertEqual("done", self.connector.setup_step)

    def test_one_message_says_that_it_went_live_with_what_and_when(self):
        only = self.connector.schedule_ids.filtered("is_on")
        only.filtered(lambda line: line.entity == "category").is_on = False
        only.filtered(lambda line: line.entity == "variant").cron = "0 3 * * *"
        before = self.connector.message_ids
        action = self.connector.action_go()
        (message,) = self.connector.message_ids - before
        run = self.env["gateway.run"].browse(action["res_id"])
        self.assertEqual(
            "Went live.\n"
            "From the shop to Odoo, every 15 minutes: Product\n"
            "From the shop to Odoo, every day at 03:00: Variant\n"
            "From Odoo to the shop, every 15 minutes: Product\n"
            "From Odoo to the shop, every day at 03:00: Variant\n"
            f"First sync: {run.display_name}",
            html2plaintext(re.sub("<a [^>]*>(.*?)</a>", r"\1", message.body)),
        )
        self.assertIn(f'href="/odoo/gateway.run/{run.id}"', message.body)
        self.assertEqual(self.env.user.partner_id, message.author_id)

    def test_records_that_cant_be_applied_are_named_with_their_list(self):
        self.twins()
        plan = self.dry_run()
        self.assertTrue(plan.count_dead)
        dialog = self.asked()
        line = dialog.line_ids.filtered(lambda one: "can't be applied" in one.text)
        self.assertIn(f"can't be applied: {plan.count_dead}", line.text)
        self.assertEqual({"dead"}, set(self.opened(line).mapped("outcome")))
        self.assertEqual("gateway.run", dialog.action_go()["res_model"])
        self.assertEqual("done", self.connector.setup_step)
        self.assertTrue(all(self.connector.schedule_ids.filtered("is_on").mapped("cron")))

    def test_an_approved_plan_that_was_not_applied_is_asked_about(self):
        plan = self.dry_run()
        plan.action_plan_approve()
        (line,) = self.asked().line_ids
        self.assertIn("approved and not applied", line.text)
        self.assertIn(str(plan.count_created + plan.count_updated), line.text)
        self.assertEqual({"created", "updated"}, set(self.opened(line).mapped("outcome")))

    def test_records_that_another_connector_syncs_are_counted_and_shown(self):
        email = next(one["email"] for one in self.reader.table("Customer") if one["email"])
        contact = self.env["res.partner"].create({"name": "Known Already", "email": email})
        self.env["gateway.binding"].create(
            {
                "connector_id": self.other().id,
                "entity": "customer",
                "remote_id": "7",
                "odoo_id": str(contact.id),
                "res_model": contact._name,
                "res_id": contact.id,
            }
        )
        self.connector.schedule_ids.filtered(lambda line: line.entity == "customer").is_on = True
        self.dry_run()
        line = self.asked().line_ids.filtered(lambda one: "First shop" in one.text)
        self.assertIn("1 of the records of Odoo that the shop meets (Customer)", line.text)
        self.assertEqual(contact, self.opened(line))

    def test_a_risk_to_stock_is_asked_about(self):
        self.dry_run()
        self.connector.stock_authority = "shop"
        place = self.connector.location_ids.location_id[:1]
        row = {"entity": "location", "remote_id": "9", "res_model": "stock.location"}
        row |= {"odoo_id": str(place.id), "res_id": place.id}
        self.other(location_ids=[Command.create(row)])
        self.connector.schedule_ids.filtered(lambda line: line.entity == "stock").is_on = True
        self.assertIn("First shop", " ".join(self.asked().line_ids.mapped("text")))

    def test_a_plan_that_no_longer_holds_is_asked_about(self):
        plan = self.dry_run()
        self.env.cr.execute(
            "UPDATE gateway_run SET create_date = create_date - interval '8 days' WHERE id = %s",
            [plan.id],
        )
        self.env.invalidate_all()
        (line,) = self.asked().line_ids
        self.assertIn("older than 7 days", line.text)

    def test_going_live_ends_the_plans_and_says_why(self):
        earlier, plan = self.dry_run(), self.dry_run()
        self.assertEqual("expired", earlier.plan_state)
        self.assertIn("planned again", earlier.expired_reason)
        self.connector.action_go()
        self.assertEqual("expired", plan.plan_state)
        self.assertIn("went live", plan.expired_reason)
        with self.assertRaisesRegex(UserError, "Expired"):
            plan.action_plan_approve()

    def test_a_plan_that_is_being_made_is_stopped_by_going_live(self):
        self.connector.action_trial()
        self.assertEqual("gateway.run", self.connector.action_go()["res_model"])
        self.assertEqual("cancelled", self.connector.setup_plan_id.state)

    def test_what_an_apply_left_is_asked_about(self):
        plan = self.dry_run()
        plan.action_plan_approve()
        run = self.env["gateway.run"].browse(plan.action_plan_apply()["res_id"])
        product = self.reader.table("Product")[0]
        product["title"] = "Moved since"
        self.shop.store.touch(self.shop.store.get("Product", self.reader.number(product["id"])))
        run._drive_inline()
        self.env.invalidate_all()
        self.assertEqual("partial", plan.plan_state)
        (line,) = self.asked().line_ids
        self.assertIn(f"had moved and were not applied: {run.count_moved}", line.text)
        self.assertEqual({True}, set(self.opened(line).mapped("is_moved")))
