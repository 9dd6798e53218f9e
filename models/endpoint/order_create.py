"""Creating a page of orders: contacts, quotations, the check of totals, confirmation."""
# pylint: disable=method-required-super
# No Odoo model: these are the contract's own verbs.

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from odoo.fields import Command

from ..guarded import BySync
from .batches import each
from .order_elements import all_lines, wanted_taxes
from .order_fields import GROUPS
from .order_parties import ROLES
from .order_refunds import OrderRefunds
from .order_workflow import OrderWorkflow, due_lines

#: Fields with a default that costs a query for each order: asked for once a page.
COSTLY_DEFAULTS = ("quotation_document_ids",)


@dataclass(frozen=True, slots=True)
class Way:
    """Where an order's goods are taken from, and when the shop sent them (aware, or None)."""

    warehouse: Any
    openings: Any
    sent_at: datetime | None


class OrderCreate(OrderRefunds, OrderWorkflow):
    """Part of the order entity: each step is done for all orders of the page at once."""

    def create(self, ops):
        """All orders of a page in one create, then confirmed or cancelled in groups."""
        self.notes.clear()
        self.warnings.clear()
        pricelists = self._pricelists(ops)
        lines = self._lines({tax for op in ops for tax in self._taxes_of(op)})
        parties = self._parties()
        ways = self._ways(ops)
        values = each(ops, lambda op: self._new_order(op, parties, pricelists, lines, ways[id(op)]))
        customers = parties.customers(ops)
        contacts = parties.contacts(
            [(id(op), customers[id(op)], role, op.values.get(role)) for op in ops for role in ROLES]
        )
        defaults = self._defaults()
        tags = self._tags(ops)
        for op, one in zip(ops, values, strict=True):
            if id(op) in tags:
                one["tag_ids"] = tags[id(op)]
            one.update({name: value for name, value in defaults.items() if name not in one})
            one["partner_id"] = customers[id(op)].id
            for role, (column, _type) in ROLES.items():
                if op.values.get(role):
                    one[column] = contacts[id(op), role].id
        # What follows from an order, its transfers above all, goes by rules that are in use.
        rows = self._records_to_create().create(values)
        children = [_children(op, row) for row, op in zip(rows, ops, strict=True)]
        self._check_totals(rows, ops)
        of_op = {id(op): row for op, row in zip(ops, rows, strict=True)}
        keys = {id(op): ids for op, ids in zip(ops, children, strict=True)}
        self._note(self._refund(ops, of_op, keys, arriving=True))
        self._advance(rows, ops)
        return [(self.key_of(row.id), ids) for row, ids in zip(rows, children, strict=True)]

    def _defaults(self):
        names = [name for name in COSTLY_DEFAULTS if name in self.records._fields]
        return self.records.default_get(names)

    def _records_to_create(self):
        # Odoo looks twice a line for an analytic distribution; most databases have none at all.
        models = self.env["account.analytic.distribution.model"].sudo()
        is_empty = not models.search_count([], limit=1)
        return self.records.with_context(
            active_test=True, gateway_no_distribution=is_empty and BySync
        )

    def _ways(self, ops):
        """id(op) → the way its goods went."""
        houses = each(ops, lambda op: self._warehouse(op.values.get("warehouse")))
        houses = [self.env["stock.warehouse"].browse(house) for house in houses]
        levels = {
            self._level_of(house, line)
            for op, house in zip(ops, houses, strict=True)
            for line in all_lines(op.values)
        }
        openings = self._openings(levels)
        return {
            id(op): Way(house, openings, _sent_at(op.values))
            for op, house in zip(ops, houses, strict=True)
        }

    def _new_order(self, op, parties, pricelists, lines, way):
        values = op.values
        parties.check({"partner_id": None, **values})
        pricelist = self._pricelist(pricelists, values.get("currency"))
        currency = pricelist.currency_id or self.company.currency_id
        terms = self._terms(values, currency)
        lines.taxes.check(wanted_taxes(all_lines(values), terms))
        one = self.header_values(values)
        one.update(
            company_id=self.company.id,
            pricelist_id=pricelist.id,
            warehouse_id=way.warehouse.id,
            sale_order_template_id=False,
            require_signature=False,
            require_payment=False,
            order_line=[
                Command.create(
                    {
                        "sequence": 10 + number,
                        **lines.values(line, terms, self._is_sent_before(way, line)),
                    }
                )
                for number, line in enumerate(all_lines(values))
            ],
        )
        team = self.setting("team_id", "crm.team")
        if team:
            one["team_id"] = team.id
        return one

    def _taxes_of(self, op):
        return wanted_taxes(all_lines(op.values), self._terms(op.values, None))

    def _is_sent_before(self, way, line):
        return way.openings.sent_before(self._level_of(way.warehouse, line), way.sent_at)

    def _advance(self, rows, ops):
        """Cancel, or go as far as the workflow says. What the shop had fulfilled before the opening
        balance moves no stock; what it has fulfilled since is delivered."""
        gone = [row.id for row, op in zip(rows, ops, strict=True) if op.values.get("cancelled")]
        if gone:
            rows.browse(gone).action_cancel()
        sent = {
            row.id
            for row, op in zip(rows, ops, strict=True)
            if _is_fulfilled(op) and not due_lines(row)
        }
        errors = self.follow(rows, sent, arriving=True)
        self._warn({id(op): row for row, op in zip(rows, ops, strict=True)}, errors)


def _children(op, row):
    """Element key → line id, for both lists; lines stand in the order they were given."""
    ids = iter(row.order_line.sorted("sequence").ids)
    return {
        group: {key: str(next(ids)) for key, fields in op.values[group].items() if fields}
        for group in GROUPS
        if op.values.get(group)
    }


def _sent_at(values):
    return values.get("fulfilled_at") or values.get("date_order")


def _is_fulfilled(op):
    """Whether the shop has sent all there is to send."""
    lines = [line for line in (op.values.get("lines") or {}).values() if line]
    return (
        bool(lines)
        and all(
            "unfulfilled_quantity" in line and not line["unfulfilled_quantity"] for line in lines
        )
        and any(line.get("fulfilled_quantity") for line in lines)
    )
