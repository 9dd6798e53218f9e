"""Images behind a product's first one between the demo shop and Odoo, both ways."""

import base64

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop.counters import Counters
from odoo.addons.gateway_ng.lib.demoshop.objects.media import add_content, remove_images
from odoo.addons.gateway_ng.lib.demoshop.pictures import encoded_anew, png

from .demo_shop_case import DemoShopCase
from .further_images_case import MODEL, add_model

ONE, TWO, RED, BLUE, GREEN, GREY = map(
    png, ((1, 1, 1), (2, 2, 2), (200, 0, 0), (0, 0, 200), (0, 200, 0), (90, 90, 90))
)


@tagged("post_install", "-at_install")
class TestFurtherImages(DemoShopCase):
    """`product` has a first image, one of its first variant, and two of its own behind these."""

    @classmethod
    def seed(cls, shop):
        add_model(cls)
        done = super().seed(shop)
        product = cls.with_media(shop, 2)
        for color in (ONE, TWO):
            add_content(shop.store, product, "own.png", color)
        return done

    @staticmethod
    def with_media(shop, count):
        products = shop.store.tables["Product"].values()
        return next(one for one in products if len(one["media"]) == count)

    def setUp(self):
        super().setUp()
        self.product = self.with_media(self.shop, 4)
        self.template = self.bound("product", self.product["id"])

    # -- what a test looks at and does

    @property
    def rows(self):
        return self.env[MODEL].search([("product_tmpl_id", "=", self.template.id)])

    @property
    def held(self):
        return [base64.b64decode(row.image_1920) for row in self.rows]

    @property
    def shown(self):
        """Contents behind the first image at the shop, but for those of variants."""
        store = self.shop.store
        variants = store.many("ProductVariant", self.product["variants"])
        taken = {id_ for variant in variants for id_ in variant.get("mediaIds", ())}
        media = [one for one in self.product["media"][1:] if one["id"] not in taken]
        return [self.content(one) for one in media]

    def content(self, media):
        path = media["image"]["url"].partition("?")[0]
        return base64.b64decode(self.shop.store.files[path])

    def edit_shop(self, place=None, move=None, remove=None, add=None):
        store, media = self.shop.store, self.product["media"]
        if move is not None:
            media.insert(place, media.pop(move))
        if remove is not None:
            remove_images(store, self.product, [media[remove]["id"]])
        if add is not None:
            add_content(store, self.product, "added.png", add)
        self.clock.sleep(60)
        store.touch(self.product)

    def add(self, content, sequence=10):
        return self.env[MODEL].create(
            {
                "name": "added",
                "product_tmpl_id": self.template.id,
                "image_1920": base64.b64encode(content),
                "sequence": sequence,
            }
        )

    def quiet(self):
        """Neither direction writes anything, and no image is moved."""
        self.assertEqual(self.letters().mapped("error"), [])
        self.clock.sleep(60)
        self.shop.counters = Counters()
        for way in ("import", "export"):
            run = self.connector.run_sync(["product", "variant"], way, wait=True, full=True)
            self.assertEqual((run.state, self.written(run)), ("done", {}), self.told(run))
        counted = self.shop.counters
        self.assertEqual((counted.downloads, counted.uploads, counted.writes), (0, 0, 0))

    # -- from the shop

    def test_the_first_sync_brings_them_in_order_and_edits_of_the_shop_follow(self):
        self.assertEqual(self.held, [ONE, TWO])
        self.assertEqual(len(self.env[MODEL].search([])), 2)
        of_variant = self.shop.store.get("ProductVariant", self.product["variants"][0])
        variant = self.bound("variant", of_variant["id"])
        shown = base64.b64decode(variant.image_variant_1920)
        self.assertEqual(shown, self.content(self.product["media"][1]))
        self.quiet()
        before = self.rows
        self.edit_shop(place=2, move=3)
        self.sync("product")
        self.assertEqual((self.held, self.rows), ([TWO, ONE], before[::-1]))
        self.assertEqual(self.shop.counters.downloads, 0)
        self.quiet()
        self.edit_shop(add=RED)
        self.sync("product")
        self.assertEqual((self.held, self.shop.counters.downloads), ([TWO, ONE, RED], 1))
        self.quiet()
        self.edit_shop(remove=2)
        run = self.sync("product")
        self.assertEqual((self.held, self.shop.counters.downloads), ([ONE, RED], 0))
        change = self.changes(run, "product", self.product["id"])
        self.assertIn("further_images", str(change.field_changes))
        self.quiet()
        # The first one goes: the next image of the shop is the first one now.
        first = self.content(self.product["media"][1])
        self.edit_shop(remove=0)
        self.sync("product", "variant")
        self.assertEqual(base64.b64decode(self.template.image_1920), first)
        self.assertEqual(self.held, [ONE, RED])
        self.quiet()
        self.assertEqual(self.shown, [ONE, RED])

    # -- to the shop

    def test_edits_of_odoo_go_to_the_shop_and_only_what_is_new_is_sent(self):
        one, two = self.rows
        one.sequence = 20
        self.sync("product")
        self.assertEqual((self.shown, self.shop.counters.uploads), ([TWO, ONE], 0))
        self.quiet()
        self.add(RED, sequence=15)
        self.sync("product")
        self.assertEqual(self.shown, [TWO, encoded_anew(RED), ONE])
        self.assertEqual(self.shop.counters.uploads, 1)
        self.quiet()
        self.assertEqual(self.held, [TWO, RED, ONE])
        two.unlink()
        self.sync("product")
        self.assertEqual((self.shown, self.shop.counters.uploads), ([encoded_anew(RED), ONE], 0))
        self.quiet()
        one.image_1920 = base64.b64encode(BLUE)
        self.sync("product")
        self.assertEqual(self.shown, [encoded_anew(RED), encoded_anew(BLUE)])
        self.quiet()
        # Without an image of its own the product's next one is its first.
        self.template.image_1920 = False
        self.sync("product")
        self.assertEqual(self.content(self.product["media"][0]), encoded_anew(RED))
        self.assertEqual(self.shown, [encoded_anew(BLUE)])
        self.quiet()
        self.assertEqual((self.template.image_1920, self.held), (False, [RED, BLUE]))
        self.rows.unlink()
        self.sync("product")
        self.assertEqual(self.shown, [])
        self.quiet()

    def test_a_product_made_in_odoo_arrives_with_all_of_them(self):
        self.template = self.make_product("Pictured Mug", "PIC")
        self.template.image_1920 = base64.b64encode(RED)
        self.add(BLUE)
        self.add(GREEN)
        self.template.product_variant_ids[1].image_variant_1920 = base64.b64encode(ONE)
        self.sync("product", "variant")
        self.product = self.reader.products()["Pictured Mug"]
        self.assertEqual(self.content(self.product["media"][0]), encoded_anew(RED))
        self.assertEqual(self.shown, [encoded_anew(BLUE), encoded_anew(GREEN)])
        self.quiet()
        self.assertEqual(self.held, [BLUE, GREEN])

    # -- both at once

    def test_lists_edited_on_both_sides_are_decided_by_the_rule_and_a_line_says_so(self):
        for winner in ("remote", "odoo"):
            with self.subTest(winner):
                self.connector.write({"strategy": "source_priority", "priority": winner})
                before = self.held
                self.edit_shop(add=RED if winner == "remote" else BLUE)
                self.add(GREEN if winner == "remote" else GREY)
                run = self.sync("product")
                told = str(self.changes(run, "product").mapped("field_changes"))
                field = {"remote": "further_images", "odoo": "furtherImages"}[winner]
                self.assertIn(field, told)
                conflict = self.env["gateway.conflict"].search([], order="id desc", limit=1)
                self.assertIn("further_images", str(conflict.read()))
                # The winner's list stands first; what the loser added stays behind it.
                self.assertEqual(self.held[: len(before)], before)
                self.quiet()
        self.assertEqual(self.held, [ONE, TWO, RED, GREEN, GREY])

    def test_they_are_planned_applied_and_taken_back(self):
        self.edit_shop(place=2, move=3)
        self.edit_shop(add=RED)
        plan = self.connector.run_sync(["product"], direction="import", dry_run=True, wait=True)
        self.assertEqual(self.held, [ONE, TWO])
        self.assertIn("further_images", str(self.changes(plan, "product").mapped("field_changes")))
        plan.action_plan_approve()
        applied = self.env["gateway.run"].browse(plan.action_plan_apply()["res_id"])
        applied._drive_inline()
        self.assertEqual(self.written(applied), {("product", "import"): {"updated": 1}})
        self.assertEqual(self.held, [TWO, ONE, RED])
        undone = self.env["gateway.run"].browse(applied.action_undo()["res_id"])
        undone._drive_inline()
        self.assertEqual(self.held, [ONE, TWO])
        self.quiet()
