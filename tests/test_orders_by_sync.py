"""Orders through the whole pipeline: what waits for a person, is told once, is retried."""

from odoo.tests import Form, tagged

from odoo.addons.gateway_ng.lib.demoshop import edit, sell
from odoo.addons.gateway_ng.lib.demoshop.seed import add_locations

from .shop_case import ShopCase


@tagged("post_install", "-at_install")
class TestOrdersBySync(ShopCase):
    def setUp(self):
        super().setUp()
        add_locations(self.shop.store, self.shop.store.now())
        self.add_product("Mug", "MUG-1")
        self.check_and_map()
        edit(self.shop, "stock", {"sku": "MUG-1", "available": 9})
        self.sync("product")

    def sold(self):
        """The name of an order that was just placed in the shop."""
        self.placed = sell(self.shop, "MUG-1", 2)
        return self.placed["name"]

    def order(self, name):
        return self.env["sale.order"].search([("client_order_ref", "=", name)])

    def tax_lines(self, rate):
        """The order that was placed is taxed 1.00 at `rate`, its totals with it."""
        (line,) = self.placed["lineItems"]
        line["taxLines"] = [{**line["taxLines"][0], "title": "Moon tax", "rate": rate}]
        line["taxLines"][0]["priceSet"] = "1.00"
        shipping = sum(float(one["discountedPriceSet"]) for one in self.placed["shippingLines"])
        for one in self.placed["shippingLines"]:
            one["taxLines"] = []
        self.placed["totalPriceSet"] = f"{float(line['originalTotalSet']) + shipping + 1:.2f}"
        self.placed["totalTaxSet"] = "1.00"
        self.shop.store.changed()

    def test_an_unknown_tax_waits_for_its_rule_and_goes_in_by_a_retry(self):
        self.connector.create_taxes = False
        name = self.sold()
        self.tax_lines(0.0431)
        run = self.sync("order")
        self.assertEqual(("partial", 1), (run.state, run.count_dead), run.error)
        letter = self.letters(state="open")
        self.assertEqual(("undecided", True), (letter.cause, letter.proposes_tax_rule))
        self.assertFalse(self.order(name))
        action = letter.with_user(self.people["manager"]).action_propose_tax_rule()
        tax = self.env["account.tax"].create({"name": "Moon", "amount": 4.31})
        rules = self.env["gateway.tax.rule"].with_user(self.people["manager"])
        with Form(rules.with_context(**action["context"])) as form:
            self.assertEqual((4.31, "Moon tax"), (form.rate, form.name_pattern))
            form.tax_id = tax
        letter.action_retry()
        self.assertEqual("resolved", letter.state, letter.error)
        order = self.order(name)
        self.assertEqual((tax, 1.0), (order.order_line.tax_ids, order.amount_tax))

    def test_a_step_that_fails_has_a_letter_until_it_is_mended(self):
        journal = self.env["account.journal"].search([("type", "=", "bank")], limit=1)
        lines = journal.inbound_payment_method_line_ids
        method = lines.payment_method_id[:1]
        lines.unlink()
        self.connector.workflow_ids = [(0, 0, {"step": "pay", "journal_id": journal.id})]
        self.env["product.product"].search([]).invoice_policy = "order"
        name = self.sold()
        run = self.sync("order")
        self.assertEqual((1, 0), (run.count_created, run.count_dead), run.error)
        letter = self.letters(state="open")
        self.assertEqual("workflow", letter.stage)
        self.assertIn("is here, and went no further", letter.error)
        self.assertEqual("posted", self.order(name).invoice_ids.state)
        self.sync("order")
        self.assertEqual("open", letter.state, "what is read again is as it was")
        journal.inbound_payment_method_line_ids = [
            (0, 0, {"payment_method_id": method.id, "name": "Manual"})
        ]
        letter.action_retry()
        self.assertEqual("resolved", letter.state, letter.error)
        self.assertTrue(self.order(name).invoice_ids.matched_payment_ids)

    def test_what_odoo_cannot_follow_is_told_once_and_in_the_changelog(self):
        name = self.sold()
        self.sync("order")
        order = self.order(name)
        for move in order.picking_ids.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        order.picking_ids._action_done()
        edit(self.shop, "cancel", {"order": self.placed["id"]})
        run = self.sync("order")
        self.assertEqual((1, 0), (run.count_updated, run.count_dead), run.error)
        self.assertEqual("sale", order.state)
        activity = order.activity_ids  # of the cancellation, and of the refund that came with it
        self.assertEqual(2, len(activity))
        self.assertIn("Take the goods back", " ".join(activity.mapped("note")))
        change = self.env["gateway.change"].search([("run_id", "=", run.id)])
        self.assertIn("left to", change.summary)
        self.assertIn("cancelled at the shop", change.summary)
        again = self.sync("order")
        self.assertEqual((0, 0), (again.count_updated, again.count_dead))
        self.assertEqual(activity, order.activity_ids)
