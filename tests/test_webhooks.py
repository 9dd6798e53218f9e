"""From a delivery to the change: believed, kept once, answered at once, carried out by a run."""

import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import catalog
from odoo.addons.gateway_ng.lib.endpoint import Event
from odoo.addons.gateway_ng.lib.errors import RetryLater, StopRun
from odoo.addons.gateway_ng.lib.platforms.shopify import health
from odoo.addons.gateway_ng.lib.platforms.shopify.endpoint import ShopifyEndpoint
from odoo.addons.gateway_ng.models.work import UnitOfWork

from .webhook_case import WebhookCase


@tagged("post_install", "-at_install")
class TestDeliveries(WebhookCase):
    def test_a_delivery_becomes_a_change_that_names_it_and_moves_no_watermark(self):
        gid = self.product["id"]
        before = self.shop.counters.requests
        self.deliver("products/update", gid, title="a lie")
        self.assertEqual(before, self.shop.counters.requests, "the shop was not asked")
        (event,) = self.events
        self.assertEqual(("new", "product", [gid]), (event.state, event.entity, event.record_ids))
        self.assertFalse(self.in_odoo())
        run = self.carry_out()
        self.assertEqual((["Mug"], "done", True), (self.in_odoo(), run.state, run.by_event))
        self.assertEqual((1, 1), (run.count_read, run.count_created))
        self.assertEqual(("taken", run), (event.state, event.run_id))
        change = self.env["gateway.change"].search([("run_id", "=", run.id)], limit=1)
        self.assertEqual((gid, event), (change.source_id, change.event_id))
        self.assertFalse(self.env["gateway.watermark"].search([]))

    def test_a_run_of_events_asks_the_shop_for_no_count(self):
        """It reads what they name, whether or not anything was read before."""
        self.deliver("products/update", self.product["id"])
        with patch.object(ShopifyEndpoint, "counts", side_effect=AssertionError("asked")):
            run = self.carry_out()
        self.assertEqual("done", run.state)
        self.assertFalse(any(run.flow_ids.mapped("pages_expected")))

    def test_a_doubled_delivery_is_one_event_and_answered_like_the_first(self):
        for _ in range(3):
            self.deliver("products/update", self.product["id"], event="once")
        self.assertEqual(1, len(self.events))
        self.assertEqual(1, self.carry_out().count_created)
        self.deliver("products/update", self.product["id"], event="once")
        self.assertFalse(self.carry_out(), "it was carried out already")

    def test_a_lost_delivery_is_found_by_the_next_run(self):
        self.sync("product")
        self.product["title"] = "Beaker"
        self.shop.store.touch(self.product)
        self.assertFalse(self.carry_out())
        self.sync("product")
        self.assertEqual(["Beaker"], self.in_odoo())

    def test_a_late_delivery_changes_nothing_and_writes_nothing(self):
        self.sync("product")
        templates = self.env["product.template"].search_count([])
        self.deliver("products/update", self.product["id"], title="As it was long ago")
        run = self.carry_out()
        self.assertEqual((1, 1), (run.count_read, run.count_unchanged))
        self.assertEqual(["Mug"], self.in_odoo())
        self.assertEqual(templates, self.env["product.template"].search_count([]))

    def test_reordered_deliveries_end_as_the_shop_is(self):
        gid, gone = self.product["id"], self.add_product("Gone", "GONE")
        self.sync("product")
        catalog.remove_product(self.shop.store, gone)
        self.deliver("products/delete", gid)  # of an earlier product of that id, or a mistake
        self.deliver("products/delete", gone["id"])
        self.deliver("products/update", gone["id"])
        run = self.carry_out()
        self.assertEqual(("done", 2), (run.state, run.count_read))
        mug = self.env["product.template"].search([("name", "=", "Mug")])
        self.assertTrue(mug.active, "it is in the shop, whatever the delivery said")
        left = self.env["product.template"].with_context(active_test=False)
        self.assertFalse(left.search([("name", "=", "Gone")]).active)

    def test_a_delete_of_what_was_never_here_is_no_trouble(self):
        self.deliver("products/delete", "gid://shopify/Product/404")
        run = self.carry_out()
        self.assertEqual(("done", 1, 0), (run.state, run.count_read, run.count_dead))

    def test_many_events_of_one_entity_are_read_together(self):
        for number in range(30):
            product = self.add_product(f"Cup {number}", f"CUP-{number}")
            body = self.body(product["id"])
            told = self.connector._remote_endpoint().events(
                self.signed("products/create", body), body
            )
            self.env["gateway.event"]._keep(self.connector, told)
        before = self.shop.counters.requests
        run = self.carry_out()
        self.assertEqual((30, "done"), (run.count_created, run.state))
        self.assertLess(self.shop.counters.requests - before, 8)
        self.assertEqual({run}, set(self.events.run_id))

    def test_what_is_forged_old_foreign_or_no_json_leaves_no_trace(self):
        gid, now = self.product["id"], self.shop.store.clock.now()
        body = self.body(gid)
        right = self.signed("products/update", body)
        cases = {
            "no signature": (body, {**right, "X-Shopify-Hmac-Sha256": ""}),
            "another secret": (body, self.signed("products/update", body, secret="guess")),
            "another body": (body + b" ", right),
            "recorded": (
                body,
                self.signed("products/update", body, when=now - timedelta(days=2)),
            ),
            "another shop's": (body, {**right, "X-Shopify-Shop-Domain": "other.myshopify.com"}),
            "no JSON": (b"<x/>", self.signed("products/update", b"<x/>")),
            "nothing": (b"", {}),
        }
        for name, (text, headers) in cases.items():
            with self.subTest(name):
                self.assertEqual(self.send(body, right, token="guess"), self.send(text, headers))
        self.assertFalse(self.events)
        self.assertEqual(404, self.send(body, right, token="guess")[0])

    def test_a_recorded_body_with_a_fresh_date_is_taken_and_changes_nothing(self):
        """Shopify signs the body alone, not the headers that say when, what and which event. What
        is replayed only has a record read that is there to be read at any time."""
        gid = self.product["id"]
        recorded = self.body(gid, title="As it was once")
        old = self.signed("products/update", recorded)
        self.assertEqual(200, self.send(recorded, old)[0])
        self.carry_out()
        self.product.update(title="Cup", updatedAt=self.shop.store.now())
        self.shop.store.changed()
        self.sync("product")
        marks = self.env["gateway.watermark"].search([]).mapped("time")
        replayed = self.signed("products/update", recorded, when=self.shop.store.clock.now())
        for topic in ("products/update", "products/delete", "products/create"):
            headers = {**replayed, "X-Shopify-Topic": topic, "X-Shopify-Webhook-Id": f"new-{topic}"}
            self.assertEqual(200, self.send(recorded, headers)[0], "nothing tells it apart")
            run = self.carry_out()
            self.assertEqual(("done", 1), (run.state, run.count_unchanged))
            self.assertFalse(run.change_ids.filtered(lambda line: line.outcome != "unchanged"))
        self.assertEqual(["Cup"], self.in_odoo())
        self.assertEqual(marks, self.env["gateway.watermark"].search([]).mapped("time"))

    def test_what_is_too_long_is_refused_before_its_token_is_looked_at(self):
        body = b"x" * (8 * 1024 * 1024 + 1)
        headers = {"Content-Type": "application/json"}
        for token in (self.token, "guess"):
            status, text = self.send(body, headers, token=token)
            self.assertEqual(413, status)
            self.assertNotIn(self.token, text)
        self.assertFalse(self.events)

    def test_only_post_is_answered_whatever_the_token(self):
        for method in ("GET", "PUT", "DELETE", "PATCH"):
            known = self.send(b"", {}, method=method)
            self.assertEqual((405, known), (known[0], self.send(b"", {}, "guess", method)))

    def test_an_answer_sets_no_cookie_and_says_nothing(self):
        body = self.body(self.product["id"])
        url = f"{self.base_url()}/gateway/webhook/{self.token}"
        headers = self.signed("products/update", body)
        self.opener.cookies.clear()
        answer = self.opener.post(url, data=body, headers=headers, timeout=30)
        self.assertEqual((200, b""), (answer.status_code, answer.content))
        self.assertNotIn("session_id", answer.cookies)

    def test_a_token_that_was_replaced_is_as_good_as_none(self):
        old = self.token
        self.connector.with_user(self.people["manager"]).action_rotate_webhook_token()
        self.assertNotEqual(old, self.token)
        body = self.body(self.product["id"])
        headers = self.signed("products/update", body)
        self.assertEqual(404, self.send(body, headers, token=old)[0])
        self.assertEqual(200, self.send(body, headers)[0])


@tagged("post_install", "-at_install")
class TestWaiting(WebhookCase):
    def test_an_event_waits_for_the_run_that_holds_its_entity(self):
        holding = self.connector.run_sync(["product"], direction="import").sudo()
        self.assertTrue(holding.flow_ids._open(UnitOfWork(self.env, own=False)))
        self.deliver("products/update", self.product["id"])
        self.assertFalse(self.carry_out())
        self.assertEqual("new", self.events.state)
        holding._drive_inline()
        jobs = self.env["queue.job"].search([("method_name", "=", "_job_events")])
        self.assertTrue(jobs, "the end of the run calls for what has waited")
        self.assertEqual("taken", self.carry_out() and self.events.state)

    def test_an_entity_that_a_run_comes_to_later_is_free_meanwhile(self):
        going = self.connector.run_sync(["product", "customer"], direction="import").sudo()
        going.flow_ids[0]._open(UnitOfWork(self.env, own=False))
        self.assertEqual({"product"}, self.connector._held_entities())
        going.flow_ids[0].state = "done"
        self.assertEqual({"customer"}, self.connector._held_entities(), "it is the next")

    def test_a_second_batch_waits_for_the_first(self):
        self.deliver("products/update", self.product["id"])
        first = self.connector._carry_out_events()
        self.deliver("products/update", self.product["id"])
        self.assertFalse(self.connector._carry_out_events())
        first._drive_inline()
        self.assertTrue(self.connector._carry_out_events())

    def test_events_of_a_paused_connector_are_kept_until_it_is_resumed(self):
        self.connector.action_pause()
        self.deliver("products/update", self.product["id"])
        self.assertFalse(self.carry_out())
        self.assertEqual("new", self.events.state)
        self.connector.action_resume()
        self.carry_out()
        self.assertEqual(["Mug"], self.in_odoo())

    def test_what_says_the_same_as_one_that_waits_is_not_kept_again(self):
        asked = self.connector.message_ids
        gid = self.product["id"]
        redact = json.dumps({"shop_domain": "demo.myshopify.com", "customer": {"id": 7}}).encode()
        self.connector.action_pause()
        # the id of a delivery is not signed: who recorded one may vary it
        for _replay in range(3):
            self.deliver("products/update", gid)
            self.deliver("products/delete", gid)
            self.send(redact, self.signed("customers/redact", redact))
        self.assertEqual(
            ["products/update", "products/delete", "customers/redact"], self.events.mapped("topic")
        )
        self.connector.action_resume()
        self.carry_out()
        self.assertEqual(["Mug"], self.in_odoo())
        self.send(redact, self.signed("customers/redact", redact))
        self.assertEqual(3, len(self.events), "a person is asked once")
        self.deliver("products/update", gid)
        self.assertEqual(4, len(self.events), "it may have changed since it was read")
        said = (self.connector.message_ids - asked).filtered(lambda m: "forgotten" in m.body)
        self.assertEqual(1, len(said))

    def test_an_archived_connector_takes_nothing_but_privacy_requests(self):
        self.connector.active = False
        self.deliver("products/update", self.product["id"], status=404)
        body = json.dumps({"shop_domain": "demo.myshopify.com", "customer": {"id": 7}}).encode()
        self.assertEqual(200, self.send(body, self.signed("customers/redact", body))[0])
        self.assertEqual(["customers/redact"], self.events.mapped("topic"))

    def test_a_connector_with_webhooks_off_answers_like_none(self):
        self.connector.is_webhook_on = False
        self.deliver("products/update", self.product["id"], status=404)
        self.assertFalse(self.events)

    def test_what_is_not_imported_is_left_alone(self):
        line = self.connector.schedule_ids.filtered(
            lambda one: (one.entity, one.direction) == ("product", "import")
        )
        line.is_on = False
        self.deliver("products/update", self.product["id"])
        unknown = Event("e-1", "invoice", ["1"], "invoices/create")
        self.env["gateway.event"]._keep(self.connector, [unknown])
        self.assertFalse(self.carry_out())
        self.assertEqual({"ignored"}, set(self.events.mapped("state")))

    def test_events_wait_after_a_failed_run_instead_of_failing_one_by_one(self):
        self.connector.run_sync(["category"]).sudo()._close("failed")
        self.deliver("products/update", self.product["id"])
        self.assertFalse(self.carry_out())
        self.sync("category")
        self.assertTrue(self.carry_out())

    def test_without_a_job_the_dispatcher_carries_events_out_to_their_end(self):
        self.deliver("products/update", self.product["id"])
        self.env["queue.job"].search([]).unlink()
        self.dispatch()
        self.assertEqual(["Mug"], self.in_odoo())

    def test_a_run_of_events_that_was_stopped_goes_on_where_it_was(self):
        for number in range(3):
            self.deliver("products/create", self.add_product(f"Cup {number}", f"C{number}")["id"])
        self.connector.batch_size = 2
        run = self.connector._carry_out_events()
        flow = run.flow_ids
        flow._open(UnitOfWork(self.env, own=False))
        flow._read(UnitOfWork(self.env, own=False), run.epoch, True, deadline=0)
        self.assertEqual((1, "reading"), (flow.pages_read, flow.state))
        run._take_over()
        run._drive_inline()
        self.assertEqual(("done", 3, 3), (run.state, run.count_read, run.count_created))


@tagged("post_install", "-at_install")
class TestMatters(WebhookCase):
    def post(self, topic, **fields):
        body = json.dumps({"shop_domain": "demo.myshopify.com", **fields}).encode()
        self.assertEqual(200, self.send(body, self.signed(topic, body))[0])
        self.connector._carry_out_events()
        return self.events[-1:]

    def test_a_privacy_request_waits_for_a_person_and_does_not_pretend(self):
        self.connector.responsible_id = self.people["operator"]
        event = self.post("customers/redact", customer={"id": 7})
        self.assertEqual(("held", "forget"), (event.state, event.matter))
        self.assertIn("press «Privacy»", self.connector.message_ids[0].body)
        (activity,) = self.connector.activity_ids
        self.assertEqual(self.people["operator"], activity.user_id)
        self.connector._carry_out_events()
        self.assertEqual(1, len(self.connector.activity_ids), "asked once")
        event.with_user(self.people["operator"]).action_done()
        self.assertEqual("done", event.state)

    def test_a_request_about_the_whole_shop_says_so(self):
        event = self.post("shop/redact", shop_id=1)
        self.assertEqual(("held", []), (event.state, event.record_ids))
        self.assertIn("all of this shop", self.connector.message_ids[0].body)

    def test_who_asks_what_is_kept_is_passed_on(self):
        self.assertEqual("held", self.post("customers/data_request", customer={"id": 7}).state)

    def uninstalled(self):
        return self.post("app/uninstalled", id=1, myshopify_domain="demo.myshopify.com")

    def test_an_app_that_was_uninstalled_pauses_its_connector_once_the_shop_refuses_it(self):
        event = self.uninstalled()  # a topic is not signed: `shop/update` has the same body
        self.assertEqual(("ignored", "ready"), (event.state, self.connector.state))
        with self.unreachable():
            event = self.uninstalled()
        self.assertEqual(("ignored", "ready"), (event.state, self.connector.state))
        self.let_nobody_in()
        event = self.uninstalled()
        self.assertEqual(("done", "paused"), (event.state, self.connector.state))
        self.assertIn("taken the app's access back", self.connector.pause_reason)

    def test_a_shop_that_is_frozen_locked_or_elsewhere_has_taken_no_access_back(self):
        self.connector.forget_at_once = True
        for status in (402, 404, 423, None):
            refusal = StopRun("no", details={"status": status} if status else None)
            with self.subTest(status=status), patch.object(health, "check", side_effect=refusal):
                event = self.uninstalled()
                self.assertEqual(("ignored", "ready"), (event.state, self.connector.state))
                asked = self.post("shop/redact", shop_id=1)
                self.assertEqual("held", asked.state, "nobody is forgotten unasked")
                asked.unlink()
        for status in (401, 403):
            refusal = StopRun("no", details={"status": status})
            with self.subTest(status=status), patch.object(health, "check", side_effect=refusal):
                event = self.uninstalled()
                self.assertEqual(("done", "paused"), (event.state, self.connector.state))
                self.connector.action_resume()

    def let_nobody_in(self):
        """The app was uninstalled: neither its token nor its secret is good for anything."""
        self.shop.tokens.issued.clear()
        self.connector.connection_ids.set_values({"client_id": "gone"})

    def unreachable(self):
        """The shop can't be asked."""
        away = RetryLater("The shop did not answer.", seconds=60)
        return patch.object(health, "check", side_effect=away)

    def test_a_shop_that_lets_us_in_is_not_forgotten_by_itself(self):
        self.connector.forget_at_once = True
        before = self.connector.message_ids
        event = self.post("shop/redact", shop_id=1)
        self.assertEqual("held", event.state)
        self.assertIn("still lets", (self.connector.message_ids - before).body)
        event.unlink()
        self.let_nobody_in()
        event = self.post("shop/redact", shop_id=1)
        self.assertEqual("taken", event.state, "a job goes on with it")

    def test_old_events_go_with_their_idle_runs_and_what_waits_for_a_person_stays(self):
        held = self.post("customers/redact", customer={"id": 7})
        self.deliver("products/update", self.product["id"])
        busy = self.carry_out()
        self.deliver("products/update", self.product["id"])
        idle = self.carry_out()
        old = fields.Datetime.now() - timedelta(days=31)
        self.env.flush_all()
        self.env.cr.execute("UPDATE gateway_event SET create_date = %s", (old,))
        self.env.cr.execute("UPDATE gateway_run SET ended = %s", (old,))
        self.env.invalidate_all()
        self.env["gateway.event"]._gc_events()
        self.env.invalidate_all()
        self.assertEqual(held, self.events)
        self.assertEqual((busy, self.env["gateway.run"]), (busy.exists(), idle.exists()))
