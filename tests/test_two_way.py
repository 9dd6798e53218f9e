"""What is changed on either side reaches the other, once; who wins where both were changed."""

import json
from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import fulfilling
from odoo.addons.gateway_ng.lib.demoshop.store import stamp
from odoo.addons.gateway_ng.lib.platforms.shopify.endpoint import ShopifyEndpoint

from .demo_shop_case import DemoShopCase, count

PARKA = "Winter Parka"
PARKA_S = "JAC-016-S"


class TwoWayCase(DemoShopCase):
    def handle(self, title=PARKA):
        return self.reader.products()[title]["handle"]

    def change_of(self, run, entity, source_id, direction):
        found = self.changes(run, entity, source_id).filtered(lambda c: c.direction == direction)
        self.assertEqual(len(found), 1)
        return found

    def assert_settled(self):
        """A further sync in both directions writes nothing anywhere."""
        with self.reader.writes() as counters:
            run = self.sync()
        self.assertEqual(counters.writes, 0, counters.mutations)
        self.assertEqual(self.written(run), {})


@tagged("post_install", "-at_install")
class TestOneSideChanged(TwoWayCase):
    def test_a_price_changed_in_odoo_reaches_the_shop(self):
        template = self.template("Garden Gloves")
        prices = {s: v for s, v in self.reader.variants().items() if v["product"] == template.name}
        self.assertEqual({str(v["price"]) for v in prices.values()}, {"12.50"})
        template.list_price = 13.75
        run = self.sync()
        now = self.reader.variants()
        self.assertEqual({str(now[sku]["price"]) for sku in prices}, {"13.75"})
        self.assertEqual(self.written(run), {("price", "export"): {"updated": 4}})
        variant = template.product_variant_ids[0]
        line = self.change_of(run, "price", variant.id, "export")
        self.assertEqual(line.outcome, "updated")
        self.assertEqual(line.field_changes, {"price": ["12.5", "13.75"]})
        self.assert_settled()

    def test_a_price_changed_in_the_shop_reaches_odoo(self):
        self.reader.edit("price", sku=PARKA_S, price="210.10")
        self.sync()
        self.assertEqual(self.variant(PARKA_S).lst_price, 210.10)
        self.assertEqual(self.variant("JAC-016-M").lst_price, 199.0)
        self.assert_settled()

    def test_a_title_changed_in_the_shop_reaches_odoo(self):
        template, handle = self.template(PARKA), self.handle()
        self.reader.edit("title", product=handle, title="Polar Parka ❄")
        run = self.sync()
        self.assertEqual(template.name, "Polar Parka ❄")
        gid = self.reader.products()["Polar Parka ❄"]["id"]
        line = self.change_of(run, "product", gid, "import")
        self.assertEqual(line.field_changes, {"name": [PARKA, "Polar Parka ❄"]})
        self.assertEqual(self.written(run), {("product", "import"): {"updated": 1}})
        self.assert_settled()

    def test_a_product_that_comes_back_from_the_archive_is_sold_as_before(self):
        template, row = self.template(PARKA), self.reader.products()[PARKA]
        variants = template.product_variant_ids
        self.assertGreater(len(variants), 2)
        for status, in_use in (("ARCHIVED", variants.browse()), ("ACTIVE", variants)):
            self.clock.sleep(60)
            row["status"] = status
            self.shop.store.touch(row)
            self.sync()
            self.env.invalidate_all()
            self.assertEqual(status == "ACTIVE", template.active)
            self.assertEqual(in_use, template.product_variant_ids)
        self.assert_settled()

    def test_of_a_product_that_comes_back_what_the_shop_took_off_stays_archived(self):
        template, row = self.template(PARKA), self.reader.products()[PARKA]
        gone = template.product_variant_ids[-1]
        rest = template.product_variant_ids - gone
        key = self.reader.number(self.reader.by_sku(gone.default_code)["id"])
        row["status"] = "ARCHIVED"
        self.shop.store.touch(row)
        self.sync()
        self.clock.sleep(60)
        row["status"] = "ACTIVE"
        row["variants"] = [one for one in row["variants"] if one != key]
        self.shop.store.touch(row)
        self.sync()
        self.env.invalidate_all()
        self.assertEqual((True, rest), (template.active, template.product_variant_ids))

    def test_a_title_changed_in_odoo_reaches_the_shop(self):
        self.template(PARKA).name = "Arctic Parka"
        run = self.sync()
        self.assertIn("Arctic Parka", self.reader.products())
        self.assertNotIn(PARKA, self.reader.products())
        self.assertEqual(self.written(run), {("product", "export"): {"updated": 1}})
        self.assert_settled()

    def test_a_sku_changed_in_odoo_reaches_the_shop(self):
        variant = self.variant(PARKA_S)
        gid = self.reader.by_sku(PARKA_S)["id"]
        variant.default_code = "PARKA-SMALL"
        self.sync()
        self.assertEqual(self.reader.by_sku("PARKA-SMALL")["id"], gid)
        self.assertNotIn(PARKA_S, self.reader.variants())
        self.assertEqual(len(self.reader.variants()), 80)
        self.assert_settled()

    def test_a_sku_changed_in_the_shop_reaches_odoo(self):
        variant, shop = self.variant(PARKA_S), self.shop.store
        found = self.reader.by_sku(PARKA_S)
        item = shop.get("InventoryItem", found["inventoryItem"])
        item["sku"] = "PARKA-SMALL"
        shop.touch(item, found, shop.get("Product", found["product"]))
        self.sync()
        self.assertEqual(variant.default_code, "PARKA-SMALL")
        self.assertEqual(len(self.bindings("variant")), 80)
        self.assert_settled()

    def test_a_customer_changed_in_the_shop_reaches_odoo(self):
        customer = self.reader.table("Customer")[0]
        partner = self.bound("customer", customer["id"])
        self.reader.edit("customer", customer=customer["id"], set={"lastName": "Married"})
        self.sync()
        self.assertTrue(partner.name.endswith("Married"))
        self.assert_settled()

    def test_contacts_merged_in_odoo_are_one_customer_of_several_shop_customers(self):
        one, two = (row for row in self.reader.table("Customer")[:2])
        kept, merged = (self.bound("customer", row["id"]) for row in (one, two))
        contacts = self.env["res.partner"].search_count([("parent_id", "=", False)])
        self.merge(kept, merged)
        found = self.bindings("customer").filtered(lambda b: b.res_id == kept.id)
        self.assertEqual(
            {(one["id"], str(kept.id), True), (two["id"], str(kept.id), False)},
            {(b.remote_id, b.odoo_id, b.is_primary) for b in found},
        )
        self.assertTrue(all(found.mapped("base")))
        customers = len(self.reader.table("Customer"))
        self.sync()
        self.reader.edit("customer", customer=two["id"], set={"note": "Rings twice"})
        order = self.reader.edit(
            "sell", sku=next(iter(self.reader.variants())), quantity=1, customer=two["id"]
        )
        self.sync()
        self.assertIn("Rings twice", kept.comment)
        self.assertEqual(kept, self.bound("order", order).partner_id)
        kept.name = "Ada Keptname"
        self.sync()
        self.assertEqual(("Ada", "Keptname"), (one["firstName"], one["lastName"]))
        self.assertNotEqual("Keptname", two["lastName"], "the export goes to the primary alone")
        self.assertEqual(customers, len(self.reader.table("Customer")))
        left = self.env["res.partner"].search_count([("parent_id", "=", False)])
        self.assertEqual(contacts - 1, left)
        self.assert_settled()

    def test_a_shop_customer_follows_its_contact_into_one_that_was_never_synced(self):
        row = self.reader.table("Customer")[0]
        kept = self.env["res.partner"].create({"name": "Guest", "gateway_guest": True})
        self.merge(kept, self.bound("customer", row["id"]))
        self.assertEqual(kept, self.bound("customer", row["id"]))
        self.assertFalse(kept.gateway_guest, "a guest merged with a customer is one")
        self.reader.edit("customer", customer=row["id"], set={"lastName": "Married"})
        self.sync("customer")
        self.assertTrue(kept.name.endswith("Married"))
        kept.name = "Ada Keptname"
        self.sync("customer")
        self.assertEqual("Keptname", row["lastName"])

    def merge(self, kept, merged):
        """As the wizard does that a person opens on two contacts."""
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((kept | merged).ids, kept, extra_checks=False)
        self.env.invalidate_all()

    def test_an_order_cancelled_in_the_shop_is_cancelled_in_odoo(self):
        order = next(
            one
            for one in self.reader.table("Order")
            if one["displayFulfillmentStatus"] == "UNFULFILLED" and not one["cancelledAt"]
        )
        sale = self.bound("order", order["id"])
        self.assertEqual(sale.state, "sale")
        self.reader.edit("cancel", order=order["id"])
        self.sync()
        self.assertEqual(sale.state, "cancel")
        self.assert_settled()


@tagged("post_install", "-at_install")
class TestNewRecords(TwoWayCase):
    def test_a_product_made_in_odoo_is_created_in_the_shop_once_and_does_not_come_back(self):
        template = self.make_product(
            "Desk Lamp", "LAMP", sizes=("S", "M", "L"), price=42, quantity=6
        )
        templates = self.env["product.template"].search_count([])
        run = self.sync()
        made = [p for p in self.reader.table("Product") if p["title"] == "Desk Lamp"]
        self.assertEqual(len(made), 1)
        self.assertEqual(
            [
                (option["name"], [value["name"] for value in option["optionValues"]])
                for option in made[0]["options"]
            ],
            [("Size", ["S", "M", "L"])],
        )
        variants = {
            sku: (v["size"], str(v["price"]))
            for sku, v in self.reader.variants().items()
            if v["product"] == "Desk Lamp"
        }
        self.assertEqual(variants, {f"LAMP-{size}": (size, "42.00") for size in "SML"})
        for size in "SML":
            self.assertEqual(self.reader.available(f"LAMP-{size}", 0), 6)
        self.assertEqual(self.counts(run)["product", "export"]["created"], 1)
        self.assertEqual(self.bound("product", made[0]["id"]), template)
        for variant in template.product_variant_ids:
            gid = self.reader.by_sku(variant.default_code)["id"]
            self.assertEqual(self.bound("variant", gid), variant)
        self.sync()
        self.assertEqual(self.env["product.template"].search_count([]), templates)
        self.assertEqual(len([p for p in self.reader.products() if p == "Desk Lamp"]), 1)
        self.assert_settled()

    def test_what_is_not_sold_or_has_no_sku_stays_in_odoo(self):
        self.make_product("Unsold", "UNSOLD").sale_ok = False
        self.env["product.template"].create({"name": "Nameless", "is_storable": True})
        run = self.sync()
        self.assertFalse({"Unsold", "Nameless"} & set(self.reader.products()))
        filters = self.changes(run, "product").mapped("filter_name")
        self.assertIn("Only what is sold", filters)
        self.assertIn("Only with a SKU", filters)

    def test_a_product_that_odoo_has_already_by_its_sku_is_matched_not_doubled(self):
        template = self.make_product("Tea Towel (old name)", "TOWEL", price=9)
        gid = self.reader.add_product("Tea Towel", {"S": "TOWEL-S", "M": "TOWEL-M"}, "9.00")
        templates = self.env["product.template"].search_count([])
        self.sync()
        self.assertEqual(self.bound("product", gid), template)
        self.assertEqual(self.env["product.template"].search_count([]), templates)
        self.assertEqual(len([t for t in self.reader.products() if "Towel" in t]), 1)
        self.assertEqual(template.name, "Tea Towel")
        for size in "SM":
            variant = self.variant(f"TOWEL-{size}")
            self.assertEqual(variant.product_tmpl_id, template)
            remote = self.reader.by_sku(f"TOWEL-{size}")["id"]
            self.assertEqual(self.bound("variant", remote), variant)
        self.assert_settled()

    def test_a_customer_whose_email_odoo_has_already_is_matched_not_doubled(self):
        partner = self.env["res.partner"].create({"name": "Ada", "email": "ada@example.com"})
        gid = self.reader.add_customer("Ada", "Example", "Ada@Example.com")
        self.sync()
        self.assertEqual(self.bound("customer", gid), partner)
        found = self.env["res.partner"].search([("email", "=ilike", "ada@example.com")])
        self.assertEqual(found, partner)
        self.assert_settled()

    def test_a_new_customers_order_arrives_with_its_customer_in_one_sync(self):
        gid = self.reader.add_customer("Eve", "Example", "eve@example.com")
        order = self.reader.edit("sell", sku=PARKA_S, quantity=2, customer=gid)
        self.sync()
        sale = self.bound("order", order)
        self.assertEqual(sale.partner_id, self.bound("customer", gid))
        self.assertEqual(sale.state, "sale")
        total = next(o for o in self.reader.table("Order") if o["id"] == order)["totalPriceSet"]
        self.assertEqual(f"{sale.amount_total:.2f}", total)
        self.assert_settled()


@tagged("post_install", "-at_install")
class TestBothSidesChanged(TwoWayCase):
    def both(self, winner=None, odoo_is_newer=False):
        """The parka gets another name on each side; (template, its gid)."""
        if winner:
            self.connector.rule_ids = [
                Command.create({"pattern": "product.template.name", "winner": winner})
            ]
        template = self.template(PARKA)
        product = self.reader.products()[PARKA]
        self.reader.edit("title", product=product["handle"], title="Shop Parka")
        if odoo_is_newer:
            past = self.clock.now() - timedelta(hours=2)
            product["updatedAt"] = stamp(past)
        template.name = "Odoo Parka"
        return template, product["id"]

    def assert_named(self, template, name):
        self.assertEqual(template.name, name)
        self.assertIn(name, self.reader.products())
        self.assertEqual(len(self.reader.products()), 20)

    def conflict(self, gid):
        found = self.env["gateway.conflict"].search([("connector_id", "=", self.connector.id)])
        self.assertEqual(len(found), 1)
        self.assertEqual((found.entity, found.source_id), ("product", gid))
        self.assertIn("name", found.field_names)
        self.assertEqual(found.odoo_values, {"name": "Odoo Parka"})
        self.assertEqual(found.remote_values, {"name": "Shop Parka"})
        self.assertEqual(found.base_values["name"][-1], PARKA)
        return found

    def settles_by_rule(self, winner, name, side, **values):
        template, gid = self.both(winner, **values)
        self.sync()
        self.assert_named(template, name)
        conflict = self.conflict(gid)
        self.assertEqual((conflict.state, conflict.winner), ("resolved", side))
        self.assert_settled()
        self.assertEqual(conflict, self.conflict(gid), "a decision is made once")

    def test_the_rule_odoo(self):
        self.settles_by_rule("odoo", "Odoo Parka", "odoo")

    def test_the_rule_remote(self):
        self.settles_by_rule("remote", "Shop Parka", "remote")

    def test_the_rule_newest_with_a_newer_edit_in_the_shop(self):
        self.settles_by_rule("newest", "Shop Parka", "remote")

    def test_the_rule_newest_with_a_newer_edit_in_odoo(self):
        self.settles_by_rule("newest", "Odoo Parka", "odoo", odoo_is_newer=True)

    def test_without_a_rule_the_running_directions_source_wins(self):
        self.settles_by_rule(None, "Shop Parka", "remote")

    def test_without_a_rule_the_side_with_priority_wins(self):
        self.connector.write({"strategy": "source_priority", "priority": "odoo"})
        self.settles_by_rule(None, "Odoo Parka", "odoo")

    def test_the_same_edit_on_both_sides_is_no_conflict(self):
        template = self.template(PARKA)
        self.reader.edit("title", product=self.handle(), title="Same Parka")
        template.name = "Same Parka"
        self.sync()
        self.assertFalse(self.env["gateway.conflict"].search([]))
        self.assert_settled()

    def test_different_fields_changed_on_the_two_sides_are_no_conflict(self):
        template = self.template(PARKA)
        self.reader.edit("title", product=self.handle(), title="Shop Parka")
        template.description = "<p>Warm.</p>"
        self.sync()
        self.assertFalse(self.env["gateway.conflict"].search([]))
        self.assert_named(template, "Shop Parka")
        self.assertEqual(self.reader.products()["Shop Parka"]["descriptionHtml"], "<p>Warm.</p>")
        self.assert_settled()

    def ask(self):
        template, gid = self.both("ask")
        html = "<p>Only for the brave.</p>"
        product = self.reader.products()["Shop Parka"]
        self.reader.edit("product", product=product["handle"], set={"descriptionHtml": html})
        run = self.sync(state="partial")
        self.assertGreater(run.count_held, 0)
        self.assertEqual(template.name, "Odoo Parka")
        self.assertIn("Shop Parka", self.reader.products())
        self.assertIn("Only for the brave.", template.description, "the rest of it goes on")
        conflict = self.conflict(gid)
        self.assertEqual((conflict.state, conflict.winner), ("open", "ask"))
        self.assertEqual(self.connector.conflict_count, 1)
        return template, conflict

    def test_ask_then_take_odoo(self):
        template, conflict = self.ask()
        conflict.action_take_odoo()
        self.sync()
        self.assert_named(template, "Odoo Parka")
        self.assertEqual((conflict.state, conflict.winner), ("resolved", "odoo"))
        self.assert_settled()

    def test_ask_then_take_remote(self):
        template, conflict = self.ask()
        conflict.action_take_remote()
        self.sync()
        self.assert_named(template, "Shop Parka")
        self.assertEqual((conflict.state, conflict.winner), ("resolved", "remote"))
        self.assert_settled()

    def test_ask_stays_one_question_until_it_is_answered(self):
        template, conflict = self.ask()
        for _time in range(2):
            self.sync(state="partial")
        self.assertEqual(conflict.state, "open")
        self.assertEqual(self.env["gateway.conflict"].search_count([]), 1)
        self.assertEqual(template.name, "Odoo Parka")


@tagged("post_install", "-at_install")
class TestStock(TwoWayCase):
    """Odoo has the authority; the shop sells meanwhile."""

    def setUp(self):
        super().setUp()
        self.sku = PARKA_S
        self.before = self.reader.available(self.sku)
        self.on_hand = self.reader.levels()[self.sku, self.place()]["on_hand"]

    def place(self, position=0):
        return sorted(place["id"] for place in self.reader.table("Location"))[position]

    def receive(self, quantity):
        """So much more is counted in the first warehouse."""
        count(self.variant(self.sku), self.warehouses[0], self.on_hand + quantity)

    def sell(self, quantity):
        return self.reader.edit("sell", sku=self.sku, quantity=quantity, location=self.place())

    def meanwhile(self, method, action):
        """Do `action` once, when the shop's stock is about to be read or written."""
        original, done = getattr(ShopifyEndpoint, method), []

        def hook(side, entity, *args):
            if entity == "stock" and not done:
                done.append(action())
            return original(side, entity, *args)

        self.startPatcher(patch.object(ShopifyEndpoint, method, hook))
        return done

    def fulfil(self, order_id):
        """The shop sends all of an order itself."""
        store = self.shop.store
        for key in store.find("Order", order_id)["fulfillmentOrders"]:
            part = store.get("FulfillmentOrder", key)
            quantities = {line["id"]: line["remainingQuantity"] for line in part["lineItems"]}
            fulfilling.fulfill(store, part, quantities)

    def receive_more(self, quantity):
        """So much more than Odoo believes to have is counted in the first warehouse."""
        variant = self.variant(self.sku)
        place = self.warehouses[0].lot_stock_id.id
        held = variant.with_context(location=place).qty_available
        count(variant, self.warehouses[0], held + quantity)

    def assert_never_oversold(self):
        """What can be sold is what lies there less all that was sold."""
        level = self.reader.levels()[self.sku, self.place()]
        variant = self.variant(self.sku).with_context(location=self.warehouses[0].lot_stock_id.id)
        self.assertEqual(level["available"] + level["committed"], variant.qty_available)

    def locate(self, position, warehouse):
        """Say which warehouse the shop's location is; None for none."""
        line = self.connector.location_ids.filtered(lambda o: o.remote_id == self.place(position))
        line.location_id = warehouse.lot_stock_id if warehouse else False

    def on_offer(self):
        levels = self.reader.levels()
        return [levels[self.sku, self.place(position)]["available"] for position in (0, 1)]

    def committed(self, sku, levels):
        return sum(levels[sku, self.place(position)]["committed"] for position in (0, 1))

    def free(self, warehouse):
        return self.variant(self.sku).with_context(location=warehouse.lot_stock_id.id).free_qty

    def test_a_location_of_the_shop_that_is_another_warehouse_offers_what_that_one_has(self):
        levels = self.reader.levels()
        self.sku = next(  # what is sold and not sent is reserved where it was sold
            sku
            for sku, place in levels
            if place == self.place() and not self.committed(sku, levels)
        )
        first, second = self.warehouses[:2]
        third = self.env["stock.warehouse"].create({"name": "Third", "code": "TRD"})
        count(self.variant(self.sku), third, 3)
        held = {one: self.free(one) for one in (first, second, third)}
        self.locate(0, third)
        self.sync()
        self.assertEqual(self.on_offer(), [3, held[second]])
        self.assertFalse(self.letters())
        # Two of them exchanged: one is nothing for a while.
        self.locate(0, None)
        self.sync()
        self.locate(1, first)
        self.sync()
        self.locate(0, second)
        self.sync()
        self.assertEqual(self.on_offer(), [held[second], held[first]])
        self.assertEqual({one: self.free(one) for one in held}, held, "nothing is counted twice")
        self.assertFalse(self.letters())
        count(self.variant(self.sku), second, held[second] + 2)
        self.sync()
        self.assertEqual(self.on_offer(), [held[second] + 2, held[first]])
        self.assert_settled()

    def test_the_location_map_waits_for_stock_that_is_being_synced(self):
        run = self.connector.run_sync(["stock"])
        run.flow_ids[:1].state = "reading"
        with self.assertRaisesRegex(UserError, "when the run is over"):
            self.locate(0, None)

    def test_goods_received_in_odoo_reach_the_shop(self):
        self.receive(5)
        run = self.sync()
        self.assertEqual(self.reader.available(self.sku), self.before + 5)
        self.assertEqual(self.written(run), {("stock", "export"): {"updated": 1}})
        self.assert_never_oversold()
        self.assert_settled()

    def test_a_sale_before_the_sync_is_an_order_that_reserves_its_goods(self):
        self.receive(5)
        self.sell(3)
        self.sync()
        self.assertEqual(self.reader.available(self.sku), self.before + 5 - 3)
        self.assert_never_oversold()
        self.assert_settled()

    def test_what_the_shop_sold_and_sent_between_two_syncs_is_not_offered_again(self):
        self.fulfil(self.sell(2))
        self.sync()
        self.assertEqual(self.reader.available(self.sku), self.before - 2)
        self.assert_never_oversold()
        self.receive_more(5)
        self.sync()
        self.assertEqual(self.reader.available(self.sku), self.before - 2 + 5)
        self.assert_never_oversold()
        self.assert_settled()

    def test_what_the_shop_sends_after_the_order_came_is_not_offered_again(self):
        order = self.sell(2)
        self.sync()
        self.fulfil(order)
        self.sync()
        self.receive_more(5)
        self.sync()
        self.assertEqual(self.reader.available(self.sku), self.before - 2 + 5)
        self.assert_settled()

    def test_what_was_sent_before_the_opening_balance_moves_no_stock(self):
        """The first sync brought orders that were sent long ago: nothing of them is delivered."""
        sent = self.env["sale.order.line"].search([("gateway_fulfilled_qty", ">", 0)])
        self.assertTrue(sent)
        self.assertFalse(self.env["stock.picking"].search([("gateway_by_shop", "=", True)]))
        levels = self.env["gateway.binding"].search(
            [("connector_id", "=", self.connector.id), ("entity", "=", "stock")]
        )
        imported = levels.filtered(lambda level: level.base.get("import"))
        flow = self.first_run.flow_ids.filtered(lambda f: f.entity == "stock")[0]
        self.assertTrue(imported)
        self.assertLessEqual(max(imported.mapped("opened")), flow.started)

    def test_a_sale_after_the_orders_were_read_is_not_sold_twice(self):
        self.receive(5)
        done = self.meanwhile("fetch", lambda: self.sell(3))
        self.sync()
        self.assertTrue(done)
        self.assertEqual(self.reader.available(self.sku), self.before + 5 - 3)
        self.sync()
        self.assertEqual(self.reader.available(self.sku), self.before + 5 - 3)
        self.assert_never_oversold()
        self.assert_settled()

    def test_a_sale_between_reading_and_writing_the_level_is_not_sold_twice(self):
        self.receive(5)
        done = self.meanwhile("write", lambda: self.sell(3))
        self.sync()
        self.assertTrue(done)
        self.assertEqual(self.reader.available(self.sku), self.before + 5 - 3)
        self.sync()
        self.assertEqual(self.reader.available(self.sku), self.before + 5 - 3)
        self.assert_never_oversold()
        self.assert_settled()

    def test_a_level_edited_in_the_shop_is_put_right_by_the_next_change_in_odoo(self):
        self.reader.edit("stock", sku=self.sku, location=self.place(), available=self.before + 90)
        self.receive(1)
        self.sync()
        self.assertEqual(self.reader.available(self.sku), self.before + 1)
        self.assert_never_oversold()

    def test_goods_moved_in_odoo_reach_the_right_locations(self):
        there = self.reader.available(self.sku, 1)
        variant = self.variant(self.sku)
        ends = self.warehouses.lot_stock_id
        move = self.env["stock.move"].create(
            {
                "product_id": variant.id,
                "product_uom": variant.uom_id.id,
                "product_uom_qty": 4,
                "location_id": self.warehouses[0].lot_stock_id.id,
                "location_dest_id": self.warehouses[1].lot_stock_id.id,
            }
        )
        self.assertEqual(len(ends), 2)
        move._action_confirm()
        move.quantity = 4
        move.picked = True
        move._action_done()
        run = self.sync()
        self.assertEqual(self.reader.available(self.sku, 0), self.before - 4)
        self.assertEqual(self.reader.available(self.sku, 1), there + 4)
        self.assertEqual(self.written(run), {("stock", "export"): {"updated": 2}})
        self.assert_settled()


@tagged("post_install", "-at_install")
class TestMappingOverride(TwoWayCase):
    def override(self, transform):
        field = {"MAPTO": "title", "transform": transform, "type": "char", "required": True}
        document = {"version": 1, "record": {"name": field}}
        return self.env["gateway.mapping"].create(
            {
                "platform": "shopify",
                "entity": "product",
                "direction": "import",
                "layer": "connector",
                "connector_id": self.connector.id,
                "document": json.dumps(document),
            }
        )

    def test_it_acts_on_the_next_run_and_its_end_too(self):
        template = self.template(PARKA)
        versions = {self.first_run.flow_ids[1].mapping_version_id}
        layer = self.override("uppercase")
        self.reader.edit("title", product=self.handle(), title="Loud Parka")
        run = self.sync("product", direction="import")
        self.assertEqual(template.name, "LOUD PARKA")
        versions.add(run.flow_ids.mapping_version_id)
        layer.active = False
        self.reader.edit("title", product=self.handle("Loud Parka"), title="Quiet Parka")
        run = self.sync("product", direction="import")
        self.assertEqual(template.name, "Quiet Parka")
        self.assertEqual(len(versions), 2)
        self.assertIn(run.flow_ids.mapping_version_id, versions, "versions are told by content")

    def test_with_a_lossy_override_a_full_import_and_further_syncs_settle(self):
        self.override("uppercase")
        self.env["gateway.watermark"].search([("connector_id", "=", self.connector.id)]).unlink()
        self.sync()
        titles = set(self.reader.products())
        self.assertIn(PARKA, titles)
        self.assertEqual(
            self.bound("product", self.reader.products()[PARKA]["id"]).name, PARKA.upper()
        )
        self.assert_settled()
        self.assertEqual(set(self.reader.products()), titles)
