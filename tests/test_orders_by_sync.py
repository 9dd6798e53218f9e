"""Orders through the whole pipeline: what waits for a person, is told once, is retried."""

from datetime import timedelta

from odoo.tests import Form, tagged

from odoo.addons.gateway_ng.lib.demoshop import edit, sell
from odoo.addons.gateway_ng.lib.demoshop.ids import number
from odoo.addons.gateway_ng.lib.demoshop.store import stamp
from odoo.addons.gateway_ng.lib.endpoint import Event

from .shop_case import ShopCase


@tagged("post_install", "-at_install")
class TestOrdersBySync(ShopCase):
    def setUp(self):
        super().setUp()
        self.stock_mugs()

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

    def sent(self, order):
        """The order is delivered whole, and so has something to tell the shop."""
        for move in order.picking_ids.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        order.picking_ids._action_done()

    def in_shop(self):
        return len(self.shop.store.tables["Order"])

    def delete_in_shop(self):
        self.shop.store.remove("Order", number(self.placed["id"]))
        self.shop.store.changed()

    def test_an_order_that_is_gone_from_the_shop_is_not_made_there_again(self):
        name = self.sold()
        self.sync("order")
        order = self.order(name)
        self.delete_in_shop()
        self.sent(order)
        self.sync("order", direction="export")
        self.assertEqual(0, self.in_shop(), "made anew by an export that did not find it")
        self.sync("order", direction="both")
        order.note = "Once more"
        self.sync("order", direction="both")
        self.assertEqual((0, "sale"), (self.in_shop(), order.state))

    def hide_in_shop(self):
        """The order is an old one, and the app may not see old ones any more."""
        self.placed["processedAt"] = stamp(self.shop.store.clock.now() - timedelta(days=70))
        for token in self.shop.tokens.issued.values():
            token["scopes"].remove("read_all_orders")
        self.shop.store.changed()

    def later(self):
        """The next day: a look for deletes is due."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE gateway_binding SET create_date = create_date - interval '2 days';"
            "UPDATE gateway_watermark SET swept = swept - interval '2 days'"
        )
        self.env.invalidate_all()

    def deliver(self, topic):
        """What a webhook tells of the order is carried out."""
        ids = [self.placed["id"]]
        event = Event(topic, "order", ids, topic, deleted=topic.endswith("/delete"))
        self.env["gateway.event"]._keep(self.connector, [event])
        self.connector.setup_step = "done"
        run = self.connector._carry_out_events()
        run._drive_inline()
        self.env.invalidate_all()

    def binding(self):
        return self.env["gateway.binding"].search(
            [("entity", "=", "order"), ("remote_id", "=", self.placed["id"])]
        )

    def told(self, order):
        return order.activity_ids.filtered(lambda one: one.summary == "Deleted at the shop")

    def test_an_order_that_is_gone_from_the_shop_is_kept_and_a_person_is_told_once(self):
        name = self.sold()
        self.sync("order")
        order = self.order(name)
        order.activity_ids.unlink()
        self.later()
        self.hide_in_shop()
        self.sync("order")
        self.assertFalse(self.told(order), "the shop only hides it")
        self.deliver("orders/delete")
        self.assertFalse(self.told(order), "nor is it gone for a delivery that says so")
        self.assertEqual("bound", self.binding().state)
        for token in self.shop.tokens.issued.values():
            token["scopes"].append("read_all_orders")
        fields = dict(self.placed)
        self.delete_in_shop()
        self.later()
        run = self.sync("order")
        self.assertEqual(("done", 0, 1), (run.state, run.count_deleted, run.count_unchanged))
        self.assertEqual("sale", order.state)
        self.assertIn("kept, as the mapping says", run.change_ids.summary)
        self.assertIn("nothing of it was sent yet", self.told(order).note)
        self.later()
        self.sync("order", direction="both")
        self.assertEqual((1, 0), (len(self.told(order)), self.in_shop()))
        self.shop.store.tables["Order"][number(fields["id"])] = fields  # taken out of the trash
        self.shop.store.changed()
        self.shop.store.touch(fields)
        self.sync("order")
        self.assertEqual(order, self.order(name))

    def test_an_order_that_is_deleted_in_odoo_stays_in_the_shop_and_a_person_is_told_once(self):
        name = self.sold()
        self.sync("order")
        self.order(name).action_cancel()
        self.sync("order", direction="both")
        self.order(name).unlink()
        self.later()
        run = self.sync("order", direction="both")
        self.assertEqual(("done", 0), (run.state, run.count_deleted))
        summaries = " ".join(run.change_ids.mapped("summary"))
        self.assertIn("no order is made twice", summaries)
        self.assertIn("kept, as the mapping says", summaries)
        self.later()
        self.sync("order", direction="both")
        self.assertFalse(self.order(name), "nothing has changed at the shop")
        self.assertEqual(1, self.in_shop())
        said = self.connector.message_ids.filtered(lambda one: "deleted in Odoo" in one.body)
        self.assertEqual(1, len(said), self.connector.message_ids.mapped("body"))
        self.assertIn(name, said.body)
        self.shop.store.touch(self.placed)
        self.shop.store.changed()
        self.sync("order", direction="both")
        self.assertFalse(self.order(name), "its goods would be sent")
        bindings = self.env["gateway.binding"].search([("remote_id", "=", self.placed["id"])])
        bindings.with_user(self.people["manager"]).unlink()
        self.sync("order", full=True)
        self.assertEqual(1, len(self.order(name)), "somebody wanted it back")

    def test_of_an_order_that_was_sent_before_the_opening_nobody_is_told(self):
        name = self.sold()
        self.sync("order")
        order = self.order(name)
        order.picking_ids.action_cancel()
        for line in order.order_line:
            line.gateway_fulfilled_qty = line.product_uom_qty
        self.assertFalse(order.delivery_status)
        self.later()
        self.delete_in_shop()
        run = self.sync("order")
        self.assertIn("kept, as the mapping says", run.change_ids.summary)
        self.assertFalse(self.told(order))

    def test_a_mapping_may_cancel_what_is_gone_from_the_shop(self):
        self.override("order", on_delete="archive")
        name = self.sold()
        self.sync("order")
        order = self.order(name)
        self.later()
        self.delete_in_shop()
        self.assertEqual(1, self.sync("order").count_deleted)
        self.assertEqual("cancel", order.state)
        self.assertFalse(self.told(order))

    def test_an_order_that_the_shop_only_hides_is_not_made_there_again(self):
        name = self.sold()
        self.sync("order")
        order = self.order(name)
        self.hide_in_shop()
        self.sent(order)
        self.sync("order", direction="export")
        self.assertEqual((1, "sale"), (self.in_shop(), order.state))
        binding = self.env["gateway.binding"].search([("entity", "=", "order")])
        self.assertEqual(("bound", self.placed["id"]), (binding.state, binding.remote_id))
        self.assertIn("hidden", self.letters(state="open").error)
