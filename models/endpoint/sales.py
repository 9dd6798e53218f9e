"""A variant's sale for one connector: the item of its sale price list that is in force, else the
next that will be. Read here, many variants at once; written by `sale_plan`.

An item is what Odoo itself would take for one piece: of the variant, its product, a category or all
products; a fixed price, or one that Odoo computes. What is not below the regular price is no sale.
"""

from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal

from odoo import fields
from odoo.fields import Domain

from .columns import aware, to_decimal
from .pricelist_times import category_item_times, general_item_times, item_times, list_times
from .pricing import TEMPLATE, VARIANT

CATEGORY, ALL = "2_product_category", "3_global"


@dataclass(frozen=True, slots=True)
class Sale:
    """A price below the regular one; aware times, None where it has no such end."""

    price: Decimal
    begins: datetime | None = None
    ends: datetime | None = None

    def is_over(self, now):
        return self.ends is not None and self.ends < now

    def has_begun(self, now):
        return self.begins is None or self.begins <= now


@dataclass(frozen=True, slots=True)
class Standing:
    """The items of one variant: those in force and those to come, as Odoo would take them."""

    in_force: list
    to_come: list

    @property
    def item(self):
        """The one that is told."""
        return next(iter(self.in_force or self.to_come), None)


class Sales:
    """Sales as the shop of one connector should show them. Variants are product.product rows."""

    def __init__(self, env, pricelist):
        self.env = env
        self.pricelist = pricelist.with_env(env)

    def standings(self, variants):
        """product.product id → `Standing`; one query for the items of all."""
        now = fields.Datetime.now()
        of_one, broad = {}, []
        found = self.env["product.pricelist.item"].search(self._domain(variants, now))
        for place, item in enumerate(found):  # in the order in which Odoo tries them
            if item.applied_on in (CATEGORY, ALL):
                broad.append((place, item))
            else:
                owner = item.product_id or item.product_tmpl_id
                of_one.setdefault(owner, []).append((place, item))
        out = {}
        for variant in variants:
            own = of_one.get(variant, []) + of_one.get(variant.product_tmpl_id, [])
            taken = own + [pair for pair in broad if pair[1]._is_applicable_for(variant, 1)]
            taken.sort(key=lambda pair: pair[0])
            out[variant.id] = _standing([item for _place, item in taken], now)
        return out

    def _domain(self, variants, now):
        return Domain.AND(
            [
                [("pricelist_id", "=", self.pricelist.id), ("min_quantity", "<=", 1)],
                ["|", ("date_end", "=", False), ("date_end", ">=", now)],
                Domain("applied_on", "=", VARIANT) & Domain("product_id", "in", variants.ids)
                | Domain("applied_on", "=", TEMPLATE)
                & Domain("product_tmpl_id", "in", variants.product_tmpl_id.ids)
                | Domain("applied_on", "in", (CATEGORY, ALL)),
            ]
        )

    def told(self, variants, standings, regular):
        """product.product id → `Sale` or None. `regular`: id → regular price."""
        out = {}
        for variant in variants:
            item = standings[variant.id].item
            sale = self.sale_of(variant, item) if item else None
            out[variant.id] = sale if sale and sale.price < regular[variant.id] else None
        return out

    def sale_of(self, variant, item):
        """The item's price and dates."""
        if item.compute_price == "fixed":
            price = to_decimal(item.fixed_price)
        else:
            now, currency = fields.Datetime.now(), self.pricelist.currency_id
            made = item._compute_price(variant, 1.0, variant.uom_id, now, currency)
            price = to_decimal(currency.round(made))
        return Sale(price, aware(item.date_start or None), aware(item.date_end or None))

    def sources(self):
        """SQL queries (product.product id, time): when a variant's sale may have changed."""
        return sources_of(self.env, self.pricelist)


def sources_of(env, pricelists):
    """SQL queries (product.product id, time): when an item in force may be another one, or give
    another price."""
    lists = source_lists(env, pricelists)
    times = (item_times, category_item_times, general_item_times, list_times)
    return [each(lists) for each in times]


def source_lists(env, pricelists):
    """These price lists and those that their items are computed of."""
    based = [("pricelist_id", "in", pricelists.ids), ("base", "=", "pricelist")]
    return pricelists | env["product.pricelist.item"].search(based).base_pricelist_id


def now_aware():
    return fields.Datetime.now().replace(tzinfo=timezone.utc)


def _standing(items, now):
    begun = [item for item in items if not item.date_start or item.date_start <= now]
    waiting = [item for item in items if item not in begun]
    return Standing(begun, sorted(waiting, key=lambda item: item.date_start))
