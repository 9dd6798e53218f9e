"""Changing orders that are here already, as far as the table of edits goes."""

from dataclasses import dataclass
from typing import Any

from .batches import each, write_grouped
from .entity import Refusals
from .order_elements import MONEY, as_line, wanted_taxes
from .order_fields import GROUPS
from .order_line_read import back_held, line_fields
from .order_parties import ROLES
from .order_plan import plan
from .order_refunds import OrderRefunds
from .order_tell import news, person_for, tell
from .order_totals import sold_total
from .order_workflow import OrderWorkflow

_OPEN = ("draft", "sent")
#: Fields by which the workflow may go further.
_MOVING = frozenset({"payment_state", "payment_method", "payments", "fulfillment_state"})


@dataclass(slots=True)
class Touched:
    """One line that an operation adds (`held` is None), changes, or removes (`line` is None)."""

    op: Any
    row: Any
    place: tuple[str, str]  # list, element key
    held: Any
    line: dict[str, Any] | None

    @property
    def is_dropped(self):
        """Whether it is taken away; a confirmed order keeps its lines, of nothing."""
        return self.line is None and self.row.state in _OPEN

    @property
    def has_money(self):
        """Whether its price is computed anew."""
        if self.line is None:
            return False
        given = {*self.line, *self.op.values}
        return self.held is None or bool(
            # Odoo asks its pricelists anew for another product.
            given.intersection((*MONEY, "taxes_included", "product_id"))
        )

    @property
    def full(self):
        """The line with what the operation leaves unsaid."""
        if self.held is None:
            return self.line
        before = line_fields(self.held)
        return {**{name: before[name] for name in MONEY}, **self.line}


class OrderUpdate(OrderRefunds, OrderWorkflow):
    """Part of the order entity: writes with equal values go together, whatever their orders."""

    def update(self, ops):
        """Carry out what the table of edits says, tell people the rest."""
        self.notes.clear()
        self.warnings.clear()
        rows = self._rows(ops)
        plans = each(ops, lambda op: plan(rows[id(op)], op))
        asked = {id(made.op): id(op) for op, made in zip(ops, plans, strict=True)}
        try:
            children = self._carry_out(plans)
        except Refusals as refusals:
            raise Refusals({asked[key]: e for key, e in refusals.errors.items()}) from refusals
        notes = {asked[key]: note for key, note in self.notes.items()}
        self.notes.clear()
        self.notes.update(notes)
        warnings = {asked[key]: error for key, error in self.warnings.items()}
        self.warnings.clear()
        self.warnings.update(warnings)
        return [children.get(id(made.op), {}) for made in plans]

    def _carry_out(self, plans):
        ops = [made.op for made in plans]
        rows = {id(made.op): made.row for made in plans}
        mapped = "total" in self.roots  # else nobody knows what the shop's is
        before = {id(made.op): sold_total(made.row) for made in plans if mapped}
        headers = each(ops, lambda op: self._changed_header(op, rows[id(op)]))
        tags = self._tags(ops)
        for op, values in zip(ops, headers, strict=True):
            if id(op) in tags:
                values["tag_ids"] = tags[id(op)]
        self._write_headers(ops, headers, rows)
        touched = [one for op in ops for one in _touched(op, rows[id(op)])]
        children = self._write_lines(ops, touched)
        checked = [made for made in plans if made.whole]
        self._check_totals([made.row for made in checked], [made.op for made in checked], before)
        self._cancel(ops)
        self._note(self._refund(ops, rows, _known(ops, children)))
        self._leave(plans)
        due = {id(made.op): made.row for made in plans if self._moves_on(made)}
        if due:
            orders = self.records.browse([row.id for row in due.values()])
            self._warn(due, self.follow(orders))
        return children

    def _moves_on(self, made):
        """Whether the workflow may go further by the update. Without a rule an order is confirmed
        when it arrives, and what a person made a quotation again stays one."""
        if made.row.gateway_stuck:
            return True
        lines = (made.op.values.get("lines") or {}).values()
        moving = bool(_MOVING.intersection(made.op.values)) or any(
            line and "fulfilled_quantity" in line for line in lines
        )
        return moving and self.rule_of(made.row) is not None

    def _write_headers(self, ops, headers, rows):
        """Open transfers go to the new address, done ones went to the old one."""
        moved = [
            rows[id(op)] for op, v in zip(ops, headers, strict=True) if v.get("partner_shipping_id")
        ]
        sent = [
            (picking.id, {"partner_id": picking.partner_id.id})
            for row in moved
            for picking in row.picking_ids
            if picking.state == "done"
        ]
        quiet = self.records.with_context(update_delivery_shipping_partner=True)
        write_grouped(quiet, [(int(op.id), v) for op, v in zip(ops, headers, strict=True)])
        write_grouped(self.env["stock.picking"], sent)

    def _rows(self, ops):
        found = {row.id: row for row in self.records.browse([int(op.id) for op in ops])}
        return {id(op): found[int(op.id)] for op in ops}

    def _cancel(self, ops):
        ids = [int(op.id) for op in ops if op.values.get("cancelled")]
        orders = self.records.with_context(active_test=True).browse(ids)
        orders.filtered(lambda row: row.state != "cancel").action_cancel()

    def _leave(self, plans):
        """Tell people, and the changelog, what is not carried out."""
        told, notes = [], {}
        for made in plans:
            fresh = news(made.row, made.left)
            person = person_for(self.connector, made.row).name
            said = [f"left to {person}: {edit.text} ({made.why})" for edit in made.left]
            said += [f"left as it is: {edit.text} ({made.why})" for edit in made.noted]
            if said:
                notes[id(made.op)] = said
            if fresh:
                points = [(f"{edit.text} ({made.why})", edit.remedy) for edit in fresh]
                told.append((made.row, "Changed at the shop", points))
        tell(self.connector, told)
        self._note(notes)

    def _changed_header(self, op, row):
        values = self.header_values(op.values)
        if "warehouse" in op.values:
            values["warehouse_id"] = self._warehouse(op.values["warehouse"])
        if op.values.get("currency"):
            pricelists = self._pricelists([op])
            values["pricelist_id"] = self._pricelist(pricelists, op.values["currency"]).id
        if op.values.get("partner_id"):
            # Odoo would take the new customer's pricelist, and with it another currency.
            values.setdefault("pricelist_id", row.pricelist_id.id)
            values["partner_id"] = int(op.values["partner_id"])
        customer = self.env["res.partner"].browse(values.get("partner_id", row.partner_id.id))
        asked = [(0, customer, role, op.values[role]) for role in ROLES if op.values.get(role)]
        for (_key, role), contact in (self._parties().contacts(asked) if asked else {}).items():
            values[ROLES[role][0]] = contact.id
        if asked and row.gateway_addresses:
            given = {role for _key, _customer, role, _address in asked}
            kept = {n: one for n, one in row.gateway_addresses.items() if n not in given}
            values["gateway_addresses"] = kept or False
        return values

    def _write_lines(self, ops, touched):
        """Change, remove and create lines, each in as few calls as can be; new ids by op."""
        money = self._lines(
            {
                tax
                for one in touched
                if one.has_money
                for tax in wanted_taxes([one.full], self._terms_of(one.row, one.op.values))
            }
        )
        held = [one.held.id for one in touched if one.held is not None]
        self.env["sale.order.line"].browse(held).fetch(["product_id"])
        openings = self._openings({self._level_at(one) for one in touched})
        values = {}
        by_op = {id(op): [one for one in touched if one.op is op] for op in ops}
        each(
            ops,
            lambda op: values.update(
                {id(o): self._values(o, money, openings) for o in by_op[id(op)]}
            ),
        )
        lines = self.env["sale.order.line"]
        changed = [one for one in touched if one.held is not None and not one.is_dropped]
        write_grouped(lines, [(one.held.id, values[id(one)]) for one in changed])
        lines.browse([one.held.id for one in touched if one.is_dropped]).exists().unlink()
        added = [one for one in touched if one.held is None]
        last = {one.row: max(one.row.order_line.mapped("sequence"), default=10) for one in added}
        created = lines.create(
            [{"order_id": o.row.id, "sequence": last[o.row] + 1, **values[id(o)]} for o in added]
        )
        children = {}
        for line, one in zip(created, added, strict=True):
            group, key = one.place
            children.setdefault(id(one.op), {}).setdefault(group, {})[key] = str(line.id)
        return children

    def _level_at(self, one):
        """Where the goods of a touched line are taken from."""
        held = {"product_id": one.held.product_id.id} if one.held is not None else {}
        return self._level_of(one.row.warehouse_id, {**held, **(one.line or {})})

    def _values(self, one, money, openings):
        """ORM values of a touched line; none for one that is removed."""
        if one.line is None:
            return {} if one.is_dropped else {"product_uom_qty": 0.0}
        if one.held is None:
            before = openings.sent_before(self._level_at(one), None)
            return money.values(one.line, self._terms_of(one.row, one.op.values), before)
        values = money.info_values(one.line)
        if (
            "fulfilled_quantity" in one.line
            and one.row.state in _OPEN
            and openings.sent_before(self._level_at(one), None)
        ):
            values["gateway_fulfilled_qty"] = float(one.line["fulfilled_quantity"] or 0)
        if one.line.get("kind") or one.line.get("product_id"):
            values.update(money.product_values(one.line))
        if one.has_money:
            terms = self._terms_of(one.row, one.op.values)
            values.update(money.money_values(one.full, terms, back_held(one.held)))
            if values["product_uom_qty"] == one.held.product_uom_qty:
                del values["product_uom_qty"]  # or Odoo would look whether to procure
        return values


def _touched(op, row):
    lines = {line.id: line for line in row.order_line}  # read for all at once
    for group in GROUPS:
        known = op.children.get(group, {})
        for key, fields in (op.values.get(group) or {}).items():
            held = lines[int(known[key])] if key in known else None
            if fields is None and held is None:
                continue
            line = None if fields is None else as_line(group, fields, whole=held is None)
            yield Touched(op, row, (group, key), held, line)


def _known(ops, children):
    """id(op) → list → element key → line id, of all elements that are there by now."""
    return {
        id(op): {
            group: {**op.children.get(group, {}), **children.get(id(op), {}).get(group, {})}
            for group in GROUPS
        }
        for op in ops
    }
