"""Who says how much there is, and how much less the shop is told."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import catalog

from .demo_shop_case import DemoShopCase, count


@tagged("post_install", "-at_install")
class TestStockAuthority(DemoShopCase):
    def setUp(self):
        super().setUp()
        (self.sku, one) = next(
            (sku, one) for sku, one in self.reader.variants().items() if one["size"] == "S"
        )
        self.product = self.variant(self.sku)
        self.location = self.warehouses[0].lot_stock_id

    def level(self):
        """The shop's level of the variant at its first location."""
        variant = self.reader.variants()[self.sku]
        store = self.shop.store
        item = store.get("ProductVariant", self.reader.number(variant["id"]))["inventoryItem"]
        place = min(store.tables["Location"])
        return next(
            one
            for one in store.tables["InventoryLevel"].values()
            if one["item"] == item and one["location"] == place
        )

    def available(self):
        return self.level()["quantities"]["available"]

    def on_hand(self):
        product = self.product.with_context(location=self.location.id)
        product.invalidate_recordset()
        return product.qty_available

    def test_the_shop_is_told_the_buffer_less(self):
        before = self.available()
        self.connector.stock_buffer = 3
        self.sync("stock", direction="export")
        self.assertEqual(max(0, before - 3), self.available())

    def test_what_is_offered_is_never_below_zero(self):
        self.connector.stock_buffer = 100000
        self.sync("stock", direction="export")
        levels = self.shop.store.tables["InventoryLevel"].values()
        self.assertEqual({0}, {one["quantities"]["available"] for one in levels})

    def test_a_buffer_taken_away_is_offered_again_though_no_stock_moved(self):
        before = self.available()
        self.connector.stock_buffer = 3
        self.sync("stock", direction="export")
        self.connector.stock_buffer = 0
        self.sync("stock", direction="export")
        self.assertEqual(before, self.available())
        run = self.sync("stock", direction="export")
        self.assertEqual({}, self.written(run), "and then it rests")

    def test_a_negative_buffer_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "0 or more"):
            self.connector.stock_buffer = -1

    def test_the_shops_authority_makes_its_quantities_inventory_adjustments(self):
        self.connector.stock_authority = "shop"
        self.reader.edit("stock", sku=self.sku, location=self.place(), available=17)
        self.clock.sleep(60)
        run = self.sync("stock")
        self.assertEqual({("stock", "import")}, set(self.counts(run)), "the shop is told nothing")
        held = self.level()["quantities"]
        self.assertEqual(held["on_hand"], self.on_hand())
        self.assertEqual(17, held["available"])

    def test_a_count_in_odoo_is_taken_back_where_the_shop_is_the_authority(self):
        self.connector.stock_authority = "shop"
        self.sync("stock")
        before = self.on_hand()
        count(self.product, self.warehouses[0], 1234)
        self.connector._look_at_all_stock()
        self.sync("stock")
        self.assertEqual(before, self.on_hand())

    def test_a_letter_of_a_deleted_products_level_settles_itself(self):
        title = self.reader.variants()[self.sku]["product"]
        other = next(sku for sku, v in self.reader.variants().items() if v["product"] != title)
        self.remove_product()
        letter = self.counted(6)
        self.assertEqual((len(letter), letter.state), (1, "discarded"))
        self.assertIn("no longer in the shop", letter.problem)
        self.assertIn("no longer in the shop", letter.discard_reason)
        there = f"{self.variant(other).id}@{self.location.id}"
        kept = letter.copy({"source_id": there, "state": "open", "discard_reason": False})
        template = self.product.product_tmpl_id
        self.sync("product", direction="import")
        self.assertFalse(template.active, "its deletion is carried over, though no look is due")
        self.assertEqual(letter, self.counted(7), "none comes back")
        self.assertNotEqual(kept.state, "discarded", "its variant is in the shop")

    def test_a_letter_of_a_deletion_that_is_settled_already_says_so(self):
        self.remove_product()
        letter = self.counted(6)
        letter.write({"state": "open", "discard_reason": False})
        self.sync("product", direction="import")
        self.assertEqual(letter.state, "discarded")
        self.assertIn("deleted in the shop", letter.discard_reason)

    def test_deletions_that_letters_tell_of_are_guarded_like_others(self):
        self.connector.write({"guard_count": 0, "guard_percent": 0})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE gateway_binding SET create_date = create_date - interval '2 days'"
        )
        self.env.invalidate_all()
        self.remove_product()
        self.assertEqual(self.counted(6).state, "discarded")
        run = self.sync("product", direction="import", state="partial")
        self.assertEqual((run.guarded, run.count_deleted), (1, 0))
        self.assertTrue(self.product.product_tmpl_id.active)

    def remove_product(self):
        store = self.shop.store
        variant = self.reader.number(self.reader.variants()[self.sku]["id"])
        product = store.get("Product", store.get("ProductVariant", variant)["product"])
        catalog.remove_product(store, product)

    def counted(self, quantity):
        """Letters of the level, once its count is exported."""
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        quants.create(
            {
                "product_id": self.product.id,
                "location_id": self.location.id,
                "inventory_quantity": quantity,
            }
        ).action_apply_inventory()
        self.connector.run_sync(["stock"], "export", wait=True)
        domain = [("connector_id", "=", self.connector.id), ("entity", "=", "stock")]
        return self.env["gateway.dead.letter"].search(
            [*domain, ("source_id", "=", f"{self.product.id}@{self.location.id}")]
        )

    def test_nobodys_authority_leaves_both_sides_alone(self):
        self.connector.stock_authority = "none"
        flows = self.connector._flows_to_run()
        self.assertFalse([flow for flow in flows if flow[0] == "stock"])

    def place(self):
        return min(one["id"] for one in self.reader.table("Location"))
