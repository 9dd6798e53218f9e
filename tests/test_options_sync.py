"""Options that became others on one side reach the other, and every bound variant stays bound."""

from odoo import Command
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import catalog, seed_demo
from odoo.addons.gateway_ng.models.endpoint.options import options_of

from .demo_shop_case import DemoShopCase
from .simulators.woocommerce import products, variations
from .woocommerce_case import WooCommerceCase

PARKA = "Winter Parka"


GOODS = ("category", "product", "variant", "price")


class OptionsCase:
    """What both shops' tests ask of the variants in Odoo; nothing but goods is synced."""

    synced = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        run = cls.connector.run_sync(list(GOODS), wait=True)
        if run.state != "done":
            raise AssertionError(cls.told(run))

    def ties(self):
        """Every binding of a variant, as it is."""
        return {(b.remote_id, b.res_id, b.state) for b in self.bindings("variant")}

    def options(self, template):
        return {
            variant.default_code: {
                value.attribute_id.name: value.name
                for value in variant.product_template_attribute_value_ids
            }
            for variant in template.product_variant_ids
        }

    def updated(self, run):
        """{(entity, source's id): {field: [old, new]}} of what a run updated."""
        lines = run.change_ids.filtered(lambda change: change.outcome == "updated")
        return {(line.entity, line.source_id): line.field_changes for line in lines}

    def sync_goods(self, **more):
        return self.sync(*GOODS, **more)

    def order(self, template):
        template.invalidate_recordset()
        return [(one["name"], one["values"]) for one in options_of(template)]

    def turn(self, template, name=None):
        """A person turns the order in Odoo: of the lines, or of an attribute's values."""
        lines = template.attribute_line_ids
        rows = lines.filtered(lambda line: line.attribute_id.name == name).attribute_id.value_ids
        for place, row in enumerate(reversed(rows if name else lines)):
            row.sequence = place


@tagged("post_install", "-at_install")
class TestOptionsOfShopify(OptionsCase, DemoShopCase):
    @classmethod
    def seed(cls, shop):
        """Only a few of the demo shop's products."""
        seed_demo(shop)
        sized = [
            p for p in shop.store.tables["Product"].values() if p["options"][0]["name"] == "Size"
        ]
        kept = [PARKA, *[p["title"] for p in sized if p["title"] != PARKA][:2]]
        for product in list(shop.store.tables["Product"].values()):
            if product["title"] not in kept:
                catalog.remove_product(shop.store, product)

    def assert_settled(self):
        with self.reader.writes() as counters:
            run = self.sync_goods()
        self.assertEqual(counters.writes, 0, counters.mutations)
        self.assertEqual(self.written(run), {})

    def product(self, title=PARKA):
        return self.reader.products()[title]

    def shown(self, title=PARKA):
        store = self.reader.shop.store
        found = store.many("ProductVariant", self.product(title)["variants"])
        return {
            store.get("InventoryItem", v["inventoryItem"])["sku"]: {
                one["name"]: one["value"] for one in v["selectedOptions"]
            }
            for v in found
        }

    def become(self, names, title=PARKA, new=()):
        """A person edits the options in the shop: `names` gives each variant's by its SKU."""
        store, product = self.reader.shop.store, self.product(title)
        options = list(dict.fromkeys(name for told in names.values() for name in told))
        product["options"] = [
            catalog.option(store, name, n, list(dict.fromkeys(t[name] for t in names.values())))
            for n, name in enumerate(options, 1)
        ]
        for variant in store.many("ProductVariant", product["variants"]):
            told = names[store.get("InventoryItem", variant["inventoryItem"])["sku"]]
            values = [told[name] for name in options]
            variant["selectedOptions"] = catalog.selection(product, values)
            variant["title"] = " / ".join(values)
            store.touch(variant)
        store.touch(product)

    def test_what_the_shop_renames_adds_and_drops_reaches_odoo_for_this_product_alone(self):
        template, ties, before = self.template(PARKA), self.ties(), self.shown()
        self.assertEqual(self.options(template), before)
        others = self.env["product.attribute"].search([("name", "=", "Size")]).product_tmpl_ids
        self.assertGreater(len(others), 1)
        variants, prices = (
            template.product_variant_ids,
            template.mapped("product_variant_ids.lst_price"),
        )
        steps = (
            {sku: {"Taille": told["Size"]} for sku, told in before.items()},
            {sku: {"Taille": f"{told['Size']}-"} for sku, told in before.items()},
            {sku: {"Taille": told["Size"], "Color": "Red"} for sku, told in before.items()},
            {sku: {"Color": "Red", "Taille": told["Size"]} for sku, told in before.items()},
            before,
        )
        for step in steps:
            self.become(step)
            self.sync_goods()
            self.assertEqual(self.options(template), step)
            self.assertEqual(template.product_variant_ids, variants)
            self.assertEqual(variants.mapped("lst_price"), prices)
            self.assertEqual(self.ties(), ties)
            self.assertFalse(self.letters())
        self.assert_settled()
        sizes = self.env["product.attribute"].search([("name", "=", "Size")])
        self.assertEqual(sizes.product_tmpl_ids, others)

    def test_what_odoo_renames_adds_and_drops_reaches_the_shop(self):
        template = self.make_product("Cap", "CAP")
        self.sync_goods()
        ties, ids = self.ties(), list(self.product("Cap")["variants"])
        self.assertEqual(self.shown("Cap"), {"CAP-S": {"Size": "S"}, "CAP-M": {"Size": "M"}})
        # A line of its own attribute: the shared one would be renamed for all products.
        line = template.attribute_line_ids
        attribute = self.env["product.attribute"].create({"name": "Fit"})
        value = self.env["product.attribute.value"].create(
            {"name": "Slim", "attribute_id": attribute.id}
        )
        template.attribute_line_ids = [
            Command.create({"attribute_id": attribute.id, "value_ids": [Command.set(value.ids)]})
        ]
        self.sync_goods()
        self.assertEqual(self.shown("Cap")["CAP-S"], {"Size": "S", "Fit": "Slim"})
        attribute.name, value.name = "Cut", "Narrow"
        self.sync_goods()
        self.assertEqual(self.shown("Cap")["CAP-M"], {"Size": "M", "Cut": "Narrow"})
        self.assertFalse(self.letters())
        (template.attribute_line_ids - line).unlink()
        self.sync_goods()
        self.assertEqual(self.shown("Cap"), {"CAP-S": {"Size": "S"}, "CAP-M": {"Size": "M"}})
        self.assertEqual(self.product("Cap")["variants"], ids)
        self.assertEqual(self.ties(), ties)
        self.assertFalse(self.letters())
        self.assert_settled()

    def test_an_attribute_renamed_in_odoo_is_renamed_at_each_product_that_has_it(self):
        before, ties = self.shown(), self.ties()
        attribute = self.template(PARKA).attribute_line_ids.attribute_id
        count = len(attribute.product_tmpl_ids)
        attribute.name = "Taille"
        with self.reader.writes() as counters:
            self.sync_goods()
        self.assertEqual(counters.mutations["productOptionUpdate"], count)
        expected = {sku: {"Taille": told["Size"]} for sku, told in before.items()}
        self.assertEqual(self.shown(), expected)
        self.assertEqual(self.ties(), ties)
        self.assertFalse(self.letters())
        self.assert_settled()

    def order_shown(self, title=PARKA):
        options = self.product(title)["options"]
        return [(o["name"], [value["name"] for value in o["optionValues"]]) for o in options]

    def test_another_order_of_options_and_values_reaches_the_other_side_once(self):
        template, before, ties = self.template(PARKA), self.shown(), self.ties()
        sizes = [told["Size"] for told in before.values()]
        self.become({s: {"Taille": t["Size"], "Color": "Red"} for s, t in before.items()})
        self.sync_goods()
        self.assertEqual(self.order(template), [("Taille", sizes), ("Color", ["Red"])])
        turned = list(reversed(before))
        self.become({s: {"Color": "Red", "Taille": before[s]["Size"]} for s in turned})
        wanted = [("Color", ["Red"]), ("Taille", sizes[::-1])]
        self.assertEqual(self.order_shown(), wanted)
        self.sync_goods()
        self.assertEqual(self.order(template), wanted)
        self.assert_settled()
        self.turn(template)
        self.turn(template, "Taille")
        with self.reader.writes() as counters:
            self.sync_goods()
        self.assertEqual(dict(counters.mutations), {"productOptionsReorder": 1})
        self.assertEqual(self.order_shown(), [("Taille", sizes), ("Color", ["Red"])])
        self.assertEqual((self.shown(), self.ties()), (self.options(template), ties))
        self.assertFalse(self.letters())
        self.assert_settled()

    def test_values_that_other_products_have_keep_odoo_s_order_which_goes_out_for_all(self):
        template, before = self.template(PARKA), self.shown()
        attribute = template.attribute_line_ids.attribute_id
        others = attribute.product_tmpl_ids
        self.assertGreater(len(others), 1)
        held = {one.name: self.order(one) for one in others}
        self.become({sku: before[sku] for sku in reversed(before)})
        shown = self.order_shown()
        self.assertNotEqual(shown, held[PARKA])
        run = self.sync_goods()
        self.assertEqual({one.name: self.order(one) for one in others}, held)
        self.assertEqual(self.order_shown(), shown)
        change = run.change_ids.filtered(lambda one: one.target_id == str(template.id))
        self.assertIn("values of Size stays", str(change.reasons))
        self.assert_settled()
        self.turn(template, "Size")
        self.sync_goods()
        for one in others:
            self.assertEqual(self.order_shown(one.name), self.order(one))
        self.assertFalse(self.letters())
        self.assert_settled()

    def test_a_product_that_odoo_had_keeps_its_own_names_until_one_side_edits_them(self):
        self.reader.add_product("Beanie", {"S": "BEA-S", "M": "BEA-M"}, "9.00")
        template = self.make_product("Beanie", "BEA")
        attribute = self.env["product.attribute"].create({"name": "Grösse"})
        values = self.env["product.attribute.value"].create(
            [{"name": name, "attribute_id": attribute.id} for name in ("Klein", "Mittel")]
        )
        template.attribute_line_ids = [
            Command.clear(),
            Command.create({"attribute_id": attribute.id, "value_ids": [Command.set(values.ids)]}),
        ]
        small, medium = template.product_variant_ids
        small.default_code, medium.default_code = "BEA-S", "BEA-M"
        mine = {"BEA-S": {"Grösse": "Klein"}, "BEA-M": {"Grösse": "Mittel"}}
        self.assertEqual(self.options(template), mine)
        self.sync_goods()
        self.assertEqual(self.options(template), mine)
        theirs = {"BEA-S": {"Size": "S"}, "BEA-M": {"Size": "M"}}
        self.assertEqual(self.shown("Beanie"), theirs)
        self.assertEqual(template.product_variant_ids, small | medium)
        self.become({"BEA-S": {"Taille": "S"}, "BEA-M": {"Taille": "M"}}, "Beanie")
        self.sync_goods()
        self.assertEqual(self.options(template), self.shown("Beanie"))
        self.assertEqual(template.product_variant_ids, small | medium)
        self.assert_settled()

    def test_what_odoo_cannot_tell_apart_any_more_is_a_letter_with_its_remedy(self):
        template, before = self.template(PARKA), self.shown()
        colours = {sku: f"C{n}" for n, sku in enumerate(before)}
        both = {sku: {"Size": before[sku]["Size"], "Color": colours[sku]} for sku in before}
        self.become(both)
        self.sync_goods()
        # A variant that Odoo alone has: the first one's colour, the last one's size.
        size, color = (line.product_template_value_ids for line in template.attribute_line_ids)
        self.assertEqual(color.mapped("name"), list(colours.values()))
        template._create_product_variant(size[-1] | color[0]).default_code = "ODOO-ONLY"
        self.assertEqual(len(template.product_variant_ids), len(before) + 1)
        held, ties = self.options(template), self.ties()
        self.become({sku: {"Color": colour} for sku, colour in colours.items()})
        self.sync_goods(direction="import", state="partial")
        (letter,) = self.letters()
        self.assertIn("Without the option Size several variants of", letter.error)
        self.assertIn("Archive the variants", letter.remedy or letter.error)
        self.assertEqual((self.options(template), self.ties()), (held, ties))
        template.product_variant_ids.filtered(
            lambda v: v.default_code == "ODOO-ONLY"
        ).active = False
        letter.action_retry()
        self.sync_goods()
        self.assertEqual(self.options(template), self.shown())
        self.assert_settled()

    def test_a_plan_foresees_options_that_became_others_and_its_undo_brings_them_back(self):
        template, ties, before = self.template(PARKA), self.ties(), self.shown()
        now = {sku: {"Taille": f"{told['Size']}-", "Color": "Red"} for sku, told in before.items()}
        self.become(now)
        plan = self.connector.run_sync(list(GOODS), direction="import", dry_run=True, wait=True)
        self.assertEqual(self.options(template), before, "a plan writes nothing")
        plan.action_plan_approve()
        run = self.env["gateway.run"].browse(plan.action_plan_apply()["res_id"])
        run._drive_inline()
        self.env.invalidate_all()
        self.assertEqual(self.options(template), now)
        self.assertEqual(self.ties(), ties)
        self.assertTrue(self.updated(run))
        self.assertEqual(self.updated(plan), self.updated(run))
        self.sync_goods()
        undo = self.env["gateway.run"].browse(run.action_undo()["res_id"])
        undo._drive_inline()
        self.assertEqual(self.options(template), before)
        self.assertEqual(self.shown(), now)
        self.assertEqual(self.ties(), ties)
        self.assert_settled()


@tagged("post_install", "-at_install")
class TestOptionsOfWooCommerce(OptionsCase, WooCommerceCase):
    def assert_settled(self):
        self.clock.sleep(300)
        before = self.shop.writes
        self.assertEqual(self.written(self.sync_goods()), {})
        self.assertEqual(self.shop.writes, before)

    def setUp(self):
        super().setUp()
        self.parent = next(r for r in self.rows("products") if r["type"] == "variable")
        self.below = products.children(self.shop, self.parent["id"])

    def shown(self):
        return {
            row["sku"]: {a["name"]: a["option"] for a in row["attributes"]} for row in self.below
        }

    def become(self, names):
        """A person replaces the attributes in the shop, then gives each variation its values."""
        self.clock.sleep(60)
        options = list(dict.fromkeys(name for told in names.values() for name in told))
        ids = {row["name"]: row["id"] for row in self.rows("attributes")}
        given = [
            {
                **({"id": ids[name]} if name in ids else {"name": name}),
                "variation": True,
                "visible": True,
                "options": list(dict.fromkeys(told[name] for told in names.values())),
            }
            for name in options
        ]
        products.update(self.shop, self.parent, {"attributes": given})
        for row in self.below:
            told = [
                {**({"id": ids[name]} if name in ids else {"name": name}), "option": value}
                for name, value in names[row["sku"]].items()
            ]
            variations.update(self.shop, row, {"attributes": told})

    def test_what_the_shop_renames_reaches_odoo_and_what_odoo_renames_the_shop(self):
        template = self.template(self.parent["name"])
        variants, ties, before = template.product_variant_ids, self.ties(), self.shown()
        self.assertEqual(self.options(template), before)
        shared = [dict(row) for row in self.rows("attributes")]
        steps = (
            {
                sku: {("Taille" if n == "Size" else n): v for n, v in told.items()}
                for sku, told in before.items()
            },
            {
                sku: {("Taille" if n == "Size" else n): f"{v}!" for n, v in told.items()}
                for sku, told in before.items()
            },
            before,
        )
        for step in steps:
            self.become(step)
            self.sync_goods()
            self.assertEqual(self.options(template), step)
            self.assertEqual(template.product_variant_ids, variants)
            self.assertEqual(self.ties(), ties)
            self.assertFalse(self.letters())
        self.assert_settled()
        attribute = template.attribute_line_ids[0].attribute_id
        old = attribute.name
        attribute.name = "Taille"
        self.clock.sleep(60)
        self.sync_goods()
        expected = {
            sku: {("Taille" if n == old else n): v for n, v in told.items()}
            for sku, told in before.items()
        }
        self.assertEqual(self.shown(), expected)
        self.assertEqual(list(self.rows("attributes")), shared)
        self.assertEqual(self.ties(), ties)
        self.assertFalse(self.letters())
        self.assert_settled()

    def order_shown(self):
        rows = sorted(self.parent["attributes"], key=lambda one: one["position"])
        return [(one["name"], one["options"]) for one in rows if one["variation"]]

    def test_another_order_of_options_reaches_the_other_side_once(self):
        template, before = self.template(self.parent["name"]), self.shown()
        self.become({s: {"Fit": f"F{n}", **told} for n, (s, told) in enumerate(before.items())})
        self.sync_goods()
        self.assertEqual(self.order(template)[0][0], "Fit")
        self.become({s: {**before[s], "Fit": self.shown()[s]["Fit"]} for s in reversed(before)})
        self.sync_goods()
        names = [name for name, _values in self.order_shown()]
        self.assertEqual([name for name, _values in self.order(template)], names)
        self.assertEqual(names[-1], "Fit")
        self.assertEqual(self.order(template)[-1], self.order_shown()[-1])
        self.assert_settled()
        self.turn(template)
        self.turn(template, "Fit")
        self.clock.sleep(60)
        self.sync_goods()
        self.assertEqual([name for name, _values in self.order_shown()], names[::-1])
        self.assertEqual(self.order(template)[0], self.order_shown()[0])
        self.assertEqual(self.shown(), self.options(template))
        self.assertFalse(self.letters())
        self.assert_settled()

    def test_variations_left_for_any_value_by_a_rename_are_a_letter_until_they_have_theirs(self):
        template, before = self.template(self.parent["name"]), self.shown()
        self.clock.sleep(60)
        given = [{"name": "Taille", "variation": True, "options": ["S", "M"]}]
        products.update(self.shop, self.parent, {"attributes": given})
        self.sync_goods(state="partial")
        self.assertIn("have the same options", self.letters()[:1].error)
        self.assertEqual(self.options(template), before)
        self.become({sku: {"Taille": sku} for sku in before})
        self.sync_goods()
        self.assertEqual(self.options(template), {sku: {"Taille": sku} for sku in before})
        self.assert_settled()
