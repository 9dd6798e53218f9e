from odoo import models
from odoo.fields import Domain

from .entity_models import ODOO_MODELS


class GatewayBinding(models.Model):
    """Bindings by what people call their Odoo records."""

    _inherit = "gateway.binding"

    def _search_record_name(self, operator, value):
        """By the names of those that the user may read, each model in its own way."""
        if operator != "ilike":
            return NotImplemented
        named = Domain("display_name", operator, value)
        ordered = named | Domain("gateway_order_number", operator, value)
        return Domain.OR(
            [("res_model", "=", model), ("res_id", "in", self.env[model]._search(domain))]
            for model in sorted({*ODOO_MODELS.values()} & {*self.env})
            if self.env[model].has_access("read")
            for domain in [ordered if model == "sale.order" else named]
        )
