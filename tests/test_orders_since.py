"""Orders that were placed before a moment are left out, and come when it is taken away."""

import json
from datetime import datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .demo_shop_case import DemoShopCase


@tagged("post_install", "-at_install")
class TestOrdersSince(DemoShopCase):
    synced = False

    def setUp(self):
        super().setUp()
        self.placed = sorted(
            datetime.fromisoformat(one["processedAt"][:19]) for one in self.reader.table("Order")
        )
        self.middle = self.placed[len(self.placed) // 2]
        self.connector.orders_since = self.middle

    def orders(self):
        return self.env["sale.order"].browse(
            [int(one.odoo_id) for one in self.bindings("order").filtered("odoo_id")]
        )

    def fetch(self):
        self.clock.sleep(60)
        return self.sync("order", direction="import")

    def test_earlier_ones_are_left_out_by_name_and_come_when_the_moment_is_taken_away(self):
        self.sync()
        late = [at for at in self.placed if at >= self.middle]
        self.assertTrue(0 < len(late) < len(self.placed))
        self.assertEqual(late, sorted(self.orders().mapped("date_order")))
        left_out = self.env["gateway.change"].search(
            [("entity", "=", "order"), ("outcome", "=", "filtered")]
        )
        self.assertEqual(len(self.placed) - len(late), len(left_out))
        self.assertIn(
            f"Placed since {self.middle:%Y-%m-%d %H:%M} UTC", " ".join(left_out.mapped("summary"))
        )
        self.connector.orders_since = False
        run = self.fetch()
        self.assertEqual(len(self.placed) - len(late), run.count_created)
        self.assertEqual(self.placed, sorted(self.orders().mapped("date_order")))

    def test_what_is_synced_goes_on_being_synced(self):
        self.sync()
        known = len(self.orders())
        with self.assertRaisesRegex(ValidationError, "choose no later moment"):
            self.connector.orders_since = self.middle + timedelta(days=400)
        self.connector.orders_since = self.middle - timedelta(seconds=1)
        self.assertEqual(0, self.fetch().count_created)
        self.assertEqual(known, len(self.orders()))

    def test_a_mapping_that_makes_the_date_up_is_refused_and_says_why(self):
        self.connector.orders_since = False
        made_up = {"MAPTO": ["processedAt", "createdAt", "lambda at, made: at or made"]}
        made_up["type"] = "datetime"
        self.env["gateway.mapping"].create(
            {
                "layer": "connector",
                "connector_id": self.connector.id,
                "platform": self.connector.platform,
                "entity": "order",
                "direction": "import",
                "document": json.dumps({"record": {"date_order": made_up}}),
            }
        )
        with self.assertRaisesRegex(ValidationError, "from one field of the shop"):
            self.connector.orders_since = self.middle
