"""How sales that are asked for come true in the sale price list, and every other sale stays.

Only fixed items of the one variant are made, changed and removed; an item of the whole product
counts as one where all its variants ask for the same. What covers more, or is computed, is a
person's: an item of the variant overrides it. Where another item would be told in place of what is
wanted, that is refused.
"""

from datetime import timezone

from ...lib.errors import Refused
from .pricing import TEMPLATE, VARIANT
from .sales import now_aware


class SalePlan:
    """`asked`: product.product id → `Sale` or None. Nothing is written until `apply`."""

    def __init__(self, sales, variants, standings, told, asked, keeps_later=False):
        self.sales = sales
        self.refused = {}  # product.product id → Refused
        self._standings, self._told, self._asked = standings, told, asked
        self._keeps_later = keeps_later  # only what is in force is spoken of
        self._now = now_aware()
        self._steps = {}  # product.product id → (items to remove, item to change, values)
        for variant in variants:
            if asked[variant.id] != told[variant.id]:
                self._plan(variant)

    def _plan(self, variant):
        standing, wanted = self._standings[variant.id], self._asked[variant.id]
        item = standing.in_force[0] if standing.in_force else self._next(standing)
        if item is not None and not self._is_own(item, variant):
            item = None
        begun = wanted is not None and wanted.has_begun(self._now)
        mine = [other for other in standing.in_force if self._is_own(other, variant)]
        gone = [] if begun else [other for other in mine if other != item]
        other = None if begun else self._told_instead(standing, wanted, {item, *mine})
        if other:
            self.refused[variant.id] = self._refusal(variant, other, wanted)
        elif wanted is None:
            self._steps[variant.id] = (gone + ([item] if item else []), None, None)
        else:
            self._steps[variant.id] = (gone, item, self._values(variant, standing, item, wanted))

    def _told_instead(self, standing, wanted, touched):
        """An item that stays and would be told in place of what is wanted."""
        later = [] if self._keeps_later else standing.to_come
        earlier = [one for one in later if wanted is None or one.date_start < _naive(wanted.begins)]
        return next((one for one in standing.in_force + earlier if one not in touched), None)

    def _next(self, standing):
        return standing.to_come[0] if standing.to_come and not self._keeps_later else None

    def _is_own(self, item, variant):
        if item.compute_price != "fixed":
            return False
        if item.applied_on == VARIANT:
            return True
        wanted = self._asked[variant.id]
        siblings = variant.product_tmpl_id.with_context(active_test=True).product_variant_ids
        alike = all(id_ in self._asked and self._asked[id_] == wanted for id_ in siblings._ids)
        return item.applied_on == TEMPLATE and alike

    def _values(self, variant, standing, item, wanted):
        values = {
            "fixed_price": float(wanted.price),
            "date_start": _naive(wanted.begins),
            "date_end": _naive(wanted.ends),
        }
        if item is None:
            values |= {
                "pricelist_id": self.sales.pricelist.id,
                "applied_on": VARIANT,
                "product_tmpl_id": variant.product_tmpl_id.id,
                "product_id": variant.id,
                "compute_price": "fixed",
                "min_quantity": max((i.min_quantity for i in standing.in_force), default=0),
            }
        return values

    def _refusal(self, variant, item, wanted):
        what = "ended" if wanted is None else "put off"
        return Refused(
            f"The sale of «{variant.display_name}» can't be {what}: the item «{item.display_name}» "
            f"({item.price}) of the sale price list «{self.sales.pricelist.name}» would be its "
            "sale instead, and is left as it is",
            field="compare_at_price" if self._keeps_later else "sale_price",
            remedy="Change or remove that item in Odoo, then retry.",
        )

    def apply(self, except_of=()):
        """Write what is planned; templates in `except_of` are left as they are."""
        items = self.sales.env["product.pricelist.item"]
        gone, created, changed = set(), [], {}
        variants = self.sales.env["product.product"].browse(self._steps)
        for variant in variants:
            if variant.product_tmpl_id.id in except_of:
                continue
            removed, item, values = self._steps[variant.id]
            gone.update(one.id for one in removed)
            if item is not None:
                changed.setdefault(repr(sorted(values.items())), (values, []))[1].append(item.id)
            elif values is not None:
                created.append(values)
        for values, ids in changed.values():
            items.browse(ids).write(values)
        items.browse(gone).unlink()
        if created:
            items.create(created)


def _naive(moment):
    if moment is None:
        return False
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
