"""Changing orders that are here already: quotations wholly, confirmed ones only in what informs."""

from dataclasses import dataclass
from typing import Any

from .batches import each, write_grouped
from .order_changes import check_cancel, check_changes
from .order_fields import GROUPS, QUANTITIES
from .order_lines import MONEY, as_line, line_fields, wanted_taxes
from .order_parties import ROLES
from .order_settings import OrderSettings

_OPEN = ("draft", "sent")


@dataclass(slots=True)
class Touched:
    """One line that an operation adds (`held` is None), changes, or removes (`line` is None)."""

    op: Any
    row: Any
    place: tuple[str, str]  # list, element key
    held: Any
    line: dict[str, Any] | None

    @property
    def has_money(self):
        """Whether its price is computed anew."""
        if self.line is None or self.row.state not in _OPEN:
            return False
        given = {*self.line, *self.op.values}
        return self.held is None or bool(given.intersection((*MONEY, "taxes_included")))

    @property
    def full(self):
        """The line with what the operation leaves unsaid."""
        if self.held is None:
            return self.line
        before = line_fields(self.held)
        return {**{name: before[name] for name in MONEY}, **self.line}


class OrderUpdate(OrderSettings):
    """Part of the order entity: writes with equal values go together, whatever their orders."""

    def update(self, ops):
        found = {row.id: row for row in self.records.browse([int(op.id) for op in ops])}
        rows = {id(op): found[int(op.id)] for op in ops}
        each(ops, lambda op: check_changes(rows[id(op)], op))
        each(ops, lambda op: check_cancel(rows[id(op)], op))
        headers = each(ops, lambda op: self._changed_header(op, rows[id(op)]))
        for op, command in self._tags(ops).items():
            headers[[id(one) for one in ops].index(op)]["tag_ids"] = command
        write_grouped(self.records, [(int(op.id), v) for op, v in zip(ops, headers, strict=True)])
        touched = [one for op in ops for one in _touched(op, rows[id(op)])]
        children = self._write_lines(ops, touched)
        self._check_totals([rows[id(op)] for op in ops], ops)
        ids = [int(op.id) for op in ops if op.values.get("cancelled")]
        orders = self.records.with_context(active_test=True).browse(ids)
        orders.filtered(lambda row: row.state != "cancel").action_cancel()
        return [children.get(id(op), {}) for op in ops]

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
        values = {}
        by_op = {id(op): [one for one in touched if one.op is op] for op in ops}
        each(ops, lambda op: values.update({id(o): self._values(o, money) for o in by_op[id(op)]}))
        lines = self.env["sale.order.line"]
        changed = [one for one in touched if one.held is not None and one.line is not None]
        write_grouped(lines, [(one.held.id, values[id(one)]) for one in changed])
        lines.browse([one.held.id for one in touched if one.line is None]).exists().unlink()
        added = [one for one in touched if one.held is None]
        created = lines.create([{"order_id": o.row.id, **values[id(o)]} for o in added])
        children = {}
        for line, one in zip(created, added, strict=True):
            group, key = one.place
            children.setdefault(id(one.op), {}).setdefault(group, {})[key] = str(line.id)
        return children

    def _values(self, one, money):
        """ORM values of a touched line; none for one that is removed."""
        if one.line is None:
            return {}
        if one.held is None:
            return money.values(one.line, self._terms_of(one.row, one.op.values), True)
        values = money.info_values(one.line)
        if one.row.state not in _OPEN:
            return {name: value for name, value in values.items() if name in QUANTITIES.values()}
        if "fulfilled_quantity" in one.line:
            values["gateway_fulfilled_qty"] = float(one.line["fulfilled_quantity"] or 0)
        if one.line.get("kind") or one.line.get("product_id"):
            values.update(money.product_values(one.line))
        if one.has_money:
            terms = self._terms_of(one.row, one.op.values)
            values.update(money.money_values(one.full, terms))
        return values


def _touched(op, row):
    for group in GROUPS:
        known = op.children.get(group, {})
        for key, fields in (op.values.get(group) or {}).items():
            held = row.order_line.browse(int(known[key])) if key in known else None
            if fields is None and held is None:
                continue
            line = None if fields is None else as_line(group, fields, whole=held is None)
            yield Touched(op, row, (group, key), held, line)
