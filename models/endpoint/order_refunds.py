"""What a shop gave back: taken off the order, credited, or left to a person; once each."""

from decimal import Decimal

from ...lib.errors import GatewayError, Refused, RetryLater, StopRun
from ...lib.values import freeze
from ..wording import short_id
from .batches import each, write_grouped
from .columns import to_decimal
from .entity import Refusals
from .order_back import Back, back_of
from .order_credit import credit_note
from .order_edits import CREDIT, NOTED, REASONS, REMEDIES, RETURN, UPDATE, state_of, verdict
from .order_line_read import back_held, line_fields
from .order_money import rounded
from .order_refund import Refund, check_refunds, plain
from .order_return import return_goods
from .order_sent import find_returns, recognise
from .order_settings import OrderSettings
from .order_tell import person_for, tell


class OrderRefunds(OrderSettings):
    """Part of the order entity. Refunds are few: they are carried out one by one, their lines and
    what is kept of them are written together."""

    def _refund(self, ops, rows, children, arriving=False):
        """Carry out the new refunds of `ops`; id(op) → sentences on what became of them.

        `rows`: id(op) → order; `children`: id(op) → list → element key → line id. `arriving`: the
        orders come in with them, so no goods come back: they are in the opening stock.
        """
        found = self._new_refunds(ops, rows)
        if not found:
            return {}
        recognise(self, found)
        find_returns(self, found)
        taken, before = {}, {}
        fresh = [one for one in found if not one.is_known]
        for one in fresh:
            before.setdefault(one.row, to_decimal(one.row.amount_total))
            self._find_lines(one, (children.get(id(one.op)) or {}).get("lines") or {})
            self._decide(one, taken, arriving)
        self._write_rest(fresh, taken)
        self._check_reduced(fresh, before)
        for one in fresh:
            self._give_documents(one)
        self._keep_refunds(found)
        notes = {}
        for one in found:
            notes.setdefault(id(one.op), []).extend(one.said)
        return notes

    def _new_refunds(self, ops, rows):
        asked = [(op, given) for op in ops for given in op.values.get("refunds") or ()]
        if not asked:
            return []
        known = self.env["gateway.refund"].sudo().search_fetch(
            [
                ("connector_id", "=", self.connector.id),
                ("order_id", "in", list({rows[id(op)].id for op, _given in asked})),
            ],
            ["order_id", "remote_id", "payload"],
        )  # fmt: skip
        held = {(one.order_id.id, one.remote_id): one for one in known}
        fresh, seen = [], set()
        each(ops, check_refunds)
        for op, given in asked:
            key = rows[id(op)].id, str(given["id"])
            if key in held:
                self._compare(rows[id(op)], held[key], given)
            elif key not in seen:
                fresh.append(Refund(rows[id(op)], op, given))
            seen.add(key)
        return fresh

    def _compare(self, row, kept, given):
        """A refund that was carried out and is another one now at the shop. One whose payload was
        let go (by age, or with a person) has nothing to be compared with."""
        if not kept.payload or _without_return(kept.payload) == _without_return(freeze(given)):
            return
        before, after = kept.payload.get("amount"), given.get("amount")
        what = f"refund {short_id(kept.remote_id)} changed at the shop: {before} → {after}"
        kept.payload = freeze(given)
        tell(self.connector, [(row, "Refund changed at the shop", [(what, REMEDIES["refund"])])])

    def _find_lines(self, one, keys):
        for given in one.given.get("lines") or ():
            line = one.row.order_line.browse(int(keys.get(str(given["line"]), 0))).exists()
            back = back_of(given)
            if line:
                one.lines.append((line, back, given))
            elif back:
                one.leave(f"{plain(back.amount)} on a line that is not on the order")
        back = back_of(one.given.get("shipping") or {})
        if back:
            line = one.row.order_line.filtered("is_delivery")[:1]
            if line:
                one.lines.append((line, back, {}))
            else:
                one.leave(f"{plain(back.amount)} of shipping, which is not on the order")

    def _decide(self, one, taken, arriving):
        """What becomes of the refund, by the table and the connector's settings."""
        state = state_of(one.row)
        found = verdict(one.row, state, "refund")
        if found == NOTED or (arriving and one.op.values.get("cancelled")):
            one.said.append(f"{one.title}: the order is cancelled, there is nothing to do")
        elif found in (UPDATE, RETURN) and self.connector.refund_open == "reduce":
            self._take_off(one, taken, arriving or state == "quotation")
        elif found == CREDIT and self.connector.refund_invoiced == "credit_note":
            one.outcome = "credited"
            self._keep_back(one, taken)
        else:
            why = "the connector leaves refunds to a person"
            one.leave(
                why if found != "activity" else REASONS["locked" if one.row.locked else state]
            )

    def _take_off(self, one, taken, free):
        """Off the lines as far as nothing of them has left. `free`: Odoo has sent nothing; what the
        shop sent and took back counts as never sent."""
        for line, back, given in one.lines:
            part = back
            if back.quantity:
                left = _sent_for_good(line, given) if free else to_decimal(line.qty_delivered)
                part = self._part(one, line, back, taken, left)
            self._take(one, line, part, taken)
            over = back.less(part)
            if over:
                what = f"{plain(over.quantity)} × «{line.name}», {plain(over.amount)}, have left"
                one.leave(what)
                self._bring_back(one, line, over, given)
        if one.reduced:
            one.outcome = "reduced"
            one.said.append(f"{one.title}: {plain(one.reduced)} taken off the order")
        if one.adjustment:
            one.leave(f"{plain(one.adjustment)} are on no line")
        if one.unexplained(self._terms_of(one.row, {}).included):
            rest = one.unexplained(self._terms_of(one.row, {}).included)
            one.leave(f"{plain(rest)} are in its amount and on none of its parts")

    def _keep_back(self, one, taken):
        """Of an invoiced order: what has not left is not sent; its money is credited."""
        for line, back, given in one.lines:
            if back.quantity and line.product_id.type == "consu":
                part = self._part(one, line, back, taken, to_decimal(line.qty_delivered))
                self._take(one, line, part, taken)
                self._bring_back(one, line, back.less(part), given)

    @staticmethod
    def _part(one, line, back, taken, left):
        """The part of `back` that has not left; `left`: how much of the line has."""
        open_ = to_decimal(line.product_uom_qty) - taken.get(line, Back()).quantity - left
        return back.part(max(open_, Decimal(0)), one.row.currency_id.decimal_places)

    def _take(self, one, line, part, taken):
        if part:
            taken[line] = taken.get(line, Back()) + part
            one.reduced += part.total(self._terms_of(one.row, {}).included)

    @staticmethod
    def _bring_back(one, line, over, given):
        if given.get("restocked") and over.quantity and not one.came_by:
            one.returns.append((line, over.quantity, given.get("location")))

    def _write_rest(self, found, taken):
        """Write what is left of the lines, equal values together."""
        if not taken:
            return
        money = self._lines(set())
        given = {one.row: one.op.values.get("lines") or {} for one in found}
        changes = []
        for line, back in taken.items():
            terms = self._terms_of(line.order_id, {})
            whole = back_held(line) + back
            values = money.rest_values(line, line_fields(line), terms, whole)
            if line.gateway_fulfilled_qty:
                keys = self._said_open(given[line.order_id], line, found)
                most = values["product_uom_qty"] - keys
                values["gateway_fulfilled_qty"] = max(0.0, min(line.gateway_fulfilled_qty, most))
            changes.append((line.id, values))
        write_grouped(self.env["sale.order.line"], changes)

    @staticmethod
    def _said_open(given, line, found):
        """What the shop still holds back of the line, as this very update says; else nothing."""
        for one in found:
            for row, _back, part in one.lines:
                if row == line and part:
                    return float(
                        (given.get(str(part["line"])) or {}).get("unfulfilled_quantity") or 0
                    )
        return 0.0

    def _check_reduced(self, found, before):
        """The law of totals: what was taken off is off to the cent."""
        errors = {}
        for row, total in before.items():
            ours = [one for one in found if one.row == row]
            off = sum((one.reduced for one in ours), Decimal(0))
            if not off:
                continue
            places = row.currency_id.decimal_places
            held = rounded(to_decimal(row.amount_total), places)
            if held != rounded(total - off, places):
                errors[id(ours[0].op)] = Refused(
                    f"after a refund of {off} the order should come to {total - off} "
                    f"{row.currency_id.name}, Odoo computes {held}",
                    field="refunds",
                    remedy="Compare the refund's lines and taxes at the shop; credit it by hand.",
                )
            row.gateway_refunded_total += float(off)
        if errors:
            raise Refusals(errors)

    def _give_documents(self, one):
        if one.outcome == "credited":
            self._credit(one)
        if one.returns and self.connector.refund_restock != "none":
            one.pickings, missing = return_goods(self.connector, one.returns)
            if one.pickings:
                one.said.append(f"{one.title}: return {', '.join(one.pickings.mapped('name'))}")
            for line, quantity in missing:
                one.leave(
                    f"{plain(quantity)} × «{line.name}» came back, no delivery of Odoo has them",
                    "Take them into stock by hand (Inventory › Physical Inventory).",
                )

    def _credit(self, one):
        try:
            with self.env.cr.savepoint():
                one.move = credit_note(self, one)
        except (StopRun, RetryLater):
            raise
        except GatewayError as error:
            one.outcome = "activity"
            one.leave(f"no credit note could be made: {error.message}")
        else:
            one.said.append(f"{one.title}: draft credit note on {one.row.name}")

    def _keep_refunds(self, found):
        for one in found:
            if one.left:
                one.outcome = "activity" if one.outcome in ("nothing", "activity") else one.outcome
                person = person_for(self.connector, one.row).name
                one.said += [f"left to {person}: {what}" for what, _remedy in one.left]
        tell(
            self.connector,
            [(one.row, "Refund at the shop", one.left) for one in found if one.left],
        )
        self.env["gateway.refund"].sudo().create([self._kept(one) for one in found])

    def _kept(self, one):
        given = one.given
        return {
            "connector_id": self.connector.id,
            "company_id": self.company.id,
            "order_id": one.row.id,
            "remote_id": str(given["id"]),
            "date": str(freeze(given.get("date")) or ""),
            "note": given.get("note") or False,
            "amount": float(given.get("amount") or 0),
            "outcome": one.outcome,
            "reduced": float(one.reduced),
            "told": "\n".join(one.said),
            "move_id": one.move.id if one.move else False,
            "picking_ids": one.pickings.ids if one.pickings else [],
            "payload": freeze(given),
        }


def _without_return(payload):
    """The shop may say later which return a refund belongs to: that changes nothing of it."""
    return {name: value for name, value in payload.items() if name != "return"}


def _sent_for_good(line, given):
    """What the shop has sent of a line since the opening balance, and a refund leaves out there."""
    if given.get("restocked"):
        return Decimal(0)
    sent = line.gateway_shop_fulfilled_qty - line.gateway_fulfilled_qty
    return max(to_decimal(sent), Decimal(0))
