"""Records that are gone from one side: found, carried over once, and never many without asking."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import catalog
from odoo.addons.gateway_ng.lib.endpoint import Page
from odoo.addons.gateway_ng.lib.errors import RetryLater
from odoo.addons.gateway_ng.lib.platforms.shopify.endpoint import ShopifyEndpoint
from odoo.addons.gateway_ng.models.work import UnitOfWork

from .shop_case import ShopCase


@tagged("post_install", "-at_install", "gateway")
class TestDeletes(ShopCase):
    def setUp(self):
        super().setUp()
        self.products = [self.add_product(f"Mug {n}", f"MUG-{n}") for n in range(4)]
        self.check_and_map()
        self.sync("product", "variant", "category", direction="both")
        self.connector.write({"guard_count": 1, "setup_step": "done"})

    def later(self):
        """The next day: everything that is bound was bound before, and a look is due."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE gateway_binding SET create_date = create_date - interval '2 days';"
            "UPDATE gateway_page SET write_date = write_date - interval '2 days';"
            "UPDATE gateway_watermark SET swept = swept - interval '2 days'"
        )
        self.env.invalidate_all()

    def delete(self, *products):
        for product in products:
            catalog.remove_product(self.shop.store, product)

    def templates(self, *products):
        bindings = self.env["gateway.binding"].search(
            [
                ("connector_id", "=", self.connector.id),
                ("entity", "=", "product"),
                ("remote_id", "in", [product["id"] for product in products]),
            ]
        )
        return self.env["product.template"].browse(bindings.mapped("res_id"))

    def marks(self, **values):
        domain = [("connector_id", "=", self.connector.id)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["gateway.watermark"].search(domain)

    def test_what_the_shop_deleted_is_archived_once_and_never_brought_back(self):
        gone = self.templates(self.products[0])
        self.delete(self.products[0])
        run = self.sync("product", direction="both")
        self.assertFalse(run.count_deleted, "a look was due though the last one was today")
        self.later()
        run = self.sync("product", direction="both")
        self.assertEqual((run.state, run.count_deleted), ("done", 1))
        self.assertFalse(gone.active)
        self.assertTrue(all(self.templates(*self.products[1:]).mapped("active")))
        change = run.change_ids.filtered(lambda c: c.outcome == "deleted")
        self.assertEqual(change.source_id, self.products[0]["id"])
        for _again in range(2):
            self.later()
            run = self.sync("product", direction="both")
            self.assertFalse(run.count_created + run.count_updated + run.count_deleted)
        self.assertEqual(len(self.shop.store.tables["Product"]), 3)
        self.later()
        with patch.object(ShopifyEndpoint, "ids", lambda *_entity: iter(())):
            run = self.sync("product")
        self.assertFalse(run.count_deleted + run.guarded, "the list was only cut short")

    def look_now(self, user="operator"):
        """What the button does, to the run's end."""
        connector = self.connector.with_user(self.people[user])
        run = self.env["gateway.run"].browse(connector.action_look_for_deletes()["res_id"])
        run._drive_inline()
        return run

    def test_what_a_mapping_deletes_for_good_is_archived_where_odoo_still_needs_it(self):
        self.override("product", on_delete="delete")
        self.connector.guard_count = 5
        free, used = (self.templates(product) for product in self.products[:2])
        self.env["stock.quant"]._update_available_quantity(
            used.product_variant_id, self.env.ref("stock.stock_location_stock"), 3
        )
        self.env["stock.move"].create(
            {
                "product_id": used.product_variant_id.id,
                "location_id": self.env.ref("stock.stock_location_stock").id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        self.delete(*self.products[:2])
        self.later()
        run = self.sync("product", "variant", direction="both")
        self.assertEqual(("done", 0), (run.state, run.count_dead), self.letters().mapped("error"))
        self.assertFalse(free.exists())
        self.assertFalse(used.active)
        changes = run.change_ids.filtered(lambda c: c.entity == "product")
        self.assertEqual(["deleted"] * 2, changes.mapped("outcome"))
        (kept,) = changes.filtered(lambda c: c.source_id == self.products[1]["id"])
        self.assertIn("archived", kept.summary)
        self.later()
        run = self.sync("product", "variant", direction="both")
        self.assertFalse(run.count_created + run.count_updated + run.count_deleted)
        self.assertEqual(2, len(self.shop.store.tables["Product"]))

    def test_a_person_has_deletes_looked_for_at_once(self):
        self.later()
        self.env["gateway.watermark"].search([]).swept = fields.Datetime.now()
        gone = self.templates(self.products[0])
        self.delete(self.products[0])
        self.assertFalse(self.sync("product").count_deleted, "the day's look was made")
        with self.assertRaises(AccessError):
            self.look_now("viewer")
        run = self.look_now()
        self.assertEqual(("done", 1), (run.state, run.count_deleted))
        self.assertFalse(gone.active)
        self.assertTrue(self.marks(entity="product", direction="import").swept)
        self.assertFalse(self.sync("product").count_deleted)

    def test_who_looks_for_deletes_by_hand_only_can_do_so_and_is_guarded(self):
        self.later()
        self.connector.sweep_hours = 0
        self.delete(*self.products[:3])
        run = self.look_now()
        guarded = run.flow_ids.filtered("guarded")
        kept = {(flow.entity, flow.direction): flow.guarded for flow in guarded}
        self.assertEqual({("product", "import"): 3, ("variant", "import"): 3}, kept)
        self.assertEqual(("partial", 0), (run.state, run.count_deleted))
        freed = self.env["gateway.run"].browse(run.action_let_go()["res_id"])
        freed._drive_inline()
        self.assertFalse(self.templates(*self.products[:3]).filtered("active"), "nobody looked")

    def test_more_than_the_guard_lets_pass_is_kept_until_a_manager_lets_it_go(self):
        self.later()
        self.delete(*self.products[:3])
        run = self.sync("product")
        self.assertEqual((run.state, run.count_deleted, run.guarded), ("partial", 0, 3))
        self.assertTrue(all(self.templates(*self.products).mapped("active")))
        said = self.connector.message_ids.filtered(lambda m: "Let them go" in (m.body or ""))
        self.assertEqual(len(said), 1)
        self.assertIn("3 of 4", said.body)
        self.later()
        self.sync("product")
        said = self.connector.message_ids.filtered(lambda m: "Let them go" in (m.body or ""))
        self.assertEqual(len(said), 1, "told again though nothing changed")
        with self.assertRaises(AccessError):
            run.with_user(self.people["operator"]).action_let_go()
        freed = self.env["gateway.run"].browse(run.action_let_go()["res_id"])
        freed._drive_inline()
        self.assertEqual((freed.state, freed.count_deleted, freed.guarded), ("done", 3, 0))
        self.assertFalse(any(self.templates(*self.products[:3]).mapped("active")))
        self.assertTrue(self.templates(self.products[3]).active)
        self.assertEqual(self.marks(entity="product", direction="import").guarded, 0)

    def test_what_a_manager_lets_go_is_no_more_than_was_told(self):
        self.later()
        self.delete(*self.products[:3])
        run = self.sync("product")
        self.assertEqual(run.guarded, 3)
        freed = self.env["gateway.run"].browse(run.action_let_go()["res_id"])
        self.delete(self.products[3])  # and all the shop, while the manager looks
        freed._drive_inline()
        self.assertEqual((freed.state, freed.count_deleted, freed.guarded), ("partial", 0, 4))
        self.assertTrue(all(self.templates(*self.products).mapped("active")))
        freed = self.env["gateway.run"].browse(freed.action_let_go()["res_id"])
        freed._drive_inline()
        self.assertEqual((freed.state, freed.count_deleted, freed.guarded), ("done", 4, 0))

    def test_what_odoo_unlinked_is_archived_in_the_shop_at_the_next_sync(self):
        template = self.templates(self.products[1])
        self.later()
        self.env["gateway.watermark"].search([]).swept = fields.Datetime.now()
        template.unlink()
        self.assertFalse(self.marks(entity="product", direction="export").swept)
        run = self.sync("product", direction="export")
        self.assertEqual((run.state, run.count_deleted), ("done", 1))
        self.assertEqual(self.products[1]["status"], "ARCHIVED")
        run = self.sync("product", direction="both")
        self.assertFalse(run.count_created + run.count_updated + run.count_deleted)
        self.assertFalse(template.exists())

    def test_what_is_only_hidden_from_the_integration_user_is_not_deleted(self):
        rule = {
            "name": "One mug is nobody's business",
            "model_id": self.env.ref("product.model_product_template").id,
            "domain_force": f"[('id', '!=', {self.templates(self.products[2]).id})]",
        }
        self.env["ir.rule"].create(rule)
        self.later()
        run = self.sync("product", direction="export")
        self.assertFalse(run.count_deleted)
        self.assertEqual(self.products[2]["status"], "ACTIVE")

    def test_a_letter_of_what_is_only_hidden_is_not_discarded_by_a_retry(self):
        template = self.templates(self.products[2])
        bound = [("entity", "=", "product"), ("res_id", "=", template.id)]
        self.env["gateway.binding"].search(bound).pending = "export"
        rule = self.env["ir.rule"].create(
            {
                "name": "One mug is nobody's business",
                "model_id": self.env.ref("product.model_product_template").id,
                "domain_force": f"[('id', '!=', {template.id})]",
            }
        )
        self.assertEqual(self.sync("product", direction="export").count_dead, 1)
        letter = self.env["gateway.dead.letter"].search([("entity", "=", "product")])
        letter.action_retry()
        self.assertEqual(letter.state, "open", "discarded as gone at its source")
        rule.active = False
        letter.action_retry()
        self.assertEqual(letter.state, "resolved")

    def test_only_a_run_that_reads_what_changed_looks_for_deletes(self):
        self.products[1]["title"] = "Edited"
        self.shop.store.touch(self.products[1])
        plan = self.sync("product", dry_run=True)
        self.later()
        self.delete(self.products[0])
        plan.action_plan_approve()
        applied = self.env["gateway.run"].browse(plan.action_plan_apply()["res_id"])
        applied._drive_inline()
        self.assertFalse(applied.count_held + applied.count_deleted, "it was not planned")
        told = self.env["gateway.run"]._start(self.connector, [("product", "import")], False)
        told.by_event = True
        told._drive_inline()
        self.assertFalse(told.count_deleted, "a webhook names its records")
        self.assertTrue(self.connector._sweep_due("product", "import"))
        self.assertEqual(self.sync("product").count_deleted, 1)

    def test_tombstones_of_several_runs_are_counted_together(self):
        self.later()
        self.delete(*self.products[:2])
        run = self.sync("product")
        flow = run.flow_ids
        flow.write({"swept": False, "guarded": 0})
        ids = [product["id"] for product in self.products[:2]]
        self.assertFalse(flow._holds_deletes(ids[:1]))
        self.assertTrue(flow._holds_deletes(ids))
        flow.page_ids[:1].count_deleted = 1
        self.env.cr.execute(
            "UPDATE gateway_page SET write_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(hours=1), flow.page_ids[:1].id],
        )
        self.assertTrue(flow._holds_deletes(ids[:1]))
        flow.write({"lets_go": True, "let_go": 3, "guarded": 0})
        self.assertFalse(flow._holds_deletes(ids))
        flow.write({"let_go": 2, "guarded": 0})
        self.assertTrue(flow._holds_deletes(ids), "with what it has deleted more than was told")

    def test_pages_that_are_settled_at_once_do_not_overshoot_the_guard(self):
        self.later()
        work = UnitOfWork(self.env, own=False)
        gone = self.templates(*self.products[:2])
        for product in self.products[:2]:
            catalog.remove_product(self.shop.store, product)
        run = self.env["gateway.run"]._start(self.connector, [("product", "import")], False)
        first, second = (
            run.flow_ids._stage(Page([], None, None, [product["id"]]), number, None)[0]
            for number, product in enumerate(self.products[:2])
        )
        first.state = "settling"  # by another worker, that counts what was deleted before it
        with self.assertRaisesRegex(RetryLater, "page 1 waits for page 0"):
            run._settle(work, second, run.epoch)
        first.state = "staged"
        for page in (first, second):
            run._settle(work, page, run.epoch)
        self.assertEqual([1, 0], [page.count_deleted for page in (first, second)])
        self.assertEqual(1, len(gone.filtered("active")))

    def test_the_guard_counts_what_was_deleted_within_a_day_however_it_was_found(self):
        self.later()
        self.delete(self.products[0])
        plan = self.sync("product", dry_run=True)
        self.assertEqual(plan.count_deleted, 1)
        plan.flow_ids.swept = False
        told = plan.flow_ids._holds_deletes([self.products[1]["id"]])
        self.assertFalse(told, "a plan takes nothing off what tombstones may delete")
        run = self.sync("product")
        self.assertEqual((run.count_deleted, run.guarded), (1, 0))
        self.delete(self.products[1])
        self.env["gateway.watermark"].search([]).swept = False
        run = self.sync("product")
        self.assertEqual((run.count_deleted, run.guarded), (0, 1))
        self.assertTrue(self.templates(self.products[1]).active)
        self.later()
        self.assertEqual(self.sync("product").count_deleted, 1)

    def test_the_price_of_what_odoo_has_archived_is_no_letter(self):
        template = self.templates(self.products[0])
        self.sync("price")
        template.active = False
        (variant,) = self.shop.store.many("ProductVariant", self.products[0]["variants"])
        variant["price"] = "99.00"
        self.shop.store.touch(variant, self.products[0])
        run = self.sync("price")
        self.assertEqual((0, "done"), (run.count_dead, run.state))
        self.assertFalse(self.env["gateway.dead.letter"].search([]).mapped("error"))
