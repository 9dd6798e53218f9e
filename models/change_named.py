from odoo import fields, models
from odoo.tools import SQL

from ..lib.merge import SOURCE_OF


class GatewayChange(models.Model):
    """Changes by what people call their Odoo records, as far as those are bound."""

    _inherit = "gateway.change"

    record_name = fields.Char(search="_search_record_name")

    def _search_record_name(self, operator, value):
        if operator != "ilike":
            return NotImplemented
        named = self.env["gateway.binding"]._search([("record_name", operator, value)])
        found = SQL(" UNION ").join(
            SQL(
                "SELECT c.id FROM named b JOIN gateway_change c"
                " ON c.connector_id = b.connector_id AND c.entity = b.entity"
                " AND c.source_id = b.%s AND c.direction = %s",
                SQL.identifier(f"{side}_id"),
                direction,
            )
            for direction, side in SOURCE_OF.items()
        )
        bindings = SQL("SELECT * FROM gateway_binding WHERE id IN %s", named.subselect())
        return [("id", "in", SQL("(WITH named AS (%s) %s)", bindings, found))]
