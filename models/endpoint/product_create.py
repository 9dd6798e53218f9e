"""Many new products at once, on the fastest paths the ORM has.

Without options: template and variant in one `product.product.create`. With options: templates with
their lines, then all their values, then all variants, three creates in all. Odoo's own way makes
every combination of one template after the other and leaves SKU, barcode and extras to writes on
each; what it makes in the end is the same.
"""

from collections import defaultdict
from decimal import Decimal

from odoo.fields import Command

from ...lib.errors import GatewayError
from .options import Attributes, template_value
from .variant_plan import plan_create

#: Columns of a variant that its template shows too; they belong to the variant.
OF_VARIANT = ("default_code", "barcode", "weight", "volume", "standard_price")
#: Fields with a default that costs a query for each record: asked for once a batch.
COSTLY_DEFAULTS = ("lot_sequence_id", "has_available_route_ids")


class ProductCreate:
    """One batch of creates; `side` is the entity «product»."""

    def __init__(self, side):
        self.side = side
        self.env = side.env
        self.templates = side.records
        self.variants = side.variants
        names = [n for n in COSTLY_DEFAULTS if n in self.templates._fields]
        self.defaults = self.templates.default_get(names)

    def apply(self, ops):
        """[(id, children) or the error that refuses the product before anything is written]."""
        answers, plans = {}, []
        for op in ops:
            try:
                plans.append(plan_create(op, bool(self.side.pricing.pricelist)))
            except GatewayError as error:
                answers[id(op)] = error
        plain = [plan for plan in plans if not plan.options]
        made = [*self._plain(plain), *self._with_options([p for p in plans if p.options])]
        for plan, template, variants in made:
            answers[id(plan.op)] = self._answer(plan, template, variants)
        # Variants are made in use, and their templates with them.
        archived = [t.id for plan, t, _v in made if plan.op.values.get("active") is False]
        if archived:
            self.templates.browse(archived).write({"active": False})
        return [answers[id(op)] for op in ops]

    def _plain(self, plans):
        rows = []
        for plan in plans:
            values = {**self._template_values(plan), **self._single(plan.op.values)}
            for element in plan.elements:
                values.update(self.side.variant_values(element.values))
            rows.append(values)
        made = self.variants.create(rows)
        return [(p, v.product_tmpl_id, v) for p, v in zip(plans, made, strict=True)]

    def _with_options(self, plans):
        if not plans:
            return []
        templates = self._create_templates(plans)
        values = self._create_values(plans, templates)
        rows = [
            {
                **self._single(plan.op.values, shared_only=True),
                "product_tmpl_id": template.id,
                "product_template_attribute_value_ids": [
                    Command.set([values[template.id, option] for option in element.options.items()])
                ],
                **self.side.variant_values(element.values),
            }
            for plan, template in zip(plans, templates, strict=True)
            for element in plan.elements
        ]
        ids = iter(self.variants.create(rows).ids)
        made = [
            (plan, template, self.variants.browse([next(ids) for _element in plan.elements]))
            for plan, template in zip(plans, templates, strict=True)
        ]
        self._fix_prices(made)
        return made

    def _create_templates(self, plans):
        wanted = defaultdict(dict)
        for plan in plans:
            for name, values in plan.options.items():
                wanted[name, plan.mode].update(dict.fromkeys(values))
        attributes = Attributes(self.env)
        attributes.ensure({key: list(values) for key, values in wanted.items()})
        rows = [
            {
                **self._template_values(plan),
                "attribute_line_ids": attributes.commands(plan.options, plan.mode),
            }
            for plan in plans
        ]
        quiet = self.templates.with_context(create_product_product=False)
        return quiet.create(rows).with_env(self.templates.env)

    def _create_values(self, plans, templates):
        """(template id, (option, value)) → the template's own value, its extra included."""
        rows, keys = [], []
        for plan, template in zip(plans, templates, strict=True):
            lines = template.attribute_line_ids
            for line, (name, names) in zip(lines, plan.options.items(), strict=True):
                by_name = {value.name.strip(): value for value in line.value_ids}
                for value_name in names:
                    extra = plan.extras.get((name, value_name))
                    if extra is None and plan.list_price is not None:
                        extra = Decimal(0)
                    rows.append(template_value(line, by_name[value_name], extra))
                    keys.append((template.id, (name, value_name)))
        made = self.env["product.template.attribute.value"].create(rows)
        return dict(zip(keys, made.ids, strict=True))

    def _fix_prices(self, made):
        wanted = {}
        for plan, _template, variants in made:
            ids = dict(zip(map(id, plan.elements), variants.ids, strict=True))
            wanted.update({ids[id(element)]: element.price for element in plan.fixed})
        if wanted:
            self.side.pricing.fix(wanted)

    def _template_values(self, plan):
        values = {**self.defaults, **self.side.odoo_values(plan.op.values)}
        if plan.list_price is not None:
            values["list_price"] = float(plan.list_price)
        return {n: v for n, v in values.items() if n not in (*OF_VARIANT, "active")}

    def _single(self, values, shared_only=False):
        """What a product's values say of its variants: of all (`shared_only`), or its only one."""
        names = {"default_code", "barcode", "sku"} if shared_only else set()
        own = {"default_code" if n == "sku" else n: v for n, v in values.items() if n not in names}
        return self.side.variant_values({n: v for n, v in own.items() if n in OF_VARIANT})

    def _answer(self, plan, template, variants):
        # A product given without variants has one all the same, which no element asked for.
        pairs = zip(plan.elements, variants.ids, strict=False)
        bound = {element.key: str(id_) for element, id_ in pairs if element.key is not None}
        return self.side.key_of(template.id), ({"variants": bound} if bound else {})
