"""Both sides are compared whole: what differs is told by field and reason, nothing is written."""

import re

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import catalog, edit, sell
from odoo.addons.gateway_ng.lib.demoshop.seed import add_locations

from .demo_shop_case import Comparing
from .shop_case import ShopCase


@tagged("post_install", "-at_install", "gateway")
class TestCompare(Comparing, ShopCase):
    def setUp(self):
        super().setUp()
        self.products = [self.add_product(f"Mug {n}", f"MUG-{n}") for n in range(4)]
        self.check_and_map()
        self.sync(direction="both")
        self.templates = self.env["product.template"].search(
            [("default_code", "in", [f"MUG-{n}" for n in range(4)])], order="default_code"
        )
        self.env.cr.execute(
            "UPDATE gateway_binding SET create_date = create_date - interval '2 days'"
        )
        self.env.invalidate_all()

    def told(self, run):
        return {row[:3]: (row[3], row[4]) for row in run._drift()}

    def test_what_differs_is_reported_and_nothing_is_written(self):
        quiet = self.compare()
        self.assertEqual((quiet.state, quiet.count_held, quiet.drift), ("done", 0, False))
        # Edits that no watermark shows: the dates of both sides are as they were.
        self.products[0]["title"] = "Cup 0"
        self.shop.store.changed()
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE product_template SET name = '{"en_US": "Becher"}' WHERE id = %s""",
            [self.templates[1].id],
        )
        self.env.invalidate_all()
        catalog.remove_product(self.shop.store, self.products[2])
        marks = self.env["gateway.watermark"].search([]).mapped("time")
        sent = self.shop.store.revision
        run = self.compare()
        self.assertEqual(run.state, "done", "it came to its end; what differs is told")
        told = self.told(run)
        shop, odoo = "changed in the shop, not carried yet", "changed in Odoo since it was settled"
        self.assertEqual(told["product", "name", shop], (1, ["[MUG-0] Mug 0"]))
        self.assertEqual(told["product", "name", odoo], (1, ["[MUG-1] Becher"]))
        self.assertEqual(told["product", "", "gone from the shop, still in Odoo"][0], 1)
        self.assertFalse([key for key in told if key[1] == "title"], "told once, by the import")
        self.assertIn("Mug 0", run.drift)
        apart = self.env["gateway.change"].search(
            [("run_id", "=", run.id), ("outcome", "=", "held")]
        )
        self.assertEqual({"Differs"}, set(apart.mapped("outcome_text")), "it waits for nobody")
        self.assertFalse([one for one in apart if "see Conflicts" in one.summary])
        self.assertEqual(self.shop.store.revision, sent, "the shop was written to")
        self.assertEqual(self.env["gateway.watermark"].search([]).mapped("time"), marks)
        self.assertEqual(self.templates.mapped("name"), ["Mug 0", "Becher", "Mug 2", "Mug 3"])
        self.assertFalse(self.letters())
        self.assertEqual(run.count_read, sum(run.page_ids.mapped("count_read")))
        codes = [one["code"] for one in self.connector._problems()]
        self.assertIn("drift", codes)
        # From there everything is synced, and the next compare is quiet.
        self.env["gateway.watermark"].search([]).swept = False
        whole = self.env["gateway.run"].browse(run.action_sync_everything()["res_id"])
        whole._drive_inline()
        self.assertEqual(self.templates[0].name, "Cup 0")
        self.assertEqual(self.products[1]["title"], "Becher")
        self.assertFalse(self.templates[2].active)
        self.assertEqual(self.compare().count_held, 0)

    def test_what_is_found_is_told_at_the_end_and_until_then_how_far_it_is(self):
        self.products[0]["title"] = "Cup 0"
        self.shop.store.changed()
        run = self.env["gateway.run"].browse(self.connector.action_compare()["res_id"])
        self.assertIn("has not begun yet", run.drift_text)
        steps = len(run.flow_ids)
        flow = run.flow_ids.filtered(lambda flow: flow.entity == "product")[:1]
        run.write({"state": "running"})
        (run.flow_ids - flow)[:2].write({"state": "done"})
        flow.write({"state": "reading"})
        self.env["gateway.change"].create(
            {
                "connector_id": self.connector.id,
                "run_id": run.id,
                "entity": "product",
                "direction": "import",
                "outcome": "held",
                "source_id": "7",
                "field_changes": {"name": ["Mug 0", "Cup 0"]},
            }
        )
        self.assertIn(f"step 3 of {steps}", run.drift_text)
        self.assertFalse(run.drift, "it is not the end yet")
        run.action_cancel()
        self.assertIn("before everything was compared", run.drift_text)
        self.assertIn("Cup 0", self.env["gateway.change"].search([], limit=1).summary)
        self.assertTrue(run.drift, "what was found until then")
        whole = self.compare()
        self.assertEqual("Records that differ: 1. Fields that differ in them: 1.", whole.drift_text)
        self.assertTrue(whole.drift)
        whole.change_ids.unlink()
        whole.invalidate_recordset()
        self.assertIn("Records that differed: 1.", whole.drift_text, "retention took the lines")

    def test_records_and_fields_that_differ_are_counted_each_by_its_name(self):
        for product in self.products[:2]:
            product.update(title="Cup", descriptionHtml="<p>New</p>")
        self.products[2]["title"] = "Cup"
        self.shop.store.changed()
        run = self.compare()
        self.assertEqual("done", run.state)
        self.assertEqual(3, run.count_differ)
        fields_ = sum(row[3] for row in run._drift())
        self.assertGreater(fields_, 3)
        self.assertEqual(
            f"Records that differ: 3. Fields that differ in them: {fields_}.", run.drift_text
        )

    def test_what_one_record_has_is_told_by_side_whichever_direction_found_it(self):
        self.products[0]["title"] = "Cup 0"
        self.shop.store.changed()
        line = self.compare().change_ids.filtered("field_changes")
        self.assertEqual("import", line.direction)
        self.assertEqual(self.heads(line), ["Field", "In Odoo", "In the shop", "Why"])
        self.assertIn("Name: Mug 0 ≠ Cup 0", line.summary)
        line.write({"direction": "export", "field_changes": {"title": ["Cup 0", "Mug 0"]}})
        line.invalidate_recordset()
        self.assertEqual(self.heads(line), ["Field", "In Odoo", "In the shop", "Why"])
        self.assertIn("Title: Mug 0 ≠ Cup 0", line.summary)
        line.run_id.compares = False
        line.invalidate_recordset()
        self.assertEqual(self.heads(line), ["Field", "Before", "After", "Why"])

    def heads(self, line):
        return re.findall(r"<th[^>]*>([^<]*)</th>", line.details)

    def test_a_compare_that_could_not_read_a_record_is_partial(self):
        run = self.compare()
        run.page_ids[:1].count_dead = 1
        run._finish()
        self.assertEqual("partial", run.state)

    def test_a_compare_without_differences_says_so_and_what_it_could_not_compare(self):
        run = self.compare()
        nothing = "Nothing differs between Odoo and the shop in what was compared."
        self.assertEqual(nothing, run.drift_text)
        run.page_ids[:1].count_dead = 2
        run.invalidate_recordset()
        self.assertEqual(f"{nothing} Records that could not be compared: 2.", run.drift_text)

    def test_what_was_taken_back_is_told_and_is_no_drift(self):
        self.products[0]["title"] = "Cup 0"
        self.shop.store.touch(self.products[0])
        run = self.sync("product")
        self.env["gateway.run"].browse(run.action_undo()["res_id"])._drive_inline()
        self.assertEqual(self.templates[0].name, "Mug 0")
        run = self.compare()
        apart = "left apart by a decision or a take-back"
        self.assertEqual(self.told(run), {("product", "name", apart): (1, ["[MUG-0] Mug 0"])})
        self.assertEqual((run.state, run.count_held), ("done", 0))
        self.assertNotIn("drift", [one["code"] for one in self.connector._problems()])
        line = run.change_ids.filtered("field_changes")
        self.assertEqual(line.outcome_text, "Left as it is")

    def test_what_differed_is_no_problem_any_more_once_everything_was_synced(self):
        def codes():
            self.connector.invalidate_recordset()
            return [one["code"] for one in self.connector._problems()]

        self.products[0]["title"] = "Cup 0"
        self.shop.store.changed()
        self.compare()
        self.sync(direction="both")
        self.assertIn("drift", codes(), "an ordinary run does not read what differs")
        self.sync("product", direction="both", full=True)
        self.assertIn("drift", codes(), "other entities were not read")
        whole = self.sync(direction="both", full=True)
        self.assertEqual(whole.state, "done")
        self.assertNotIn("drift", codes())
        self.products[1]["title"] = "Cup 1"
        self.shop.store.changed()
        self.compare()
        self.assertIn("drift", codes(), "it was found after that")

    def test_a_compare_runs_when_its_day_has_come_and_only_then(self):
        runs = self.env["gateway.run"]
        start = self.connector._start_due_compares
        compares = [("connector_id", "=", self.connector.id), ("compares", "=", True)]
        start()
        self.assertFalse(runs.search(compares), "it is off")
        self.connector.write({"compare_days": 7, "setup_step": "done"})
        start()
        first = runs.search(compares)
        self.assertEqual(len(first), 1)
        first._drive_inline()
        start()
        self.assertEqual(runs.search(compares), first, "not due before a week is over")
        self.env.cr.execute(
            "UPDATE gateway_run SET create_date = %s WHERE id = %s",
            [fields.Datetime.subtract(fields.Datetime.now(), days=8), first.id],
        )
        self.env.invalidate_all()
        start()
        self.assertEqual(len(runs.search(compares)), 2)
        with self.assertRaises(AccessError):
            self.connector.with_user(self.people["viewer"]).action_compare()


@tagged("post_install", "-at_install", "gateway")
class TestCompareOfWhatIsGone(Comparing, ShopCase):
    def setUp(self):
        super().setUp()
        add_locations(self.shop.store, self.shop.store.now())
        self.shirt = self.add_product("Shirt", "SH-S", "SH-M", "SH-L")
        self.mug = self.add_product("Mug", "MUG")
        self.check_and_map()
        home = self.env["stock.warehouse"].search([], limit=1).lot_stock_id
        self.connector.location_ids[:1].location_id = home
        for sku in ("SH-S", "SH-M", "SH-L", "MUG"):
            edit(self.shop, "stock", {"sku": sku, "available": 7})
        for _both in range(2):
            self.sync(direction="both")
        self.env.cr.execute(
            "UPDATE gateway_binding SET create_date = create_date - interval '2 days'"
        )
        self.env.invalidate_all()

    def held(self, run):
        changes = run.change_ids.filtered(lambda change: change.outcome == "held")
        return sorted((change.entity, change.record_name) for change in changes)

    def template(self, name):
        return self.env["product.template"].search([("name", "=", name)])

    def test_a_product_gone_from_the_shop_is_told_once_with_its_name(self):
        levels = [("connector_id", "=", self.connector.id), ("entity", "=", "stock")]
        self.assertEqual(4, self.env["gateway.binding"].search_count(levels))
        self.assertEqual([], self.held(self.compare()))
        catalog.remove_product(self.shop.store, self.shirt)
        run = self.compare()
        self.assertEqual([("product", "Shirt")], self.held(run))
        self.assertEqual((1, 1, 0), (run.count_held, run.count_differ, run.count_to_decide))
        gone = "gone from the shop, still in Odoo"
        self.assertEqual([("product", "", gone, 1, ["Shirt"])], run._drift())
        self.assertEqual(run.count_read, sum(run.page_ids.mapped("count_read")))

    def test_a_product_gone_from_odoo_is_told_once_by_what_it_was_called(self):
        self.template("Shirt").unlink()
        run = self.compare()
        self.assertEqual([("product", "Shirt")], self.held(run))
        gone = "gone from Odoo, still in the shop"
        self.assertEqual([("product", "", gone, 1, ["Shirt"])], run._drift())

    def test_a_variant_gone_from_a_product_that_stays_is_told_without_its_stock(self):
        store = self.shop.store
        variants = [
            int(str(v["id"]).rpartition("/")[2])
            for v in store.tables["ProductVariant"].values()
            if store.get("InventoryItem", v["inventoryItem"])["sku"] == "SH-L"
        ]
        catalog.remove_variant(store, self.shirt, variants[0])
        told = self.held(self.compare())
        self.assertNotIn("stock", [entity for entity, _name in told])
        self.assertNotIn("price", [entity for entity, _name in told])

    def test_a_difference_of_another_record_is_told_all_the_same(self):
        catalog.remove_product(self.shop.store, self.shirt)
        self.mug["title"] = "Cup"
        self.shop.store.changed()
        self.assertEqual(
            [("product", "Shirt"), ("product", "[MUG] Mug")], self.held(self.compare())
        )


@tagged("post_install", "-at_install", "gateway")
class TestCompareOfOrdersOfWhatIsGone(Comparing, ShopCase):
    def setUp(self):
        super().setUp()
        self.stock_mugs()

        self.placed = sell(self.shop, "MUG-1", 2)
        self.sync(direction="both")
        self.order = self.env["sale.order"].search([("client_order_ref", "=", self.placed["name"])])
        (mug,) = self.shop.store.tables["Product"].values()
        catalog.remove_product(self.shop.store, mug)
        self.env.cr.execute(
            "UPDATE gateway_binding SET create_date = create_date - interval '2 days'"
        )
        self.env["gateway.watermark"].search([]).swept = False
        self.env.invalidate_all()

    def test_the_product_is_told_and_no_line_that_sold_it(self):
        told = self.compare()._drift()
        self.assertEqual(
            [("product", "gone from the shop, still in Odoo")],
            [(entity, why) for entity, _field, why, _count, _names in told],
        )
        self.sync(direction="both")
        self.assertEqual([], self.compare()._drift())

    def test_an_edit_of_its_order_is_carried_and_its_line_keeps_what_was_sold(self):
        product = self.order.order_line.product_id[0]
        self.placed["tags"] = ["Gift"]
        self.shop.store.touch(self.placed)
        self.sync(direction="both")
        self.assertEqual(["Gift"], self.order.tag_ids.mapped("name"))
        self.assertEqual(product, self.order.order_line.product_id[0])
        self.assertFalse(self.order.activity_ids, "there is nothing for a person to do")
        self.assertEqual([], self.compare()._drift())
