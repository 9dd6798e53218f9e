"""Variants of products: product.product. They are made with their product, never by themselves."""

from dataclasses import replace

from odoo.tools import SQL
from odoo.tools.sql import table_exists

from ...lib.endpoint import FieldInfo
from .charge_products import charge_products
from .columns import to_decimal
from .entity import Entity, entity
from .images import WithImage, info_of
from .options import combination_of
from .pricing import Pricing
from .product import in_use
from .product_update import archive
from .variant_rows import write_variants


class VariantRows(Entity):
    """What variants and their prices have in common: rows of product.product."""

    model = "product.product"
    natural_keys = ("default_code", "barcode")

    def __init__(self, env, connector, reads=()):
        super().__init__(env, connector, reads)
        self.pricing = Pricing(self.env, connector)
        self._roots = {path.partition(".")[0] for path in self.reads}

    def info(self):
        """The template's fields are read through a variant, and written through the product."""
        info = super().info()
        fields = {n: self._field_info(n, field) for n, field in info.fields.items()}
        return replace(info, fields=fields)

    def _field_info(self, name, info):
        field = self.records._fields.get(name)
        if name in self.virtual or field is None or not (field.inherited or field.inverse):
            return info
        return replace(info, writable=False)

    def offered(self):
        return [*self.domain(), ("id", "not in", charge_products(self.env, self.connector))]

    def change_sources(self):
        sources = [*super().change_sources(), *self.related_sources()]
        sources.append(
            SQL(
                "SELECT p.id, t.write_date FROM product_product p"
                " JOIN product_template t ON t.id = p.product_tmpl_id"
            )
        )
        if "price" in self._roots:
            sources += self.pricing.sources()
        return sources

    def read(self, rows, times=None):
        self.look(rows)
        return super().read(rows, times)

    def look(self, rows):
        """What is computed for many rows at once."""
        self._prices = self.pricing.of(rows) if "price" in self._roots else {}

    def fields_of(self, row):
        out = super().fields_of(row)
        if "price" in self._roots:
            out["price"] = self._prices[row.id]
        return out

    def find(self, key, values):
        found = self.records.search_fetch(
            [(key, "in", list(values)), *self.domain()], [key, "active"]
        )
        return in_use([(row[key], self.key_of(row.id), row.active) for row in found])

    def canonical(self, values):
        out = super().canonical(values)
        if values.get("price") is not None:
            out["price"] = to_decimal(float(values["price"]))
        return out

    def answers(self, ops, plan):
        """What `plan` says to each of `ops`: the refusal of its product's prices, or nothing."""
        rows = self.records.browse([int(op.id) for op in ops])
        return [plan.refused.get(row.product_tmpl_id.id, {}) for row in rows]


class VariantPrices(VariantRows):
    """What the entities of prices have in common: they go with their variants, and write nothing
    else of them."""

    capabilities = frozenset({"update"})
    lists_all = False

    def _field_info(self, name, info):
        """Only prices are written here; the variant's own fields are the entity «variant»."""
        return info if name in self.virtual else replace(info, writable=False)

    def domain(self):
        return [("active", "=", True)]

    def existing(self, rows):
        """Prices go with their variants, and an archived one has none: that is not hidden."""
        there = super().existing(rows)
        return set(self.records.sudo().search([("id", "in", list(there)), *self.domain()]).ids)

    def change_sources(self):
        sources = super().change_sources()
        if table_exists(self.env.cr, "gateway_binding"):
            # A variant that has just met its counterpart owes it a price, however old that is.
            sources.append(
                SQL(
                    "SELECT res_id, create_date FROM gateway_binding"
                    " WHERE connector_id = %s AND entity = 'variant' AND res_id IS NOT NULL",
                    self.connector.id,
                )
            )
        return sources


def asked_prices(ops):
    """product.product id → price of those `ops` that give one."""
    return {int(o.id): o.values["price"] for o in ops if o.values.get("price") is not None}


@entity
class Variant(WithImage, VariantRows):
    name = "variant"
    capabilities = frozenset({"update", "delete"})
    virtual = {
        **info_of("product.product"),
        "product_tmpl_id": FieldInfo("product_tmpl_id", "reference", help="The product."),
        "options": FieldInfo("options", "json", help="Option name → value."),
        "price": FieldInfo("price", "decimal", writable=True, help="The connector's sales price."),
    }

    def change_sources(self):
        sources = super().change_sources()
        if "options" in self._roots:
            sources += [
                SQL(
                    "SELECT c.product_product_id, o.write_date FROM product_variant_combination c"
                    " JOIN product_template_attribute_value t"
                    " ON t.id = c.product_template_attribute_value_id JOIN %s o ON o.id = t.%s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                )
                for table, column in (
                    ("product_attribute_value", "product_attribute_value_id"),
                    ("product_attribute", "attribute_id"),
                )
            ]
        return sources

    def fields_of(self, row):
        out = super().fields_of(row)
        if "product_tmpl_id" in self._roots:
            out["product_tmpl_id"] = str(row.product_tmpl_id.id)
        if "options" in self._roots:
            out["options"] = combination_of(row)
        return out

    def update(self, ops):
        """Rows of a product whose prices can't be made are refused, the others are written."""
        plan = self.pricing.plan(asked_prices(ops))
        answers = self.answers(ops, plan)
        going = [op for op, answer in zip(ops, answers, strict=True) if not answer]
        write_variants(self.records, {int(op.id): self.odoo_values(op.values) for op in going})
        plan.apply()
        self.write_images(going, [op.id for op in going])
        return answers

    def archive(self, ops):
        """A product whose last variant goes is archived with it."""
        archive(self.records.browse([int(op.id) for op in ops]).exists())
