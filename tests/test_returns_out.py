"""Returns made in Odoo are told to the shop: once each, closed, and restocked once."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import sell
from odoo.addons.gateway_ng.lib.demoshop.refunding import Back, refund
from odoo.addons.gateway_ng.lib.demoshop.returning import close_return, open_return

from .shop_case import ShopCase


@tagged("post_install", "-at_install")
class TestReturnsToShopify(ShopCase):
    def setUp(self):
        super().setUp()
        self.stock_mugs()
        self.connector.return_export = "record"
        (level,) = self.shop.store.tables["InventoryLevel"].values()
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.connector.company_id.id)], limit=1
        )
        self.connector.location_ids.filtered(
            lambda one: one.remote_id.endswith(f"/{level['location']}")
        ).location_id = warehouse.lot_stock_id
        self.sync("stock")
        self.placed = sell(self.shop, "MUG-1", 3)
        self.sync("order")
        self.order = self.env["sale.order"].search([("client_order_ref", "=", self.placed["name"])])
        self.sent = self.order.picking_ids

    def send(self):
        self.connector._clock().sleep(60)
        run = self.sync("order", direction="export")
        self.env.invalidate_all()
        return run

    def fetch(self):
        self.connector._clock().sleep(60)
        run = self.sync("order")
        self.env.invalidate_all()
        return run

    def deliver(self):
        """All three mugs leave, and the shop is told."""
        self.done(self.sent, 3)
        self.assertEqual(1, self.send().count_updated)
        self.assertEqual("FULFILLED", self.placed["displayFulfillmentStatus"])

    @staticmethod
    def done(picking, quantity):
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking._action_done()
        return picking

    def ready(self, quantity, of=None):
        """A return transfer that is not validated yet."""
        picking = of or self.sent
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = quantity
        return wizard._create_return()

    def back(self, quantity, of=None):
        return self.done(self.ready(quantity, of), quantity)

    def returns(self):
        return self.shop.store.many("Return", self.placed["returns"])

    def told(self):
        return [(one["status"], one["totalQuantity"]) for one in self.returns()]

    def open_letters(self):
        return self.letters(state="open")

    def summaries(self):
        return self.order.activity_ids.mapped("summary")

    def assert_fixpoint(self):
        self.fetch()
        self.send()
        before = self.told(), self.shop.store.revision, len(self.order.picking_ids)
        for run in (self.fetch(), self.send(), self.fetch(), self.send()):
            self.assertEqual((0, 0), (run.count_updated, run.count_dead), run.error)
        after = self.told(), self.shop.store.revision, len(self.order.picking_ids)
        self.assertEqual(before, after)

    def test_a_part_then_the_rest_each_once_closed_and_then_nothing_moves(self):
        self.deliver()
        waiting = self.ready(1)
        self.assertEqual(0, self.send().count_updated, "nothing has come back yet")
        one = self.done(waiting, 1)
        plan = self.sync("order", direction="export", dry_run=True)
        self.assertEqual((1, []), (plan.count_updated, self.told()), plan.error)
        self.assertIn("eturn", " ".join(filter(None, plan.change_ids.mapped("summary"))))
        run = self.send()
        self.assertEqual((1, 0), (run.count_updated, run.count_dead), self.open_letters().error)
        self.assertEqual([("CLOSED", 1)], self.told())
        (made,) = self.returns()
        self.assertIn(one.name, made["returnLineItems"][0]["returnReasonNote"])
        bindings = self.env["gateway.binding"].search([("entity", "=", "order_return")])
        self.assertEqual([(str(one.id), made["id"])], [(b.odoo_id, b.remote_id) for b in bindings])
        self.assert_fixpoint()
        self.back(2)
        self.send()
        self.assertEqual([("CLOSED", 1), ("CLOSED", 2)], self.told())
        self.assert_fixpoint()
        self.assertFalse(self.placed["refunds"], "no money is given back by it")

    def test_goods_are_restocked_once_by_the_stock_that_is_exported(self):
        self.deliver()
        self.sync("stock", direction="export")
        before = self.available()
        self.back(2)
        self.send()
        self.assertEqual(before, self.available(), "the return itself restocks nothing")
        for _twice in range(2):
            self.connector._clock().sleep(60)
            self.sync("stock", direction="export")
            self.assertEqual(before + 2, self.available())
            self.assertEqual(self.sent.product_id.free_qty, self.available())

    def available(self):
        variant = self.shop.store.get("ProductVariant", self.placed["lineItems"][0]["variant"])
        levels = self.shop.store.tables["InventoryLevel"].values()
        return sum(
            level["quantities"]["available"]
            for level in levels
            if level["item"] == variant["inventoryItem"]
        )

    def test_a_return_whose_answer_was_lost_is_made_once_whichever_direction_runs_next(self):
        self.deliver()
        for next_run in (self.send, self.fetch):
            picking = self.back(1)
            # what the first try did, and its answer never told
            note = f"x [odoo:{picking.gateway_return_mark}]"
            self.open_in_shop(1, note)
            count = len(self.returns())
            next_run()
            self.send()
            self.assert_fixpoint()
            self.assertEqual(["CLOSED"] * count, [one["status"] for one in self.returns()])

    def open_in_shop(self, quantity, note=""):
        (sent,) = self.shop.store.many("Fulfillment", self.placed["fulfillments"])
        row = {"fulfillmentLineItemId": sent["lineItems"][0]["id"], "quantity": quantity}
        rows = [{**row, "returnReasonNote": note}]
        return open_return(self.shop.store, self.placed, rows)

    def give_back(self, made, quantity):
        """The shop takes the goods of a return to the shelf, and gives the money for them."""
        place = next(iter(self.shop.store.tables["Location"]))
        given = refund(
            self.shop.store,
            self.placed,
            [Back(self.placed["lineItems"][0], quantity, "RETURN", place)],
        )
        close_return(self.shop.store, self.placed, made, given)

    def test_what_the_shop_took_back_itself_is_not_told_back_not_even_its_rest(self):
        self.deliver()
        self.give_back(self.open_in_shop(2), 2)
        self.fetch()
        (came,) = self.order.picking_ids - self.sent
        self.assertTrue(came.gateway_by_shop)
        came.move_ids.write({"quantity": 1, "picked": True})
        came._action_done()
        (rest,) = self.order.picking_ids - self.sent - came
        self.assertTrue(rest.gateway_by_shop)
        self.done(rest, 1)
        self.assert_fixpoint()
        self.assertEqual([("CLOSED", 2)], self.told())
        # and what a person takes back besides is
        self.back(1)
        self.send()
        self.assertEqual([("CLOSED", 2), ("CLOSED", 1)], self.told())

    def test_the_shop_s_own_return_that_odoo_received_comes_back_once(self):
        self.deliver()
        made = self.open_in_shop(1)
        came = self.ready(1)
        came.move_ids.to_refund = False  # it does not lessen what counts as delivered
        self.done(came, 1)
        run = self.send()
        change = self.env["gateway.change"].search([("run_id", "=", run.id)])
        self.assertIn("own return", " ".join(filter(None, change.mapped("summary"))))
        self.assertEqual([("OPEN", 1)], self.told(), "it is the shop's to close")
        count = len(self.order.picking_ids)
        self.give_back(made, 1)
        self.fetch()
        self.assertEqual(count, len(self.order.picking_ids), "the goods are here already")
        self.assert_fixpoint()

    def test_what_is_undone_before_is_not_told_and_after_a_person_is(self):
        self.deliver()
        waiting = self.ready(1)
        waiting.action_cancel()
        gone = self.back(1)
        self.back(1, of=gone)
        self.assertEqual((0, []), (self.send().count_dead, self.told()))
        told = self.back(2)
        self.send()
        self.assertEqual([("CLOSED", 2)], self.told())
        self.back(1, of=told)
        self.assertEqual(["Return stays in the shop"], self.summaries())
        note = self.order.activity_ids.note
        self.assertIn("1 × «", note)
        self.assertIn(self.returns()[0]["id"], note)
        self.assert_fixpoint()
        self.assertEqual(1, len(self.placed["fulfillments"]), "what goes out again is no parcel")

    def test_more_than_the_shop_can_take_back_is_a_dead_letter_and_its_other_goods_an_activity(
        self,
    ):
        self.deliver()
        self.open_in_shop(3)["status"] = "CLOSED"
        self.back(1)
        self.assertEqual(1, self.send().count_dead)
        letter = self.open_letters()
        self.assertIn(f"Order {self.placed['name']}: 1 × «", letter.error)
        self.assertIn("0 that the shop has sent are left", letter.error)
        self.assertEqual(1, len(self.returns()))
        letter.action_discard()
        for note in ("Ring", "Ring twice"):
            self.order.note = note
            run = self.send()  # the order goes on without it
            self.assertEqual((True, 0), (bool(run.count_read), run.count_dead))
        unlocked = self.order.picking_ids - self.sent
        unlocked.action_toggle_is_locked()
        unlocked.move_ids.quantity = 2
        self.assertEqual(1, self.send().count_dead, "another return than the one given up")
        self.assertIn("2 × «", self.open_letters().error)
        self.open_letters().action_discard()
        # a line of Odoo's own
        spoon = self.env["product.product"].create({"name": "Spoon", "type": "consu"})
        self.order.order_line = [(0, 0, {"product_id": spoon.id, "product_uom_qty": 2})]
        parcel = self.order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        self.back(1, of=self.done(parcel, 2))
        self.assertEqual(["Return not sent"], self.summaries())
        self.assertIn("Spoon", self.order.activity_ids.note)

    def exchange(self, quantity):
        """(the return, the delivery in its place) of Odoo's own «Return for Exchange»."""
        before = self.order.picking_ids
        wizard = self.env["stock.return.picking"].create({"picking_id": self.sent.id})
        wizard.product_return_moves.quantity = quantity
        wizard.action_create_exchanges()
        back = (self.order.picking_ids - before).filtered("move_ids.origin_returned_move_id")
        going = self.order.picking_ids - back
        return back, going.filtered(lambda one: one.state not in ("done", "cancel"))

    def test_what_is_sent_in_exchange_is_no_parcel_of_the_shop_whichever_comes_first(self):
        self.done(self.sent, 2)
        self.assertEqual(1, self.send().count_updated)
        back, rest = self.exchange(1)
        self.assertEqual(2, rest.move_ids.product_uom_qty, "with what is still to be sent")
        self.done(back, 1)
        self.assertEqual(0, self.send().count_dead, self.open_letters().error)
        self.done(rest, 2)
        self.assertEqual(0, self.send().count_dead, self.open_letters().error)
        self.assertIn("in exchange", " ".join(rest.message_ids.mapped("body")))
        self.assertEqual("FULFILLED", self.placed["displayFulfillmentStatus"])
        back, instead = self.exchange(1)
        for picking in (instead, back):  # in advance
            self.done(picking, 1)
            self.assertEqual(0, self.send().count_dead, self.open_letters().error)
        self.assertEqual([("CLOSED", 1)] * 2, self.told())
        self.assertEqual(2, len(self.placed["fulfillments"]))
        self.assert_fixpoint()
        # One more than was ordered stands for nothing that came back: a person hears of it.
        more = self.sent.copy({"origin": self.order.name})
        more.move_ids.write({"sale_line_id": self.order.order_line[:1].id, "product_uom_qty": 1})
        more.action_confirm()
        self.done(more, 1)
        self.assertEqual(1, self.send().count_dead)

    def test_what_is_still_to_be_sent_after_a_refunded_return_is_a_parcel_of_the_shop(self):
        self.done(self.sent, 2)
        self.back(1)
        self.assertEqual(1, self.send().count_updated)
        self.give_back(self.returns()[0], 1)
        self.fetch()
        self.assertEqual(2, self.order.order_line[:1].product_uom_qty)
        (rest,) = self.order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        self.done(rest, 1)
        self.assertEqual(0, self.send().count_dead, self.open_letters().error)
        self.assertEqual(2, len(self.placed["fulfillments"]))
        self.assertEqual("FULFILLED", self.placed["displayFulfillmentStatus"])
        self.assert_fixpoint()

    def test_it_is_the_setting_when_it_is_validated_that_counts(self):
        self.connector.return_export = "none"
        self.deliver()
        self.back(1)
        self.connector.return_export = "record"
        self.assertEqual((0, []), (self.send().count_updated, self.told()))
        self.back(1)
        self.assertEqual(1, self.send().count_updated)
        self.assertEqual([("CLOSED", 1)], self.told())
        for role in ("viewer", "operator"):
            connector = self.connector.with_user(self.people[role])
            with self.assertRaises(AccessError, msg=role):
                connector.return_export = "none"
        self.assertTrue(self.connector.takes_returns)
        other = self.connector.create(
            {"name": "Other", "platform": "woocommerce", "user_id": self.robot.id}
        )
        self.assertFalse(other.takes_returns)

    def test_an_order_that_the_shop_does_not_have_yet_is_told_to_a_person(self):
        own = self.env["sale.order"].create(
            {
                "partner_id": self.order.partner_id.id,
                "gateway_connector_id": self.connector.id,
                "order_line": [(0, 0, {"product_id": self.sent.product_id.id})],
            }
        )
        own.action_confirm()
        self.back(1, of=self.done(own.picking_ids, 1))
        self.assertEqual(["Return not sent"], own.activity_ids.mapped("summary"))
        self.assertIn("does not have", own.activity_ids.note)
