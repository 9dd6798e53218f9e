"""Tags of products between Odoo and the shops, both ways: the demo shop and the simulated one."""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.tags import tag_set

from .demo_shop_case import DemoShopCase
from .woocommerce_case import WooCommerceCase


class BothWays:
    """One test, on either shop. A shop says `chosen` (a product of it with tags), `remote_id`,
    `shop_tags` and `give` (tags to a product, by somebody at the shop)."""

    allow_inherited_tests_method = True

    def quiet(self):
        self.clock.sleep(300)
        self.assertEqual(self.written(self.sync("product")), {})
        self.assertFalse(self.letters())

    def tags_of(self, template):
        return tag_set(sorted(template.product_tag_ids.mapped("name")))

    def test_tags_come_in_and_go_out_changed_renamed_and_emptied(self):
        product = self.chosen()
        template = self.bound("product", self.remote_id(product))
        at_first = self.shop_tags(product)
        self.assertTrue(at_first)
        self.assertEqual(self.tags_of(template), at_first)
        tags = self.env["product.tag"].search([])
        self.assertEqual(len(tags), len(set(tags.mapped("name"))))
        # From the shop: another spelling of a tag Odoo has, one that is new, and one tag less.
        kept = tags.create({"name": "Éco & true"})
        self.give(product, ["Ünï 🧦", "ÉCO & TRUE"])
        self.sync("product", direction="import")
        self.assertEqual(self.tags_of(template), ["Éco & true", "Ünï 🧦"])
        self.assertIn(kept, template.product_tag_ids)
        self.quiet()
        # To the shop: changed on the product, renamed, taken away by the tag's end, emptied.
        mine = tags.create({"name": "Mine"})
        template.product_tag_ids = [Command.link(mine.id)]
        self.sync("product", direction="export")
        self.assertEqual(
            [tag.lower() for tag in self.shop_tags(product)], ["mine", "éco & true", "ünï 🧦"]
        )
        self.quiet()
        self.later(mine).name = "Ours"
        self.sync("product", direction="export")
        self.assertIn("Ours", self.shop_tags(product))
        self.assertNotIn("Mine", self.shop_tags(product))
        self.quiet()
        self.assertEqual(template.product_tag_ids.filtered(lambda tag: tag == mine).name, "Ours")
        self.later(mine).unlink()
        self.sync("product", direction="export")
        self.assertEqual([tag.lower() for tag in self.shop_tags(product)], ["éco & true", "ünï 🧦"])
        template.product_tag_ids = [Command.clear()]
        self.sync("product", direction="export")
        self.assertEqual(self.shop_tags(product), [])
        self.quiet()
        # What the shop empties is emptied in Odoo too.
        template.product_tag_ids = kept
        self.sync("product", direction="export")
        self.give(product, [])
        self.sync("product", direction="import")
        self.assertFalse(template.product_tag_ids)
        self.quiet()

    def later(self, record):
        """The record, on a clock that has moved on."""
        self.clock.sleep(60)
        return record


@tagged("post_install", "-at_install")
class TestShopifyTags(BothWays, DemoShopCase):
    allow_inherited_tests_method = True

    def chosen(self):
        return next(one for one in self.reader.table("Product") if len(one["tags"]) > 1)

    def remote_id(self, product):
        return product["id"]

    def shop_tags(self, product):
        return tag_set(product["tags"])

    def give(self, product, tags):
        self.clock.sleep(60)
        product["tags"] = tags
        self.shop.store.touch(product)


@tagged("post_install", "-at_install")
class TestWooCommerceTags(BothWays, WooCommerceCase):
    allow_inherited_tests_method = True
    synced = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tag = cls.shop.make("tag", name="Eco & fair")
        cls.shop.store.rows("products")[0]["tags"] = [tag["id"]]
        run = cls.connector.run_sync(["category", "product"], "import", wait=True)
        if run.state != "done":
            raise AssertionError(cls.told(run))
        cls._state = cls.shop.dump()

    def chosen(self):
        return next(row for row in self.rows("products") if row["tags"])

    def remote_id(self, product):
        return str(product["id"])

    def shop_tags(self, product):
        return tag_set(self.shop.store.get("tags", id_)["name"] for id_ in product["tags"])

    def give(self, product, tags):
        self.clock.sleep(60)
        known = {row["name"]: row["id"] for row in self.rows("tags")}
        product["tags"] = [known.get(t) or self.shop.make("tag", name=t)["id"] for t in tags]
        product["modified"] = self.clock.now().replace(microsecond=0)
