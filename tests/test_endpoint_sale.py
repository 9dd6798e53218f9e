"""Sales of variants through the endpoint's contract: read, written, and each way one changes."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from odoo import fields
from odoo.tests import tagged

from odoo.addons.gateway_ng.models.endpoint.sale_asked import canonical_sale

from .products_case import LONG_AGO, ProductsCase, update
from .test_endpoint_product import priced

DATED = ("price", "sale_price", "sale_from", "sale_to")
PAIR = ("price", "compare_at_price")
HOUR = timedelta(hours=1)


class SaleCase(ProductsCase):
    """A template of four variants at 10, 11, 12 and 13, and a list of sales."""

    def setUp(self):
        super().setUp()
        self.template, _results = self.created(priced(10, 11, 12, 13))
        self.by_sku = {v.default_code: v for v in self.template.product_variant_ids}
        self.variant = self.by_sku["SRed"]
        self.list = self.env["product.pricelist"].create({"name": "Sales"})
        self.use_sale_list(self.list)
        self.now = fields.Datetime.now()

    def use_sale_list(self, pricelist):
        self.connector.sale_pricelist_id = pricelist
        self.addCleanup(setattr, self.connector, "sale_pricelist_id", self.list.browse())

    def item(self, variant=None, **values):
        """An item of the list: of the variant, else of the template."""
        about = {"applied_on": "1_product", "product_tmpl_id": self.template.id}
        if variant:
            about |= {"applied_on": "0_product_variant", "product_id": variant.id}
        return self.env["product.pricelist.item"].create(
            {"pricelist_id": self.list.id, **about, **values}
        )

    def tell(self, *names, variant=None):
        told = self.fetch("price", (variant or self.variant).id, names or DATED)
        return tuple(told[name] for name in names or DATED)

    def ask(self, values, *names, variant=None):
        (result,) = self.write(
            "price", update((variant or self.variant).id, values), reads=names or DATED
        )
        return result

    def utc(self, moment):
        return moment.replace(tzinfo=timezone.utc)


@tagged("post_install", "-at_install")
class TestSaleRead(SaleCase):
    def test_without_a_list_sales_are_absent(self):
        self.use_sale_list(self.list.browse())
        self.assertEqual(
            self.fetch("price", self.variant.id, (*DATED, *PAIR)),
            {"id": str(self.variant.id), "price": Decimal(10)},
        )

    def test_a_sale_is_told_with_its_dates_and_as_a_pair(self):
        self.assertEqual(self.tell(), (10, None, None, None))
        self.assertEqual(self.tell(*PAIR), (10, None))
        begins, ends = self.now - HOUR, self.now + HOUR
        item = self.item(self.variant, fixed_price=7.99, date_start=begins, date_end=ends)
        price = Decimal("7.99")
        self.assertEqual(self.tell(), (10, price, self.utc(begins), self.utc(ends)))
        self.assertEqual(self.tell(*PAIR), (price, 10))
        self.assertEqual(self.tell(variant=self.by_sku["MRed"]), (12, None, None, None))
        item.write({"date_start": self.now + HOUR, "date_end": self.now + 2 * HOUR})
        self.assertEqual(self.tell()[1:3], (price, self.utc(self.now + HOUR)))
        self.assertEqual(self.tell(*PAIR), (10, None))
        item.write({"date_start": self.now - 2 * HOUR, "date_end": self.now - HOUR})
        self.assertEqual(self.tell(), (10, None, None, None))

    def test_the_sale_in_force_comes_before_the_next_and_that_before_later_ones(self):
        self.item(self.variant, fixed_price=5, date_start=self.now + 3 * HOUR)
        self.item(self.variant, fixed_price=6, date_start=self.now + 2 * HOUR)
        self.assertEqual(self.tell()[1], 6)
        self.item(fixed_price=8)
        self.assertEqual(self.tell()[1], 8)
        self.item(self.variant, fixed_price=7)
        self.assertEqual(self.tell()[1], 7)

    def test_what_is_not_below_the_regular_price_is_no_sale(self):
        self.item(self.variant, fixed_price=10)
        self.item(fixed_price=5)
        self.assertEqual(self.tell(), (10, None, None, None))
        self.item(self.variant, fixed_price=4, min_quantity=5)
        self.assertEqual(self.tell(), (10, None, None, None))

    def test_items_of_categories_and_all_products_are_computed_as_odoo_does(self):
        rule = {"compute_price": "percentage", "product_tmpl_id": False}
        self.item(applied_on="3_global", percent_price=10, **rule)
        self.assertEqual(self.tell()[1], 9)
        above = self.env["product.category"].create({"name": "All"})
        self.template.categ_id = above.create({"name": "Shirts", "parent_id": above.id})
        self.item(applied_on="2_product_category", categ_id=above.id, percent_price=33.333, **rule)
        self.assertEqual(self.tell()[1], Decimal("6.67"))
        self.template.categ_id = above.create({"name": "Others"})
        self.assertEqual(self.tell()[1], 9)

    def test_many_sales_cost_few_queries(self):
        templates, _results = self.created(*({"name": f"P{n}", "list_price": 9} for n in range(60)))
        for template in templates:
            self.item(product_tmpl_id=template.id, fixed_price=5)
        ids = [str(id_) for id_ in templates.product_variant_ids.ids]
        self.item(applied_on="3_global", compute_price="percentage", percent_price=1)
        counts = []
        for some in (ids[:5], ids):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            told = list(self.side("price", DATED).fetch("price", some))
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual({record.fields["sale_price"] for record in told}, {5})
        self.assertEqual(*counts)

    def test_a_sale_is_canonical_as_it_comes_back(self):
        now = datetime(2026, 3, 1, tzinfo=timezone.utc)
        said = {"price": Decimal(10), "sale_price": Decimal(8), "sale_from": now, "sale_to": None}
        none = {**said, "sale_price": None, "sale_from": None}
        self.assertEqual(canonical_sale(said, now), said)
        self.assertEqual(canonical_sale({**said, "sale_price": Decimal(10)}, now), none)
        self.assertEqual(canonical_sale({**said, "sale_to": now - HOUR}, now), none)
        for was, kept in ((None, None), (Decimal(10), None), (Decimal(11), Decimal(11))):
            pair = {"price": Decimal(10), "compare_at_price": was}
            self.assertEqual(canonical_sale(pair, now), {**pair, "compare_at_price": kept})


@tagged("post_install", "-at_install")
class TestSaleWritten(SaleCase):
    def wanted(self, price, begins=None, ends=None):
        dates = {"sale_from": begins, "sale_to": ends}
        return {"sale_price": price, **{n: v and self.utc(v) for n, v in dates.items()}}

    def test_a_sale_is_made_changed_and_removed_as_an_item_of_the_variant(self):
        begins, ends = self.now + HOUR, self.now + 2 * HOUR
        self.done(self.ask(self.wanted(Decimal("7.5"), begins, ends)))
        item = self.list.item_ids
        self.assertEqual(
            (item.applied_on, item.product_id, item.fixed_price, item.date_start, item.date_end),
            ("0_product_variant", self.variant, 7.5, begins, ends),
        )
        self.assertEqual(self.tell(), (10, Decimal("7.5"), self.utc(begins), self.utc(ends)))
        self.done(self.ask({"sale_price": Decimal(6)}))
        self.assertEqual((item.fixed_price, item.date_start), (6, begins))
        self.done(self.ask({"sale_from": None}))
        self.assertEqual((item.fixed_price, item.date_start, item.date_end), (6, False, ends))
        self.done(self.ask(self.wanted(None)))
        self.assertFalse(self.list.item_ids)
        self.assertEqual(self.tell(), (10, None, None, None))

    def test_the_pair_begins_changes_and_ends_a_sale_and_keeps_its_dates(self):
        later = self.item(self.variant, fixed_price=1, date_start=self.now + HOUR)
        ask = {"price": Decimal(8), "compare_at_price": Decimal(10)}
        self.done(self.ask(ask, *PAIR))
        item = self.list.item_ids - later
        self.assertEqual((item.product_id, item.fixed_price), (self.variant, 8))
        self.assertEqual((self.tell(*PAIR), self.template.list_price), ((8, 10), 10))
        item.write({"date_start": self.now - HOUR, "date_end": self.now + HOUR})
        self.done(self.ask({"price": Decimal(7)}, *PAIR))
        self.assertEqual(
            (item.fixed_price, item.date_start, item.date_end),
            (7, self.now - HOUR, self.now + HOUR),
        )
        self.done(self.ask({"price": Decimal(10), "compare_at_price": None}, *PAIR))
        self.assertEqual((self.list.item_ids, self.tell(*PAIR)), (later, (10, None)))

    def test_the_pair_moves_the_regular_price(self):
        plain, _results = self.created({"name": "Plain", "list_price": Decimal(20)})
        variant = plain.product_variant_id
        for given, now, listed in (
            ({"price": Decimal(15), "compare_at_price": Decimal(25)}, (15, 25), 25),
            ({"compare_at_price": Decimal(30)}, (15, 30), 30),
            ({"compare_at_price": None}, (15, None), 15),
            ({"price": Decimal(16)}, (16, None), 16),
        ):
            self.done(self.ask(given, *PAIR, variant=variant))
            self.assertEqual((self.tell(*PAIR, variant=variant), plain.list_price), (now, listed))

    def test_a_sale_that_has_begun_keeps_its_start_when_the_shop_forgets_it(self):
        begins = self.now - HOUR
        item = self.item(self.variant, fixed_price=8, date_start=begins)
        result = self.done(self.ask({"sale_from": None}))
        self.assertIn("begun", result.note)
        self.assertEqual(item.date_start, begins)

    def test_a_sale_that_is_over_or_not_below_the_regular_price_makes_no_item(self):
        self.done(self.ask(self.wanted(Decimal(8), ends=self.now - HOUR)))
        self.done(self.ask(self.wanted(Decimal(10))))
        self.done(self.ask({"price": Decimal(10), "compare_at_price": Decimal(9)}, *PAIR))
        self.assertFalse(self.list.item_ids)

    def test_an_item_of_the_product_is_overridden_and_never_changed(self):
        item = self.item(fixed_price=9, date_end=self.now + HOUR)
        self.done(self.ask({"sale_price": Decimal(8)}))
        self.assertEqual(item.fixed_price, 9)
        self.assertEqual(self.tell()[1], 8)
        self.assertEqual(self.tell(variant=self.by_sku["SBlue"])[1], 9)
        own = self.list.item_ids - item
        self.assertEqual((own.product_id, own.date_end), (self.variant, item.date_end))
        text = self.refused(self.ask(self.wanted(None)))
        self.assertIn("Grid", text)
        self.assertIn("of the sale price list «Sales»", text)
        self.assertEqual(self.list.item_ids, own | item)

    def test_a_sale_is_not_ended_while_another_one_is_to_come(self):
        """It would be told from then on, and the shop would never hear of it."""
        now = self.item(self.variant, fixed_price=9, date_end=self.now + HOUR)
        later = self.item(self.variant, fixed_price=8, date_start=self.now + 2 * HOUR)
        self.assertIn("instead", self.refused(self.ask(self.wanted(None))))
        self.refused(self.ask(self.wanted(Decimal(7), self.now + 3 * HOUR)))
        self.assertEqual(self.list.item_ids, now | later)
        self.done(self.ask(self.wanted(Decimal(7), self.now + HOUR)))
        self.assertEqual(self.tell()[1:3], (7, self.utc(self.now + HOUR)))
        now.date_start = False
        self.done(self.ask({"price": Decimal(10), "compare_at_price": None}, *PAIR))
        self.assertEqual(self.list.item_ids, later)

    def test_an_item_that_odoo_computes_is_overridden_and_its_end_refused(self):
        rule = {"compute_price": "percentage", "percent_price": 10, "min_quantity": 1}
        item = self.item(self.variant, **rule)
        self.done(self.ask({"sale_price": Decimal(8)}))
        self.assertEqual((self.tell()[1], item.percent_price), (8, 10))
        (self.list.item_ids - item).unlink()
        self.refused(self.ask({"price": Decimal(10), "compare_at_price": None}, *PAIR))
        self.refused(self.ask(self.wanted(Decimal(8), self.now + HOUR)))
        self.assertEqual(self.list.item_ids, item)

    def test_an_item_of_the_product_is_changed_when_all_variants_ask_for_the_same(self):
        item = self.item(fixed_price=9)
        ids = self.template.product_variant_ids.ids

        def ask(price):
            ops = [update(id_, self.wanted(price), key=str(id_)) for id_ in ids]
            return self.write("price", *ops, reads=DATED)

        self.assertFalse([r.error for r in ask(Decimal(8)) if r.error])
        self.assertEqual((self.list.item_ids, item.fixed_price), (item, 8))
        self.assertFalse([r.error for r in ask(None) if r.error])
        self.assertFalse(self.list.item_ids)

    def test_what_is_refused_of_a_variant_leaves_the_others_of_the_batch_be(self):
        other, _results = self.created({"name": "Plain", "list_price": Decimal(20)})
        self.item(fixed_price=9)
        pair = {"price": Decimal(5), "compare_at_price": None}
        ops = [
            update(self.variant.id, pair, key="bad"),
            update(other.product_variant_id.id, pair, key="good"),
        ]
        results = self.write("price", *ops, reads=PAIR)
        self.assertEqual([bool(result.error) for result in results], [True, False])
        self.assertEqual((self.template.list_price, other.list_price), (10, 5))

    def test_a_sale_is_not_written_where_its_regular_price_is_refused(self):
        pair = {"price": Decimal(9), "compare_at_price": Decimal(99)}
        self.assertIn("Set a pricelist", self.refused(self.ask(pair, *PAIR)))
        self.assertFalse(self.list.item_ids)

    def test_a_sale_can_t_be_written_in_both_ways(self):
        both = {"sale_price": Decimal(5), "compare_at_price": Decimal(10)}
        self.assertIn("sale_price", self.refused(self.ask(both, *DATED, *PAIR)))

    def test_many_sales_are_written_with_few_queries(self):
        templates, _results = self.created(
            *({"name": f"P{n}", "list_price": Decimal(9)} for n in range(60))
        )
        counts = []
        for price, some in ((5, templates[:5]), (6, templates[5:]), (7, templates[5:])):
            ops = [
                update(id_, self.wanted(Decimal(price)), key=str(id_))
                for id_ in some.product_variant_ids.ids
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            results = self.write("price", *ops, reads=DATED)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertFalse([r.error for r in results if r.error])
        made_few, made_many, changed_many = counts
        self.assertLess(made_many, made_few + 10)
        self.assertLess(changed_many, made_few + 20)


@tagged("post_install", "-at_install")
class TestSaleChanges(SaleCase):
    """One way after the other in which a sale changes."""

    def setUp(self):
        super().setUp()
        platform = self.env["gateway.connector"]._fields["platform"].get_values(self.env)[0]
        self.env["gateway.connector"].create(
            {"name": "Shop", "platform": platform, "sale_pricelist_id": self.list.id}
        )

    def found_by(self, variant=None, reads=DATED):
        return self.found("price", variant or self.variant, *reads)

    def old(self, item):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE product_pricelist_item SET write_date = %s WHERE id = %s", (LONG_AGO, item.id)
        )

    def test_an_item_made_and_changed(self):
        with self.found_by():
            item = self.item(self.variant, fixed_price=5)
        with self.found_by(reads=PAIR):
            item.fixed_price = 6
        with self.found_by(self.by_sku["MBlue"]):
            self.item(fixed_price=5)

    def test_an_item_removed_by_whichever_screen(self):
        item = self.item(self.variant, fixed_price=5)
        with self.found_by():
            item.unlink()
        item = self.item(fixed_price=5)
        with self.found_by():
            self.list.write({"item_ids": [(2, item.id)]})

    def test_an_item_that_is_about_another_product_now(self):
        other, _results = self.created({"name": "Plain"})
        item = self.item(fixed_price=5)
        with self.found_by():
            item.product_tmpl_id = other
        item = self.item(fixed_price=5)
        with self.found_by():
            item.pricelist_id = self.list.copy({"name": "Others"})

    def test_a_general_item_made_and_removed(self):
        category = self.env["product.category"].create({"name": "Shirts"})
        self.template.categ_id = category.create({"name": "Summer", "parent_id": category.id})
        with self.found_by():
            item = self.item(
                applied_on="2_product_category",
                product_tmpl_id=False,
                categ_id=category.id,
                fixed_price=5,
            )
        with self.found_by():
            item.unlink()
        with self.found_by():
            item = self.item(applied_on="3_global", product_tmpl_id=False, fixed_price=5)
        with self.found_by():
            item.unlink()

    def test_an_item_of_one_variant_is_no_change_of_its_siblings(self):
        self.age()
        self.item(self.variant, fixed_price=5)
        changed = self.changed("price", DATED)
        self.assertIn(self.variant.id, changed)
        self.assertNotIn(self.by_sku["SBlue"].id, changed)

    def test_a_sale_that_begins_or_ends_though_nobody_writes(self):
        for dates in ({"date_start": -HOUR}, {"date_end": -HOUR}):
            values = {name: self.now + delta for name, delta in dates.items()}
            with self.found_by(reads=PAIR):
                self.old(self.item(self.variant, fixed_price=5, **values))
            self.list.item_ids.unlink()
        for dates in ({"date_start": HOUR}, {"date_end": HOUR}):
            values = {name: self.now + delta for name, delta in dates.items()}
            self.age()
            self.old(self.item(self.variant, fixed_price=5, **values))
            self.assertNotIn(self.variant.id, self.changed("price", PAIR))
            self.list.item_ids.unlink()

    def test_a_sale_ends_after_its_last_second(self):
        """In that second it is in force, so what is read then is not what it comes to."""
        self.age()
        self.env.cr.execute("SELECT date_trunc('second', now() AT TIME ZONE 'UTC')")
        (second,) = self.env.cr.fetchone()
        self.old(self.item(self.variant, fixed_price=5, date_end=second))
        self.assertNotIn(self.variant.id, self.changed("price", PAIR))
        self.old(self.item(self.variant, fixed_price=5, date_end=second - timedelta(seconds=1)))
        found = self.side("price", PAIR).entity("price").changed(second, None, 99)
        self.assertIn((second, self.variant.id), found)

    def test_a_list_that_an_item_is_computed_of(self):
        base = self.env["product.pricelist"].create({"name": "Base"})
        rule = {"compute_price": "percentage", "percent_price": 10, "base": "pricelist"}
        self.item(base_pricelist_id=base.id, **rule)
        with self.found_by():
            item = self.item(pricelist_id=base.id, fixed_price=9)
        self.assertEqual(self.tell()[1], Decimal("8.1"))
        item.unlink()
