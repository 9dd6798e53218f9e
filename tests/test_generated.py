from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import catalog

from .demo_shop_case import DemoShopCase
from .generated import Generated
from .woocommerce_case import WooCommerceCase

PRODUCTS = 40
TEMPLATE = ("name", "description", "list_price", "active", "is_storable", "type")
VARIANT = ("default_code", "barcode", "weight", "lst_price", "active", "combination_indices")


class GeneratedCase:
    """Products of every kind go one way, are read whole by the other, and nothing moves."""

    @staticmethod
    def plain(title):
        """What Odoo calls a product of the shop's `title`."""
        return title

    def make_in_odoo(self):
        """Products that a person made; those with a size have a variant of each."""
        made = Generated()
        attribute = self.env["product.attribute"].create({"name": "Cut"})
        rows = []
        for _number in range(PRODUCTS):
            sizes = made.sizes()
            values = self.env["product.attribute.value"]
            for size in sizes:
                found = attribute.value_ids.filtered(lambda one, size=size: one.name == size)
                values |= found or values.create({"attribute_id": attribute.id, "name": size})
            line = {"attribute_id": attribute.id, "value_ids": [Command.set(values.ids)]}
            rows.append(
                {
                    "name": made.title(),
                    "description": made.text(),
                    "list_price": made.price(),
                    "type": "consu",
                    "is_storable": True,
                    "attribute_line_ids": [Command.create(line)] if sizes else [],
                }
            )
        templates = self.env["product.template"].create(rows)
        for variant in templates.product_variant_ids:
            variant.write(
                {
                    "default_code": made.code(),
                    "barcode": made.barcode(),
                    "weight": made.weight(),
                }
            )
        return templates

    def shown(self, templates):
        self.env.flush_all()
        self.env.invalidate_all()
        variants = templates.with_context(active_test=False).product_variant_ids
        return templates.read(TEMPLATE), variants.sorted("id").read(VARIANT)

    def assert_still(self, read_whole):
        """Neither reading what changed, nor reading everything, writes anything on either side."""
        for is_whole in (False, True):
            self.clock.sleep(300)
            if is_whole:
                marks = [("connector_id", "=", self.connector.id), ("direction", "=", read_whole)]
                self.env["gateway.watermark"].search(marks).unlink()
            before = self.shop_writes()
            run = self.sync()
            self.assertEqual({}, self.written(run), is_whole)
            self.assertEqual(before, self.shop_writes(), is_whole)
        self.assertFalse(self.letters())

    def test_products_of_odoo_come_back_from_the_shop_as_they_are(self):
        templates = self.make_in_odoo()
        before = self.shown(templates)
        written = self.written(self.sync())
        self.assertEqual(PRODUCTS, written["product", "export"]["created"])
        self.assertEqual(before, self.shown(templates))
        self.assert_still("import")
        self.assertEqual(before, self.shown(templates))

    def test_products_of_the_shop_come_back_from_odoo_as_they_are(self):
        titles = self.make_in_shop(Generated(seed=7))
        before = self.shop_products()
        run = self.sync()
        self.assertEqual(PRODUCTS, self.written(run)["product", "import"]["created"])
        made = self.changes(run, "product").filtered(lambda line: line.outcome == "created")
        rows = self.env["product.template"].browse(int(line.target_id) for line in made)
        self.assertEqual(sorted(map(self.plain, titles)), sorted(rows.mapped("name")))
        self.assertEqual(before, self.shop_products())
        self.assert_still("export")
        self.assertEqual(before, self.shop_products())


@tagged("post_install", "-at_install")
class TestGeneratedShopify(GeneratedCase, DemoShopCase):
    allow_inherited_tests_method = True

    def shop_writes(self):
        return self.shop.counters.writes

    def make_in_shop(self, made):
        store, titles = self.shop.store, []
        for _number in range(PRODUCTS):
            title, sizes = made.title(), made.sizes()
            titles.append(title)
            handle = catalog.free_handle(store, "Product", catalog.handle_of(title))
            product = catalog.add_product(
                store,
                {"title": title, "handle": handle, "descriptionHtml": made.text() or ""},
            )
            names = [[size] for size in sizes] or [["Default Title"]]
            option = ("Cut", sizes) if sizes else catalog.NO_OPTION[0]
            product["options"] = [catalog.option(store, option[0], 1, list(option[1]))]
            price = f"{made.price():.2f}"
            for values in names:
                weight = {"value": made.weight(), "unit": "KILOGRAMS"}
                fields = {
                    "price": price,
                    "barcode": made.barcode() or None,
                    "item": {"sku": made.code(), "tracked": True, "weight": weight},
                }
                catalog.add_variant(store, product, values, fields, store.now())
        return titles

    def shop_products(self):
        tables = self.shop.store.dump()["tables"]
        return [
            {name: value for name, value in row.items() if name != "levels"}
            for table in ("Product", "ProductVariant", "InventoryItem")
            for row in tables[table]
        ]


@tagged("post_install", "-at_install")
class TestGeneratedWooCommerce(GeneratedCase, WooCommerceCase):
    allow_inherited_tests_method = True

    @staticmethod
    def plain(title):
        """Titles of this shop are HTML."""
        return title.replace("<b>", "").replace("</b>", "")

    def shop_writes(self):
        return self.shop.writes

    def make_in_shop(self, made):
        titles = []
        for _number in range(PRODUCTS):
            name, sizes, price = made.title(), made.sizes(), f"{made.price():.2f}"
            titles.append(name)
            own = {"weight": str(made.weight()), "regular_price": price}
            if not sizes:
                self.shop.make(
                    "product", name=name, sku=made.code(), description=made.text() or "", **own
                )
                continue
            attribute = {"name": "Cut", "variation": True, "visible": True, "options": sizes}
            product = self.shop.make(
                "product",
                name=name,
                sku=made.code(),
                description=made.text() or "",
                type="variable",
                attributes=[attribute],
            )
            for size in sizes:
                chosen = [{"name": "Cut", "option": size}]
                self.shop.vary(product["id"], sku=made.code(), attributes=chosen, **own)
        return titles

    def shop_products(self):
        return [dict(row) for row in self.rows("products")]
