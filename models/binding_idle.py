from odoo import models
from odoo.tools import SQL

from ..lib.merge import SOURCE_OF


class GatewayBinding(models.Model):
    """Bindings of records that a run read and had nothing to do with: it kept their ids alone."""

    _inherit = "gateway.binding"

    def _search_unchanged_in(self, operator, value):
        return self._search_idle("unchanged", operator, value)

    def _search_repeated_in(self, operator, value):
        return self._search_idle("repeated", operator, value)

    def _search_idle(self, outcome, operator, value):
        if operator != "in":
            return NotImplemented
        self.env.flush_all()
        one_way = SQL(" UNION ").join(
            SQL(
                "SELECT b.id FROM gateway_page p JOIN gateway_flow f ON f.id = p.flow_id"
                " CROSS JOIN jsonb_array_elements_text(p.idle_ids -> %s) AS met(id)"
                " JOIN gateway_binding b ON b.connector_id = p.connector_id AND b.entity = f.entity"
                " AND b.%s = met.id WHERE p.run_id = ANY(%s) AND f.direction = %s",
                outcome,
                SQL.identifier(f"{side}_id"),
                [id_ for id_ in value if id_],
                direction,
            )
            for direction, side in SOURCE_OF.items()
        )
        return [("id", "in", SQL("(%s)", one_way))]
