"""Setting up: where credentials are found, missing scopes, the first match, the dry run, live."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import Settings

from .demo_shop_case import DemoShopCase
from .shop_case import ShopCase


@tagged("post_install", "-at_install")
class TestSteps(DemoShopCase):
    synced = False

    def test_the_steps_lead_from_credentials_to_a_first_sync_and_schedules(self):
        connector = self.connector
        self.assertEqual("flows", connector.setup_step, "the connection was checked")
        connector.action_flows_chosen()
        self.assertEqual("review", connector.setup_step)
        connector.action_review()
        connector.action_reviewed()
        connector.action_trial()
        self.assertEqual("trial", connector.setup_step)
        action = connector.action_go()
        self.assertEqual(("gateway.run", "done"), (action["res_model"], connector.setup_step))
        self.assertEqual({"*/15 * * * *"}, set(connector.schedule_ids.mapped("cron")))

    def test_stock_without_a_location_is_asked_for(self):
        self.connector.location_ids.location_id = False
        with self.assertRaisesRegex(UserError, "Locations"):
            self.connector.action_flows_chosen()
        self.connector.stock_authority = "none"
        self.connector.action_flows_chosen()

    def test_the_first_match_names_who_is_there_already_and_keeps_nothing(self):
        known = next(one for one in self.reader.table("Customer") if one["email"])
        self.env["res.partner"].create({"name": "Known Already", "email": known["email"]})
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET create_date = create_date - interval '1 day'")
        before = self.sizes()
        self.connector.action_review()
        self.assertEqual(before, self.sizes())
        self.assertIn("Known Already", self.connector.review)
        self.assertIn('<td class="text-break">Order</td>', self.connector.review)

    def test_a_dry_run_counts_what_the_first_sync_then_does(self):
        before, asked = self.sizes(), dict(self.shop.dump()["store"]["tables"])
        self.connector.action_trial()
        self.assertEqual(before, self.sizes())
        self.assertEqual(asked, self.shop.dump()["store"]["tables"], "nothing was sent to the shop")
        run = self.sync()
        for flow in run.flow_ids:
            row = f'<td class="text-break">{flow.display_name}</td>'
            row += "".join(
                f'<td class="text-break">{flow[f"count_{name}"]}</td>'
                for name in ("read", "created", "updated", "unchanged", "filtered", "held", "dead")
            )
            self.assertIn(row, self.connector.trial)

    def test_a_record_that_can_not_be_applied_is_named(self):
        variant = self.reader.table("ProductVariant")[0]
        item = self.shop.store.get("InventoryItem", variant["inventoryItem"])
        two = self.env["product.product"].create(
            [{"name": f"Twin {n}", "default_code": item["sku"]} for n in range(2)]
        )
        self.connector.action_review()
        self.assertIn("What is wrong", self.connector.review)
        self.assertEqual(2, len(two.exists()))
        self.assertFalse(self.letters())

    def sizes(self):
        self.env.flush_all()
        tables = ("sale_order", "res_partner", "product_product", "stock_move", "gateway_run")
        tables += ("gateway_binding", "gateway_change", "queue_job", "gateway_mapping_version")
        found = {}
        for table in tables:
            self.env.cr.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  (names from above)
            found[table] = self.env.cr.fetchone()[0]
        return found


@tagged("post_install", "-at_install")
class TestCheck(ShopCase):
    settings = Settings(scopes=("write_products", "read_locations"))

    def test_missing_scopes_are_named_and_keep_nobody_from_the_next_step(self):
        self.connector.check_connection()
        self.assertEqual("flows", self.connector.setup_step)
        self.assertIn("read_customers", self.connector.missing_scopes)

    def test_where_each_credential_is_found_is_told(self):
        self.assertIn("Dev Dashboard", self.connector.credentials_where)
        self.assertIn("<b>Client secret</b>", self.connector.credentials_where)

    def test_no_step_goes_on_before_the_connection_is_checked(self):
        for name in ("flows_chosen", "review", "reviewed", "trial", "go"):
            with self.assertRaisesRegex(UserError, "check the connection"):
                getattr(self.connector, f"action_{name}")()

    def test_only_a_manager_sets_up(self):
        self.connector.state = "ready"
        operator = self.connector.with_user(self.people["operator"])
        for name in ("flows_chosen", "review", "go"):
            with self.assertRaises(AccessError):
                getattr(operator, f"action_{name}")()
