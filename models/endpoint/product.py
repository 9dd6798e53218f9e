"""Products with their options and variants: product.template and all that hangs on it."""

from collections import defaultdict
from decimal import Decimal

from odoo.fields import Command
from odoo.tools import SQL

from ...lib.endpoint import FieldInfo
from ...lib.errors import GatewayError
from .columns import canonical_value, read_value, to_decimal, write_value
from .entity import Entity, entity
from .options import (
    Attributes,
    combination,
    combination_of,
    options_of,
    plain_options,
    template_value,
)
from .pricing import Pricing
from .product_update import ProductUpdate
from .variant_plan import plan_create
from .variant_rows import write_variants

#: Columns of a variant that its template shows too; they belong to the variant.
OF_VARIANT = ("default_code", "barcode", "weight", "volume", "standard_price")
#: Read of each variant when a mapping asks for «variants» as a whole.
VARIANT_FIELDS = ("options", "default_code", "barcode", "weight", "price", "standard_price")
#: Fields with a default that costs a query for each record: asked for once a batch.
COSTLY_DEFAULTS = ("lot_sequence_id", "has_available_route_ids")


@entity
class Product(Entity):
    name = "product"
    model = "product.template"
    natural_keys = ("sku", "barcode", "name")
    parallel = False  # attributes are found or created for a page at a time
    virtual = {
        "options": FieldInfo(
            "options",
            "json",
            writable=True,
            sample='[{"name": "Size", "values": ["S", "M"]}]',
            help="Options in order, each with its values.",
        ),
        "variants": FieldInfo(
            "variants",
            "list",
            writable=True,
            help="Variants: options, default_code, barcode, weight, price, standard_price.",
        ),
        "sku": FieldInfo(
            "sku", "char", writable=True, help="SKU of the first variant; any variant's is found."
        ),
        "barcode": FieldInfo(
            "barcode", "char", writable=True, help="Barcode of the first variant; any's is found."
        ),
    }

    def __init__(self, env, connector, reads=()):
        super().__init__(env, connector, reads)
        self.pricing = Pricing(self.env, connector)
        self.variants = self.records.env["product.product"].with_context(active_test=False)
        paths = [path.split(".") for path in self.reads]
        self._nested = {path[1] for path in paths if path[0] == "variants" and len(path) > 1}
        if "variants" in self.reads:
            self._nested.update(VARIANT_FIELDS)
        self._roots = {path[0] for path in paths}

    # -- what counts as a change

    def change_sources(self):
        sources = [*super().change_sources(), *self.related_sources()]
        if self._roots & {"variants", "sku", *OF_VARIANT}:
            sources.append(SQL("SELECT product_tmpl_id, write_date FROM product_product"))
        if "options" in self._roots or "options" in self._nested:
            sources += option_sources()
        if "price" in self._nested:
            for query in self.pricing.sources():
                sources.append(
                    SQL(
                        "SELECT v.product_tmpl_id, s.t FROM (%s) AS s(id, t)"
                        " JOIN product_product v ON v.id = s.id",
                        query,
                    )
                )
        if any(root.startswith("image_") for root in self._roots):
            sources.append(
                SQL(
                    "SELECT res_id, write_date FROM ir_attachment"
                    " WHERE res_model = 'product.template' AND res_field = 'image_1920'"
                )
            )
        return sources

    # -- reading

    def read(self, rows, times=None):
        variants = self._shown(rows)
        self._by_template = variants.grouped("product_tmpl_id")
        self._prices = self.pricing.of(variants) if "price" in self._nested else {}
        return super().read(rows, times)

    def _shown(self, rows):
        """The variants that count: of a product in use those in use, of an archived one all."""
        if not self._roots & {"variants", "sku", "barcode"}:
            return self.variants
        found = self.variants.search([("product_tmpl_id", "in", rows.ids)], order="id")
        return found.filtered(lambda v: v.active or not v.product_tmpl_id.active)

    def fields_of(self, row):
        out = super().fields_of(row)
        variants = self._by_template.get(row) or self.variants
        for name, column in (("sku", "default_code"), ("barcode", "barcode")):
            if name in self._roots:
                out[name] = variants[:1][column] or None
        if "options" in self._roots:
            options = options_of(row)
            if "options.id" not in self.reads:
                options = [{"name": o["name"], "values": o["values"]} for o in options]
            out["options"] = options
        if "variants" in self._roots:
            out["variants"] = [self._variant(variant) for variant in variants]
        return out

    def _variant(self, variant):
        out = {"id": str(variant.id)}
        for name in self._nested:
            if name == "options":
                out[name] = combination_of(variant)
            elif name == "price":
                out[name] = self._prices[variant.id]
            elif name in variant._fields and variant._has_field_access(
                variant._fields[name], "read"
            ):
                out[name] = read_value(variant, variant._fields[name])
        return out

    def find(self, key, values):
        if key not in ("sku", "barcode"):
            return prefer_active(super().find, self.records, key, values)
        column = "default_code" if key == "sku" else "barcode"
        found = self.variants.search_fetch(
            [(column, "in", list(values))], [column, "active", "product_tmpl_id"]
        )
        pairs = [(v[column], str(v.product_tmpl_id.id), v.active) for v in found]
        return in_use(pairs)

    # -- canonical values

    def canonical(self, values):
        out = super().canonical(values)
        if "options" in values:
            plain = plain_options(values["options"])
            out["options"] = [{"name": n, "values": v} for n, v in plain.items()]
        if values.get("variants"):
            out["variants"] = {
                key: fields if fields is None else self._canonical_variant(fields)
                for key, fields in values["variants"].items()
            }
        return out

    def _canonical_variant(self, values):
        out = dict(values)
        for name, value in values.items():
            if name == "options":
                out[name] = combination(value)
            elif name == "price":
                out[name] = None if value is None else to_decimal(float(value))
            elif name in self.variants._fields:
                out[name] = canonical_value(self.variants, self.variants._fields[name], value)
        return out

    # -- creating

    def create(self, ops):
        answers = {}
        plans = []
        for op in ops:
            try:
                plans.append(plan_create(op, bool(self.pricing.pricelist)))
            except GatewayError as error:
                answers[id(op)] = error
        self._create_plain([p for p in plans if not p.options], answers)
        self._create_with_options([p for p in plans if p.options], answers)
        self._archive(ops, answers)
        return [answers[id(op)] for op in ops]

    def _create_plain(self, plans, answers):
        """Products of one variant: variant and template in one `product.product.create`."""
        defaults = self._defaults()
        rows = []
        for plan in plans:
            values = {**defaults, **self._template_values(plan), **self._single(plan.op.values)}
            for element in plan.elements:
                values.update(self._variant_values(element.values))
            rows.append(values)
        made = self.variants.create(rows)
        for plan, variant in zip(plans, made, strict=True):
            answers[id(plan.op)] = self._created(plan, variant.product_tmpl_id, variant)

    def _create_with_options(self, plans, answers):
        """Templates with their lines, then all their values, then all variants: three creates.

        Odoo's own way makes every combination one template after the other and leaves SKU, barcode
        and extras to writes on each; what it makes in the end is the same.
        """
        if not plans:
            return
        attributes = self._attributes(plans)
        defaults = self._defaults()
        quiet = self.records.with_context(create_product_product=False)
        templates = quiet.create(
            [
                {
                    **defaults,
                    **self._template_values(plan),
                    "attribute_line_ids": attributes.commands(plan.options, plan.mode),
                }
                for plan in plans
            ]
        ).with_env(self.records.env)
        values = self._create_values(plans, templates)
        rows, owners = [], []
        for plan, template in zip(plans, templates, strict=True):
            common = self._single(plan.op.values, shared_only=True)
            for element in plan.elements:
                ids = [values[template.id, option] for option in element.options.items()]
                rows.append(
                    {
                        **common,
                        "product_tmpl_id": template.id,
                        "product_template_attribute_value_ids": [Command.set(ids)],
                        **self._variant_values(element.values),
                    }
                )
                owners.append(template.id)
        made = defaultdict(list)
        for owner, variant in zip(owners, self.variants.create(rows), strict=True):
            made[owner].append(variant.id)
        for plan, template in zip(plans, templates, strict=True):
            variants = self.variants.browse(made[template.id])
            answers[id(plan.op)] = self._created(plan, template, variants)
        self._fix_prices(plans, templates, made)

    def _attributes(self, plans):
        wanted = defaultdict(dict)
        for plan in plans:
            for name, names in plan.options.items():
                wanted[name, plan.mode].update(dict.fromkeys(names))
        attributes = Attributes(self.env)
        attributes.ensure({key: list(names) for key, names in wanted.items()})
        return attributes

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

    def _fix_prices(self, plans, templates, made):
        wanted = {}
        for plan, template in zip(plans, templates, strict=True):
            ids = dict(zip(map(id, plan.elements), made[template.id], strict=True))
            wanted.update({ids[id(element)]: element.price for element in plan.fixed})
        if wanted:
            self.pricing.fix(wanted)

    def _created(self, plan, template, variants):
        pairs = zip(plan.elements, variants.ids, strict=False)
        bound = {element.key: str(id_) for element, id_ in pairs if element.key is not None}
        return self.key_of(template.id), ({"variants": bound} if bound else {})

    def _archive(self, ops, answers):
        """The variant path makes templates in use; those to be archived are archived after it."""
        ids = [
            int(answers[id(op)][0])
            for op in ops
            if op.values.get("active") is False and not isinstance(answers[id(op)], GatewayError)
        ]
        if ids:
            self.records.browse(ids).write({"active": False})

    def _defaults(self):
        names = [n for n in COSTLY_DEFAULTS if n in self.records._fields]
        return self.records.default_get(names)

    def _template_values(self, plan):
        values = self.odoo_values(plan.op.values)
        if plan.list_price is not None:
            values["list_price"] = float(plan.list_price)
        return {n: v for n, v in values.items() if n not in (*OF_VARIANT, "active")}

    def _single(self, values, shared_only=False):
        """What a product's values say of its variants: of all (`shared_only`), or its only one."""
        names = {"default_code", "barcode", "sku"} if shared_only else set()
        own = {"default_code" if n == "sku" else n: v for n, v in values.items() if n not in names}
        return self._variant_values({n: v for n, v in own.items() if n in OF_VARIANT})

    def _variant_values(self, values):
        fields = self.variants._fields
        return {n: write_value(fields[n], v) for n, v in values.items() if n in fields}

    # -- changing

    def update(self, ops):
        work = [op for op in ops if "options" in op.values or op.values.get("variants")]
        update = ProductUpdate(self)
        changes = update.plan(work)
        super().update(ops)
        self._update_only_variants(ops)
        answers = update.apply(changes) if changes else {}
        return [answers.get(id(op), {}) for op in ops]

    def _update_only_variants(self, ops):
        """SKU and barcode of the product as such: its only variant's."""
        given = {int(op.id): self._codes(op.values) for op in ops}
        given = {id_: codes for id_, codes in given.items() if codes}
        found = self._shown_of(given)
        write_variants(
            self.variants,
            {found[id_].id: codes for id_, codes in given.items() if len(found[id_]) == 1},
        )

    def _codes(self, values):
        codes = {"default_code": values.get("sku"), "barcode": values.get("barcode")}
        return {name: value for name, value in codes.items() if value}

    def _shown_of(self, ids):
        if not ids:
            return {}
        rows = self.variants.search(
            [("product_tmpl_id", "in", list(ids)), ("active", "=", True)], order="id"
        )
        grouped = rows.grouped(lambda v: v.product_tmpl_id.id)
        return {id_: grouped.get(id_, self.variants) for id_ in ids}


def option_sources():
    """Options of templates: lines, the template's values (and extras), values' and attributes'
    names."""
    return [
        SQL("SELECT product_tmpl_id, write_date FROM product_template_attribute_line"),
        SQL("SELECT product_tmpl_id, write_date FROM product_template_attribute_value"),
        SQL(
            "SELECT t.product_tmpl_id, v.write_date FROM product_template_attribute_value t"
            " JOIN product_attribute_value v ON v.id = t.product_attribute_value_id"
        ),
        SQL(
            "SELECT l.product_tmpl_id, a.write_date FROM product_template_attribute_line l"
            " JOIN product_attribute a ON a.id = l.attribute_id"
        ),
    ]


def prefer_active(find, records, key, values):
    """What `find` finds, records in use before archived ones of the same value."""
    pairs = find(key, values)
    active = {row.id: row.active for row in records.browse(int(id_) for _value, id_ in pairs)}
    return in_use([(value, id_, active[int(id_)]) for value, id_ in pairs])


def in_use(pairs):
    """(value, id) of (value, id, active): archived records count where no other has the value."""
    taken = {value for value, _id, active in pairs if active}
    return list(dict.fromkeys((v, i) for v, i, active in pairs if active or v not in taken))
