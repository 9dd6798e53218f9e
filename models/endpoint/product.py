"""Products with their options and variants: product.template and all that hangs on it."""
# pylint: disable=method-required-super
# No Odoo model: these are the contract's own verbs.

from functools import cached_property

from odoo.tools import SQL

from ...lib.endpoint import FieldInfo
from ...lib.tags import tag_set
from . import option_texts, tags
from .charge_products import charge_products
from .columns import canonical_value, forbidden_model, read_value, to_decimal, write_value
from .entity import Entity, entity
from .further_images import WithFurtherImages
from .images import info_of
from .option_texts import OptionNames, WithOptionTexts
from .options import combination, combination_of, options_of, plain_options
from .part import OWNER, Part
from .pricing import Pricing
from .product_create import OF_VARIANT, ProductCreate
from .product_update import ProductUpdate
from .translations import WithTranslations
from .variant_rows import write_variants

#: Read of each variant when a mapping asks for «variants» as a whole.
VARIANT_FIELDS = ("options", "default_code", "barcode", "weight", "price", "standard_price")


@entity
class Product(WithFurtherImages, WithOptionTexts, WithTranslations, Entity):
    name = "product"
    model = "product.template"
    natural_keys = ("sku", "barcode", "name")
    parallel = False  # attributes are found or created for a page at a time
    virtual = {
        **info_of("product.template"),
        "options": FieldInfo(
            "options",
            "json",
            writable=True,
            sample='[{"name": "Size", "values": ["S", "M"]}]',
            help="Options in order, each with its values. Once they are there, their order alone.",
        ),
        option_texts.FIELD: option_texts.INFO,
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
        "tags": tags.INFO,
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

    def offered(self):
        charges = charge_products(self.env, self.connector)
        return [*self.domain(), ("product_variant_ids", "not in", charges)]

    # -- what counts as a change

    def change_sources(self):
        sources = [*super().change_sources(), *self.related_sources()]
        if self._roots & {"variants", "sku", *OF_VARIANT}:
            sources.append(SQL("SELECT product_tmpl_id, write_date FROM product_product"))
        if "options" in self._roots or "options" in self._nested or self._option_langs:
            sources += option_sources()
        if "tags" in self._roots:
            sources += tags.change_sources()
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
        self._option_names = OptionNames(variants) if self._option_langs else None
        return super().read(rows, times)

    def _shown(self, rows):
        """The variants that count: of a product in use those in use, of an archived one all."""
        if not self._roots & {"variants", "sku", "barcode"} and not self._option_langs:
            return self.variants
        found = self.variants.search([("product_tmpl_id", "in", rows.ids)], order="id")
        return found.filtered(lambda v: v.active or not v.product_tmpl_id.active)

    def variants_of(self, row):
        return self._by_template.get(row) or self.variants

    def fields_of(self, row):
        out = super().fields_of(row)
        variants = self.variants_of(row)
        for name, column in (("sku", "default_code"), ("barcode", "barcode")):
            if name in self._roots:
                out[name] = variants[:1][column] or None
        if "options" in self._roots:
            options = options_of(row)
            if "options.id" not in self.reads:
                options = [{"name": o["name"], "values": o["values"]} for o in options]
            out["options"] = options
        if "tags" in self._roots:
            out["tags"] = tags.names_of(row)
        if "variants" in self._roots:
            out["variants"] = [self._variant(variant) for variant in variants]
        return out

    def _variant(self, variant):
        out = {"id": str(variant.id)}
        if "options" in self._nested:
            out["options"] = combination_of(variant)
        if "price" in self._nested:
            out["price"] = self._prices[variant.id]
        for name, field in self._variant_columns:
            out[name] = read_value(variant, field)
        return out

    @cached_property
    def _variant_columns(self):
        fields = self.variants._fields
        return [
            (name, fields[name])
            for name in self._nested - {"id", "options", "price"}
            if name in fields
            and self.variants._has_field_access(fields[name], "read")
            and not forbidden_model(fields[name])
        ]

    def find(self, key, values):
        if key not in ("sku", "barcode"):
            return prefer_active(super().find, self.records, key, values)
        column = "default_code" if key == "sku" else "barcode"
        found = self.variants.search_fetch(
            [(column, "in", list(values))], [column, "active", "product_tmpl_id"]
        )
        pairs = [(v[column], str(v.product_tmpl_id.id), v.active) for v in found]
        return in_use(pairs)

    def beside(self, ids):
        """Variants, their prices, and the levels that new ones have."""
        variants = self.variants.search(
            [("product_tmpl_id", "in", [int(id_) for id_ in ids])], order="id"
        )
        places = self.connector.gateway_locations()
        out = {}
        for variant in variants:
            id_, product = str(variant.id), variant.product_tmpl_id
            out.setdefault(str(product.id), []).extend(
                [
                    Part("variant", id_, {"product_tmpl_id": OWNER}),
                    Part("price", id_, {"product_tmpl_id": OWNER}),
                    *(
                        Part("stock", f"{id_}@{place}", {"product_id": id_}, is_fresh=True)
                        for place in places
                    ),
                ]
            )
        return out

    # -- canonical values

    def canonical(self, values):
        out = super().canonical(values)
        if "options" in values:
            plain = plain_options(values["options"])
            out["options"] = [{"name": n, "values": v} for n, v in plain.items()]
        if "tags" in values:
            out["tags"] = tag_set(values["tags"] or ())
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

    # -- writing

    def create(self, ops):
        """Products that can't be are answered with their error; the others are made together."""
        self._take_tags(ops)
        answers = ProductCreate(self).apply(ops)
        made = [(op, one) for op, one in zip(ops, answers, strict=True) if isinstance(one, tuple)]
        ids = [one[0] for _op, one in made]
        self.write_texts([op for op, _one in made], ids)
        self.write_images([op for op, _one in made], ids)
        return answers

    def update(self, ops):
        work = [op for op in ops if "options" in op.values or op.values.get("variants")]
        update = ProductUpdate(self)
        changes = update.plan(work)
        self._take_tags(ops)
        before = self.texts_before(ops)
        asleep = self._asleep(ops)
        super().update(ops)
        self._wake(asleep)
        self._update_only_variants(ops)
        answers = update.apply(changes) if changes else {}
        self.write_texts(ops, [op.id for op in ops], before)
        self.write_images(ops, [op.id for op in ops])
        return [answers.get(id(op), {}) for op in ops]

    def _asleep(self, ops):
        """Those of `ops` that bring a product back into use."""
        back = [op for op in ops if op.values.get("active")]
        rows = self.records.browse([int(op.id) for op in back])
        return [op for op, row in zip(back, rows, strict=True) if not row.active]

    def _wake(self, ops):
        """Odoo archives a product's variants with it, and leaves them so when it comes back. Those
        that the shop has come along; of a product without any, those that Odoo would make."""
        ids, whole = [], []
        for op in ops:
            given = op.values.get("variants") or {}
            known = op.children.get("variants") or {}
            kept = [int(id_) for key, id_ in known.items() if given.get(key, given) is not None]
            ids += kept
            whole += [] if kept else [int(op.id)]
        self.variants.browse(ids).filtered(lambda one: not one.active).active = True
        for row in self.records.browse(whole).with_context(active_test=True):
            if not row.product_variant_ids:
                row._create_variant_ids()

    def _take_tags(self, ops):
        self._tags = tags.Tags(self.env, [op.values["tags"] for op in ops if "tags" in op.values])

    def odoo_values(self, values):
        out = super().odoo_values(values)
        if "tags" in values:
            out["product_tag_ids"] = [self._tags.command(values["tags"])]
        return out

    def variant_values(self, values):
        """Contract values of columns of product.product as ORM values; others are left out."""
        fields = self.variants._fields
        return {
            name: write_value(fields[name], None if value == "" else value)
            for name, value in values.items()
            if name in fields
        }

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
