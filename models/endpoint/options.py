"""A product's options as Odoo keeps them: attributes, their values, lines, values of a template.

Options go by their names (stripped, exact). Everything is found or created once for a batch.
"""

from collections import defaultdict

from odoo.fields import Command

from .once import once

#: What shops show for a product without options.
NO_OPTION = ("Title", "Default Title")


def plain_options(options):
    """name → values, in order, of `[{"name", "values"}]`; a shop's placeholder means no option."""
    out = {}
    for option in options or ():
        values = out.setdefault(_text(option.get("name")), [])
        for value in map(_text, option.get("values") or ()):
            if value not in values:
                values.append(value)
    return {} if out == {NO_OPTION[0]: [NO_OPTION[1]]} else {n: v for n, v in out.items() if n}


def combination(options):
    """name → value of one variant; a shop's placeholder means none."""
    out = {_text(name): _text(value) for name, value in (options or {}).items()}
    return {} if tuple(out.items()) == (NO_OPTION,) else out


def options_of(template):
    """`[{"id", "name", "values"}]` of a template, in its order; `id` is the attribute line's."""
    return [
        {
            "id": str(line.id),
            "name": line.attribute_id.name,
            "values": [v.name for v in _in_order(line) if v.ptav_active],
        }
        for line in lines_of(template)
    ]


def _in_order(line):
    """The template's values of a line, as their attribute orders them: what was created just now is
    still held in the order in which it was made."""
    return line.product_template_value_ids.sorted(
        lambda v: (v.product_attribute_value_id.sequence, v.product_attribute_value_id.id)
    )


def lines_of(template):
    """The attribute lines in use that tell variants apart."""
    lines = template.attribute_line_ids
    # `filtered` forgets what is to be read together with these lines.
    return lines.filtered(
        lambda line: line.active and line.attribute_id.create_variant != "no_variant"
    ).with_prefetch(lines._prefetch_ids)


def combination_of(variant):
    values = variant.product_template_attribute_value_ids
    return {v.attribute_id.name: v.name for v in values}


class Attributes:
    """Attributes by name and mode, and their values; `ensure` finds or creates all of a batch."""

    def __init__(self, env):
        self.env = env
        self._attributes = {}  # (name, mode) → attribute id
        self._values = {}  # (attribute id, value name) → value id

    def ensure(self, wanted):
        """`wanted`: (name, mode) → value names in order."""
        self._find(wanted)
        missing = [key for key in wanted if key not in self._attributes]
        self._make_once([name for name, _mode in missing])
        made = self.env["product.attribute"].create(
            [{"name": name, "create_variant": mode} for name, mode in missing]
        )
        self._attributes.update(zip(missing, made.ids, strict=True))
        self.ensure_values({self._attributes[key]: names for key, names in wanted.items()})

    def _make_once(self, names):
        once(self.env).take(
            self.env,
            "product.attribute",
            names,
            lambda env: env["product.attribute"].search([("name", "in", names)], limit=1),
        )

    def _find(self, wanted):
        names = list({name for name, _mode in wanted})
        found = self.env["product.attribute"].search([("name", "in", names)])
        for attribute in found:
            key = (_text(attribute.name), attribute.create_variant)
            self._attributes.setdefault(key, attribute.id)

    def ensure_values(self, wanted):
        """`wanted`: attribute id → value names in order."""
        model = self.env["product.attribute.value"].with_context(active_test=False)
        last = defaultdict(int)
        archived = {}
        for value in model.search([("attribute_id", "in", list(wanted))], order="active desc, id"):
            key = (value.attribute_id.id, _text(value.name))
            if self._values.setdefault(key, value.id) == value.id and not value.active:
                archived[key] = value.id
            last[value.attribute_id.id] = max(last[value.attribute_id.id], value.sequence)
        again = [archived.get((id_, name)) for id_, names in wanted.items() for name in names]
        model.browse(filter(None, again)).write({"active": True})
        missing = [
            (id_, name)
            for id_, names in wanted.items()
            for name in names
            if (id_, name) not in self._values
        ]
        made = model.create([self._new_value(id_, name, last) for id_, name in missing])
        self._values.update(zip(missing, made.ids, strict=True))

    @staticmethod
    def _new_value(attribute_id, name, last):
        last[attribute_id] += 1
        return {"attribute_id": attribute_id, "name": name, "sequence": last[attribute_id]}

    def attribute(self, name, mode):
        return self._attributes[name, mode]

    def value(self, attribute_id, name):
        return self._values[attribute_id, name]

    def commands(self, options, mode):
        """Commands that make the attribute lines of a new template, in the shop's order."""
        return [
            Command.create(
                {
                    "attribute_id": self.attribute(name, mode),
                    "sequence": 10 + position,
                    "value_ids": [Command.set(self._ids(self.attribute(name, mode), values))],
                }
            )
            for position, (name, values) in enumerate(options.items())
        ]

    def _ids(self, attribute_id, names):
        return [self.value(attribute_id, name) for name in names]


class Lines:
    """Options added to templates that exist, without Odoo making or removing variants for them."""

    def __init__(self, templates):
        self.templates = templates
        self.env = templates.env
        self.attributes = Attributes(self.env)

    def extend(self, wanted):
        """Make sure each template offers `wanted`: template id → (option name → values, mode of a
        new option by its name). Gives the template's values that it did not offer before."""
        lines = {id_: self._by_name(self.templates.browse(id_)) for id_ in wanted}
        new = defaultdict(list)
        known = defaultdict(list)
        for id_, (options, mode) in wanted.items():
            for name, values in options.items():
                line = lines[id_].get(name)
                if line:
                    known[line.attribute_id.id] += values
                else:
                    new[name, mode(name)] += values
        self.attributes.ensure({key: list(dict.fromkeys(names)) for key, names in new.items()})
        self.attributes.ensure_values({id_: list(dict.fromkeys(n)) for id_, n in known.items()})
        for id_, (options, mode) in wanted.items():
            self._extend(self.templates.browse(id_), lines[id_], options, mode)
        return self._give_values(self.templates.browse(wanted))

    @staticmethod
    def _by_name(template):
        return {_text(line.attribute_id.name): line for line in lines_of(template)}

    def _extend(self, template, lines, options, mode):
        quiet = {"create_product_product": False, "update_product_template_attribute_values": False}
        commands = []
        for name, values in options.items():
            line = lines.get(name)
            attribute = (
                line.attribute_id.id if line else self.attributes.attribute(name, mode(name))
            )
            ids = [self.attributes.value(attribute, value) for value in values]
            if line:
                missing = [Command.link(id_) for id_ in ids if id_ not in line.value_ids._ids]
                if missing:
                    commands.append(Command.update(line.id, {"value_ids": missing}))
            else:
                values = {"attribute_id": attribute, "value_ids": [Command.set(ids)]}
                commands.append(Command.create({**values, "sequence": 10 + len(lines)}))
        if commands:
            template.with_context(**quiet).write({"attribute_line_ids": commands})

    def _give_values(self, templates):
        """The template's values of its lines: archived ones come back, others are created. Gives
        both."""
        lines = templates.attribute_line_ids.filtered("active")
        there = lines.product_template_value_ids.grouped(
            lambda v: (v.attribute_line_id.id, v.product_attribute_value_id.id)
        )
        archived = self.env["product.template.attribute.value"].search(
            [("product_tmpl_id", "in", templates.ids), ("ptav_active", "=", False)]
        )
        asleep = {
            (v.attribute_line_id.product_tmpl_id.id, v.product_attribute_value_id.id): v
            for v in archived
        }
        create = []
        again = archived.browse()
        for line in lines:
            for value in line.value_ids:
                found = there.get((line.id, value.id))
                found = found or asleep.get((line.product_tmpl_id.id, value.id))
                if not found:
                    create.append(template_value(line, value))
                elif not found.ptav_active:
                    found.write({"ptav_active": True, "attribute_line_id": line.id})
                    again |= found
        return again | archived.create(create)


def template_value(line, value, extra=None):
    """ORM values of a template's own value; its extra is the attribute value's unless given."""
    return {
        "attribute_line_id": line.id,
        "product_attribute_value_id": value.id,
        "price_extra": value.default_extra_price if extra is None else float(extra),
    }


def _text(value):
    return str(value if value is not None else "").strip()
