"""Options that became others in the shop: the variants in Odoo stay the ones they were."""

from decimal import Decimal

from .products_case import SHIRT, ProductsCase, renamed, update


def told(**options):
    return {"options": options}


class TestOptionMoves(ProductsCase):
    def setUp(self):
        super().setUp()
        (self.template, other), (result, _) = self.created(SHIRT, renamed(SHIRT, "Other", "o"))
        self.other = other
        self.children = result.children
        self.variants = self.template.product_variant_ids

    def change(self, values, template=None):
        (result,) = self.write(
            "product", update((template or self.template).id, values, self.children)
        )
        return result

    def options(self, template=None):
        found = self.fetch("product", (template or self.template).id)["variants"]
        return [(e["default_code"], e["options"]) for e in found]

    def assert_kept(self):
        """The variants are the same rows, at the same prices, and Odoo has nothing to add."""
        every = self.template.with_context(active_test=False).product_variant_ids
        self.assertEqual(every, self.variants)
        self.assertTrue(all(self.variants.mapped("active")))
        self.assertEqual(self.prices(self.template), {"SH-S": 10, "SH-M": Decimal("12.5")})
        self.template._create_variant_ids()
        every.invalidate_recordset()
        self.assertEqual(
            self.template.with_context(active_test=False).product_variant_ids, self.variants
        )
        self.assertTrue(all(self.variants.mapped("active")))

    def test_a_renamed_option_moves_this_products_line_and_no_other_product_s(self):
        line = self.template.attribute_line_ids[0]
        self.done(
            self.change(
                {
                    "variants": {
                        "r1": told(Taille="S", Color="Red"),
                        "r2": told(Taille="M", Color="Red"),
                    }
                }
            )
        )
        self.assertEqual(
            self.options(),
            [
                ("SH-S", {"Taille": "S", "Color": "Red"}),
                ("SH-M", {"Taille": "M", "Color": "Red"}),
            ],
        )
        names = [o["name"] for o in self.fetch("product", self.template.id)["options"]]
        self.assertEqual(names, ["Taille", "Color"])
        self.assertEqual(self.options(self.other)[0][1], {"Size": "S", "Color": "Red"})
        self.assertFalse(line.active)
        self.assert_kept()
        # And back: the line that was there is the one again.
        self.done(
            self.change(
                {
                    "variants": {
                        "r1": told(Size="S", Color="Red"),
                        "r2": told(Size="M", Color="Red"),
                    }
                }
            )
        )
        self.assertTrue(line.active)
        self.assertEqual(self.options()[0], ("SH-S", {"Size": "S", "Color": "Red"}))
        self.assert_kept()

    def test_renamed_values_are_this_product_s_alone_even_where_they_follow_each_other(self):
        self.done(
            self.change(
                {
                    "variants": {
                        "r1": told(Size="M", Color="Red"),
                        "r2": told(Size="L", Color="Red"),
                    }
                }
            )
        )
        self.assertEqual([o["Size"] for _sku, o in self.options()], ["M", "L"])
        self.assertEqual(self.template.attribute_line_ids[0].value_ids.mapped("name"), ["M", "L"])
        self.assertEqual([o["Size"] for _sku, o in self.options(self.other)], ["S", "M"])
        self.assert_kept()

    def test_name_and_values_renamed_at_once(self):
        self.done(
            self.change(
                {
                    "variants": {
                        "r1": told(Größe="Klein", Color="Red"),
                        "r2": told(Größe="Mittel", Color="Red"),
                    }
                }
            )
        )
        self.assertEqual([o["Größe"] for _sku, o in self.options()], ["Klein", "Mittel"])
        self.assert_kept()

    def test_variants_that_only_odoo_has_go_along_archived_ones_too(self):
        line = self.template.attribute_line_ids[0]
        sizes = [
            self.env["product.attribute.value"].create(
                {"name": name, "attribute_id": line.attribute_id.id}
            )
            for name in ("XL", "XXL")
        ]
        line.value_ids |= sizes[0] | sizes[1]
        red = self.template.attribute_line_ids[1].product_template_value_ids
        extra = self.env["product.product"]
        for value in line.product_template_value_ids - self.variants.mapped(
            "product_template_attribute_value_ids"
        ):
            extra |= self.template._create_product_variant(value | red) or extra
        large = self.template.product_variant_ids - self.variants
        self.assertEqual(len(large), 2)
        large[1].active = False
        self.done(
            self.change(
                {
                    "variants": {
                        "r1": told(Taille="S", Color="Red"),
                        "r2": told(Taille="M", Color="Red"),
                    }
                }
            )
        )
        held = [v.product_template_attribute_value_ids.mapped("display_name") for v in large]
        self.assertEqual(held, [["Taille: XL", "Color: Red"], ["Taille: XXL", "Color: Red"]])
        self.assertEqual(large.mapped("active"), [True, False])

    def test_a_new_variant_comes_with_the_rename(self):
        new = {**told(Taille="L", Color="Red"), "default_code": "SH-L", "price": Decimal("15")}
        renames = {
            "r1": told(Taille="S", Color="Red"),
            "r2": told(Taille="M", Color="Red"),
            "r3": new,
        }
        result = self.done(self.change({"variants": renames}))
        made = self.template.product_variant_ids - self.variants
        self.assertEqual(result.children, {"variants": {"r3": str(made.id)}})
        self.assertEqual(self.options()[2], ("SH-L", {"Taille": "L", "Color": "Red"}))
        self.assertEqual(
            self.prices(self.template), {"SH-S": 10, "SH-M": Decimal("12.5"), "SH-L": 15}
        )

    def test_a_dropped_option_leaves_the_variants_with_the_others(self):
        self.done(self.change({"variants": {"r1": told(Size="S"), "r2": told(Size="M")}}))
        self.assertEqual(self.options(), [("SH-S", {"Size": "S"}), ("SH-M", {"Size": "M"})])
        self.assertEqual(self.template.attribute_line_ids.attribute_id.mapped("name"), ["Size"])
        self.assert_kept()

    def test_the_last_option_is_dropped_too(self):
        self.done(self.change({"variants": {"r1": None}}))
        self.done(self.change({"variants": {"r2": told(Title="Default Title")}}))
        self.assertEqual(self.options(), [("SH-M", {})])
        self.assertEqual(self.prices(self.template), {"SH-M": Decimal("12.5")})
        self.assertFalse(self.template.attribute_line_ids)
        self.assertEqual(self.template.product_variant_ids, self.variants[1])

    def test_an_option_without_which_variants_would_be_the_same_stays_and_is_told(self):
        text = self.refused(
            self.change({"variants": {"r1": told(Color="Red"), "r2": told(Color="Red")}})
        )
        self.assertIn("have the same options: Red", text)
        self.done(self.change({"variants": {"r1": told(Size="S"), "r2": told(Size="M")}}))
        self.env["product.template"].browse(self.template.id).invalidate_recordset()
        self.assert_kept()

    def test_an_option_that_tells_apart_a_variant_of_odoo_stays_and_is_told(self):
        text = self.refused(self.change({"variants": {"r1": told(Color="Red")}}))
        self.assertIn("Without the option Size several variants of «Shirt» in Odoo", text)
        self.assertIn("Archive the variants", text)
        self.assert_kept()

    def test_variants_that_exchange_their_values_are_told(self):
        text = self.refused(
            self.change(
                {
                    "variants": {
                        "r1": told(Size="M", Color="Red"),
                        "r2": told(Size="S", Color="Red"),
                    }
                }
            )
        )
        self.assertIn("would have to exchange their options", text)
        self.assert_kept()

    def test_a_variant_that_moves_to_a_value_of_another_extra_keeps_its_price(self):
        new = {"options": {"Size": "M", "Color": "Blue"}}
        self.done(self.change({"variants": {"r1": new}}))
        self.assertEqual(self.prices(self.template), {"SH-S": 10, "SH-M": Decimal("12.5")})
