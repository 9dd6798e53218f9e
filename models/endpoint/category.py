"""Product categories: a tree by name and parent."""

from ...lib.endpoint import FieldInfo
from ...lib.errors import Refused
from .entity import Entity, entity

SEPARATOR = " / "


@entity
class Category(Entity):
    name = "category"
    model = "product.category"
    natural_keys = ("complete_name", "name")
    parallel = False  # complete names are computed along the tree
    virtual = {
        "complete_name": FieldInfo(
            "complete_name",
            "char",
            writable=True,
            sample="Clothing / T-shirts",
            help="The name below those of its parents. Given, it finds a category; it follows from "
            "name and parent and is not written.",
        )
    }

    def change_sources(self):
        return [*super().change_sources(), *self.related_sources()]

    def fields_of(self, row):
        out = super().fields_of(row)
        if "complete_name" in self.reads:
            out["complete_name"] = row.complete_name
        return out

    def find(self, key, values):
        """Complete names are compared by their steps: «All/Shirts» is «All / Shirts»."""
        if key != "complete_name":
            return super().find(key, values)
        asked = {}
        for value in values:
            asked.setdefault(_steps(value), []).append(value)
        found = super().find(key, list(asked))
        return [(value, id_) for name, id_ in found for value in asked[name]]

    def delete(self, ops):
        """A category has no archive: it goes when it is empty, and is refused while it is not."""
        rows = self.records.browse([int(op.id) for op in ops]).exists()
        gone = set(rows.ids)
        held = {row.id: self._held(row, gone) for row in self._used(rows)}
        rows.filtered(lambda row: row.id not in held).unlink()
        return [held.get(int(op.id), {}) for op in ops]

    def _used(self, rows):
        """Those of `rows` that hold a product, or a category that stays."""
        products = self.env["product.template"].with_context(active_test=False)
        grouped = products.sudo()._read_group([("categ_id", "in", rows.ids)], ["categ_id"])
        used = rows.browse(category.id for (category,) in grouped)
        staying = rows.child_id - rows
        used |= staying.parent_id & rows
        while more := (used.parent_id & rows) - used:
            used |= more
        return used

    @staticmethod
    def _held(row, gone):
        children = row.child_id.filtered(lambda child: child.id not in gone)
        what = f"the categories {', '.join(children.mapped('name'))}" if children else "products"
        return Refused(
            f"The category «{row.complete_name}» holds {what}",
            remedy="Move them to another category in Odoo, then retry.",
        )


def _steps(complete_name):
    return SEPARATOR.join(step.strip() for step in complete_name.split("/"))
