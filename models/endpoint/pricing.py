"""A variant's sales price for one connector: read and written, many variants at once.

It is the fixed price of the connector's pricelist where that has one for the variant or its
template, else the template's list price plus the extras of the variant's attribute values.
"""

from collections import defaultdict
from decimal import Decimal
from itertools import islice

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL

from ...lib.errors import Refused
from ...lib.extras import additive
from .columns import to_decimal
from .pricelist_times import item_times, list_times

VARIANT, TEMPLATE = "0_product_variant", "1_product"


class Pricing:
    """Prices as the shop of one connector should show them. Variants are product.product rows."""

    def __init__(self, env, connector):
        self.env = env
        self.pricelist = connector.pricelist_id.with_env(env) if connector.pricelist_id else None

    # -- reading

    def of(self, variants):
        """product.product id → price (Decimal) of each of `variants`."""
        items = self._items(variants)
        return {
            v.id: to_decimal(items[v.id].fixed_price) if v.id in items else listed_price(v)
            for v in variants
        }

    def _items(self, variants):
        """product.product id → the pricelist item in force for it (its own or its template's)."""
        if not self.pricelist or not variants:
            return {}
        found = self.env["product.pricelist.item"].search(self._in_force(variants))
        own = {}
        for item in found:  # in the order in which Odoo tries them
            own.setdefault(item.product_id or item.product_tmpl_id, item)
        held = {v.id: own.get(v) or own.get(v.product_tmpl_id) for v in variants}
        return {id_: item for id_, item in held.items() if item}

    def _in_force(self, variants):
        now = fields.Datetime.now()
        return Domain.AND(
            [
                [("pricelist_id", "=", self.pricelist.id), ("compute_price", "=", "fixed")],
                [("min_quantity", "<=", 1)],
                ["|", ("date_start", "=", False), ("date_start", "<=", now)],
                ["|", ("date_end", "=", False), ("date_end", ">=", now)],
                Domain("applied_on", "=", VARIANT) & Domain("product_id", "in", variants.ids)
                | Domain("applied_on", "=", TEMPLATE)
                & Domain("product_tmpl_id", "in", variants.product_tmpl_id.ids),
            ]
        )

    # -- changes

    def sources(self):
        """SQL queries (product.product id, time): when a variant's price may have changed."""
        queries = [
            SQL(
                "SELECT p.id, t.write_date FROM product_product p"
                " JOIN product_template t ON t.id = p.product_tmpl_id"
            ),
            SQL(
                "SELECT c.product_product_id, a.write_date FROM product_variant_combination c"
                " JOIN product_template_attribute_value a"
                " ON a.id = c.product_template_attribute_value_id"
            ),
        ]
        if self.pricelist:
            queries += [item_times(self.pricelist), list_times(self.pricelist)]
        return queries

    # -- writing

    def fix(self, wanted):
        """Give variants that the pricelist knows nothing of a fixed price each (id → price)."""
        plan = PricePlan(self)
        for variant in self.env["product.product"].browse(wanted):
            plan.add_item(variant.product_tmpl_id.id, variant.id, wanted[variant.id])
        plan.apply()

    def plan(self, wanted):
        """How to make `wanted` (product.product id → price) true and leave all other prices be.

        Gives a `PricePlan`; templates whose prices can't be made are in its `refused`.
        """
        plan = PricePlan(self)
        variants = self.env["product.product"].browse(wanted)
        siblings = variants | variants.product_tmpl_id.with_context(
            active_test=True
        ).product_variant_ids.with_env(variants.env)
        items = self._items(siblings)
        for template, rows in siblings.grouped("product_tmpl_id").items():
            asked = {v.id: wanted[v.id] for v in rows if v.id in wanted}
            held = {id_: items[id_] for id_ in asked if id_ in items}
            plan.set_items(held, asked, rows)
            listed = {id_: price for id_, price in asked.items() if id_ not in held}
            if listed:
                self._plan_listed(plan, template, rows, listed)
        return plan

    def _plan_listed(self, plan, template, rows, listed):
        """Prices from the list price: moved by it and by extras, else by the pricelist."""
        now = {v.id: listed_price(v) for v in rows}
        change = {v.id: listed.get(v.id, now[v.id]) - now[v.id] for v in rows}
        if not any(change.values()):
            return
        order = list(rows)
        reference = min(range(len(order)), key=lambda n: _rank(order[n], change, listed))
        found = additive(
            [(v.product_template_attribute_value_ids._ids, change[v.id]) for v in order], reference
        )
        if found:
            plan.move(template, *found)
        elif self.pricelist:
            for id_, price in listed.items():
                if price != now[id_]:
                    plan.add_item(template.id, id_, price)
        else:
            plan.refused[template.id] = not_additive(template.name, [*_told(order, listed, now)])


class PricePlan:
    """What is to be written so that prices come true; nothing is written until `apply`."""

    def __init__(self, pricing):
        self.pricing = pricing
        self.refused = {}  # product.template id → Refused
        self._lists, self._extras, self._fixed = {}, {}, {}
        self._created = []

    def move(self, template, list_change, extra_changes):
        """Change a template's list price and the extras of its attribute values by amounts."""
        if list_change:
            self._lists[template.id] = to_decimal(template.list_price) + list_change
        model = template.env["product.template.attribute.value"]
        for id_, amount in extra_changes.items():
            if amount:
                self._extras[id_] = to_decimal(model.browse(id_).price_extra) + amount

    def set_items(self, held, asked, rows):
        """New prices of variants that a pricelist item prices now (variant id → item).

        A template's item is changed itself when all its variants ask one price.
        """
        for id_, item in held.items():
            price = asked[id_]
            if price == to_decimal(item.fixed_price):
                continue
            alike = all(asked.get(v.id) == price for v in rows)
            if item.product_id or (alike and len(held) == len(rows)):
                self._fixed[item.id] = price
            else:
                self.add_item(item.product_tmpl_id.id, id_, price)

    def add_item(self, template_id, variant_id, price):
        self._created.append(
            {
                "pricelist_id": self.pricing.pricelist.id,
                "applied_on": VARIANT,
                "product_tmpl_id": template_id,
                "product_id": variant_id,
                "compute_price": "fixed",
                "fixed_price": float(price),
            }
        )

    def apply(self):
        env = self.pricing.env
        for model, column, amounts in (
            ("product.template", "list_price", self._lists),
            ("product.template.attribute.value", "price_extra", self._extras),
            ("product.pricelist.item", "fixed_price", self._fixed),
        ):
            groups = defaultdict(list)
            for id_, amount in amounts.items():
                groups[float(amount)].append(id_)
            for amount, ids in groups.items():
                env[model].browse(ids).with_prefetch(amounts).write({column: amount})
        if self._created:
            env["product.pricelist.item"].create(self._created)


def listed_price(variant):
    """List price and extras summed as decimals: floats would make 10.1 + 0.2 a different price."""
    extras = variant.product_template_attribute_value_ids.mapped("price_extra")
    return sum(map(to_decimal, extras), to_decimal(variant.product_tmpl_id.list_price))


def not_additive(name, told):
    """`told`: (variant's options as text, price) pairs."""
    listed = "; ".join(f"{options}: {price}" for options, price in islice(told, 8))
    more = f"; and {len(told) - 8} more" if len(told) > 8 else ""
    return Refused(
        f"The variant prices of «{name}» are not a list price plus one extra for each option "
        f"value: {listed}{more}",
        field="variants.price",
        remedy="Set a pricelist on the connector (it can hold a price for each variant), or make "
        "the prices differ by the same amount for each option value.",
    )


def _rank(variant, change, listed):
    """The reference of a change: a variant whose price stays, else the lowest priced one."""
    return (change[variant.id] != 0, listed.get(variant.id, Decimal(0)), variant.id)


def _told(variants, listed, now):
    for variant in variants:
        options = variant.product_template_attribute_value_ids.mapped("name")
        yield " / ".join(options) or variant.display_name, listed.get(variant.id, now[variant.id])
