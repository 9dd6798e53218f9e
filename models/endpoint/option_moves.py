"""Options of a product that became others: what its lines and variants become, so that every
variant stays the one it was.

Attributes and their values are shared by all products, so none is renamed for the sake of one: the
product's line moves to the attribute of the new name. Odoo lets no line change its attribute and
removes variants with a line; here the variants take the values of the new line first, and the old
one is archived empty, as Odoo does with lines that it can't delete.
"""

from collections import Counter

from odoo.fields import Command

from ...lib import options as compared
from ...lib.errors import Refused
from .options import combination_of, lines_of

#: Neither variants nor the template's values are made or removed by a write of lines.
QUIET = {"create_product_product": False, "update_product_template_attribute_values": False}


class OptionMoves:
    """What one update does to the options of a product's variants that are there. `said` are
    their options as given, by product.product id."""

    def __init__(self, template, variants, said, leaving):
        self.template = template
        self.variants = variants
        self.lines = {line.attribute_id.name.strip(): line for line in lines_of(template)}
        self.held = {str(v.id): plain(combination_of(v)) for v in variants}
        self.said = {str(id_): options for id_, options in said.items()}
        self.leaving = {str(id_) for id_ in leaving}
        self.change = compared.compare(self.held, self.said)

    @property
    def gone(self):
        """Names of the product's options that no variant has any more."""
        return {*self.change.renamed, *self.change.dropped}

    def wanted(self, options):
        """`options` (name → values), with what lines that move offer under their new names."""
        offered = {}
        for old, new in self.change.renamed.items():
            for value in self.lines[old].value_ids:
                name = value.name.strip()
                offered.setdefault(new, []).append(self.change.values.get((old, name), name))
        for name, values in options.items():
            offered.setdefault(name, []).extend(values)
        return {name: list(dict.fromkeys(values)) for name, values in offered.items()}

    def modes(self, default):
        """Of each new option, how Odoo makes its variants: as before where it was renamed."""
        held = {
            new: self.lines[old].attribute_id.create_variant
            for old, new in self.change.renamed.items()
        }
        return lambda name: held.get(name, default)

    def sequences(self):
        return {new: self.lines[old].sequence for old, new in self.change.renamed.items()}

    def options_of(self, variant):
        """A variant's options from now on."""
        key = str(variant.id)
        return self.said.get(key) or self.change.followed(self.held[key])

    def follows(self, variant):
        """Whether a variant nothing was said of has other options now. One with values that the
        product offers no more stays as it was archived."""
        held = variant.product_template_attribute_value_ids
        return (
            str(variant.id) not in self.said
            and bool(self.gone & self.held[str(variant.id)].keys())
            and all(value.ptav_active for value in held)
        )

    def refuse_doubles(self):
        """Dropping an option must leave each variant in use its own options."""
        if not self.change.dropped:
            return
        staying = [v for v in self.variants if v.active and str(v.id) not in self.leaving]
        told = Counter(tuple(sorted(self.options_of(variant).items())) for variant in staying)
        doubled = [
            " / ".join(value for _name, value in options)
            for options, times in told.items()
            if times > 1
        ]
        if doubled:
            raise Refused(
                f"Without the option {', '.join(self.change.dropped)} several variants of "
                f"«{self.template.name}» in Odoo would be the same: {doubled[0] or '(no options)'}",
                field="variants.options",
                remedy="Archive the variants that are not sold any more in Odoo, or give the "
                "option back to the product in the shop, then retry.",
            )

    def place(self, pending):
        """Give variants their values (product.product id → ids of the template's values), none of
        them what another one still has."""
        held = {v.id: _key(v.product_template_attribute_value_ids.ids) for v in self.variants}
        taken = Counter(held[v.id] for v in self.variants if v.active)
        pending = dict(pending)
        one_by_one = any(taken[_key(ids)] for ids in pending.values())
        while pending:
            free = [id_ for id_, ids in pending.items() if self._is_free(id_, ids, taken)]
            if not free:
                raise self._exchanged(pending)
            for id_ in free:
                if self._is_free(id_, pending[id_], taken):
                    self._place(id_, pending.pop(id_), held, taken, one_by_one)

    def _is_free(self, id_, values, taken):
        return not taken[_key(values)] or not self.variants.browse(id_).active

    def _place(self, id_, values, held, taken, at_once):
        variant = self.variants.browse(id_)
        variant.write({"product_template_attribute_value_ids": [Command.set(values)]})
        if variant.active:
            taken[held[id_]] -= 1
            taken[_key(values)] += 1
        if at_once:
            variant.flush_recordset(["combination_indices"])

    def _exchanged(self, pending):
        return Refused(
            f"Variants of «{self.template.name}» would have to exchange their options, or take "
            "those of one that stays",
            field="variants.options",
            value=next(iter(pending)),
            remedy="Rename the values one after the other in the shop, with a sync in between, or "
            "archive the variant that is in the way in Odoo, then retry.",
        )

    def keep_extras(self, moved, fresh):
        """A value that is new to the product costs what the one cost whose variants it took.
        `moved`: product.product id → (values before, values now)."""
        found = {}
        for before, now in moved.values():
            for value in (now - before) & fresh:
                was = self._before(value, before)
                found.setdefault(value, set()).add(was.price_extra if was else None)
        for value, extras in found.items():
            if len(extras) == 1 and None not in extras:
                value.price_extra = extras.pop()

    def _before(self, value, before):
        name = value.attribute_id.name.strip()
        names = {old for old, new in self.change.renamed.items() if new == name} or {name}
        return before.filtered(lambda one: one.attribute_id.name.strip() in names)[:1]

    def retire(self, moved):
        """Archive lines whose option is gone, and take values off that the moves left unused."""
        left = self.template.env["product.template.attribute.value"]
        for before, now in moved.values():
            left |= before - now
        used = self.variants.filtered("active").product_template_attribute_value_ids
        lines = {self.lines[name] for name in self.gone}
        for line in lines:
            left |= line.product_template_value_ids
        left = (left - used).filtered("ptav_active")
        left.write({"ptav_active": False})
        for line, values in left.grouped("attribute_line_id").items():
            if line not in lines:
                off = [Command.unlink(v.product_attribute_value_id.id) for v in values]
                line.with_context(**QUIET).write({"value_ids": off})
        for line in lines:
            line.with_context(**QUIET).write({"active": False})


def plain(options):
    return {name.strip(): value.strip() for name, value in options.items()}


def _key(ids):
    return frozenset(ids)
