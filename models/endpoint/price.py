"""The sales price of each variant, as one connector's shop should show it."""

from dataclasses import replace

from odoo.tools import SQL
from odoo.tools.sql import table_exists

from ...lib.endpoint import FieldInfo
from .entity import entity
from .variant import VariantRows, asked_prices


@entity
class Price(VariantRows):
    name = "price"
    capabilities = frozenset({"update"})
    lists_all = False  # they go with their variants
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
        plan = self.pricing.plan(asked_prices(ops))
        plan.apply()
        return self.answers(ops, plan)
