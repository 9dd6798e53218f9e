"""The sales price of each variant, as one connector's shop should show it."""

from dataclasses import replace

from odoo.tools import SQL
from odoo.tools.sql import table_exists

from ...lib.endpoint import FieldInfo
from .entity import entity
from .variant import VariantRows


@entity
class Price(VariantRows):
    name = "price"
    capabilities = frozenset({"update"})
    virtual = {
        "price": FieldInfo(
            "price",
            "decimal",
            writable=True,
            help="The fixed price of the connector's pricelist, else list price plus extras.",
        )
    }

    def __init__(self, env, connector, reads=()):
        super().__init__(env, connector, reads)
        self._roots = self._roots | {"price"}

    def _field_info(self, name, info):
        """Only the price is written here; the variant's own fields are the entity «variant»."""
        return info if name == "price" else replace(info, writable=False)

    def domain(self):
        return [("active", "=", True)]

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

    def update(self, ops):
        """All prices of a template are decided together; templates that can't are refused alone."""
        rows = self.records.browse([int(op.id) for op in ops])
        templates = {row.id: row.product_tmpl_id.id for row in rows}
        plan = self.pricing.plan(
            {int(o.id): o.values["price"] for o in ops if o.values.get("price") is not None}
        )
        plan.apply()
        return [plan.refused.get(templates[int(op.id)], {}) for op in ops]
