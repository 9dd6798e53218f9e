"""The prices of each variant, as one connector's shop should show them: regular, and its sale."""

from ...lib.endpoint import FieldInfo
from .entity import entity
from .sale_asked import SALE, WAS, asked_of, canonical_sale, fields_of_sale
from .sale_plan import SalePlan
from .sales import Sales, now_aware
from .variant import VariantPrices, asked_prices

_NEEDS = "Absent without a sale price list on the connector."


def _info(name, kind, told):
    return FieldInfo(name, kind, writable=True, help=told)


@entity
class Price(VariantPrices):
    """`price` is the regular price; where the mappings carry `compare_at_price` it is the price of
    now, like that of a shop that knows no dates (docs/decisions/041-sale-prices.md)."""

    name = "price"
    virtual = {
        "price": _info(
            "price",
            "decimal",
            "The fixed price of the connector's pricelist, else list price plus extras; where "
            "compare_at_price is mapped too, the price of the sale in force.",
        ),
        WAS: _info(WAS, "decimal", f"The regular price while a sale is in force. {_NEEDS}"),
        "sale_price": _info(
            "sale_price", "decimal", f"Of the sale in force, else of the next one. {_NEEDS}"
        ),
        "sale_from": _info("sale_from", "datetime", f"When that sale begins. {_NEEDS}"),
        "sale_to": _info("sale_to", "datetime", f"When that sale ends. {_NEEDS}"),
    }

    def __init__(self, env, connector, reads=()):
        super().__init__(env, connector, reads)
        self._roots = self._roots | {"price"}
        self._is_pair = WAS in self._roots
        told = self._is_pair or bool(self._roots.intersection(SALE))
        has_list = told and connector.sale_pricelist_id
        self.sales = Sales(self.env, connector.sale_pricelist_id) if has_list else None

    def change_sources(self):
        sources = super().change_sources()
        if self.sales:
            sources += self.sales.sources()
        return sources

    def look(self, rows):  # pylint: disable=missing-return
        super().look(rows)
        self._standings, self._told = {}, {}
        if self.sales:
            self._standings = self.sales.standings(rows)
            self._told = self.sales.told(rows, self._standings, self._prices)

    def fields_of(self, row):
        out = super().fields_of(row)
        if self.sales:
            sale = self._told[row.id]
            told = fields_of_sale(sale, self._prices[row.id], self._is_pair, now_aware())
            out |= {name: value for name, value in told.items() if name in self._roots}
        return out

    def canonical(self, values):
        """With the clock: a sale that is over is none."""
        out = super().canonical(values)
        return canonical_sale(out, now_aware()) if self.sales else out

    def update(self, ops):
        """All prices of a template are decided together; templates that can't are refused alone,
        and so are variants whose sale can't be had."""
        if not self.sales:
            plan = self.pricing.plan(asked_prices(ops))
            plan.apply()
            return self.answers(ops, plan)
        rows = self.records.browse([int(op.id) for op in ops])
        self.look(rows)
        asked = {int(op.id): self._asked(op) for op in ops}
        sold = {id_: each.sale for id_, each in asked.items() if each.speaks_of_sale}
        told = {id_: asked[id_].told for id_ in sold}
        sales = SalePlan(
            self.sales, rows.browse(sold), self._standings, told, sold, keeps_later=self._is_pair
        )
        regular = {
            id_: each.regular
            for id_, each in asked.items()
            if each.regular is not None and id_ not in sales.refused
        }
        plan = self.pricing.plan(regular)
        plan.apply()
        sales.apply(except_of=plan.refused)
        answers = self.answers(ops, plan)
        return [sales.refused.get(int(op.id)) or a for op, a in zip(ops, answers, strict=True)]

    def _asked(self, op):
        id_ = int(op.id)
        asked = asked_of(op.values, self._prices[id_], self._told[id_], self._is_pair, now_aware())
        if asked.told and asked.sale == asked.told and not op.values.keys().isdisjoint(SALE):
            self.notes[id(op)] = self.env._("the sale has begun, and Odoo keeps when")
        return asked
