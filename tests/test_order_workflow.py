"""What follows from an order by payment method and state; what fails keeps the order."""

from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.endpoint import Op

from .endpoint_orders import EndpointCase

_D = Decimal


@tagged("post_install", "-at_install")
class TestOrderWorkflow(EndpointCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products.invoice_policy = "order"
        cls.user.group_ids += cls.env.ref("account.group_account_invoice")
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )

    def rule(self, step, method="*", state="*", **values):
        if step == "pay":
            values.setdefault("journal_id", self.bank.id)
        return self.env["gateway.order.workflow"].create(
            {
                "connector_id": self.connector.id,
                "method_pattern": method,
                "state_pattern": state,
                "step": step,
                **values,
            }
        )

    def paid(self, method="card", state="PAID", **more):
        return self.new_order(
            self.line(0, taxes=[("0.0825", "0.83")]),
            total=_D("10.83"),
            payment_method=method,
            payment_state=state,
            **more,
        )

    def update(self, result, **values):
        op = Op("k", "update", result.id, values, {}, result.children)
        (after,) = self.write("order", op)
        self.assertIsNone(after.error, after.error and str(after.error))
        return after

    def seen(self, order):
        order.invalidate_recordset()
        return order.state, [(one.state, one.payment_state) for one in order.invoice_ids]

    def test_an_order_goes_as_far_as_its_rule_says(self):
        settled = self.bank and ("paid", "in_payment")
        for step, expected in (
            ("quotation", ("draft", [])),
            ("confirm", ("sale", [])),
            ("invoice", ("sale", [("draft", "not_paid")])),
            ("post", ("sale", [("posted", "not_paid")])),
        ):
            with self.subTest(step=step):
                rule = self.rule(step)
                order, _result = self.paid(client_order_ref=step)
                self.assertEqual(expected, self.seen(order))
                rule.unlink()
        self.rule("pay")
        order, _result = self.paid(client_order_ref="pay")
        ((state, payment),) = self.seen(order)[1]
        self.assertEqual("posted", state)
        self.assertIn(payment, settled)
        self.assertEqual(10.83, order.invoice_ids.matched_payment_ids.amount)

    def test_the_first_rule_that_matches_method_and_state_decides(self):
        self.rule("post", "card*", "paid", sequence=1)
        self.rule("quotation", "bank*", sequence=2)
        self.rule("confirm", sequence=3)
        cases = (
            ("Card_live", "PAID", ("sale", [("posted", "not_paid")])),
            ("card", "PENDING", ("sale", [])),
            ("bank", "PAID", ("draft", [])),
        )
        for method, state, expected in cases:
            with self.subTest(method=method, state=state):
                order, _result = self.paid(method, state, client_order_ref=f"{method}{state}")
                self.assertEqual(expected, self.seen(order))

    def test_without_a_matching_rule_the_connectors_setting_holds(self):
        self.rule("post", "card")
        self.assertEqual(("sale", []), self.seen(self.paid("cash")[0]))
        self.connector.order_confirm = False
        self.assertEqual(("draft", []), self.seen(self.paid("cash", client_order_ref="2")[0]))

    def test_an_order_goes_on_when_its_payment_arrives_and_once(self):
        self.rule("quotation", state="PENDING")
        self.rule("pay", state="PAID")
        order, result = self.paid(state="PENDING")
        self.assertEqual(("draft", []), self.seen(order))
        for _again in range(2):
            self.update(result, payment_state="PAID")
            self.assertEqual(1, len(order.invoice_ids))
            self.assertEqual(1, len(order.invoice_ids.matched_payment_ids))

    def test_a_quotation_that_a_person_made_stays_one_where_no_rule_says_more(self):
        order, result = self.paid(state="PENDING")
        order._action_cancel()
        order.action_draft()
        self.update(result, payment_state="PAID")
        self.assertEqual("draft", order.state)

    def test_each_order_of_a_page_has_an_invoice_of_its_own(self):
        self.rule("post")
        partner = self.env["res.partner"].create({"name": "Ada"})
        ops = [
            Op(
                str(n), "create", None,
                self.order_values(
                    self.line(), client_order_ref=str(n), partner_id=str(partner.id),
                ),
            )
            for n in range(3)
        ]  # fmt: skip
        orders = self.env["sale.order"].browse([int(r.id) for r in self.write("order", *ops)])
        self.assertEqual([1, 1, 1], [len(order.invoice_ids) for order in orders])
        self.assertEqual(3, len(orders.invoice_ids))

    def test_what_the_shop_says_was_paid_is_registered_and_no_more(self):
        self.rule("pay")
        payment = {"id": "1", "kind": "sale", "status": "success", "gateway": "card"}
        part = [
            {**payment, "amount": _D("4.00")},
            {**payment, "id": "2", "amount": _D("9.00"), "status": "failure"},
            {**payment, "id": "3", "amount": _D("9.00"), "kind": "authorization"},
        ]
        order, _result = self.paid(payments=part)
        self.assertEqual([4.0], order.invoice_ids.matched_payment_ids.mapped("amount"))
        order, _result = self.paid(payments=part[1:], client_order_ref="2")
        self.assertFalse(order.invoice_ids.matched_payment_ids)

    def test_a_payment_in_parts_is_registered_in_parts(self):
        self.rule("pay")
        payment = {"id": "1", "kind": "capture", "status": "success", "gateway": "card"}
        first = {**payment, "amount": _D("4.00"), "currency": self.company.currency_id.name}
        order, result = self.paid(payments=[first])
        for amounts in ([first, _D("5.00")], [first, _D("5.00"), _D("1.83")]):
            parts = [first, *({**first, "id": str(a), "amount": a} for a in amounts[1:])]
            for _again in range(2):
                self.update(result, payments=parts)
            paid = order.invoice_ids.matched_payment_ids.sorted("id").mapped("amount")
            self.assertEqual([4.0, 5.0, 1.83][: len(parts)], paid)
        self.assertEqual(0, order.invoice_ids.amount_residual)

    def test_a_payment_in_another_currency_is_left_to_a_person(self):
        self.rule("pay")
        payment = {"kind": "sale", "status": "success", "amount": _D("10.83"), "currency": "XTS"}
        order, result = self.paid(payments=[payment])
        self.assertEqual(("sale", [("posted", "not_paid")]), self.seen(order))
        self.assertIn("it was paid in XTS", self.stuck(result))

    def test_a_draft_that_a_person_made_is_not_posted(self):
        self.rule("confirm", state="PENDING")
        self.rule("post", state="PAID")
        order, result = self.paid(state="PENDING")
        order._create_invoices()
        self.update(result, payment_state="PAID")
        self.assertEqual(("sale", [("draft", "not_paid")]), self.seen(order))

    def test_a_cancelled_order_goes_nowhere(self):
        self.rule("pay")
        order, _result = self.paid(cancelled=True)
        self.assertEqual(("cancel", []), self.seen(order))

    # -- what fails

    def stuck(self, result):
        return str(result.warning)

    def test_a_step_that_fails_keeps_the_order_and_what_went_well(self):
        self.rule("pay")
        self.bank.inbound_payment_method_line_ids.unlink()
        order, result = self.paid()
        self.assertIsNone(result.error)
        self.assertEqual(("sale", [("posted", "not_paid")]), self.seen(order))
        self.assertIn(f"{order.name} is here, and went no further", self.stuck(result))
        self.assertTrue(order.gateway_stuck)

    def test_rights_that_are_missing_are_named(self):
        self.rule("pay")
        self.user.group_ids -= self.env.ref("account.group_account_invoice")
        order, result = self.paid()
        self.assertEqual("sale", order.state)
        self.assertIn("Give the connector's integration user this right", self.stuck(result))

    def test_one_order_that_fails_does_not_keep_the_others_of_its_page(self):
        self.rule("post")
        orders = self.env.registry["sale.order"]
        confirm = orders.action_confirm

        def refuse(rows):
            if "bad" in rows.mapped("client_order_ref"):
                raise UserError(self.env._("not this one"))
            return confirm(rows)

        ops = [
            Op(ref, "create", None, self.order_values(self.line(), client_order_ref=ref))
            for ref in ("1", "2", "bad", "3")
        ]
        with patch.object(orders, "action_confirm", refuse):
            results = self.write("order", *ops)
        rows = self.env["sale.order"].browse([int(result.id) for result in results])
        self.assertEqual(["sale", "sale", "draft", "sale"], rows.mapped("state"))
        self.assertEqual([1, 1, 0, 1], [len(row.invoice_ids) for row in rows])
        self.assertEqual([False, False, True, False], [bool(result.warning) for result in results])

    def stuck_letter(self, source, error):
        return self.env["gateway.dead.letter"].create(
            {
                "connector_id": self.connector.id,
                "company_id": self.company.id,
                "entity": "order",
                "direction": "import",
                "source_id": source,
                "stage": "workflow",
                "error": error,
            }
        )

    def test_the_letter_of_an_order_that_is_gone_stays_open(self):
        letter = self.stuck_letter("gone", "no journal")
        self.connector.user_id = self.user
        letter.action_retry()
        self.assertEqual("open", letter.state)
        self.assertIn("not here any more", letter.error)

    def test_a_retry_goes_on_with_the_order_and_resolves_its_letter(self):
        rule = self.rule("pay")
        lines = self.bank.inbound_payment_method_line_ids
        methods = lines.payment_method_id
        lines.unlink()
        order, result = self.paid()
        self.bind("order", "O1", order)
        letter = self.stuck_letter("O1", str(result.warning))
        self.connector.user_id = self.user
        letter.action_retry()
        self.assertEqual(("open", 2), (letter.state, letter.attempts))
        self.assertTrue(rule)
        self.bank.inbound_payment_method_line_ids = [
            (0, 0, {"payment_method_id": methods[:1].id, "name": "Manual"})
        ]
        letter.action_retry()
        self.assertEqual("resolved", letter.state)
        self.assertEqual(1, len(order.invoice_ids.matched_payment_ids))
        self.assertFalse(order.gateway_stuck)

    def test_a_payment_needs_its_journal(self):
        with self.assertRaisesRegex(ValidationError, "in which journal"):
            self.rule("pay", journal_id=False)

    # -- deliver

    def fulfil(self, result, number):
        sent = {"fulfilled_quantity": _D(number), "unfulfilled_quantity": _D(3 - number)}
        return self.update(result, lines={"line0": sent})

    def test_what_the_shop_fulfils_is_delivered_once_where_the_rule_says_so(self):
        self.rule("confirm", deliver=True)
        order, result = self.new_order(self.line(0, quantity=3))
        for number in (1, 1, 3):
            self.fulfil(result, number)
            self.assertEqual(number, order.order_line.qty_delivered)
        self.assertEqual(
            [1.0, 2.0], sorted(order.picking_ids.move_ids.mapped("quantity")), "a backorder"
        )

    def test_what_the_shop_sent_itself_is_not_told_to_its_customer_again(self):
        self.company.stock_move_email_validation = True
        self.rule("confirm", deliver=True)
        order, result = self.new_order(self.line(0, quantity=3))
        self.fulfil(result, 1)
        told = [("model", "=", "stock.picking"), ("partner_ids", "!=", False)]
        self.assertFalse(self.env["mail.message"].search(told))
        rest = order.picking_ids.filtered(lambda one: one.state != "done")
        rest.move_ids.write({"quantity": 2, "picked": True})
        rest._action_done()
        sent = self.env["mail.message"].search(told)
        self.assertEqual(rest.ids, sent.mapped("res_id"), "what is sent from here is told")

    def test_a_dozen_that_the_shop_fulfils_is_twelve_units(self):
        self.rule("quotation", state="PENDING")
        self.rule("confirm", state="PAID", deliver=True)
        order, result = self.new_order(self.line(0), payment_state="PENDING")
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.update(result, payment_state="PAID")
        sent = {"fulfilled_quantity": _D(1), "unfulfilled_quantity": _D(0)}
        self.update(result, lines={"line0": sent})
        done = order.picking_ids.filtered(lambda one: one.state == "done").move_ids
        self.assertEqual([12.0], done.mapped(lambda move: move.product_qty))
        self.assertEqual(1.0, order.order_line.qty_delivered)

    def test_what_was_fulfilled_before_it_came_moves_no_stock(self):
        self.rule("confirm", deliver=True)
        line = self.line(0, quantity=3, fulfilled_quantity=_D(2), unfulfilled_quantity=_D(1))
        order, _result = self.new_order(line)
        self.assertEqual("assigned confirmed".find(order.picking_ids.state) >= 0, True)
        self.assertEqual(2.0, order.order_line.qty_delivered)
        self.assertFalse(order.picking_ids.filtered(lambda one: one.state == "done"))

    def test_without_the_setting_nothing_is_delivered(self):
        self.rule("confirm")
        order, result = self.new_order(self.line(0, quantity=3))
        self.fulfil(result, 3)
        self.assertEqual(0.0, order.order_line.qty_delivered)
