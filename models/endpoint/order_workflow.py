"""What follows from an order, by the connector's rules: up to the paid invoice."""

from decimal import Decimal

from odoo.exceptions import AccessError, UserError

from ...lib.errors import Refused
from .columns import to_decimal
from .kit_shares import shares
from .order_exchanges import owed_in_exchange
from .order_money import rounded
from .order_settings import OrderSettings

_ORDER = ("quotation", "confirm", "invoice", "post", "pay")
#: Kinds of the shop's payments that bring money in.
_PAID = ("sale", "capture")


class OrderWorkflow(OrderSettings):
    """Part of the order entity. Each step is done for all orders at once, and skips what is done:
    running it again changes nothing."""

    def rule_of(self, row):
        """The workflow rule for an order, None where there is none that matches."""
        for rule in self.connector.workflow_ids:
            if rule._matches(row.gateway_payment_method, row.gateway_payment_state):
                return rule
        return None

    def follow(self, rows, sent=(), arriving=False):
        """Take orders as far as their rules say; order → error, for those where a step failed.

        `arriving`: what the shop has sent by now left the shelf without Odoo: it is delivered,
        whatever the rules. `sent`: ids of those of which nothing is to be procured.
        """
        rows = rows.filtered(lambda row: row.state != "cancel")
        rules = {row: self.rule_of(row) for row in rows}
        errors = {}

        def due(step):
            return rows.filtered(
                lambda row: row not in errors and _goes_to(rules[row], step, self.connector)
            )

        self._step(due("confirm"), lambda some: self._confirm(some, sent), errors)
        deliver = due("confirm").filtered(
            lambda row: arriving or (rules[row] and rules[row].deliver)
        )
        self._step(deliver, _deliver, errors)
        self._step(due("invoice"), self._invoice, errors)
        self._step(due("post"), _post, errors)
        for rule in {rules[row] for row in due("pay")}:
            mine = due("pay").filtered(lambda row, rule=rule: rules[row] == rule)
            self._step(mine, lambda some, rule=rule: self._pay(some, rule), errors)
        _mark(rows, errors)
        return errors

    def _warn(self, rows, errors):
        """Keep why orders went no further: `rows` is id(op) → order."""
        self.warnings.update({key: errors[row] for key, row in rows.items() if row in errors})

    def _step(self, rows, action, errors):
        """`action` on all `rows` at once; where it is refused, halved until the cause is alone."""
        if not rows:
            return
        try:
            with self.env.cr.savepoint():
                action(rows)
        except (UserError, Refused) as error:
            if len(rows) > 1:
                middle = len(rows) // 2
                self._step(rows[:middle], action, errors)
                self._step(rows[middle:], action, errors)
            else:
                errors[rows] = _failure(rows, error)

    def _confirm(self, rows, sent):
        # What follows from an order, its transfers above all, goes by rules that are in use.
        due = rows.filtered(lambda row: row.state in ("draft", "sent"))
        due = due.with_context(active_test=True)
        done = due.filtered(lambda row: row.id in sent)
        if done:
            done.with_context(skip_procurement=True).action_confirm()
        if due - done:
            (due - done).action_confirm()

    def _invoice(self, rows):
        due = rows.filtered(lambda row: row.invoice_status == "to invoice")
        if due:
            made = due._create_invoices(grouped=True)  # «by order», in Odoo's words
            made.gateway_by_sync = True

    def _pay(self, rows, rule):
        """Register what the shop says is paid, less what is registered already; all of what has no
        payment yet, where it says nothing of payments."""
        whole = self.env["account.move"]
        for row in rows:
            posted = _invoices(row).filtered(lambda one: one.state == "posted")
            invoices = posted.filtered(_is_open)
            fresh = invoices.filtered(lambda one: not _registered(one))
            paid = _paid(row)
            if paid is None:
                whole |= fresh
                continue
            is_paid = paid >= to_decimal(row.amount_total)
            due = float(paid) - sum(_registered(one) for one in posted)
            if is_paid:
                whole |= fresh
                invoices -= fresh
            for invoice in invoices if is_paid or len(invoices) == 1 else ():
                left = _left(invoice)
                amount = invoice.currency_id.round(left if is_paid else min(due, left))
                if amount > 0:
                    self._register(invoice, rule, amount)
        if whole:
            self._register(whole, rule)

    def _register(self, invoices, rule, amount=None):
        values = {"journal_id": rule.journal_id.id, "group_payment": False}
        if amount is not None:
            values["amount"] = amount
        wizards = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids
        )
        wizards.create(values)._create_payments()


def _goes_to(rule, step, connector):
    if rule is None:
        return step == "confirm" and bool(connector.order_confirm)
    return _ORDER.index(rule.step) >= _ORDER.index(step)


def _invoices(row):
    return row.invoice_ids.filtered(lambda one: one.move_type == "out_invoice")


def _post(rows):
    """Post the drafts a sync made; one that a person made is theirs."""
    rows.mapped("invoice_ids").filtered(
        lambda one: one.move_type == "out_invoice" and one.state == "draft" and one.gateway_by_sync
    ).action_post()


def _registered(invoice):
    """How much of an invoice is paid or settled otherwise, payments without an entry included."""
    going = invoice.matched_payment_ids.filtered(
        lambda one: one.state not in ("draft", "canceled", "rejected")
    )
    settled = invoice.amount_total - invoice.amount_residual
    return max(settled, sum(going.mapped("amount")))


def _left(invoice):
    return invoice.amount_total - _registered(invoice)


def _is_open(invoice):
    is_left = invoice.currency_id.compare_amounts(_left(invoice), 0) > 0
    return is_left and invoice.payment_state in ("not_paid", "partial", "in_payment")


def _paid(row):
    """What the shop says was paid, None where it names no payment."""
    payments = row.gateway_payments
    if not payments:
        return None
    currency = row.currency_id
    came = [one for one in payments if one.get("kind") in _PAID and one.get("status") == "success"]
    for one in came:
        if one.get("currency") and one["currency"].upper() != currency.name:
            raise Refused(
                f"it was paid in {one['currency']}, and is in {currency.name}",
                field="payments",
                value=one.get("amount"),
                remedy="Register the payment by hand.",
            )
    amounts = [Decimal(str(one.get("amount") or 0)) for one in came]
    return rounded(sum(amounts, Decimal(0)), currency.decimal_places)


def _deliver(rows):
    """Validate transfers for what the shop says is fulfilled and Odoo has not delivered yet."""
    for row in rows:
        due = {
            line: {part: missing * share for part, share in shares(line).items()}
            for line, missing in due_lines(row).items()
        }
        for picking in row.picking_ids if due else ():
            if picking.state not in ("done", "cancel") and picking.picking_type_code == "outgoing":
                _send(picking, due)


def due_lines(row):
    """Order line → what the shop has sent of it and Odoo has not delivered; of what refunds left
    of the line, the shop's own rest is still to be sent. What goes out in exchange for goods that
    came back is none of it: the shop sent it once."""
    due = {}
    for line in row.order_line:
        left = line.product_uom_qty - line.gateway_unfulfilled_qty
        missing = min(line.gateway_shop_fulfilled_qty, left) - line.qty_delivered
        if missing > 0:
            missing -= float(owed_in_exchange(line))
        if missing > 0:
            due[line] = missing
    return due


def _send(picking, due):
    """`due`: order line → component → what is still to be sent of it, in its own unit."""
    picked = picking.move_ids.browse()
    for move in picking.move_ids:
        wanted, own = due.get(move.sale_line_id, {}), move.product_id.uom_id
        left = own._compute_quantity(
            wanted.get(move.product_id, 0.0), move.product_uom, round=False
        )
        quantity = min(left, move.product_uom_qty)
        if quantity <= 0 or move.state in ("done", "cancel"):
            continue
        if any(origin.state not in ("done", "cancel") for origin in move.move_orig_ids):
            raise UserError(
                picking.env._("%s is delivered in several steps: validate them.", picking.name)
            )
        move.write({"quantity": quantity, "picked": True})
        wanted[move.product_id] -= move.product_uom._compute_quantity(quantity, own, round=False)
        picked |= move
    if picked:
        (picking.move_ids - picked).write({"picked": False})
        picking.gateway_by_shop = True
        picking._action_done()


def _failure(row, error):
    """What is kept as the dead letter of an order that is here, and went no further."""
    remedy = "Mend the cause, or the connector's workflow rule, then retry: the order goes on."
    if isinstance(error, AccessError):
        remedy = "Give the connector's integration user this right, then retry: the order goes on."
    text = error.message if isinstance(error, Refused) else str(error)
    return Refused(f"{row.name} is here, and went no further: {text}", remedy=remedy)


def _mark(rows, errors):
    failed = rows.filtered(lambda row: row in errors and not row.gateway_stuck)
    healed = rows.filtered(lambda row: row not in errors and row.gateway_stuck)
    if failed:
        failed.gateway_stuck = True
    if healed:
        healed.gateway_stuck = False
