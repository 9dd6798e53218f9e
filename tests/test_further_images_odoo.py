"""Further images of products through the endpoint's contract."""

import base64

from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from odoo.addons.gateway_ng.lib.demoshop.pictures import png
from odoo.addons.gateway_ng.lib.endpoint import Op
from odoo.addons.gateway_ng.lib.images import Image, hash_of, image_of
from odoo.addons.gateway_ng.models.endpoint import OdooEndpoint
from odoo.addons.gateway_ng.models.endpoint.further_images import MODEL

from .further_images_case import add_model
from .products_case import LONG_AGO, ProductsCase

READS = ("name", "image_1920", "further_images")
RED, BLUE, GREEN, GREY = (
    image_of(png(color), "it.png")
    for color in ((200, 0, 0), (0, 0, 200), (0, 200, 0), (90, 90, 90))
)
NAME = {id(image): hash_of(image.content) for image in (RED, BLUE, GREEN, GREY)}


def names(*images):
    return [NAME[id(image)] for image in images]


@tagged("post_install", "-at_install")
class TestFurtherImagesOdoo(ProductsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_model(cls)
        cls.product = cls.env["product.template"].create({"name": "Mug"})

    def add(self, *images, **values):
        return self.env[MODEL].create(
            [
                {
                    "name": "it",
                    "product_tmpl_id": self.product.id,
                    "image_1920": base64.b64encode(image.content),
                    **values,
                }
                for image in images
            ]
        )

    def shown(self):
        """(image, further images) by their hashes, read anew."""
        self.env.flush_all()
        self.env.invalidate_all()
        held = self.fetch("product", self.product.id, READS)
        return held["image_1920"], held["further_images"]

    def put(self, values, *images, removed=()):
        given = {f"{NAME[id(one)]}@shop": one for one in images}
        gone = {"further_images": removed}
        op = Op("k", "update", str(self.product.id), values, images=given, removed=gone)
        (result,) = self.write("product", op, reads=READS)
        return self.done(result)

    def set_image(self, image):
        self.product.image_1920 = base64.b64encode(image.content) if image else False

    # -- reading

    def test_they_are_told_in_order_and_without_videos_or_those_of_a_variant(self):
        self.set_image(RED)
        first, _second = self.add(BLUE, GREEN)
        self.add(GREY, product_variant_id=self.product.product_variant_id.id)
        self.add(GREY, video_url="https://www.youtube.com/watch?v=aaaaaaaaaaa")
        self.env[MODEL].create({"name": "empty", "product_tmpl_id": self.product.id})
        self.assertEqual(self.shown(), (*names(RED), names(BLUE, GREEN)))
        first.sequence = 20
        self.assertEqual(self.shown(), (*names(RED), names(GREEN, BLUE)))
        # Without an image of its own the product shows the first of them, as a shop does.
        self.set_image(None)
        self.assertEqual(self.shown(), (*names(GREEN), names(BLUE)))

    def test_a_page_of_products_takes_as_many_queries_as_one(self):
        others = self.env["product.template"].create([{"name": f"Cup {n}"} for n in range(20)])
        for other in others:
            self.add(BLUE, GREEN, product_tmpl_id=other.id)
        self.env.flush_all()
        side = self.side("product", READS)
        counts = []
        for ids in ([str(others[0].id)], [str(other.id) for other in others]):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            list(side.fetch("product", ids))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_contents_and_addresses_are_those_of_each_image(self):
        self.set_image(RED)
        extra = self.add(BLUE)
        side = self.side("product", READS)
        (record,) = side.fetch("product", [str(self.product.id)])
        wanted = dict.fromkeys(names(RED, BLUE), record)
        found = dict(side.images("product", wanted))
        self.assertEqual([found[n].content for n in wanted], [RED.content, BLUE.content])
        found = dict(side.addresses("product", wanted))
        told = [found[name].address.partition("?")[0] for name in wanted]
        self.assertIn(f"/web/image/product.template/{self.product.id}/image_1920/mug.png", told[0])
        self.assertIn(f"/web/image/product.image/{extra.id}/image_1920/mug.png", told[1])

    def test_whoever_may_not_change_them_is_not_told_of_them(self):
        self.add(BLUE)
        user = new_test_user(self.env, "looks_on", groups="base.group_user")
        for env, is_there in ((self.env(user=user), False), (self.env, True)):
            side = OdooEndpoint(env, self.connector, {"product": READS})
            self.assertEqual("further_images" in side.entities()["product"].fields, is_there)
            (record,) = side.fetch("product", [str(self.product.id)])
            self.assertEqual("further_images" in record.fields, is_there)

    # -- what counts as a change

    def age(self):
        self.env.flush_all()
        self.env.cr.execute(SQL("UPDATE product_image SET write_date = %s", LONG_AGO))
        return super().age()

    def test_each_change_of_them_is_found(self):
        image, other = self.add(BLUE, GREEN)
        another = self.env["product.template"].create({"name": "Cup"})
        with self.found("product", self.product, *READS):
            image.image_1920 = base64.b64encode(GREY.content)
        with self.found("product", self.product, *READS):
            image.sequence = 3
        with self.found("product", self.product, *READS):
            self.add(RED)
        with self.found("product", self.product, *READS):
            other.unlink()
        with self.found("product", self.product, *READS), self.found("product", another, *READS):
            image.product_tmpl_id = another
        self.age()
        image.sequence = 4
        self.assertNotIn(another.id, self.changed("product", ("name",)))

    # -- writing

    def test_a_list_is_put_in_order_and_only_what_is_new_is_made(self):
        self.set_image(RED)
        blue, green = self.add(BLUE, GREEN)
        self.put({"further_images": [*names(GREEN), f"{names(GREY)[0]}@shop", *names(BLUE)]}, GREY)
        self.assertEqual(self.shown(), (*names(RED), names(GREEN, GREY, BLUE)))
        self.assertTrue((blue | green).exists())
        self.put({"further_images": names(GREY)}, removed=names(BLUE))
        # What nobody took off stays behind.
        self.assertEqual(self.shown(), (*names(RED), names(GREY, GREEN)))
        self.assertEqual((blue | green).exists(), green)
        self.put({"further_images": []}, removed=names(GREY, GREEN))
        self.assertEqual(self.shown(), (*names(RED), []))

    def test_a_new_product_gets_them_behind_its_image(self):
        given = {f"{NAME[id(one)]}@shop": one for one in (RED, BLUE, GREEN)}
        first, *rest = given
        values = {"name": "Jug", "image_1920": first, "further_images": rest}
        op = Op("new", "create", None, values, images=given)
        (result,) = self.write("product", op, reads=READS)
        self.product = self.env["product.template"].browse(int(self.done(result).id))
        self.assertEqual(self.shown(), (*names(RED), names(BLUE, GREEN)))

    def test_an_image_takes_the_place_of_the_one_that_was_shown_for_want_of_one(self):
        blue, _green = self.add(BLUE, GREEN)
        self.put({"image_1920": f"{names(RED)[0]}@shop"}, RED)
        self.assertEqual(self.shown(), (*names(RED), names(GREEN)))
        self.assertFalse(blue.exists())
        self.assertTrue(self.product.image_1920)

    def test_without_an_image_of_its_own_the_first_stays_the_first(self):
        self.add(BLUE, GREEN, GREY)
        self.put({"further_images": names(GREY, GREEN)})
        self.assertEqual(self.shown(), (*names(BLUE), names(GREY, GREEN)))

    def test_without_a_first_image_they_wait_and_a_note_says_so(self):
        result = self.put({"name": "Cup", "further_images": [f"{names(GREY)[0]}@shop"]}, GREY)
        self.assertEqual((list(result.left), result.warning), (["further_images"], None))
        self.assertIn("wait until it has one", result.note)
        self.assertEqual((self.product.name, self.shown()), ("Cup", (None, [])))

    def test_one_that_odoo_refuses_leaves_the_list_as_it_was(self):
        self.add(BLUE, GREEN)
        self.set_image(RED)
        broken = Image(b"\x89PNG no more", "image/png", "broken.png")
        NAME[id(broken)] = "0" * 40
        result = self.put(
            {"name": "Cup", "further_images": [*names(GREEN), f"{'0' * 40}@shop"]}, broken
        )
        self.assertEqual((result.stage, list(result.left)), ("image", ["further_images"]))
        self.assertIn("broken.png", str(result.warning))
        self.assertEqual(self.product.name, "Cup")
        self.assertEqual(self.shown(), (*names(RED), names(BLUE, GREEN)))
