"""Credit notes of Odoo become refunds in the shop: once each, to the cent, whatever is repeated."""

from decimal import Decimal

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.gateway_ng.lib.demoshop import sell
from odoo.addons.gateway_ng.lib.demoshop.refunding import Back, refund
from odoo.addons.gateway_ng.lib.platforms.woocommerce.shapes import KEY

from .shop_case import ShopCase
from .simulators.woocommerce import refunds
from .woocommerce_case import WooCommerceCase


class CreditCase:
    """Orders that are invoiced, and credited in whole or in part."""

    def invoice(self, order):
        order.order_line.product_id.invoice_policy = "order"
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def credit(self, invoice, post=True, **lines):
        """A credit note of the invoice; `lines`: `quantity`, `price_unit` of the first line of
        goods; `only`: that one, or the shipping."""
        move = invoice._reverse_moves([{"ref": "broken", "invoice_date": invoice.invoice_date}])
        only, goods = lines.pop("only", None), self.goods_of(move)
        shipping = move.invoice_line_ids.filtered("sale_line_ids.is_delivery")
        if only:
            (move.invoice_line_ids - {"shipping": shipping, "goods": goods}[only]).unlink()
        if lines:
            goods.write(lines)
        if post:
            move.action_post()
        return move

    @staticmethod
    def goods_of(move):
        return move.invoice_line_ids.filtered(
            lambda item: item.sale_line_ids and not item.sale_line_ids.is_delivery
        )[:1]

    def send(self):
        self.connector._clock().sleep(60)
        run = self.connector.run_sync(["order"], "export", wait=True)
        self.env.invalidate_all()
        return run

    def fetch(self):
        self.connector._clock().sleep(60)
        run = self.connector.run_sync(["order"], "import", wait=True)
        self.env.invalidate_all()
        return run

    def open_letters(self):
        return self.env["gateway.dead.letter"].search(
            [("connector_id", "=", self.connector.id), ("state", "=", "open")]
        )

    def kept(self, order):
        return self.env["gateway.refund"].search([("order_id", "=", order.id)], order="id")

    def assert_fixpoint(self):
        self.fetch()
        self.fetch()
        writes = self.writes_of_the_shop()
        for run in (self.send(), self.fetch(), self.send()):
            self.assertEqual((0, 0), (run.count_updated, run.count_dead), run.error)
        self.assertEqual(writes, self.writes_of_the_shop())


@tagged("post_install", "-at_install")
class TestRefundsToShopify(CreditCase, ShopCase):
    def setUp(self):
        super().setUp()
        self.stock_mugs()
        self.placed = sell(self.shop, "MUG-1", 3)
        self.sync("order")
        self.order = self.env["sale.order"].search([("client_order_ref", "=", self.placed["name"])])
        self.connector.refund_export = "pay"

    def writes_of_the_shop(self):
        return len(self.shop.store.tables["Refund"]), self.shop.store.revision

    def refunds(self):
        return self.shop.store.many("Refund", self.placed["refunds"])

    def test_who_writes_credit_notes_does_not_say_that_the_shop_pays_them(self):
        self.connector.refund_export = "none"
        move = self.credit(self.invoice(self.order), only="goods", quantity=1)
        groups = "account.group_account_invoice,gateway_ng.group_viewer"
        accountant = new_test_user(self.env, login="accountant", groups=groups)
        told = {
            "gateway_refund_mode": "pay",
            "gateway_refund_connector_id": self.connector.id,
            "gateway_refund_mark": "mine",
        }
        for name, value in told.items():
            with self.subTest(name), self.assertRaisesRegex(AccessError, "nobody else writes"):
                move.with_user(accountant).write({name: value})
            with self.subTest(name), self.assertRaisesRegex(AccessError, "nobody else writes"):
                values = {"move_type": "out_refund", name: value}
                self.env["account.move"].with_user(accountant).create(values)
        self.send()
        self.assertFalse(self.refunds())

    def test_a_part_then_shipping_then_the_rest_each_once_and_then_nothing_moves(self):
        invoice = self.invoice(self.order)
        one = self.credit(invoice, only="goods", quantity=1)
        plan = self.connector.run_sync(["order"], "export", dry_run=True, wait=True)
        told = plan.change_ids.mapped("summary")
        self.assertEqual(1, plan.count_updated, plan.error)
        self.assertFalse(self.refunds(), "a plan gives nothing back")
        self.assertIn("efund", " ".join(filter(None, told)), told)
        run = self.send()
        self.assertEqual((1, 0), (run.count_updated, run.count_dead), self.open_letters().error)
        (made,) = self.refunds()
        self.assertEqual(one.amount_total, float(made["totalRefundedSet"]))
        (line,) = made["refundLineItems"]
        self.assertEqual((1, "NO_RESTOCK"), (line["quantity"], line["restockType"]))
        self.assertIn(one.name, made["note"])
        self.assert_fixpoint()
        kept = self.kept(self.order)
        self.assertEqual(("sent", one), (kept.outcome, kept.move_id))
        two = self.credit(invoice, only="shipping")
        self.send()
        self.assertEqual(two.amount_total, float(self.refunds()[-1]["totalRefundedSet"]))
        self.assertEqual(1, len(self.refunds()[-1]["refundShippingLines"]))
        three = self.credit(invoice, only="goods", quantity=2)
        self.send()
        self.assertEqual(three.amount_total, float(self.refunds()[-1]["totalRefundedSet"]))
        self.assertEqual("REFUNDED", self.placed["displayFinancialStatus"])
        self.assert_fixpoint()
        self.assertEqual(["sent"] * 3, self.kept(self.order).mapped("outcome"))
        self.assertEqual(3, len(self.order.invoice_ids) - 1, "no credit note came back")
        self.assertFalse(self.order.picking_ids.filtered(lambda one: one.return_id))

        # more than is left
        more = self.credit(invoice, only="goods", quantity=1)
        run = self.send()
        self.assertEqual(1, run.count_dead)
        letter = self.open_letters()
        self.assertIn("are left", letter.error)
        self.assertEqual(3, len(self.refunds()))
        letter.action_discard()
        for note in ("Ring", "Ring twice"):
            self.order.note = note
            run = self.send()  # the order goes on without it
            self.assertEqual((True, 0), (bool(run.count_read), run.count_dead))

        # what was sent stays sent
        one.button_draft()
        activity = self.order.activity_ids.filtered(
            lambda todo: todo.summary == "Refund stays in the shop"
        )
        self.assertEqual(1, len(activity))
        self.assertIn("no taking back", activity.note)
        more.button_draft()
        self.assertFalse(more.gateway_refund_mode, "what was not sent is not sent")

    def test_a_refund_whose_answer_was_lost_is_made_once_whichever_direction_runs_next(self):
        invoice = self.invoice(self.order)
        for next_run in (self.send, self.fetch):
            move = self.credit(invoice, only="goods", quantity=1)
            self.assertEqual("pay", move.gateway_refund_mode)
            # what the first try did, and its answer never told
            note = f"x [odoo:{move.gateway_refund_mark}]"
            back = Back(self.placed["lineItems"][0], 1)
            refund(self.shop.store, self.placed, [back], note=note)
            count = len(self.refunds())
            next_run()
            self.send()
            self.assert_fixpoint()
            self.assertEqual(count, len(self.refunds()))
            self.assertEqual("sent", self.kept(self.order)[-1].outcome)
            self.assertEqual(move, self.kept(self.order)[-1].move_id)

    def test_what_the_shop_gave_back_itself_is_not_given_back_again(self):
        invoice = self.invoice(self.order)
        line = self.placed["lineItems"][0]
        refund(self.shop.store, self.placed, [Back(line, 1)])
        self.fetch()
        draft = self.kept(self.order).move_id
        self.assertEqual("draft", draft.state)
        draft.action_post()
        self.assertFalse(draft.gateway_refund_mode)
        # left to a person, who credits it
        self.connector.refund_invoiced = "activity"
        refund(self.shop.store, self.placed, [Back(line, 1)])
        self.fetch()
        self.assertEqual("activity", self.kept(self.order)[-1].outcome)
        credit = self.credit(invoice, only="goods", quantity=1)
        self.assertFalse(credit.gateway_refund_mode)
        self.assertEqual(
            ("credited", credit),
            (self.kept(self.order)[-1].outcome, self.kept(self.order)[-1].move_id),
        )
        # the other way round: credited here, and given back in the shop before it was told
        credit = self.credit(invoice, only="goods", quantity=1)
        self.assertEqual("pay", credit.gateway_refund_mode)
        refund(self.shop.store, self.placed, [Back(line, 1)])
        self.fetch()
        self.assertEqual(credit, self.kept(self.order)[-1].move_id)
        self.send()
        self.assertEqual(3, len(self.refunds()))
        # and where it is not clear, a person is asked
        refund(self.shop.store, self.placed, money=Decimal(1))
        self.fetch()
        credit = self.credit(invoice, only="goods", quantity=1, price_unit=3)
        self.assertFalse(credit.gateway_refund_mode)
        self.assertIn("Credit note not sent", self.order.activity_ids.mapped("summary"))

    def test_it_is_the_setting_when_it_is_posted_that_counts(self):
        self.connector.refund_export = "none"
        invoice = self.invoice(self.order)
        self.credit(invoice, only="goods", quantity=1)
        self.connector.refund_export = "record"
        self.assertEqual(0, self.send().count_updated)
        self.assertFalse(self.refunds())
        self.credit(invoice, only="goods", quantity=1)
        self.assertEqual(1, self.send().count_updated)
        (made,) = self.refunds()
        self.assertEqual(0, float(made["totalRefundedSet"]))
        change = self.env["gateway.change"].search([], order="id desc", limit=1)
        self.assertIn("owed to the customer", change.summary)
        self.assert_fixpoint()
        for role in ("viewer", "operator"):
            connector = self.connector.with_user(self.people[role])
            with self.assertRaises(AccessError, msg=role):
                connector.refund_export = "pay"


@tagged("post_install", "-at_install")
class TestRefundsToWooCommerce(CreditCase, WooCommerceCase):
    def writes_of_the_shop(self):
        return self.shop.writes

    def placed(self, number):
        """A seeded order of two kinds of goods and shipping, and what it became here."""
        rows = [
            row
            for row in self.rows("orders")
            if row["status"] == "processing"
            and row["line_items"][0]["quantity"] == 2
            and not (row["refunds"] or row["fee_lines"] or row["coupons"])
        ]
        row = rows[number]
        return row, self.bound("order", str(row["id"]))

    def test_parts_shipping_and_amounts_are_recorded_and_no_more_than_is_left(self):
        self.connector.refund_export = "record"
        row, order = self.placed(0)
        invoice = self.invoice(order)
        one = self.credit(invoice, only="goods", quantity=1)
        plan = self.connector.run_sync(["order"], "export", dry_run=True, wait=True)
        self.assertEqual((1, []), (plan.count_updated, row["refunds"]), plan.error)
        run = self.send()
        self.assertEqual((1, 0), (run.count_updated, run.count_dead), self.open_letters().error)
        (made,) = row["refunds"]
        self.assertAlmostEqual(one.amount_total, float(made["amount"]))
        self.assertFalse(made["paid"])
        self.assertEqual([1], [int(line["quantity"]) for line in made["lines"]])
        self.assertAlmostEqual(one.amount_tax, float(sum(made["lines"][0]["tax"].values())))
        self.assert_fixpoint()
        self.assertEqual(("sent", one), (self.kept(order).outcome, self.kept(order).move_id))
        half = self.credit(invoice, only="goods", quantity=1, price_unit=0.5)
        freight = self.credit(invoice, only="shipping")
        self.send()
        for move, refund_row in zip((half, freight), row["refunds"][1:], strict=True):
            self.assertAlmostEqual(move.amount_total, float(refund_row["amount"]))
        self.assertEqual([0], [int(line["quantity"]) for line in row["refunds"][1]["lines"]])
        self.assertEqual("shipping_lines", row["refunds"][2]["lines"][0]["kind"])
        self.credit(invoice)
        self.assertEqual(1, self.send().count_dead)
        self.assertIn("are left", self.open_letters().error)
        self.assertEqual(3, len(row["refunds"]))

    def test_the_whole_is_paid_where_the_payment_method_can_and_found_after_a_lost_answer(self):
        self.connector.refund_export = "pay"
        row, order = self.placed(0)
        move = self.credit(self.invoice(order))
        self.assertEqual(1, self.send().count_dead)
        letter = self.open_letters()
        self.assertIn("automatic refunds", letter.error)
        self.assertEqual([], row["refunds"])
        row["payment_method"] = "refundable"
        # what a try did whose answer was never told
        given = {"amount": str(move.amount_total), "api_restock": False}
        marked = [{"key": KEY, "value": move.gateway_refund_mark}]
        refunds.create(self.shop, row, {**given, "meta_data": marked})
        (made,) = row["refunds"]
        letter.action_retry()
        self.assertFalse(self.open_letters().mapped("error"))
        self.assertEqual([made], row["refunds"])
        self.assertEqual(("refunded", True), (row["status"], made["paid"]))
        self.assert_fixpoint()
        self.assertEqual(("sent", move), (self.kept(order).outcome, self.kept(order).move_id))
        row, order = self.placed(1)
        move = self.credit(self.invoice(order))
        row["payment_method"] = "refundable"
        self.assertEqual(1, self.send().count_updated)
        (made,) = row["refunds"]
        self.assertEqual(("refunded", True), (row["status"], made["paid"]))
        self.assertAlmostEqual(move.amount_total, float(made["amount"]))
