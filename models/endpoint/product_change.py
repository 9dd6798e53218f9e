"""What one update does to its product's options and variants; `product_update.py` carries out
many at once."""

from math import prod

from ...lib.errors import Refused
from .option_moves import QUIET, OptionMoves
from .options import lines_of, plain_options
from .variant_plan import Element, elements_of, refuse_doubles


class Change:
    """What one update does to its template's options and variants."""

    def __init__(self, op, template, variants):
        self.op = op
        self.template = template
        self.variants = variants
        self.bound = {k: int(v) for k, v in (op.children.get("variants") or {}).items()}
        self.elements = elements_of(op.values)
        refuse_doubles(template.name, self.elements)
        given = op.values.get("variants") or {}
        self.removed = [self.bound[k] for k, v in given.items() if v is None and k in self.bound]
        known = set(variants.ids)
        self.placed = {k: v for k, v in self.bound.items() if k in given and v in known}
        self.created, self.revived, self.placed_anew = {}, [], {}
        said = {
            self.placed[e.key]: e.options
            for e in self.elements
            if e.options is not None and e.key in self.placed
        }
        self.moves = OptionMoves(template, variants, said, self.removed)
        self.options = self.moves.wanted(self._wanted_options())

    def _wanted_options(self):
        """Option name → values that must be on offer, those variants have; as the options listed
        order them. The rest of these says nothing but their order."""
        used = {}
        for element in self.elements:
            for name, value in (element.options or {}).items():
                used.setdefault(name, {})[value] = None
        listed = plain_options(self.op.values.get("options"))
        ordered = {}
        for name in dict.fromkeys([*(n for n in listed if n in used), *used]):
            first = [value for value in listed.get(name, ()) if value in used[name]]
            ordered[name] = list(dict.fromkeys([*first, *used[name]]))
        return ordered

    def mode(self):
        """How Odoo treats options that are new to the template: as on create."""
        counts = {
            line.attribute_id.name: len(line.value_ids)
            for line in lines_of(self.template)
            if line.attribute_id.name.strip() not in self.moves.gone
        }
        for name, values in self.options.items():
            counts[name] = max(counts.get(name, 0), len(values))
        active = len(self.variants.filtered("active")) - len(self.removed)
        new = sum(1 for e in self.elements if e.key not in self.placed)
        return "always" if prod(counts.values()) == active + new else "dynamic"

    @property
    def moves_options(self):
        """Whether variants that are there may have other options afterwards."""
        return bool(self.options or self.moves.said)

    def order_lines(self):
        """A renamed option stands where it stood."""
        names = self.moves.sequences()
        for line in lines_of(self.template) if names else ():
            sequence = names.get(line.attribute_id.name.strip())
            if sequence is not None:
                line.with_context(**QUIET).write({"sequence": sequence})

    def know_values(self):
        """Read what the template offers by now: (option, value) → id of the template's value."""
        lines = {line.attribute_id.name.strip(): line for line in lines_of(self.template)}
        self.lines = {name: ln for name, ln in lines.items() if name not in self.moves.gone}
        self.values = {
            (name, value.name.strip()): value.id
            for name, line in self.lines.items()
            for value in line.product_template_value_ids
            if value.ptav_active
        }

    def refuse_incomplete(self):
        for element in self.elements:
            if element.options is None and element.key not in self.placed:
                element.options = {}
            if element.options is None:
                continue
            missing = [name for name in self.lines if name not in element.options]
            if missing:
                raise Refused(
                    f"A variant of «{self.template.name}» has no value for {', '.join(missing)}, "
                    "an option the product has in Odoo",
                    field="variants.options",
                    value=element.key,
                    remedy="Give it a value in the shop, or remove the option from the product "
                    "in Odoo, then retry.",
                )

    def adopt(self):
        """Tie new elements to variants that are there already with the same options."""
        taken = set(self.placed.values())
        by_values = {}
        for variant in self.variants.sorted(lambda v: (not v.active, v.id)):
            key = frozenset(variant.product_template_attribute_value_ids._ids)
            by_values.setdefault(key, variant)
        self.adopted = {}
        for element in self.elements:
            if element.key in self.placed:
                continue
            variant = by_values.get(frozenset(self.values_of(element)))
            if variant and variant.id not in taken:
                self.adopted[element.key] = variant.id
                if not variant.active:
                    self.revived.append(variant.id)
        self.placed.update(self.adopted)

    def refuse_taken(self):
        """No variant takes an SKU or barcode that another of this product keeps."""
        for column, word in (("default_code", "SKU"), ("barcode", "barcode")):
            given = [e for e in self.elements if column in e.values]
            own = {self.placed.get(e.key) for e in given}
            kept = {v[column] for v in self.variants if v.active and v.id not in own and v[column]}
            for element in given:
                if element.values[column] in kept:
                    raise Refused(
                        f"Another variant of «{self.template.name}» has this {word}",
                        field=f"variants.{column}",
                        value=element.values[column],
                        remedy=f"Give each variant its own {word} in the shop, then retry.",
                    )

    def values_of(self, element):
        return [self.values[option] for option in element.options.items()]

    def place(self, fresh):
        """Variants whose options are others now take them; what they left is retired."""
        pending = {**dict(self.moved()), **dict(self.completed())}
        if not pending:
            return
        rows = self.variants.browse(pending)
        before = {v.id: v.product_template_attribute_value_ids for v in rows}
        self.moves.place(pending)
        for row in rows:
            self.placed_anew[row.id] = (before[row.id], row.product_template_attribute_value_ids)
        self.moves.keep_extras(self.placed_anew, fresh)
        self.moves.retire(self.placed_anew)

    def moved(self):
        """(variant id, its values) of bound variants whose combination is another now."""
        for element in self.elements:
            id_ = self.bound.get(element.key)
            if element.options is None or id_ is None or element.key not in self.placed:
                continue
            ids = self.values_of(element)
            now = self.variants.browse(id_).product_template_attribute_value_ids._ids
            if set(ids) != set(now):
                yield id_, ids

    def completed(self):
        """(variant id, its values) of variants nothing was said of, with the new options' values.

        Odoo gives a new option's value to the variants there are when it has one only; of several
        none can be chosen, and variants without one would be removed by the next edit in Odoo.
        """
        said = {self.id_of(e) for e in self.elements if e.options is not None and self.knows(e)}
        for variant in self.variants:
            follows = self.moves.follows(variant)
            if variant.id in said or not (follows or variant.active):
                continue
            held = variant.product_template_attribute_value_ids.ids
            options = {}
            if follows:
                options = self.moves.options_of(variant)
                held = [self.values[option] for option in options.items()]
            elif variant.id in self.removed:
                continue
            lines = self.values_by_line(held)
            missing = [name for name in self.lines if name not in lines]
            values = [self._only_value(self.lines[name], variant) for name in missing]
            if values or follows:
                yield variant.id, [*held, *values]

    def values_by_line(self, ids):
        values = self.template.env["product.template.attribute.value"].browse(ids)
        return {value.attribute_id.name.strip() for value in values}

    def knows(self, element):
        return element.key in self.placed

    def _only_value(self, line, variant):
        name = line.attribute_id.name.strip()
        values = [id_ for (option, _value), id_ in self.values.items() if option == name]
        if len(values) == 1:
            return values[0]
        raise Refused(
            f"The variant {variant.display_name} has no value for {name}, a new option of "
            f"«{self.template.name}»",
            field="variants.options",
            remedy="Let the mapping write the options of variants that exist too, or add the "
            "option to the product in Odoo, then retry.",
        )

    def new(self):
        return [element for element in self.elements if element.key not in self.placed]

    def id_of(self, element: Element):
        return self.placed.get(element.key) or self.created[element.key]

    def children(self):
        found = {**self.adopted, **self.created}
        return {"variants": {k: str(v) for k, v in found.items()}} if found else {}
