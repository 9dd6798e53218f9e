"""One connector for one shop: a second one would bring every order twice and push every stock."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import Shop, seed_demo, serving
from odoo.addons.gateway_ng.lib.errors import StopRun
from odoo.addons.gateway_ng.lib.platforms.shopify import health
from odoo.addons.gateway_ng.models.work import UnitOfWork

from .shop_case import ShopCase


@tagged("post_install", "-at_install")
class TestOneShop(ShopCase):
    seed = 1

    def orders(self):
        return self.env["sale.order"].search_count([])

    def point_to_another(self, connector):
        other = Shop(clock=connector._clock())
        seed_demo(other, 2)
        self.point_to(connector, other)
        return other

    def point_to(self, connector, shop):
        """Enter the address and the secret of another shop."""
        server = self.enterContext(serving(shop))
        connector.connection_ids.set_values(
            {"base_url": server.url, "client_secret": shop.settings.client_secret}
        )

    def test_check_of_a_second_connector_names_the_first_and_does_not_make_it_ready(self):
        self.assertTrue(self.connector.check_connection()["ok"])
        second = self.connect("Shop again")
        found = second.check_connection()
        self.assertFalse(found["ok"])
        self.assertIn("synced by «Shop» already", found["problems"][0])
        self.assertEqual(second.state, "draft")

    def test_a_second_connector_that_was_never_checked_reads_and_writes_nothing(self):
        self.sync("order")
        before = self.orders()
        second = self.connect("Shop again")
        reads = self.shop.counters.queries
        run = second.run_sync(["order"], direction="import", wait=True)
        self.assertEqual((run.state, run.count_read), ("failed", 0))
        self.assertIn("synced by «Shop» already", run.error)
        self.assertEqual(self.orders(), before)
        self.assertLessEqual(self.shop.counters.queries - reads, 5, "only the check asks")

    def test_an_archived_connector_still_owns_its_shop(self):
        self.sync("customer")
        self.connector.active = False
        found = self.connect("Shop again").check_connection()
        self.assertFalse(found["ok"])
        self.assertIn("restore that one", found["problems"][0])

    def test_a_connector_that_knows_records_is_archived_not_deleted(self):
        self.sync("customer")
        with self.assertRaisesRegex(UserError, "Shop knows which records.*archive it instead"):
            self.connector.unlink()

    def test_a_connector_that_knows_none_is_deleted_and_frees_its_shop(self):
        self.assertTrue(self.connector.check_connection()["ok"])
        self.connector.unlink()
        self.assertTrue(self.connect("Shop again").check_connection()["ok"])

    def test_a_connector_with_bindings_is_not_pointed_to_another_shop(self):
        self.sync("customer")
        other = Shop(clock=self.connector._clock())
        seed_demo(other, 2)
        self.point_to(self.connector, other)
        found = self.connector.check_connection()
        self.assertFalse(found["ok"])
        self.assertIn("another shop", found["problems"][0])
        run = self.sync("customer")
        self.assertEqual((run.state, run.count_read), ("failed", 0))
        self.assertIn("another shop", run.error)

    def test_a_connector_without_bindings_may_be_pointed_to_another_shop(self):
        self.assertTrue(self.connector.check_connection()["ok"])
        other = Shop(clock=self.connector._clock())
        seed_demo(other, 2)
        places = self.connector.location_ids
        self.point_to(self.connector, other)
        self.assertEqual(self.connector.state, "draft", "an address that was never tried")
        self.assertTrue(self.connector.check_connection()["ok"])
        self.assertEqual(self.sync("customer").state, "done")
        self.assertFalse(places.exists(), "places of the first shop")

    def test_a_run_under_way_does_not_go_on_at_another_address(self):
        self.sync("category", "product")
        self.env["product.template"].create({"name": "Mine", "default_code": "MINE"})
        run = self.connector.run_sync(["product"], "export").sudo()
        work = UnitOfWork(self.env, own=False)
        run.flow_ids._open(work)
        run.flow_ids._read(work, run.epoch, False, None)
        other = self.point_to_another(self.connector)
        for page in run.flow_ids.page_ids:
            with self.assertRaisesRegex(StopRun, "another shop"):
                run._settle(work, page, run.epoch)
        self.assertEqual(other.counters.writes, 0)

    def test_a_retry_does_not_go_to_another_address(self):
        self.sync("category", "product")
        letter = self.env["gateway.dead.letter"].create(
            {
                "connector_id": self.connector.id,
                "company_id": self.connector.company_id.id,
                "entity": "product",
                "direction": "export",
                "source_id": str(self.env["product.template"].create({"name": "Mine"}).id),
                "cause": "refused",
                "error": "refused",
            }
        )
        other = self.point_to_another(self.connector)
        said = letter.action_retry()["params"]["message"]
        self.assertIn("another shop", said)
        self.assertEqual((letter.state, other.counters.writes), ("open", 0))

    def test_a_server_that_does_not_say_which_shop_it_is_is_not_taken_for_the_bound_one(self):
        self.sync("customer")
        self.connector.check_connection()
        places, system = self.connector.location_ids, self.connector.system
        mark = self.env["gateway.watermark"].search([("connector_id", "=", self.connector.id)])
        self.point_to_another(self.connector)
        with patch.object(health, "_shop", lambda reply: {}):
            found = self.connector.check_connection()
            self.assertIn("does not say which shop it is", found["problems"][0])
            with self.assertRaisesRegex(UserError, "does not say which shop it is"):
                self.connector.accept_system()
        self.assertEqual(places.exists(), places)
        self.assertTrue(mark.exists())
        self.assertEqual((self.connector.system, self.connector.is_identified), (system, False))

    def test_a_connector_with_bindings_keeps_its_platform_and_company(self):
        self.sync("customer")
        company = self.env["res.company"].create({"name": "Other"})
        for values in ({"platform": "woocommerce"}, {"company_id": company.id}):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "keeps its plat"):
                self.connector.write(values)

    def test_nobody_claims_a_shop_by_hand(self):
        manager = self.people["manager"]
        for name, value in (("system", "gid://shopify/Shop/1"), ("is_identified", True)):
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.connector.with_user(manager).write({name: value})

    def test_a_workspace_of_another_company_is_refused(self):
        company = self.env["res.company"].create({"name": "Other"})
        other = self.env["gateway.workspace"].create({"name": "B", "company_id": company.id})
        with self.assertRaisesRegex(UserError, "company"):
            self.connector.workspace_id = other

    def test_a_manager_says_that_the_shop_has_moved(self):
        self.sync("customer")
        moved = Shop.load(self.shop.dump(), clock=self.connector._clock())
        moved.store.shop_number += 1
        self.point_to(self.connector, moved)
        self.assertFalse(self.connector.check_connection()["ok"])
        with self.assertRaises(AccessError):
            self.connector.with_user(self.people["operator"]).accept_system()
        found = self.connector.with_user(self.people["manager"]).accept_system()
        self.assertTrue(found["ok"], found["problems"])
        run = self.sync("customer")
        self.assertEqual((run.state, run.count_created), ("done", 0))

    def test_a_shop_of_another_connector_has_not_moved(self):
        self.sync("customer")
        other = Shop(clock=self.connector._clock())
        seed_demo(other, 2)
        second = self.connect("Second")
        self.point_to(second, other)
        self.assertTrue(second.check_connection()["ok"])
        self.point_to(self.connector, other)
        with self.assertRaisesRegex(UserError, "synced by «Second» already"):
            self.connector.accept_system()

    def test_a_manager_of_another_company_is_not_told_the_name(self):
        self.assertTrue(self.connector.check_connection()["ok"])
        company = self.env["res.company"].create({"name": "Other company"})
        self.robot.company_ids += company
        manager = self.people["manager"]
        manager.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        workspace = self.env["gateway.workspace"].create({"name": "A", "company_id": company.id})
        second = self.connect(
            "Shop again", company_id=company.id, workspace_id=workspace.id, warehouse_id=False
        )
        problem = second.with_user(manager).check_connection()["problems"][0]
        self.assertIn("a connector of another company", problem)
        self.assertNotIn("«Shop»", problem)

    def test_a_paused_connector_stays_paused_when_its_address_is_changed(self):
        self.connector.check_connection()
        self.connector.action_pause()
        self.connector.connection_ids.set_values({"base_url": "http://127.0.0.1:1"})
        self.assertEqual(self.connector.state, "paused")
        with self.assertRaises(UserError):
            self.sync("customer")
