"""Products with options and variants, through the endpoint's contract, on the real models."""

from decimal import Decimal

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.endpoint import Op

from .products_case import SHIRT, ProductsCase, create, renamed, update

MUG = {
    "name": "Mug 🫖 größe",
    "description": "<p>Holds <b>tea</b></p>",
    "options": [{"name": "Title", "values": ["Default Title"]}],
    "variants": {
        "m1": {
            "options": {"Title": "Default Title"},
            "default_code": "MUG",
            "barcode": "5901234123457",
            "weight": Decimal("0.3"),
            "price": Decimal("7.35"),
        }
    },
}


def priced(*prices):
    """A product of two options, each of two values, with these four prices (None: no variant)."""
    cells = [("S", "Red"), ("S", "Blue"), ("M", "Red"), ("M", "Blue")]
    return {
        "name": "Grid",
        "variants": {
            f"g{n}": {
                "options": {"Size": size, "Color": color},
                "default_code": f"{size}{color}",
                "price": Decimal(price),
            }
            for n, ((size, color), price) in enumerate(zip(cells, prices, strict=True))
            if price is not None
        },
    }


@tagged("post_install", "-at_install")
class TestProductCreate(ProductsCase):
    def test_a_product_without_options_is_one_template_with_one_variant(self):
        template, (result,) = self.created(MUG)
        variant = template.product_variant_id
        self.assertEqual(result.children, {"variants": {"m1": str(variant.id)}})
        self.assertFalse(template.attribute_line_ids)
        self.assertEqual(
            self.fetch(
                "product", template.id, ("name", "sku", "options", "variants", "description")
            ),
            {
                "id": str(template.id),
                "name": "Mug 🫖 größe",
                "description": "<p>Holds <b>tea</b></p>",
                "sku": "MUG",
                "options": [],
                "variants": [
                    {
                        "id": str(variant.id),
                        "options": {},
                        "default_code": "MUG",
                        "barcode": "5901234123457",
                        "weight": Decimal("0.30"),
                        "price": Decimal("7.35"),
                        "standard_price": Decimal("0.0"),
                    }
                ],
            },
        )

    def test_it_is_what_odoo_makes_of_the_same_template(self):
        template, _results = self.created(MUG)
        ordinary = self.env["product.template"].create({"name": "Mug 🫖 größe", "list_price": 7.35})
        for name in ("type", "uom_id", "categ_id", "taxes_id", "sale_ok", "lot_sequence_id"):
            with self.subTest(name):
                self.assertEqual(template[name], ordinary[name])
        self.assertEqual(template.default_code, "MUG")
        self.assertEqual(template.weight, 0.3)

    def test_a_product_with_options_has_its_variants_with_their_own_values(self):
        template, (result,) = self.created(SHIRT)
        fields = self.fetch("product", template.id)
        self.assertEqual(fields["options"], SHIRT["options"])
        elements = {e["id"]: e for e in fields["variants"]}
        self.assertEqual(len(elements), 2)
        for key, given in SHIRT["variants"].items():
            held = elements[result.children["variants"][key]]
            self.assertEqual({name: held[name] for name in given}, given)
        self.assertEqual(fields["list_price"], Decimal("10"))
        self.assertEqual((fields["sku"], fields["barcode"]), ("SH-S", "5901234100018"))

    def test_attributes_and_values_are_made_once_and_used_again(self):
        first, _results = self.created(SHIRT, renamed(SHIRT, "Second", "2"))
        again, _results = self.created(renamed(SHIRT, "Third", "3"))
        lines = (first | again).attribute_line_ids
        self.assertEqual(len(lines), 6)
        self.assertEqual(len(lines.attribute_id), 2)
        self.assertEqual(len(lines.value_ids), 3)

    def test_names_of_options_are_compared_exactly_after_stripping(self):
        spaced = renamed(SHIRT, "Spaced", "4")
        for fields in spaced["variants"].values():
            fields["options"] = {f" {n} ": f"{v} " for n, v in fields["options"].items()}
        lower = renamed(SHIRT, "Lower", "5")
        lower = {**lower, "options": []}
        for fields in lower["variants"].values():
            fields["options"] = {n.lower(): v for n, v in fields["options"].items()}
        plain, stripped, other = self.created(SHIRT, spaced, lower)[0]
        attributes = plain.attribute_line_ids.attribute_id
        self.assertEqual(stripped.attribute_line_ids.attribute_id, attributes)
        self.assertFalse(other.attribute_line_ids.attribute_id & attributes)

    def test_all_combinations_are_made_by_odoo_later_too_and_sparse_ones_are_not(self):
        full, sparse = self.created(priced(1, 1, 1, 1), renamed_grid(priced(1, None, None, 1)))[0]
        self.assertEqual(
            set(full.attribute_line_ids.attribute_id.mapped("create_variant")), {"always"}
        )
        self.assertEqual(
            set(sparse.attribute_line_ids.attribute_id.mapped("create_variant")), {"dynamic"}
        )
        self.assertEqual([len(full.product_variant_ids), len(sparse.product_variant_ids)], [4, 2])

    def test_a_user_who_adds_a_value_gets_the_new_variants_and_keeps_the_others(self):
        template, _results = self.created(SHIRT)
        before = template.product_variant_ids
        line = template.attribute_line_ids[0]
        large = self.env["product.attribute.value"].create(
            {"name": "L", "attribute_id": line.attribute_id.id}
        )
        template.write(
            {
                "attribute_line_ids": [
                    Command.update(line.id, {"value_ids": [Command.link(large.id)]})
                ]
            }
        )
        self.assertTrue(before <= template.product_variant_ids)
        self.assertEqual(set(before.exists().mapped("default_code")), {"SH-M", "SH-S"})
        (new,) = template.product_variant_ids - before
        self.assertEqual(new.product_template_attribute_value_ids.mapped("name"), ["L", "Red"])
        self.assertTrue(all(before.mapped("active")))

    def test_odoo_finds_nothing_to_mend_in_what_was_made(self):
        templates, _results = self.created(SHIRT, MUG, priced(1, 2, 3, 4))
        variants = templates.product_variant_ids
        templates._create_variant_ids()
        self.assertEqual(templates.product_variant_ids, variants)
        templates.attribute_line_ids._update_product_template_attribute_values()
        self.assertEqual(templates.product_variant_ids, variants)

    def test_options_without_variants_give_every_combination(self):
        template, (result,) = self.created(
            {"name": "Bare", "options": [{"name": "Size", "values": ["S", "M", "L"]}]}
        )
        self.assertEqual(len(template.product_variant_ids), 3)
        self.assertEqual(result.children, {})

    def test_an_archived_product_is_archived_with_its_variants(self):
        plain, shirt = self.created({**MUG, "active": False}, {**SHIRT, "active": False})[0]
        for template in (plain, shirt):
            self.assertFalse(template.active)
            self.assertFalse(template.product_variant_ids)
        self.assertEqual(len(self.fetch("product", shirt.id)["variants"]), 2)

    def test_an_archived_attribute_value_comes_back_into_use(self):
        template, _results = self.created(SHIRT)
        value = template.attribute_line_ids.value_ids.filtered(lambda v: v.name == "M")
        template.unlink()
        value.active = False
        again, _results = self.created(SHIRT)
        self.assertTrue(value.active)
        self.assertIn(value, again.attribute_line_ids.value_ids)
        self.assertEqual(len(again.product_variant_ids), 2)

    def test_a_batch_costs_few_queries(self):
        self.created(MUG, SHIRT)  # what is read once a process
        plain = [create(renamed(MUG, f"M{n}", f"m{n}"), str(n)) for n in range(40)]
        shirts = [create(renamed(SHIRT, f"S{n}", f"s{n}"), str(n)) for n in range(40)]
        side = self.side()
        for ops, most in ((plain, 2), (shirts, 6)):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            results = list(side.write("product", ops))
            self.env.flush_all()
            self.assertFalse([r.error for r in results if r.error])
            self.assertLess(self.env.cr.sql_log_count - before, most * len(ops) + 80)

    def test_new_products_without_an_image_cost_no_write_for_it(self):
        self.created(MUG)  # what is read once a process

        def queries(name, **more):
            ops = [
                create({**renamed(MUG, f"{name}{n}", f"{name}{n}"), **more}, f"{name}{n}")
                for n in range(20)
            ]
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.assertFalse([one.error for one in self.side().write("product", ops) if one.error])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries("warm", image_1920=None)
        self.assertEqual(queries("without"), queries("null", image_1920=None))

    def test_reading_a_page_costs_the_same_queries_for_few_and_many(self):
        templates, _results = self.created(*(renamed(SHIRT, f"S{n}", f"s{n}") for n in range(30)))
        self.env.flush_all()
        counts = []
        list(self.side().fetch("product", [str(templates[0].id)]))  # what is read once a process
        for ids in (templates.ids[:3], templates.ids):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(list(self.side().fetch("product", map(str, ids)))), len(ids))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])


def renamed_grid(values):
    variants = {
        f"o{key}": {**fields, "default_code": f"o{fields['default_code']}"}
        for key, fields in values["variants"].items()
    }
    return {**values, "name": "Other grid", "variants": variants}


@tagged("post_install", "-at_install")
class TestProductRights(ProductsCase):
    def login(self, *groups):
        user = self.env["res.users"].create(
            {
                "name": "Gateway",
                "login": "gateway",
                "group_ids": [Command.set([self.env.ref(group).id for group in groups])],
            }
        )
        self.env = self.env(user=user)

    def test_sales_inventory_and_product_roles_are_enough(self):
        self.login(
            "sales_team.group_sale_manager",
            "stock.group_stock_manager",
            "product.group_product_manager",
        )
        (template,), (result,) = self.created(SHIRT)
        self.assertFalse(self.env.su)
        changes = {"variants": {"r1": {"barcode": "42", "price": Decimal(11)}}}
        self.done(self.write("product", update(template.id, changes, result.children))[0])
        self.assertEqual(self.prices(template), {"SH-S": 11, "SH-M": Decimal("12.5")})

    def test_a_user_without_rights_is_refused_and_told_so(self):
        self.login("base.group_user")
        results = self.write("product", create(SHIRT, "1"), create(MUG, "2"))
        for result in results:
            self.assertIn("Give the connector's integration user this right", self.refused(result))


@tagged("post_install", "-at_install")
class TestProductPrices(ProductsCase):
    def test_the_lowest_price_is_the_list_price_and_the_rest_are_extras(self):
        template, _results = self.created(priced("10.10", "11.10", "12.30", "13.30"))
        self.assertEqual(template.list_price, 10.1)
        extras = {
            v.name: v.price_extra for v in template.attribute_line_ids.product_template_value_ids
        }
        self.assertEqual(extras, {"S": 0, "M": 2.2, "Red": 0, "Blue": 1})
        self.assertEqual(
            self.prices(template),
            {
                "SRed": Decimal("10.1"),
                "SBlue": Decimal("11.1"),
                "MRed": Decimal("12.3"),
                "MBlue": Decimal("13.3"),
            },
        )

    def test_prices_that_do_not_add_up_are_refused_by_name(self):
        (result,) = self.write("product", create(priced(10, 11, 12, "13.01")))
        text = self.refused(result)
        self.assertIn("«Grid»", text)
        self.assertIn("M / Blue: 13.01", text)
        self.assertIn("Set a pricelist on the connector", text)
        self.assertFalse(self.env["product.template"].search([("name", "=", "Grid")]))

    def test_with_a_pricelist_they_are_fixed_prices_of_variants(self):
        pricelist = self.use_pricelist()
        template, _results = self.created(priced(10, 11, 12, "13.01"))
        self.assertEqual(template.list_price, 10)
        self.assertEqual(len(pricelist.item_ids), 3)
        self.assertEqual(
            self.prices(template),
            {"SRed": 10, "SBlue": 11, "MRed": 12, "MBlue": Decimal("13.01")},
        )
        variant = template.product_variant_ids.filtered(lambda v: v.default_code == "MBlue")
        self.assertAlmostEqual(pricelist._get_product_price(variant, 1), 13.01)

    def test_a_changed_variant_price_leaves_the_others_be(self):
        template, (result,) = self.created(priced(10, 11, 12, 13))
        children = {"variants": result.children["variants"]}
        changes = {"variants": {"g2": {"price": Decimal(20)}, "g3": {"price": Decimal(21)}}}
        self.done(self.write("product", update(template.id, changes, children))[0])
        self.assertEqual(self.prices(template), {"SRed": 10, "SBlue": 11, "MRed": 20, "MBlue": 21})

    def test_a_change_that_does_not_add_up_leaves_nothing_written(self):
        template, (result,) = self.created(priced(10, 11, 12, 13))
        changes = {"name": "New", "variants": {"g3": {"price": Decimal(99), "default_code": "X"}}}
        (answer,) = self.write("product", update(template.id, changes, result.children))
        self.assertIn("«New»", self.refused(answer))
        self.assertEqual(template.name, "Grid")
        self.assertEqual(self.prices(template), {"SRed": 10, "SBlue": 11, "MRed": 12, "MBlue": 13})

    def test_canonical_prices_are_what_is_read_back(self):
        given = {"variants": {"a": {"price": Decimal("10.10"), "weight": Decimal("0.333")}}}
        held = self.side().canonical("product", given)["variants"]["a"]
        self.assertEqual(held, {"price": Decimal("10.1"), "weight": Decimal("0.33")})


@tagged("post_install", "-at_install")
class TestProductRefused(ProductsCase):
    def test_two_variants_with_one_combination(self):
        values = {**SHIRT, "variants": {**SHIRT["variants"], "r3": SHIRT["variants"]["r1"]}}
        (result,) = self.write("product", create(values))
        self.assertIn("«Shirt» have the same options: S / Red", self.refused(result))

    def test_two_variants_with_one_sku_or_barcode(self):
        for column, word in (("default_code", "SKU"), ("barcode", "barcode")):
            variants = {k: {**v, column: "77"} for k, v in SHIRT["variants"].items()}
            (result,) = self.write("product", create({**SHIRT, "variants": variants}))
            self.assertIn(f"«Shirt» have the same {word}: 77", self.refused(result))

    def test_a_barcode_that_another_product_has(self):
        self.created(MUG)
        (result,) = self.write("product", create({**MUG, "name": "Copy"}))
        text = self.refused(result)
        self.assertIn("5901234123457", text)
        self.assertIn("already assigned", text)

    def test_a_variant_without_a_value_for_an_option(self):
        variants = {**SHIRT["variants"], "r3": {"options": {"Size": "L"}}}
        (result,) = self.write("product", create({**SHIRT, "variants": variants}))
        self.assertIn("A variant of «Shirt» has no value for Color", self.refused(result))

    def test_the_others_of_the_batch_are_made(self):
        bad = {**renamed(SHIRT, "Bad", "b"), "options": [{"name": "Fit", "values": ["Slim"]}]}
        results = self.write("product", create(SHIRT, "1"), create(bad, "2"), create(MUG, "3"))
        self.assertEqual([bool(result.error) for result in results], [False, True, False])


@tagged("post_install", "-at_install")
class TestProductUpdate(ProductsCase):
    def setUp(self):
        super().setUp()
        self.template, (result,) = self.created(SHIRT)
        self.children = result.children
        self.ids = {key: int(id_) for key, id_ in result.children["variants"].items()}

    def change(self, values):
        return self.write("product", update(self.template.id, values, self.children))[0]

    def test_plain_columns(self):
        self.done(self.change({"name": "Blouse", "description_sale": "Linen"}))
        self.assertEqual(self.template.name, "Blouse")
        self.assertEqual(self.template.description_sale, "Linen")

    def test_a_new_value_brings_a_new_variant_and_keeps_the_others(self):
        before = self.template.product_variant_ids
        new = {
            "options": {"Size": "L", "Color": "Red"},
            "default_code": "SH-L",
            "price": Decimal("15"),
        }
        options = [
            {"name": "Size", "values": ["L", "M", "S"]},
            {"name": "Color", "values": ["Red"]},
        ]
        result = self.done(self.change({"options": options, "variants": {"r9": new}}))
        (made,) = self.template.product_variant_ids - before
        self.assertEqual(result.children, {"variants": {"r9": str(made.id)}})
        self.assertTrue(before <= self.template.product_variant_ids)
        self.assertEqual(
            self.prices(self.template), {"SH-S": 10, "SH-M": Decimal("12.5"), "SH-L": 15}
        )
        self.assertEqual(len(self.template.attribute_line_ids[0].value_ids), 3)

    def test_a_new_option_keeps_the_variants_there_are(self):
        before = self.template.product_variant_ids
        self.done(
            self.change(
                {
                    "options": [*SHIRT["options"], {"name": "Fit", "values": ["Slim", "Wide"]}],
                    "variants": {
                        "r1": {"options": {"Size": "S", "Color": "Red", "Fit": "Slim"}},
                        "r2": {"options": {"Size": "M", "Color": "Red", "Fit": "Slim"}},
                        "r3": {
                            "options": {"Size": "S", "Color": "Red", "Fit": "Wide"},
                            "default_code": "SH-SW",
                        },
                    },
                }
            )
        )
        self.assertTrue(before <= self.template.product_variant_ids)
        self.assertEqual(len(self.template.product_variant_ids), 3)
        held = {
            e["default_code"]: e["options"]
            for e in self.fetch("product", self.template.id)["variants"]
        }
        self.assertEqual(held["SH-SW"], {"Size": "S", "Color": "Red", "Fit": "Wide"})
        self.assertEqual(held["SH-M"], {"Size": "M", "Color": "Red", "Fit": "Slim"})

    def test_a_new_option_of_one_value_is_given_to_the_variants_nothing_was_said_of(self):
        options = {"Size": "L", "Color": "Red", "Fit": "Slim"}
        self.done(self.change({"variants": {"r3": {"options": options}}}))
        variants = self.template.product_variant_ids
        fits = [v.product_template_attribute_value_ids.mapped("name")[-1] for v in variants]
        self.assertEqual(fits, ["Slim"] * 3)
        self.template._create_variant_ids()
        self.assertEqual(self.template.product_variant_ids, variants)

    def test_a_new_option_of_several_values_is_refused_where_one_would_have_to_be_chosen(self):
        new = {
            f"r{fit}": {"options": {"Size": "S", "Color": "Red", "Fit": fit}}
            for fit in ("Slim", "Wide")
        }
        text = self.refused(self.change({"variants": new}))
        self.assertIn("has no value for Fit, a new option of «Shirt»", text)
        self.assertEqual(len(self.template.attribute_line_ids), 2)

    def test_a_product_without_options_gets_some_and_keeps_its_variant(self):
        mug, (result,) = self.created(MUG)
        variant = mug.product_variant_id
        changes = {
            "options": [{"name": "Size", "values": ["S", "M"]}],
            "variants": {
                "m1": {"options": {"Size": "S"}},
                "m2": {"options": {"Size": "M"}, "default_code": "MUG-M", "price": Decimal("9.35")},
            },
        }
        self.done(self.write("product", update(mug.id, changes, result.children))[0])
        self.assertIn(variant, mug.product_variant_ids)
        self.assertEqual(len(mug.product_variant_ids), 2)
        self.assertEqual(self.prices(mug), {"MUG": Decimal("7.35"), "MUG-M": Decimal("9.35")})
        mug._create_variant_ids()
        self.assertEqual(len(mug.product_variant_ids), 2)

    def test_values_of_bound_variants(self):
        changes = {"r1": {"default_code": "N-S", "barcode": "123", "weight": Decimal("9")}}
        self.done(self.change({"variants": changes}))
        variant = self.env["product.product"].browse(self.ids["r1"])
        self.assertEqual((variant.default_code, variant.barcode, variant.weight), ("N-S", "123", 9))

    def test_skus_may_be_swapped(self):
        changes = {"r1": {"default_code": "SH-M"}, "r2": {"default_code": "SH-S"}}
        self.done(self.change({"variants": changes}))
        skus = self.env["product.product"].browse(self.ids.values()).mapped("default_code")
        self.assertEqual(skus, ["SH-M", "SH-S"])

    def test_an_sku_that_a_sibling_keeps_is_refused(self):
        text = self.refused(self.change({"variants": {"r1": {"default_code": "SH-M"}}}))
        self.assertIn("Another variant of «Shirt» has this SKU", text)

    def test_an_sku_that_a_sibling_keeps_is_refused_of_each_new_variant(self):
        new = {
            key: {"options": {"Size": size, "Color": "Blue"}, "default_code": sku}
            for key, size, sku in (("n1", "S", "SH-M"), ("n2", "M", "SH-NEW"))
        }
        text = self.refused(self.change({"variants": new}))
        self.assertIn("Another variant of «Shirt» has this SKU", text)
        skus = self.env["product.product"].search([("default_code", "=", "SH-M")])
        self.assertEqual(skus.ids, [self.ids["r2"]])

    def test_a_removed_variant_is_archived_and_comes_back(self):
        self.done(self.change({"variants": {"r2": None}}))
        gone = self.env["product.product"].browse(self.ids["r2"])
        self.assertFalse(gone.active)
        self.assertTrue(self.template.active)
        self.assertEqual(list(self.prices(self.template)), ["SH-S"])
        again = {"options": {"Size": "M", "Color": "Red"}, "default_code": "SH-M2"}
        result = self.done(self.change({"variants": {"other": again}}))
        self.assertEqual(result.children, {"variants": {"other": str(gone.id)}})
        self.assertTrue(gone.active)
        self.assertEqual(gone.default_code, "SH-M2")

    def test_the_last_variant_takes_the_product_with_it(self):
        self.done(self.change({"variants": {"r1": None, "r2": None}}))
        self.assertFalse(self.template.active)

    def test_an_unbound_element_meets_the_variant_with_its_options(self):
        result = self.write(
            "product",
            update(self.template.id, {"variants": {"new": SHIRT["variants"]["r2"]}}),
        )[0]
        self.assertEqual(self.done(result).children, {"variants": {"new": str(self.ids["r2"])}})
        self.assertEqual(len(self.template.product_variant_ids), 2)

    def test_an_option_that_only_odoo_has_is_named(self):
        text = self.refused(self.change({"variants": {"x": {"options": {"Size": "XL"}}}}))
        self.assertIn("no value for Color, an option the product has in Odoo", text)
        self.assertEqual(len(self.template.attribute_line_ids[0].value_ids), 2)

    def test_many_changed_variants_cost_few_queries(self):
        templates, results = self.created(*(renamed(SHIRT, f"S{n}", f"q{n}") for n in range(30)))
        ops = [
            update(
                template.id,
                {
                    "variants": {
                        key: {"default_code": f"n{id_}", "barcode": f"n{id_}"}
                        for key, id_ in result.children["variants"].items()
                    }
                },
                result.children,
                str(template.id),
            )
            for template, result in zip(templates, results, strict=True)
        ]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertFalse([r.error for r in self.write("product", *ops) if r.error])
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 40)

    def test_deleting_archives(self):
        self.done(self.write("product", Op("d", "delete", str(self.template.id), {}))[0])
        self.assertFalse(self.template.active)
        self.assertFalse(self.template.product_variant_ids)


@tagged("post_install", "-at_install")
class TestProductTags(ProductsCase):
    def tags(self, template):
        return self.fetch("product", template.id, ("tags",))["tags"]

    def test_tags_are_found_by_name_and_made_once_for_all_products_of_a_batch(self):
        tags = self.env["product.tag"]
        eco, percent = tags.create([{"name": "Éco"}, {"name": "50%_off"}])
        before = tags.search([])
        given = [["éco", " Ünï 🧦", "50%_OFF"], ["ünï 🧦 ", "", "ÉCO"], [], None]
        made, _results = self.created(
            *[{"name": f"Shirt {n}", "tags": names} for n, names in enumerate(given)]
        )
        new = tags.search([]) - before
        self.assertEqual(new.name, "Ünï 🧦")
        self.assertEqual(
            [template.product_tag_ids for template in made],
            [eco | percent | new, eco | new, tags, tags],
        )
        self.assertEqual(self.tags(made[0]), ["50%_off", "Éco", "Ünï 🧦"])
        self.done(*self.write("product", update(made[0].id, {"tags": ["New"]})))
        self.assertEqual(self.tags(made[0]), ["New"])
        for empty in ([], None):
            self.done(*self.write("product", update(made[1].id, {"tags": empty})))
            self.assertEqual(self.tags(made[1]), [])
            made[1].product_tag_ids = new

    def test_products_without_tags_cost_no_query_and_tags_cost_none_per_product(self):
        def queries(names, count):
            """What it takes to make so many products; each with these tags, or not given any."""
            tags = {} if names is None else {"tags": names}
            values = [{"name": f"Mug {n}", **tags} for n in range(count)]
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.created(*values)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(["Warm"], 2)
        self.assertEqual(queries([], 20), queries(None, 20))
        per_tag = queries(["A", "B"], 20) - queries(None, 20)
        self.assertLess(per_tag, 12)


@tagged("post_install", "-at_install")
class TestProductFind(ProductsCase):
    def test_any_variant_is_found_by_its_sku_or_barcode(self):
        template, _results = self.created(SHIRT)
        side = self.side()
        asked = ["SH-M", "SH-S", "nothing"]
        self.assertEqual(
            sorted(side.find("product", "sku", asked)),
            [("SH-M", str(template.id)), ("SH-S", str(template.id))],
        )
        found = list(side.find("product", "barcode", ["5901234100025"]))
        self.assertEqual(found, [("5901234100025", str(template.id))])

    def test_an_archived_product_is_found_only_where_no_other_has_the_value(self):
        old, _results = self.created({**MUG, "variants": {}})
        old.active = False
        self.assertEqual(
            list(self.side().find("product", "name", [MUG["name"]])), [(MUG["name"], str(old.id))]
        )
        new, _results = self.created({**MUG, "variants": {}})
        self.assertEqual(
            list(self.side().find("product", "name", [MUG["name"]])), [(MUG["name"], str(new.id))]
        )


@tagged("post_install", "-at_install")
class TestProductCanonical(ProductsCase):
    def test_what_is_read_back_is_the_canonical_form_of_what_was_given(self):
        given = {
            "name": "Ünïcode 🎉",
            "description": "<p onclick='x()'>Hi<script>alert(1)</script> &amp; bye 🎉</p>",
            "list_price": Decimal("10.10"),
            "weight": Decimal("1.239"),
            "options": [{"name": " Title", "values": ["Default Title "]}],
        }
        template, _results = self.created(given)
        held = self.fetch("product", template.id, (*given, "options"))
        canonical = self.side().canonical("product", given)
        self.assertEqual({name: held[name] for name in given}, canonical)
        self.assertNotIn("script", canonical["description"])
        self.assertEqual(canonical["weight"], Decimal("1.24"))

    def test_options_keep_their_order_and_lose_their_spaces(self):
        given = {"options": [{"name": "Size ", "values": [" M", "S", "M"]}]}
        self.assertEqual(
            self.side().canonical("product", given),
            {"options": [{"name": "Size", "values": ["M", "S"]}]},
        )


@tagged("post_install", "-at_install")
class TestProductChanges(ProductsCase):
    def setUp(self):
        super().setUp()
        self.template, _results = self.created(SHIRT)
        self.variant = self.template.product_variant_ids[0]
        self.line = self.template.attribute_line_ids[0]
        self.value = self.line.product_template_value_ids[0]

    def test_each_field_of_the_template(self):
        category = self.env["product.category"].create({"name": "New"})
        for name, value in (
            ("name", "Other"),
            ("description", "<p>x</p>"),
            ("list_price", 99),
            ("categ_id", category.id),
            ("active", False),
            ("sale_ok", False),
        ):
            with self.subTest(name), self.found("product", self.template, name):
                self.template.write({name: value})

    def test_a_translation(self):
        self.env["res.lang"]._activate_lang("de_DE")
        with self.found("product", self.template, "name"):
            self.template.with_context(lang="de_DE").name = "Hemd"

    def test_each_field_of_a_variant(self):
        for name, value in (
            ("default_code", "X"),
            ("barcode", "42"),
            ("weight", 3),
            ("standard_price", 4),
        ):
            with self.subTest(name), self.found("product", self.template, f"variants.{name}"):
                self.variant.write({name: value})

    def test_sku_and_barcode_of_the_first_variant(self):
        for name, column in (("sku", "default_code"), ("barcode", "barcode")):
            with self.subTest(name), self.found("product", self.template, name):
                self.variant.write({column: f"new {name}"})

    def test_an_archived_variant(self):
        with self.found("product", self.template, "variants.options"):
            self.variant.active = False

    def test_an_extra_price(self):
        with self.found("product", self.template, "variants.price"):
            self.value.price_extra = 5

    def test_a_price_of_the_pricelist(self):
        pricelist = self.use_pricelist()
        with self.found("product", self.template, "variants.price"):
            pricelist.item_ids = [
                Command.create(
                    {
                        "applied_on": "0_product_variant",
                        "product_tmpl_id": self.template.id,
                        "product_id": self.variant.id,
                        "fixed_price": 3,
                    }
                )
            ]

    def test_options(self):
        attribute = self.line.attribute_id
        new = self.env["product.attribute.value"].create(
            {"name": "XL", "attribute_id": attribute.id}
        )
        with self.found("product", self.template, "options"):
            self.line.value_ids = [Command.link(new.id)]
        with self.found("product", self.template, "options"):
            attribute.name = "Length"
        with self.found("product", self.template, "variants.options"):
            self.value.product_attribute_value_id.name = "Extra small"
        with self.found("product", self.template, "options"):
            self.line.unlink()

    def test_its_tags_and_their_names(self):
        tag = self.env["product.tag"].create({"name": "Linen"})
        with self.found("product", self.template, "tags"):
            self.template.product_tag_ids = tag
        with self.found("product", self.template, "tags"):
            tag.name = "Cotton"
        with self.found("product", self.template, "tags"):
            tag.product_template_ids = [Command.unlink(self.template.id)]
        with self.found("product", self.template, "tags"):
            tag.product_template_ids = [Command.link(self.template.id)]
        with self.found("product", self.template, "tags"):
            tag.unlink()

    def test_what_dotted_paths_lead_to(self):
        tag = self.env["product.tag"].create({"name": "Linen"})
        with self.found("product", self.template, "product_tag_ids.name"):
            tag.product_template_ids = [Command.link(self.template.id)]
        with self.found("product", self.template, "product_tag_ids.name"):
            tag.name = "Cotton"
        self.template.categ_id = self.env["product.category"].create({"name": "Tops"})
        with self.found("product", self.template, "categ_id.complete_name"):
            self.template.categ_id.name = "Upper"

    def test_an_image(self):
        pixel = (
            b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
            b"rkJggg=="
        )
        with self.found("product", self.template, "image_1920"):
            self.template.image_1920 = pixel

    def test_what_no_mapping_reads_is_no_change(self):
        self.age()
        self.value.price_extra = 5
        self.variant.product_template_attribute_value_ids.product_attribute_value_id.name = "Ü"
        self.assertNotIn(self.template.id, self.changed("product", ("name",)))
