"""Webhooks of WooCommerce, as its simulator sends them: once each, late, and no more after six
failures."""

from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .simulators.woocommerce import webhooks
from .webhook_case import BASE, UnitOfWork
from .woocommerce_case import WooCommerceCase


@tagged("post_install", "-at_install")
class TestWooCommerceDeliveries(WooCommerceCase, HttpCase):
    synced = False

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("web.base.url", BASE)
        self.connector.write({"setup_step": "done", "is_webhook_on": True})
        self.answers = []

    def look_after(self):
        self.connector._look_after_webhooks(UnitOfWork(self.env, own=False))

    def post(self, url, headers, body):
        """The shop's request, at this server instead of its public address."""
        path = url.removeprefix(BASE)
        answer = self.opener.post(self.base_url() + path, data=body, headers=headers, timeout=30)
        self.env.invalidate_all()
        self.answers.append(answer.status_code)
        return answer.status_code

    def test_the_shop_tells_of_an_edit_and_its_record_is_read_and_pings_are_answered(self):
        self.look_after()
        webhooks.deliver(self.shop, self.post)  # the pings
        self.assertEqual({200}, set(self.answers))
        self.assertFalse(self.connector.event_ids)
        self.env["gateway.run"].search([])._close("done")  # what read the gap before the first
        self.sync("category", direction="import")
        product = self.shop.make("product", name="Fresh mug", sku="FRESH", status="publish")
        tried = webhooks.deliver(self.shop, self.post)
        self.assertEqual(({200}, True), (set(self.answers), tried > 0))
        self.assertEqual({"product"}, set(self.connector.event_ids.mapped("entity")))
        run = self.connector._carry_out_events()
        run._drive_inline()
        self.assertEqual(("done", 1), (run.state, run.count_created), self.told(run))
        mug = self.bound("product", str(product["id"]))
        self.assertEqual("Fresh mug", mug.name)
        # A topic is not signed: the same bodies, sent as what they are not.
        self.shop.edit("product", product["id"], name="Old mug")
        webhooks.deliver(self.shop, self.post_as("product.deleted"))
        run = self.connector._carry_out_events()
        run._drive_inline()
        self.assertEqual({"product.deleted"}, set(run.event_ids.mapped("topic")))
        self.assertEqual(("done", "Old mug", True), (run.state, mug.name, mug.active))

    def post_as(self, topic):
        def post(url, headers, body):
            return self.post(url, {**headers, "X-WC-Webhook-Topic": topic}, body)

        return post

    def test_a_webhook_that_the_shop_disabled_is_switched_on_and_the_gap_read(self):
        self.look_after()
        webhooks.deliver(self.shop, self.post)
        self.env["gateway.run"].search([])._close("done")
        for _ in range(6):
            self.shop.make("product", name="Lost", status="publish")
            webhooks.deliver(self.shop, lambda *_: 500)
        off = [row["topic"] for row in self.rows("webhooks") if row["status"] == "disabled"]
        self.assertIn("product.created", off)
        before = self.env["gateway.run"].search([])
        self.connector.webhooks_checked -= timedelta(hours=2)
        self.look_after()
        self.assertEqual({"active"}, {row["status"] for row in self.rows("webhooks")})
        gap = self.env["gateway.run"].search([]) - before
        self.assertIn(("product", "import"), [(f.entity, f.direction) for f in gap.flow_ids])
        self.assertIn("product.created", self.connector.message_ids[0].body)
