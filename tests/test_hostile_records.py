"""A shop that gives records no database keeps, and one variant to two products."""

from dataclasses import replace
from unittest.mock import patch

from psycopg2 import InterfaceError

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.endpoint import Watermark
from odoo.addons.gateway_ng.lib.platforms.shopify.endpoint import ShopifyEndpoint

from .shop_case import ShopCase


@tagged("post_install", "-at_install")
class TestHostileRecords(ShopCase):
    def setUp(self):
        super().setUp()
        self.first = self.add_product("Mug", "MUG-1")
        self.second = self.add_product("Cup", "CUP-1")
        self.third = self.add_product("Jar", "JAR-1")

    def sync_with(self, change):
        """A run in which the shop gives each record as `change` makes it."""
        honest = ShopifyEndpoint.pages

        def pages(endpoint, entity, since=None, token=None):
            for page in honest(endpoint, entity, since, token):
                records = [change(record) for record in page.records]
                mark = page.watermark and Watermark(page.watermark.time, records[-1].id)
                yield replace(page, records=records, watermark=mark)

        with patch.object(ShopifyEndpoint, "pages", pages):
            run = self.sync("product")
        self.assertEqual("partial", run.state, run.error)
        return run

    def names(self):
        bound = self.env["gateway.binding"].search(
            [("connector_id", "=", self.connector.id), ("entity", "=", "product")]
        )
        return sorted(self.env["product.template"].browse(bound.mapped("res_id")).mapped("name"))

    def variant_of(self, gid):
        return self.env["gateway.binding"].search(
            [("connector_id", "=", self.connector.id), ("remote_id", "=", gid)]
        )

    def test_an_id_with_a_nul_or_half_a_surrogate_pair_is_a_dead_letter(self):
        ids = {self.second["id"]: "gid://shopify/Product/\0", self.third["id"]: "gid://\ud800"}

        def broken(record):
            return replace(record, id=ids.get(record.id, record.id))

        self.sync_with(broken)
        letters = self.letters(state="open")
        self.assertEqual(
            {"gid://shopify/Product/\\0", "gid://\\ud800"}, set(letters.mapped("source_id"))
        )
        self.assertEqual({("validation", "id")}, {(one.cause, one.field_name) for one in letters})
        self.assertEqual(["Mug"], self.names())

    def test_a_variant_of_two_products_stays_with_the_first_and_the_page_goes_on(self):
        gids = {}

        def stolen(record):
            variants = record.fields["variants"]
            gids[record.fields["title"]] = variants[0]["id"]
            if record.fields["title"] != "Cup":
                return record
            taken = [{**variants[0], "id": gids["Mug"]}]
            return replace(record, fields={**record.fields, "variants": taken})

        self.sync_with(stolen)
        (letter,) = self.letters(state="open")
        self.assertEqual((self.second["id"], "ambiguous"), (letter.source_id, letter.cause))
        self.assertIn(self.first["id"], letter.error)
        self.assertEqual(["Jar", "Mug"], self.names())
        binding = self.variant_of(gids["Mug"])
        self.assertEqual(binding.parent_remote_id, self.first["id"])
        before = binding.odoo_id
        self.shop.store.touch(self.second)
        self.sync_with(stolen)
        self.assertEqual(2, self.letters(state="open").attempts)
        binding.invalidate_recordset()
        self.assertEqual(before, binding.odoo_id)
        self.shop.store.touch(self.second)
        self.sync("product")
        self.assertFalse(self.letters(state="open"))
        self.assertEqual(["Cup", "Jar", "Mug"], self.names())

    def test_a_lost_connection_to_the_database_is_no_refusal_of_a_record(self):
        """Its end in a savepoint shows as an InterfaceError: what was rolled back to is gone."""
        products = type(self.connector._odoo_endpoint().entity("product"))
        lost = InterfaceError("cursor already closed")
        with patch.object(products, "create", side_effect=lost) as create:
            run = self.sync("product")
        self.assertEqual(create.call_count, 1, "and nothing is gained by trying one by one")
        self.assertEqual(run.state, "failed")
        self.assertFalse(self.letters(state="open"))
