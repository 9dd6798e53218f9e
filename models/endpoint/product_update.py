"""Products that exist get new options, values and variants; variants keep their identity.

Odoo's own way to add an option removes the variants there are. Here lines and values are added
quietly, then the variants that are bound take their new combination, then what is new is created.
"""

from odoo.fields import Command

from .option_order import OptionOrder
from .options import Lines
from .product_change import Change
from .variant_rows import write_variants


class ProductUpdate:
    """One batch of updates of products, as far as their options and variants go."""

    def __init__(self, side):
        self.side = side
        self.env = side.env
        self.variants = side.variants

    def apply(self, changes):
        """id(op) → children of its new elements. Raises Refused: the caller rolls all back."""
        self._archive(changes)
        prices = self._prices(changes)
        fresh = self._extend(changes)
        self._place(changes, fresh)
        self._create(changes)
        self._write(changes)
        self._price(changes, prices)
        OptionOrder(self.side).apply(changes)
        return {id(change.op): change.children() for change in changes}

    def plan(self, ops):
        """What each op changes; nothing is written yet."""
        rows = self.side.records.browse([int(op.id) for op in ops])
        found = self.variants.search([("product_tmpl_id", "in", rows.ids)], order="id")
        grouped = found.grouped("product_tmpl_id")
        return [
            Change(op, row, grouped.get(row, self.variants))
            for op, row in zip(ops, rows, strict=True)
        ]

    def _archive(self, changes):
        ids = [id_ for change in changes for id_ in change.removed]
        archive(self.variants.browse(ids))

    def _prices(self, changes):
        """Prices of variants whose options may become others: these are no change of price."""
        ids = [id_ for change in changes if change.moves_options for id_ in change.variants.ids]
        return self.side.pricing.of(self.variants.browse(ids)) if ids else {}

    def _extend(self, changes):
        """The templates' values that are new."""
        for change in changes:
            change.moves.refuse_doubles()
        wanted = {c.template.id: (c.options, c.moves.modes(c.mode())) for c in changes if c.options}
        if not wanted:
            return self.env["product.template.attribute.value"]
        fresh = Lines(self.side.records.browse(wanted)).extend(wanted)
        for change in changes:
            change.order_lines()
        return fresh

    def _place(self, changes, fresh):
        """Bound variants take the combination the shop gives them; others are found by theirs."""
        for change in changes:
            change.know_values()
            change.refuse_incomplete()
            change.adopt()
            change.refuse_taken()
            change.place(fresh)
        asleep = [id_ for change in changes for id_ in change.revived]
        self.variants.browse(asleep).write({"active": True})

    def _create(self, changes):
        rows, owners = [], []
        for change in changes:
            for element in change.new():
                ids = change.values_of(element)
                rows.append(
                    {
                        "product_tmpl_id": change.template.id,
                        "product_template_attribute_value_ids": [Command.set(ids)],
                        **self.side.variant_values(element.values),
                    }
                )
                owners.append((change, element))
        made = self.variants.create(rows)
        for (change, element), variant in zip(owners, made, strict=True):
            change.created[element.key] = variant.id

    def _write(self, changes):
        rows = {}
        for change in changes:
            for element in change.elements:
                id_ = change.placed.get(element.key)
                if id_ is not None and element.values:
                    rows[id_] = self.side.variant_values(element.values)
        write_variants(self.variants, rows)

    def _price(self, changes, before):
        given = {
            change.id_of(element): element.price
            for change in changes
            for element in change.elements
            if element.price is not None
        }
        moved = [id_ for change in changes for id_ in change.placed_anew if id_ in before]
        kept = {id_: before[id_] for id_ in moved if self.variants.browse(id_).active}
        plan = self.side.pricing.plan({**kept, **given})
        for error in plan.refused.values():
            raise error
        plan.apply()


def archive(variants):
    """Archive variants, and the products whose last variant in use they were."""
    # With archived records in sight Odoo takes any variant for one in use.
    variants.with_context(active_test=True).action_archive()
