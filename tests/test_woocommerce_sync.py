"""Whole syncs with a simulated WooCommerce over HTTP: the first one, one without news, edits."""

from decimal import Decimal

from odoo.tests import tagged

from .demo_shop_case import count
from .simulators.woocommerce import customers, orders, products, variations
from .simulators.woocommerce.order_shown import totals
from .simulators.woocommerce.seed import order as add_order
from .woocommerce_case import FLOWS, WooCommerceCase

COUNTED = ("product", "variant", "customer", "order")


def cents(value):
    return Decimal(str(value)).quantize(Decimal("0.01"))


@tagged("post_install", "-at_install")
class TestWooCommerceFirstSync(WooCommerceCase):
    def test_every_shipped_mapping_ran(self):
        flows = [(flow.entity, flow.direction) for flow in self.first_run.flow_ids]
        self.assertEqual(flows, FLOWS)

    def test_the_shop_s_count_stands_beside_odoo_s_and_foretold_the_pages(self):
        self.connector.action_count()
        counts = {one.entity: one for one in self.connector.count_ids}
        self.assertEqual({True}, {counts[entity].remote_known for entity in COUNTED})
        for entity in COUNTED:
            self.assertEqual(
                len(list(self.connector._remote_endpoint().ids(entity))),
                counts[entity].remote_count,
            )
        groups = [row for row in self.rows("products") if row["type"] == "grouped"]
        told = counts["product"].remote_count, counts["product"].bound_count
        self.assertEqual(len(groups), told[0] - told[1], "what the mapping leaves out")
        imports = self.first_run.flow_ids.filtered(lambda flow: flow.direction == "import")
        self.assertEqual(imports.mapped("pages_read"), imports.mapped("pages_expected"))

    def test_categories_keep_their_tree_and_lose_their_entities(self):
        row = self.row("categories", name="Hoodies & Sweats")
        category = self.bound("category", str(row["id"]))
        self.assertEqual(category.complete_name, "Clothing / Hoodies & Sweats")

    def test_products_arrive_but_groups_of_them(self):
        bound = self.bindings("product")
        expected = [row for row in self.rows("products") if row["type"] != "grouped"]
        self.assertEqual(set(bound.mapped("remote_id")), {str(row["id"]) for row in expected})
        names = set(self.env["product.template"].browse(bound.mapped("res_id")).mapped("name"))
        self.assertEqual(names, {row["name"] for row in expected})
        self.assertIn("R&D guide 1 < 2", names)
        self.assertEqual(self.template("Voucher").type, "service")
        self.assertFalse(self.template("Elsewhere").is_storable)

    def test_variants_have_their_options_sku_price_and_weight(self):
        for row in self.rows("variations"):
            variant = self.variant(row["sku"])
            options = {a["name"]: a["option"] for a in row["attributes"]}
            values = variant.product_template_attribute_value_ids
            self.assertEqual({v.attribute_id.name: v.name for v in values}, options)
            self.assertEqual(cents(variant.lst_price), cents(row["regular_price"]))
        simple = self.variant("SIM-001")
        self.assertEqual(round(simple.weight, 3), 0.1)

    def test_customers_arrive_once_each(self):
        emails = {row["email"] for row in self.rows("customers")}
        partners = self.env["res.partner"].browse(self.bindings("customer").mapped("res_id"))
        self.assertEqual(set(partners.mapped("email")), emails)
        self.assertEqual(len(partners), len(emails))
        row = self.row("customers", email="customer01@example.com")
        german = self.bound("customer", str(row["id"]))
        self.assertEqual((german.country_id.code, german.city), ("DE", "Berlin"))

    def test_orders_arrive_with_the_shops_totals_to_the_cent(self):
        found = {}
        for row in self.rows("orders"):
            sale = self.bound("order", str(row["id"]))
            sums = totals(row)
            tax = sums["cart_tax"] + sums["shipping_tax"]
            found[row["id"]] = (cents(sale.amount_total), cents(sale.amount_tax))
            self.assertEqual(found[row["id"]], (sums["total"], tax), row["id"])
        self.assertEqual(len(found), 12)

    def test_guests_are_contacts_of_their_order_only(self):
        guests = [row for row in self.rows("orders") if not row["customer"]]
        self.assertEqual(len(guests), 3)
        known = set(self.bindings("customer").mapped("res_id"))
        partners = [self.bound("order", str(row["id"])).partner_id for row in guests]
        self.assertEqual([p.email for p in partners], [r["billing"]["email"] for r in guests])
        self.assertFalse(known & {partner.id for partner in partners})

    def test_what_is_on_hand_is_the_shops_stock_and_what_open_orders_hold(self):
        held = {}
        for order in self.rows("orders"):
            if order["status"] == "processing":
                for line in order["line_items"]:
                    key = line["variation"] or line["product"]
                    held[key] = held.get(key, 0) + (line["reduced"] or 0)
        for row in (*self.rows("products"), *self.rows("variations")):
            if row["manage_stock"]:
                variant = self.variant(row["sku"]).with_context(warehouse_id=self.warehouse.id)
                on_hand = row["stock_quantity"] + held.get(row["id"], 0)
                self.assertEqual(variant.qty_available, on_hand, row["sku"])
                self.assertEqual(variant.free_qty, row["stock_quantity"], row["sku"])

    def test_the_first_sync_changes_nothing_in_the_shop(self):
        self.assertEqual(
            {
                (flow, kind)
                for flow, kinds in self.written(self.first_run).items()
                for kind in kinds
                if flow[1] == "export"
            },
            set(),
        )

    def test_a_second_sync_writes_nothing_on_either_side(self):
        self.assert_settled()


@tagged("post_install", "-at_install")
class TestWooCommerceEdits(WooCommerceCase):
    def test_a_tax_number_that_a_plugin_keeps_arrives_and_none_takes_none_away(self):
        person = self.row("customers", email="customer02@example.com")
        partner = self.bound("customer", str(person["id"]))
        for key, given, kept in (
            ("note", "x", False),
            ("_billing_vat_number", " BE0477472701 ", "BE0477472701"),
            ("_billing_vat_number", "", "BE0477472701"),
            ("_billing_vat_number", "BE0428759497", "BE0428759497"),
        ):
            self.clock.sleep(60)
            meta = [{"key": key, "value": given}]
            customers.update(self.shop, person, {"meta_data": meta})
            self.sync("customer", direction="import")
            self.assertEqual(kept, partner.vat)
        self.assert_settled()

    def test_edits_in_the_shop_are_carried_to_odoo(self):
        poster, tee = self.row("products", name="Poster"), self.row("products", name="Logo tee 1")
        self.clock.sleep(60)
        products.update(self.shop, poster, {"name": "Big poster & frame", "regular_price": "30"})
        for one in products.children(self.shop, tee["id"]):
            price = f"{Decimal(one['regular_price']) + 1}"
            variations.update(self.shop, one, {"regular_price": price, "weight": "0.3"})
        person = self.row("customers", email="customer02@example.com")
        customers.update(self.shop, person, {"billing": {"city": "Ghent"}})
        self.shop.edit("category", self.row("categories", name="Mugs")["id"], name="Cups & mugs")
        self.sync()
        self.assertEqual(self.variant("SIM-004").name, "Big poster & frame")
        self.assertEqual(cents(self.variant("SIM-004").lst_price), cents(30))
        variant = self.variant(one["sku"])
        self.assertEqual((cents(variant.lst_price), round(variant.weight, 3)), (cents(price), 0.3))
        self.assertEqual(self.bound("customer", str(person["id"])).city, "Ghent")
        self.assertTrue(self.env["product.category"].search([("name", "=", "Cups & mugs")]))
        self.assert_settled()

    def test_edits_in_odoo_are_carried_to_the_shop(self):
        soap, shirt = self.variant("SIM-006"), self.variant("VAR-01-S-BL")
        soap.product_tmpl_id.name = "Soap <new> & better"
        soap.lst_price = 77
        shirt.weight = 0.25
        person = self.row("customers", email="customer03@example.com")
        self.bound("customer", str(person["id"])).write({"street": "5 new street", "phone": "+1 2"})
        category = self.bound("category", str(self.row("categories", name="Mugs")["id"]))
        category.name = "Cups"
        self.clock.sleep(60)
        self.sync()
        row = self.row("products", sku="SIM-006")
        self.assertEqual((row["name"], row["regular_price"]), ("Soap  & better", "77.00"))
        self.assertEqual(self.row("variations", sku="VAR-01-S-BL")["weight"], "0.25")
        self.assertEqual(person_of(self, person)["billing"]["address_1"], "5 new street")
        self.assertEqual(person_of(self, person)["billing"]["phone"], "+1 2")
        self.assertTrue(self.row("categories", name="Cups"))
        self.assert_settled()

    def test_a_product_made_in_odoo_is_made_in_the_shop_with_its_variations(self):
        template = self.make_product("Parka", "PARKA", sizes=("S", "M"), price=80.0, quantity=4)
        self.clock.sleep(60)
        self.sync()
        row = self.row("products", name="Parka")
        self.assertEqual((row["type"], row["status"], row["sku"]), ("variable", "publish", ""))
        made = {one["sku"]: one for one in products.children(self.shop, row["id"])}
        self.assertEqual(set(made), {"PARKA-S", "PARKA-M"})
        for one in made.values():
            self.assertEqual(cents(one["regular_price"]), cents(80))
            self.assertEqual((one["manage_stock"], one["stock_quantity"]), (True, 4))
            self.assertEqual([a["id"] for a in one["attributes"]], [1], "the shop's own «Size»")
        self.assertEqual(len(template.product_variant_ids), 2)
        self.assert_settled()

    def test_a_simple_product_made_in_odoo_is_made_in_the_shop(self):
        self.env["product.template"].create(
            {"name": "Key ring", "type": "consu", "default_code": "KEY-1", "list_price": 3.5}
        )
        self.clock.sleep(60)
        self.sync()
        row = self.row("products", sku="KEY-1")
        self.assertEqual((row["type"], cents(row["regular_price"])), ("simple", cents("3.5")))
        self.assert_settled()

    def test_what_goes_to_the_shops_trash_is_archived(self):
        row = self.row("products", name="Notebook")
        template = self.template("Notebook")
        self.clock.sleep(60)
        products.trash(self.shop, row)
        self.sync()
        self.assertFalse(template.active)
        self.assert_settled()
        products.update(self.shop, row, {"status": "publish"})
        self.sync()
        self.assertTrue(template.active)
        self.assert_settled()

    def test_what_is_archived_in_odoo_becomes_a_draft(self):
        template = self.template("Soap")
        template.active = False
        self.clock.sleep(60)
        self.sync()
        self.assertEqual(self.row("products", name="Soap")["status"], "draft")
        self.assert_settled()

    def test_a_new_order_takes_stock_once(self):
        """The shop took it off when it was placed; Odoo reserves it, and pushes the same number."""
        row = self.row("products", sku="SIM-001")
        before = row["stock_quantity"]
        self.clock.sleep(60)
        self.shop.make(
            "order",
            billing={"first_name": "New", "country": "FR", "email": "new@example.org"},
            line_items=[{"product_id": row["id"], "quantity": 3}],
            status="processing",
        )
        self.assertEqual(self.row("products", sku="SIM-001")["stock_quantity"], before - 3)
        self.sync()
        self.assertEqual(self.row("products", sku="SIM-001")["stock_quantity"], before - 3)
        self.assertEqual(self.variant("SIM-001").free_qty, before - 3)
        self.assert_settled()

    def test_stock_counted_in_odoo_is_pushed(self):
        count(self.variant("SIM-002"), self.warehouse, 500)
        self.clock.sleep(60)
        self.sync()
        row = self.row("products", sku="SIM-002")
        self.assertEqual(row["stock_quantity"], self.variant("SIM-002").free_qty)
        self.assert_settled()

    def test_an_order_that_the_shop_takes_in_between_is_not_oversold(self):
        """Placed after orders were read and before stock is written: it is held back as well."""
        count(self.variant("SIM-003"), self.warehouse, 100)
        row = self.row("products", sku="SIM-003")
        sold = []

        def sell(request):
            if request.method == "GET" and request.path == "/wc/v3/orders" and not sold:
                return
            if request.path == "/wc/v3/products" and "include" in request.params and not sold:
                sold.append(True)
                self.shop.before = None
                self.shop.make(
                    "order",
                    line_items=[{"product_id": row["id"], "quantity": 7}],
                    billing={"email": "quick@example.org", "first_name": "Quick"},
                    status="processing",
                )

        self.clock.sleep(60)
        self.sync("product", "variant", "stock", direction="import")
        self.shop.before = sell
        self.sync("stock", direction="export")
        self.assertTrue(sold)
        free = self.variant("SIM-003").free_qty
        self.assertEqual(self.row("products", sku="SIM-003")["stock_quantity"], free - 7)

    def test_a_state_that_the_shop_changes_is_followed(self):
        row = next(one for one in self.rows("orders") if one["status"] == "processing")
        sale = self.bound("order", str(row["id"]))
        self.clock.sleep(60)
        orders.update(self.shop, row, {"status": "completed"})
        self.sync()
        self.assertEqual(sale.gateway_fulfillment_state, "fulfilled")
        self.assert_settled()

    def sell(self, variant, quantity, country):
        """A confirmed order of Odoo for the shop, with French tax, to a customer in `country`."""
        people = self.rows("customers")
        person = next(one for one in people if one["billing"]["country"] == country)
        tax = self.env["account.tax"].search([("amount", "=", 20), ("type_tax_use", "=", "sale")])
        line = {
            "product_id": variant.id,
            "product_uom_qty": quantity,
            "price_unit": 10,
            "tax_ids": [(6, 0, tax[:1].ids)],
        }
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.bound("customer", str(person["id"])).id,
                "gateway_connector_id": self.connector.id,
                "warehouse_id": self.warehouse.id,
                "order_line": [(0, 0, line)],
            }
        )
        sale.action_confirm()
        return sale

    def test_an_order_made_in_odoo_is_made_in_the_shop_and_followed_there(self):
        stock = self.row("products", sku="SIM-001")["stock_quantity"]
        before = {row["id"] for row in self.rows("orders")}
        soap = self.variant("SIM-001")
        sent, dropped = self.sell(soap, 2, "FR"), self.sell(soap, 1, "BE")
        sent.order_line[0].discount = 10
        total = cents(sent.amount_total)
        self.clock.sleep(60)
        self.sync()
        made = [row for row in self.rows("orders") if row["id"] not in before]
        self.assertEqual([row["status"] for row in made], ["on-hold"] * 2)
        for sale, row in zip((sent, dropped), made, strict=True):
            self.assertEqual(self.bound("order", str(row["id"])), sale)
            self.assertTrue(row["customer"])
        self.assertEqual(total, totals(made[0])["total"])
        prices = {line.id: (line.price_unit, line.discount) for line in (sent | dropped).order_line}
        self.clock.sleep(60)
        self.sync()
        self.assertFalse(self.letters())
        self.assertEqual(
            {line.id: (line.price_unit, line.discount) for line in (sent | dropped).order_line},
            prices,
        )
        for sale, row in zip((sent, dropped), made, strict=True):
            self.assertEqual(sale.client_order_ref, str(row["id"]))
            self.assertEqual(cents(sale.amount_total), totals(row)["total"], "the shop's taxes")
        self.assertEqual(self.row("products", sku="SIM-001")["stock_quantity"], stock - 3)
        self.assert_settled()
        dropped._action_cancel()
        for move in sent.picking_ids.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        sent.picking_ids._action_done()
        self.clock.sleep(60)
        self.sync()
        self.assertEqual([row["status"] for row in made], ["completed", "cancelled"])
        self.clock.sleep(60)
        self.sync()
        self.assertFalse(self.letters())
        self.assertEqual((sent.gateway_payment_state, dropped.state), ("pending", "cancel"))
        self.assertEqual(self.row("products", sku="SIM-001")["stock_quantity"], stock - 2)
        self.assert_settled()

    def test_orders_are_read_once_whatever_is_repeated(self):
        self.clock.sleep(60)
        people = self.rows("customers")
        add_order(self.shop, 20, people)
        self.sync()
        many = self.env["sale.order"].search_count([])
        self.env["gateway.watermark"].search([("connector_id", "=", self.connector.id)]).unlink()
        self.sync()
        self.assertEqual(self.env["sale.order"].search_count([]), many)


def person_of(case, row):
    return case.shop.store.get("customers", row["id"])


@tagged("post_install", "-at_install")
class TestOlderWooCommerce(WooCommerceCase):
    """8.5: no list of all variations or refunds, no GTIN."""

    settings = {"version": "8.5.2"}

    def test_a_second_sync_writes_nothing_on_either_side(self):
        self.assertEqual(len(self.bindings("variant")), 18 + 8)
        self.assert_settled()


@tagged("post_install", "-at_install")
class TestFailingWooCommerce(WooCommerceCase):
    synced = False

    def until_done(self, tries=40):
        """Runs until one is done, resuming those that gave up; the last run."""
        run = self.connector.run_sync(wait=True)
        while True:
            self.env.invalidate_all()
            if run.state != "failed":
                return run
            self.assertTrue(run.error)
            self.assertLess(run.epoch, tries, run.error)
            run._take_over()
            run._drive_inline()

    def test_a_shop_that_fails_three_times_in_ten_is_read_whole(self):
        self.shop.settings.failure_rate = 0.3
        self.until_done()
        self.shop.settings.failure_rate = 0.0
        self.letters().action_retry()
        self.sync()
        self.assertFalse(self.letters())
        self.assertEqual(len(self.bindings("order")), 12)
        self.assertEqual(len(self.bindings("variant")), 18 + 8)
        self.assert_settled()

    def test_lost_answers_double_nothing(self):
        """Each third answer is lost after the shop has carried the request out."""
        self.sync()
        for number in range(4):
            self.make_product(f"Lost {number}", f"LOST-{number}", quantity=7)
        before = {row["id"] for row in self.rows("products")}
        self.shop.settings.lost_answer_rate = 0.35
        self.clock.sleep(60)
        self.until_done()
        self.shop.settings.lost_answer_rate = 0.0
        self.letters().action_retry()
        self.sync()
        self.assertFalse(self.letters())
        made = [row for row in self.rows("products") if row["id"] not in before]
        self.assertEqual(sorted(row["name"] for row in made), [f"Lost {n}" for n in range(4)])
        for row in made:
            below = products.children(self.shop, row["id"])
            found = {one["sku"]: one["stock_quantity"] for one in below}
            code = row["name"].replace("Lost ", "LOST-")
            self.assertEqual(found, {f"{code}-S": 7, f"{code}-M": 7})
            self.assertEqual((row["status"], row["sku"]), ("publish", ""))
        self.assert_settled()
