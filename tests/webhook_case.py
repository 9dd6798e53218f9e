"""What tests of webhooks share: a live connector, and deliveries as the shop signs them."""

import base64
import hashlib
import hmac
import json
from unittest.mock import patch

from odoo.tests import HttpCase

from odoo.addons.gateway_ng.models.work import UnitOfWork

from .shop_case import ShopCase

BASE = "https://odoo.example.com"


class WebhookCase(ShopCase, HttpCase):
    """A live connector with webhooks on, to a shop with one product that is not in Odoo yet."""

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("web.base.url", BASE)
        self.check_and_map()
        self.connector.write({"setup_step": "done", "is_webhook_on": True})
        self.product = self.add_product("Mug", "MUG")
        self.number = 0

    @property
    def token(self):
        return self.connector.sudo().connection_ids.webhook_token

    def look_after(self, connector=None):
        """What the scheduled action does."""
        (connector or self.connector)._look_after_webhooks(UnitOfWork(self.env, own=False))

    def body(self, gid, **fields):
        number = int(gid.rpartition("/")[2])
        return json.dumps({"id": number, "admin_graphql_api_id": gid, **fields}).encode()

    def signed(self, topic, body, event="", when=None, secret=None):
        """Headers of a delivery; each is another event's unless one is named."""
        self.number += 1
        secret = self.shop.settings.client_secret if secret is None else secret
        mac = hmac.new(secret.encode(), body, hashlib.sha256).digest()
        when = when or self.shop.store.clock.now()
        return {
            "Content-Type": "application/json",
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": "demo.myshopify.com",
            "X-Shopify-Webhook-Id": event or f"event-{self.number}",
            "X-Shopify-Triggered-At": when.isoformat(),
            "X-Shopify-Hmac-Sha256": base64.b64encode(mac).decode(),
        }

    def send(self, body, headers, token=None, method="POST"):
        """Status of the answer to a delivery, and its text."""
        token = self.token if token is None else token
        url = f"{self.base_url()}/gateway/webhook/{token}"
        answer = self.opener.request(method, url, data=body, headers=headers, timeout=30)
        self.env.invalidate_all()
        return answer.status_code, answer.text

    def deliver(self, topic, gid, status=200, event="", **fields):
        """One delivery, answered with `status`."""
        body = self.body(gid, **fields)
        found, _text = self.send(body, self.signed(topic, body, event))
        self.assertEqual(status, found)

    def carry_out(self):
        """The run that the job starts, at its end."""
        run = self.connector._carry_out_events()
        if run:
            run._drive_inline()
            self.env.invalidate_all()
        return run

    def dispatch(self):
        """The scheduled action, inside the test's transaction: its commits are none."""
        with patch.object(self.env.cr, "commit", self.env.flush_all):
            self.env["gateway.run"]._cron_dispatch()
        self.env.invalidate_all()

    @property
    def events(self):
        return self.env["gateway.event"].search(
            [("connector_id", "=", self.connector.id)], order="id"
        )

    def in_odoo(self):
        """Names of the products that came from the shop."""
        bound = self.env["gateway.binding"].search(
            [("connector_id", "=", self.connector.id), ("entity", "=", "product")]
        )
        return self.env["product.template"].browse(bound.mapped("res_id")).mapped("name")
