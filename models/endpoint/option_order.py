"""The order of a product's options and of their values, as a shop has it.

Options are lines, which are the product's own. The order of values is that of their attribute, for
all products that have it: it is taken over where no other product has.
"""

from ...lib.ordering import arranged, orders
from .option_moves import QUIET
from .options import lines_of


class OptionOrder:
    """One batch of updates of products; `side` is the entity «product»."""

    def __init__(self, side):
        self.side = side
        self.env = side.env

    def apply(self, changes):
        """Put options in the order that each change's op gives, by their names; those that the
        product does not have say nothing. What stays is told by the op's note."""
        asked = [(c, orders(c.op.values.get("options") or ())) for c in changes]
        asked = [(change, wanted) for change, wanted in asked if wanted]
        if not asked:
            return
        templates = self.side.records.browse([change.template.id for change, _ in asked])
        shared = self._shared(templates)
        for change, wanted in asked:
            self._order_lines(change.template, wanted)
            lines = {line.attribute_id.name.strip(): line for line in lines_of(change.template)}
            kept = [
                name
                for name, values in wanted.items()
                if name in lines and not self._order_values(lines[name], values, shared)
            ]
            if kept:
                self.side.notes[id(change.op)] = self._note(kept)
        lines = templates.attribute_line_ids
        lines.invalidate_recordset(["product_template_value_ids", "value_ids"])
        templates.invalidate_recordset(["attribute_line_ids"])

    def _shared(self, templates):
        """Ids of the attributes that other products have as well, whoever may see those."""
        attributes = templates.attribute_line_ids.attribute_id
        model = self.env["product.template.attribute.line"].sudo().with_context(active_test=False)
        counted = model._read_group(
            [("attribute_id", "in", attributes.ids)],
            ["attribute_id"],
            ["product_tmpl_id:count_distinct"],
        )
        return {attribute.id for attribute, count in counted if count > 1}

    @staticmethod
    def _order_lines(template, wanted):
        """The lines that tell no variants apart stay in their places."""
        telling = {line: line.attribute_id.name.strip() for line in lines_of(template)}
        lines = template.attribute_line_ids.filtered("active").sorted()
        by_name = {name: line for line, name in telling.items()}
        names = arranged([telling[line] for line in lines if line in telling], list(wanted))
        rest = iter(names)
        ordered = [by_name[next(rest)] if line in telling else line for line in lines]
        if ordered != list(lines):
            for place, line in enumerate(ordered, 10):
                line.with_context(**QUIET).write({"sequence": place})

    @staticmethod
    def _order_values(line, wanted, shared):
        """Whether they are in this order now."""
        values = line.attribute_id.value_ids.sorted()
        names = [value.name.strip() for value in values]
        ordered = arranged(names, wanted)
        if ordered == names:
            return True
        if line.attribute_id.id in shared:
            return False
        by_name = {value.name.strip(): value for value in values}
        for place, name in enumerate(ordered, 1):
            by_name[name].sequence = place
        return True

    def _note(self, names):
        return self.env._(
            "The order of the values of %s stays: other products have it, too, and Odoo keeps one "
            "order for all of them.",
            ", ".join(names),
        )
