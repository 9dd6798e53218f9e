"""A run is taken back: what stands is restored, what was made is archived, nothing comes again."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .shop_case import ShopCase


@tagged("post_install", "-at_install", "gateway")
class TestUndo(ShopCase):
    def setUp(self):
        super().setUp()
        self.products = [self.add_product(f"Mug {n}", f"MUG-{n}") for n in range(3)]
        self.check_and_map()
        self.first = self.sync(direction="both")
        self.templates = self.env["product.template"].search(
            [("default_code", "in", [f"MUG-{n}" for n in range(3)])], order="default_code"
        )

    def retitle(self, *titles):
        for product, title in zip(self.products, titles, strict=True):
            product["title"] = title
            self.shop.store.touch(product)
        return self.sync("product")

    def take_back(self, run):
        undo = self.env["gateway.run"].browse(run.action_undo()["res_id"])
        undo._drive_inline()
        return undo

    def assertQuiet(self):
        run = self.sync(direction="both")
        wrote = run.count_created + run.count_updated + run.count_deleted + run.count_dead
        self.assertFalse(wrote, run.change_ids.mapped("reference"))

    def test_titles_that_stand_are_restored_and_an_edit_since_is_left_and_named(self):
        run = self.retitle("Cup 0", "Cup 1", "Cup 2")
        self.assertEqual(self.templates.mapped("name"), ["Cup 0", "Cup 1", "Cup 2"])
        self.templates[1].name = "Becher"
        undo = self.take_back(run)
        self.assertEqual((undo.state, undo.undoes_id), ("done", run))
        told = f"{run.display_name} is taken back by run #{undo.id}."
        self.assertIn(told, undo.connector_id.message_ids[:1].preview)
        self.assertEqual((undo.count_read, undo.count_updated, undo.count_unchanged), (3, 2, 1))
        self.assertEqual(self.templates.mapped("name"), ["Mug 0", "Becher", "Mug 2"])
        left = undo.change_ids.filtered(lambda change: change.outcome == "unchanged")
        self.assertIn("edited since", left.reasons[""])
        self.sync(direction="both")  # the edit, and nothing else, is carried
        self.assertEqual([p["title"] for p in self.products], ["Cup 0", "Becher", "Cup 2"])
        self.assertQuiet()
        self.assertEqual(self.templates.mapped("name"), ["Mug 0", "Becher", "Mug 2"])
        self.retitle("Jar 0", "Jar 1", "Jar 2")  # the next edit of the shop is carried again
        self.assertEqual(self.templates.mapped("name"), ["Jar 0", "Jar 1", "Jar 2"])

    def test_a_first_sync_is_archived_and_neither_comes_again_nor_goes_out(self):
        undo = self.take_back(self.first)
        self.assertIn(undo.state, ("done", "partial"))
        self.assertFalse(any(self.templates.mapped("active")))
        self.assertEqual({p["status"] for p in self.products}, {"ACTIVE"})
        self.assertEqual(undo.count_read, sum(undo.flow_ids.mapped("count_read")))
        self.assertQuiet()
        self.assertFalse(any(self.templates.mapped("active")))
        self.assertEqual({p["status"] for p in self.products}, {"ACTIVE"})

    def test_who_may_take_a_run_back_and_which(self):
        run = self.retitle("Cup 0", "Cup 1", "Cup 2")
        with self.assertRaises(AccessError):
            run.with_user(self.people["operator"]).action_undo()
        quiet = self.sync("product")
        with self.assertRaises(UserError):
            quiet.action_undo()
        undo = self.take_back(run)
        again = self.take_back(undo)  # taking back what was taken back brings it again
        self.assertEqual(again.count_updated, 3)
        self.assertEqual(self.templates.mapped("name"), ["Cup 0", "Cup 1", "Cup 2"])
        self.assertQuiet()
