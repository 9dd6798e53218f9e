"""The demo's first sync on the real Odoo, and a second one that writes nothing."""

from collections import Counter
from decimal import Decimal

from odoo.tests import tagged

from .demo_shop_case import COUNTED, FLOWS, DemoShopCase
from .own_database import OwnDatabaseCase

#: Tables that hold what people work with; a sync without news leaves them alone.
BUSINESS = ("product\\_%", "res\\_partner%", "sale\\_order%", "stock\\_%", "account\\_tax%")


def cents(value):
    return Decimal(str(value)).quantize(Decimal("0.01"))


@tagged("post_install", "-at_install")
class TestFirstSync(DemoShopCase):
    # -- products

    def test_20_products_arrive_with_their_titles_and_texts(self):
        bindings = self.bindings("product")
        self.assertEqual(len(bindings), 20)
        templates = self.env["product.template"].browse(bindings.mapped("res_id"))
        self.assertEqual(len(templates), 20)
        products = self.reader.products()
        self.assertEqual(set(templates.mapped("name")), set(products))
        for template in templates:
            self.assertEqual(len(template.product_variant_ids), 4, template.name)
            self.assertEqual(template.type, "consu")
            self.assertTrue(template.is_storable)

    def test_80_variants_have_their_size_sku_barcode_price_and_weight(self):
        expected = {
            sku: (v["product"], v["size"], v["barcode"], v["price"], v["weight"])
            for sku, v in self.reader.variants().items()
        }
        self.assertEqual(len(expected), 80)
        found = {}
        for variant in self.env["product.product"].browse(
            self.bindings("variant").mapped("res_id")
        ):
            found[variant.default_code] = (
                variant.name,
                variant.product_template_attribute_value_ids.name,
                variant.barcode,
                cents(variant.lst_price),
                Decimal(str(round(variant.weight, 3))),
            )
        self.assertEqual(found, expected)

    def test_the_shops_sizes_are_one_attribute_with_four_values(self):
        attribute = self.env["product.attribute"].search([("name", "=", "Size")])
        self.assertEqual(len(attribute), 1)
        values = self.env["product.template.attribute.value"].search(
            [("attribute_id", "=", attribute.id)]
        )
        self.assertEqual(len(values), 80)
        self.assertEqual(set(values.mapped("name")), {"S", "M", "L", "XL"})

    def test_categories_are_the_collections(self):
        names = {collection["title"] for collection in self.reader.table("Collection")}
        found = self.env["product.category"].browse(self.bindings("category").mapped("res_id"))
        self.assertEqual(set(found.mapped("name")), names)
        self.assertEqual(len(found), len(names))
        shop = self.shop.store
        for title, product in self.reader.products().items():
            first = shop.get("Collection", product["collections"][0])["title"]
            self.assertEqual(self.template(title).categ_id.name, first)

    # -- customers

    def test_customers_are_there_once_each(self):
        bindings = self.bindings("customer")
        self.assertEqual(len(bindings), 30)
        partners = self.env["res.partner"].browse(bindings.mapped("res_id"))
        self.assertEqual(len(partners), 30)
        emails = {customer["email"] for customer in self.reader.table("Customer")}
        self.assertEqual(set(partners.mapped("email")), emails)
        for email in emails:
            self.assertEqual(
                self.env["res.partner"].search_count(
                    [("email", "=", email), ("parent_id", "=", False)]
                ),
                1,
                email,
            )

    def test_guests_are_partners_of_their_own_order_only(self):
        guests = [order for order in self.reader.table("Order") if order["customer"] is None]
        self.assertEqual(len(guests), 4)
        partners = [self.bound("order", order["id"]).partner_id for order in guests]
        self.assertEqual(len({partner.id for partner in partners}), len(guests))
        customers = set(self.bindings("customer").mapped("res_id"))
        for order, partner in zip(guests, partners, strict=True):
            self.assertEqual(partner.email, order["email"])
            self.assertNotIn(partner.id, customers)

    # -- orders

    def test_50_orders_arrive_each_with_the_shops_total_to_the_cent(self):
        expected = {o["id"]: cents(o["totalPriceSet"]) for o in self.reader.table("Order")}
        self.assertEqual(len(expected), 50)
        bindings = self.bindings("order")
        found = {
            binding.remote_id: cents(self.env["sale.order"].browse(binding.res_id).amount_total)
            for binding in bindings
        }
        self.assertEqual(found, expected)

    def test_each_orders_taxes_are_the_shops(self):
        for order in self.reader.table("Order"):
            sale = self.bound("order", order["id"])
            self.assertEqual(cents(sale.amount_tax), cents(order["totalTaxSet"]), order["name"])
            rates = {round(float(tax["rate"]) * 100, 4) for tax in order["taxLines"]}
            taxes = sale.order_line.tax_ids
            self.assertEqual({round(tax.amount, 4) for tax in taxes}, rates, order["name"])

    def test_each_orders_lines_are_the_shops(self):
        store = self.shop.store
        for order in self.reader.table("Order"):
            sale = self.bound("order", order["id"])
            expected = Counter()
            for line in order["lineItems"]:
                variant = store.get("ProductVariant", line["variant"])
                sku = store.get("InventoryItem", variant["inventoryItem"])["sku"]
                expected[sku] += line["quantity"]
            found = Counter()
            for line in sale.order_line.filtered(lambda one: one.product_id.is_storable):
                found[line.product_id.default_code] += line.product_uom_qty
            self.assertEqual(found, expected, order["name"])

    def test_orders_belong_to_their_customer(self):
        store = self.shop.store
        for order in self.reader.table("Order"):
            if order["customer"] is not None:
                customer = store.get("Customer", order["customer"])
                sale = self.bound("order", order["id"])
                self.assertEqual(sale.partner_id, self.bound("customer", customer["id"]))

    def test_fulfilled_orders_moved_no_stock_and_open_ones_wait_to_be_shipped(self):
        states = Counter()
        for order in self.reader.table("Order"):
            sale = self.bound("order", order["id"])
            if order["cancelledAt"]:
                self.assertEqual(sale.state, "cancel", order["name"])
                states["cancelled"] += 1
                continue
            self.assertEqual(sale.state, "sale", order["name"])
            open_moves = sale.order_line.move_ids.filtered(lambda m: m.state != "cancel")
            self.assertFalse(open_moves.filtered(lambda m: m.state == "done"), order["name"])
            status = order["displayFulfillmentStatus"]
            states[status] += 1
            if status == "FULFILLED":
                self.assertFalse(open_moves, order["name"])
                continue
            remaining = Counter()
            store = self.shop.store
            for made in store.many("FulfillmentOrder", order["fulfillmentOrders"]):
                for line in made["lineItems"]:
                    item = store.get("InventoryItem", line["inventoryItem"])
                    if line["remainingQuantity"]:
                        remaining[item["sku"]] += line["remainingQuantity"]
            waiting = Counter()
            for move in open_moves:
                waiting[move.product_id.default_code] += int(move.product_uom_qty)
            self.assertEqual(waiting, remaining, order["name"])
        self.assertGreater(states["FULFILLED"], 10)
        self.assertGreater(states["UNFULFILLED"], 10)
        self.assertGreater(states["PARTIALLY_FULFILLED"], 0)
        self.assertEqual(states["cancelled"], 1)

    # -- stock

    def test_stock_is_right_at_both_locations_for_all_160_levels(self):
        """Odoo free − max(0, committed − known) is what the shop says can be sold."""
        levels = self.reader.levels()
        self.assertEqual(len(levels), 160)
        places = {b.remote_id: int(b.odoo_id) for b in self.connector.location_ids}
        self.assertEqual(len(set(places.values())), 2)
        keys = {}
        for sku, place in levels:
            keys[f"{self.variant(sku).id}@{places[place]}"] = (sku, place)
        side = self.connector._odoo_endpoint(
            {"stock": {"product_id", "location_id", "quantity", "free", "known"}}
        )
        records = {keys[r.id]: r.fields for r in side.fetch("stock", list(keys))}
        self.assertEqual(set(records), set(levels))
        for key, level in levels.items():
            record = records[key]
            committed = level["committed"]
            sellable = record["free"] - max(Decimal(0), committed - record["known"])
            self.assertEqual(sellable, level["available"], key)
            self.assertEqual(record["quantity"], level["on_hand"], key)
            self.assertLessEqual(record["known"], committed, key)

    # -- accounting

    def test_all_flows_are_counted_and_their_sums_are_what_was_read(self):
        counts = self.counts(self.first_run)
        self.assertEqual([(f.entity, f.direction) for f in self.first_run.flow_ids], FLOWS)
        self.assertEqual(self.first_run.flow_ids.mapped("state"), ["done"] * len(FLOWS))
        for flow, numbers in counts.items():
            self.assertGreater(numbers["read"], 0, flow)
            self.assertEqual(sum(numbers[name] for name in COUNTED), numbers["read"], flow)
        self.assertEqual(counts["category", "import"]["created"], 4)
        self.assertEqual(counts["product", "import"]["created"], 20)
        self.assertEqual(counts["variant", "import"]["read"], 80)
        self.assertEqual(counts["customer", "import"]["created"], 30)
        self.assertEqual(counts["stock", "import"]["created"], 160)
        self.assertEqual(counts["order", "import"]["created"], 50)
        self.assertEqual(self.first_run.count_created, 4 + 20 + 30 + 160 + 50)

    def test_there_are_no_dead_letters_and_no_conflicts(self):
        self.assertFalse(self.letters())
        self.assertEqual(self.connector.dead_letter_count, 0)
        self.assertEqual(self.connector.conflict_count, 0)
        self.assertEqual(self.first_run.count_held, 0)

    def test_the_first_sync_wrote_nothing_to_the_shop(self):
        exported = {f: c for f, c in self.counts(self.first_run).items() if f[1] == "export"}
        for flow, numbers in exported.items():
            self.assertEqual((numbers["created"], numbers["updated"]), (0, 0), flow)

    # -- again

    def touched_rows(self, *patterns):
        """table → rows inserted, updated, deleted by this transaction so far."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE relname LIKE ANY(%s)",
            (list(patterns),),
        )
        return dict(self.env.cr.fetchall())

    def test_the_count_of_touched_rows_sees_a_write(self):
        before = self.touched_rows(*BUSINESS)
        self.variant("SHI-001-S").write({"weight": 9})
        self.assertNotEqual(self.touched_rows(*BUSINESS), before)

    def test_a_second_sync_in_both_directions_writes_nothing(self):
        for turn in ("second", "third"):
            watched = (*BUSINESS, "gateway\\_binding")
            before = self.touched_rows(*watched)
            self.assertIn("gateway_binding", before)
            with self.reader.writes() as counters:
                run = self.sync()
            self.assertEqual(counters.writes, 0, (turn, counters.mutations))
            self.assertFalse(counters.mutations, turn)
            self.assertEqual(self.touched_rows(*watched), before, turn)
            self.assertEqual(self.written(run), {}, turn)
            self.assertGreater(run.count_read, 0)

    def test_a_full_backfill_after_the_watermarks_are_deleted_writes_nothing(self):
        marks = self.env["gateway.watermark"].search([("connector_id", "=", self.connector.id)])
        self.assertEqual(len(marks), len(FLOWS))
        marks.unlink()
        watched = (*BUSINESS, "gateway\\_binding")
        before = self.touched_rows(*watched)
        with self.reader.writes() as counters:
            run = self.sync()
        self.assertEqual(counters.writes, 0)
        self.assertEqual(self.touched_rows(*watched), before)
        counts = self.counts(run)
        self.assertEqual(counts["product", "import"]["unchanged"], 20)
        self.assertEqual(counts["order", "import"]["unchanged"], 50)
        self.assertEqual(counts["stock", "export"]["unchanged"], 160)
        self.assertEqual(self.written(run), {})


@tagged("post_install", "-at_install")
class TestFirstSyncByJobs(OwnDatabaseCase):
    """The same by the job queue, with real commits between the pages."""

    def numbers(self, run_id):
        with self.environment() as env:
            run = env["gateway.run"].browse(run_id)
            return {name: run[f"count_{name}"] for name in ("read", *COUNTED)}

    def test_by_jobs_everything_arrives_and_a_second_sync_writes_nothing(self):
        reader, connector = self.new_shop()
        numbers = self.numbers(self.sync(connector))
        self.assertEqual(numbers["created"], 4 + 20 + 30 + 160 + 50)
        self.assertEqual((numbers["dead"], numbers["held"], numbers["deleted"]), (0, 0, 0))
        self.assertEqual(sum(numbers[name] for name in COUNTED), numbers["read"])
        watched = (*BUSINESS, "gateway\\_binding")
        for turn in ("second", "third"):
            before = self.fingerprints(*watched)
            self.assertGreater(before["product_product"][0], 80)
            with reader.writes() as counters:
                numbers = self.numbers(self.sync(connector))
            self.assertEqual(counters.writes, 0, (turn, counters.mutations))
            self.assertEqual(self.fingerprints(*watched), before, turn)
            self.assertEqual((numbers["created"], numbers["updated"]), (0, 0), turn)
        states = self.query("SELECT DISTINCT state FROM queue_job")
        self.assertEqual(states, [("done",)])
        open_pages = self.query("SELECT count(*) FROM gateway_page WHERE state != 'settled'")
        self.assertEqual(open_pages, [(0,)])
