"""The dashboard: one call, few queries, counts of both systems as kept, differences that open."""

from ast import literal_eval
from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.gateway_ng.lib.demoshop import Shop, edit, seed_demo, serving

from .demo_shop_case import LoopbackRequests, connected
from .shop_case import ShopCase


@tagged("post_install", "-at_install")
class TestDashboard(ShopCase):
    seed = 1

    def setUp(self):
        super().setUp()
        self.check_and_map()
        self.first = self.sync("category", "product")
        self.assertEqual(("done", 24), (self.first.state, self.first.count_read), self.first.error)

    def data(self, role="viewer"):
        return self.env["gateway.dashboard"].with_user(self.people[role]).get_data()

    def mine(self):
        (row,) = [row for row in self.data()["connectors"] if row["id"] == self.connector.id]
        return row

    def counts(self):
        return {row["entity"]: row for row in self.mine()["counts"]}

    def test_it_tells_what_was_synced_and_what_failed(self):
        row = self.mine()
        self.assertEqual((self.first.count_read, 0), (row["read"], row["failed"]))
        self.assertEqual(self.first.id, row["last_run"]["id"])
        today = self.data()["days"][-1]
        self.assertGreaterEqual(today["written"], self.first.count_created)

    def test_what_was_synced_opens_without_plans_and_what_is_older(self):
        self.sync("variant", dry_run=True)
        mine = self.env["gateway.change"].search([("connector_id", "=", self.connector.id)])
        self.assertGreater(len(mine.run_id), 1)
        old, dead = self.first.change_ids[:2]
        dead.outcome = "dead"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE gateway_change SET create_date = now() at time zone 'utc' - interval '15 days'"
            " WHERE id = %s",
            [old.id],
        )
        action = self.env["gateway.dashboard"].with_user(self.people["viewer"]).action_open_synced()
        self.assertFalse(action["context"].get("search_default_done"))
        found = mine.search(action["domain"]) & mine
        self.assertEqual(self.first.change_ids - old - dead, found)

    def test_the_menu_opens_what_was_done_and_plans_and_compares_by_their_filters(self):
        plan, compare = (self.sync("variant", dry_run=True) for _ in range(2))
        compare.compares = True
        lines = self.first.change_ids + plan.change_ids + compare.change_ids
        search = self.env.ref("gateway_ng.change_view_search").arch
        filters = {one.get("name"): one for one in etree.fromstring(search).iter("filter")}
        for name, run in (("done", self.first), ("planned", plan), ("compared", compare)):
            domain = literal_eval(filters[name].get("domain"))
            self.assertEqual(run, lines.filtered_domain(domain).run_id, name)
            self.assertEqual(run, (lines.search(domain) & lines).run_id, name)
        action = self.env["ir.actions.act_window"]._for_xml_id("gateway_ng.action_changes")
        self.assertEqual({"search_default_done": 1}, literal_eval(action["context"]))

    def test_dead_letters_are_counted_and_make_the_failure_rate(self):
        self.env["gateway.page"].search([("run_id", "=", self.first.id)], limit=1).write(
            {"count_dead": 5}
        )
        self.env["gateway.dead.letter"].create(
            {
                "connector_id": self.connector.id,
                "company_id": self.connector.company_id.id,
                "entity": "product",
                "direction": "import",
                "source_id": "gid://shopify/Product/9",
            }
        )
        data, row = self.data(), self.mine()
        self.assertEqual((5, 1), (row["failed"], row["letters"]))
        self.assertAlmostEqual(5 / row["read"], data["totals"]["failure_rate"], places=4)

    def test_a_connector_is_late_where_what_was_due_has_not_begun(self):
        self.connector.setup_step = "done"
        self.assertEqual((True, False), (self.mine()["by_hand"], self.mine()["late"]))
        self.connector._schedule_all()
        self.assertEqual((False, False), (self.mine()["by_hand"], self.mine()["late"]))
        self.connector.schedule_ids[:1].next_run = fields.Datetime.now() - timedelta(hours=1)
        self.assertTrue(self.mine()["late"])
        self.assertIn("Shop", self.data()["totals"]["late"])

    def test_dry_runs_count_for_nothing(self):
        before = self.mine()["read"]
        self.sync("product", dry_run=True)
        self.assertEqual(before, self.mine()["read"])

    def test_counts_of_both_systems_stand_side_by_side(self):
        self.connector.with_user(self.people["operator"]).action_count()
        product = self.counts()["product"]
        self.assertEqual((20, 20), (product["remote"], product["bound"]))
        self.assertEqual(product["odoo"] - 20, product["odoo_only"])
        self.assertEqual(0, product["remote_only"])
        self.assertEqual(30, self.counts()["customer"]["remote_only"])
        self.assertEqual(0, product["remote_gone"])
        edit(self.shop, "delete", {"product": "harbor-linen-shirt"})
        self.connector.action_count()
        self.assertEqual(1, self.counts()["product"]["remote_gone"])

    def test_differences_open(self):
        mine = self.env["product.template"].create({"name": "Only here"})
        self.connector.action_count()
        count = self.connector.count_ids.filtered(lambda c: c.entity == "product")
        action = count.with_user(self.people["manager"]).action_open_odoo_only()
        found = self.env["product.template"].search(action["domain"])
        self.assertIn(mine, found)
        shipping = self.env.ref("gateway_ng.product_shipping").product_tmpl_id
        self.assertNotIn(shipping, found, "charges of orders are booked on it, no shop sells it")
        self.assertEqual(count.odoo_count - count.bound_count, len(found))
        told = count.action_open_remote_only()
        self.assertIn("No sync has read them", told["params"]["message"])
        self.assertEqual(self.connector.id, told["params"]["next"]["res_id"])

    def test_what_was_deleted_in_the_shop_and_archived_in_odoo_is_no_difference(self):
        def only_in_odoo():
            self.connector.action_count()
            return {name: self.counts()[name]["odoo_only"] for name in ("product", "variant")}

        before = only_in_odoo()
        edit(self.shop, "delete", {"product": "harbor-linen-shirt"})
        self.env.cr.execute(
            "UPDATE gateway_binding SET create_date = create_date - interval '2 days'"
        )
        self.env["gateway.watermark"].search([]).swept = False
        self.env.invalidate_all()
        self.sync("product", "variant")
        gone = self.env["product.template"].search(
            [("name", "=", "Harbor Linen Shirt"), ("active", "=", False)]
        )
        self.assertTrue(gone, "archived by the delete policy")
        self.assertEqual(before, only_in_odoo())
        for count in self.connector.count_ids.filtered(lambda c: c.entity in before):
            action = count.action_open_odoo_only()
            found = self.env[action["res_model"]].with_context(active_test=False)
            self.assertFalse(found.search(action["domain"]).filtered(lambda row: not row.active))

    def test_orders_that_one_side_alone_cancelled_are_a_difference_that_opens(self):
        self.sync("variant", "customer", "order")
        self.connector.action_count()
        told = self.counts()["order"]["cancelled"]
        self.assertEqual(told["odoo"], told["remote"])
        self.assertEqual((0, 0), (told["odoo_only"], told["remote_only"]))
        bound = self.env["gateway.binding"].search(
            [("connector_id", "=", self.connector.id), ("entity", "=", "order")]
        )
        orders = self.env["sale.order"].browse(bound.mapped("res_id"))
        taken = orders.filtered(lambda order: order.state == "sale")[:3]
        taken._action_cancel()
        self.connector.action_count()
        self.assertEqual(0, self.counts()["order"]["odoo_only"])
        told = self.counts()["order"]["cancelled"]
        self.assertEqual((3, 0), (told["odoo_only"], told["remote_only"]))
        count = self.connector.count_ids.filtered(lambda c: c.entity == "order")
        found = self.env["sale.order"].search(count.action_open_cancelled_apart()["domain"])
        self.assertEqual(taken, found.sorted("id"))

    def test_what_the_shop_cancelled_or_deleted_and_no_sync_has_read_is_no_empty_list(self):
        self.sync("variant", "customer", "order")
        self.connector.action_count()
        count = self.connector.count_ids.filtered(lambda c: c.entity == "order")
        for action in (count.action_open_cancelled_apart(), count.action_open_remote_gone()):
            self.assertEqual("display_notification", action["tag"])
            self.assertEqual(self.connector.id, action["params"]["next"]["res_id"])
            self.assertIn("Compare", action["params"]["message"])

    def test_cancelled_orders_that_odoo_never_had_are_told_as_no_difference(self):
        self.sync("variant", "customer", "order")
        self.connector.action_count()
        count = self.connector.count_ids.filtered(lambda c: c.entity == "order")
        count.remote_count += 5  # from before the first day of its orders
        count.remote_cancelled += 5
        told = self.counts()["order"]
        self.assertEqual(5, told["remote_only"])
        self.assertEqual((0, 0), (told["cancelled"]["odoo_only"], told["cancelled"]["remote_only"]))
        self.assertFalse(told["cancelled"]["alike"])

    def test_what_is_only_in_the_shop_opens_with_why(self):
        self.connector.action_count()
        count = self.connector.count_ids.filtered(lambda c: c.entity == "product")
        change = self.first.change_ids.filtered(lambda c: c.entity == "product")[:1]
        change.outcome = "filtered"
        action = count.action_open_remote_only()
        self.assertEqual(change, self.env["gateway.change"].search(action["domain"]))

    def test_stock_is_told_in_units_as_last_synced(self):
        place = self.connector.warehouse_id.lot_stock_id
        self.connector.location_ids[:1].location_id = place
        self.sync("variant", "price", "stock")
        self.sync("stock", direction="export")
        self.connector.action_count()
        stock = self.counts()["stock"]
        self.assertTrue(stock["units"])
        self.assertEqual(stock["odoo"], stock["remote"])
        bound = self.env["gateway.binding"].search(
            [("connector_id", "=", self.connector.id), ("entity", "=", "stock")]
        )
        told = sum(int(b.base["export"]["available"][-1]) for b in bound)
        self.assertEqual(told, stock["remote"])

    def test_the_page_asks_no_shop_and_few_questions(self):
        self.connector.action_count()
        for number in range(3):
            self.connect(f"Other {number}").state = "ready"
        self.env.flush_all()
        self.data()
        self.env.invalidate_all()
        with (
            patch.object(
                self.env.registry["gateway.connector"],
                "_remote_endpoint",
                side_effect=AssertionError("the shop was asked"),
            ),
            self.assertQueryCount(14),
        ):
            self.data()

    def test_both_systems_are_counted_anew_after_a_sync_that_made_records_and_no_other(self):
        cron = self.env.ref("gateway_ng.cron_count")
        waiting = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertTrue(waiting, "the first sync made records")
        waiting.unlink()
        self.sync("category", "product")
        self.assertFalse(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        self.first.by_event = True  # a webhook's, of which a busy shop has many
        self.first._close("done")
        self.assertFalse(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        self.first.by_event = False
        self.first._close("done")
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))

    def test_the_cron_counts_and_survives_a_shop_that_is_down(self):
        self.connect("Broken").write({"state": "ready"})
        with self.enter_registry_test_mode():
            self.env.ref("gateway_ng.cron_count").method_direct_trigger()
        self.assertEqual(20, self.counts()["product"]["remote"])

    def test_only_roles_see_it_and_only_operators_count(self):
        with self.assertRaises(AccessError):
            self.data("employee")
        with self.assertRaises(AccessError):
            self.connector.with_user(self.people["viewer"]).action_count()


@tagged("post_install", "-at_install")
class TestDashboardInABrowser(LoopbackRequests, HttpCase):
    def test_an_operator_sees_counts_and_opens_a_difference(self):
        shop = Shop()
        seed_demo(shop)
        server = self.enterContext(serving(shop))
        connector = connected(self.env, server.url)
        connector.run_sync(["product"], direction="import", wait=True)
        self.env["product.template"].create({"name": "Only here"})
        new_test_user(
            self.env,
            "looker",
            groups="base.group_user,gateway_ng.group_operator,sales_team.group_sale_salesman",
        )
        self.start_tour("/odoo/gateway-dashboard", "gateway_dashboard", login="looker")
        customers = connector.count_ids.filtered(lambda count: count.entity == "customer")
        self.assertEqual(30, customers.remote_count)
