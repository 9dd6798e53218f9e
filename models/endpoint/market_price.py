"""The price of each variant in every price list that is mapped to one of the shop's: by currency,
market or customer group (docs/decisions/045-price-lists.md)."""

from functools import cached_property

from ...lib.endpoint import FieldInfo
from ...lib.errors import Refused
from .columns import to_decimal
from .entity import entity
from .list_plan import ListPlan, asked_price
from .pricelist_times import rate_times
from .pricing import Pricing
from .sales import Sales, source_lists, sources_of
from .variant import VariantPrices


@entity
class MarketPrice(VariantPrices):
    """`prices`: one element for each mapped list, its price what Odoo takes for one piece, null
    where no item is in force."""

    name = "market_price"
    virtual = {
        "prices": FieldInfo(
            "prices",
            "list",
            writable=True,
            help="One for each price list that is mapped: list, price in the list's currency.",
        ),
    }

    @cached_property
    def _lists(self):
        """price list id → its items."""
        lists = self.env["product.pricelist"].browse(self.connector.gateway_price_lists())
        return {each.id: Sales(self.env, each) for each in lists}

    def change_sources(self):
        lists = self.env["product.pricelist"].browse(self._lists)
        return [
            *super().change_sources(),
            *Pricing(self.env, self.connector).sources(),
            *(sources_of(self.env, lists) if lists else ()),
            *rate_times(source_lists(self.env, lists)),
        ]

    def look(self, rows):  # pylint: disable=missing-return
        super().look(rows)
        self._standings = {id_: sales.standings(rows) for id_, sales in self._lists.items()}
        self._told = {
            id_: {row.id: self._sale(sales, row, self._standings[id_][row.id]) for row in rows}
            for id_, sales in self._lists.items()
        }

    @staticmethod
    def _sale(sales, row, standing):
        """What is told: that of the first item in force; none of those to come."""
        return sales.sale_of(row, standing.in_force[0]) if standing.in_force else None

    def fields_of(self, row):
        out = super().fields_of(row)
        out["prices"] = [
            {"id": str(id_), "list": str(id_), "price": told[row.id] and told[row.id].price}
            for id_, told in self._told.items()
        ]
        return out

    def canonical(self, values):
        out = super().canonical(values)
        if values.get("prices"):
            out["prices"] = {key: _canonical(told) for key, told in values["prices"].items()}
        return out

    def update(self, ops):
        """All lists of a variant, or none: one whose price can't be had is refused with all."""
        rows = self.records.browse([int(op.id) for op in ops])
        self.look(rows)
        refused = {}
        asked = self._asked(ops, refused)
        while True:
            plans = [self._plan(id_, rows, told, refused) for id_, told in asked.items()]
            more = {id_: error for plan in plans for id_, error in plan.refused.items()}
            if not more:
                break
            refused |= more
        for plan in plans:
            plan.apply()
        return [refused.get(int(op.id), {}) for op in ops]

    def _asked(self, ops, refused):
        """price list id → product.product id → `Sale` or None, of those that are spoken of."""
        out = {}
        for op in ops:
            bound = op.children.get("prices", {})
            for key, fields in (op.values.get("prices") or {}).items():
                list_id = int(bound.get(key) or 0)
                if list_id not in self._lists:
                    refused[int(op.id)] = _not_mapped(key)
                elif fields is None or "price" in fields:
                    told = self._told[list_id][int(op.id)]
                    out.setdefault(list_id, {})[int(op.id)] = asked_price(fields, told)
        return out

    def _plan(self, list_id, rows, asked, refused):
        left = {id_: sale for id_, sale in asked.items() if id_ not in refused}
        standings, told = self._standings[list_id], self._told[list_id]
        return ListPlan(self._lists[list_id], rows.browse(left), standings, told, left, True)


def _canonical(fields):
    if not fields or fields.get("price") is None:
        return fields
    return {**fields, "price": to_decimal(float(fields["price"]))}


def _not_mapped(key):
    return Refused(
        f"the price list {key} of the shop is not mapped to one of Odoo's",
        field="prices",
        remedy="Map it under «Price lists» of the connector, then retry.",
    )
