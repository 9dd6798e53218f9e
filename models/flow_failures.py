from odoo import models
from odoo.tools import SQL

from ..lib.sync.flow import Failures


class GatewayFlow(models.Model):
    """What the flow's pages failed of so far, for the circuit breaker: pages may be small."""

    _inherit = "gateway.flow"

    def _failed(self, stage, cause, field):
        """Records of its settled pages, and its open dead letters of this stage, cause and field of
        the record itself (before the first dot)."""
        self.env.flush_all()
        ((read, alike),) = self.env.execute_query(
            SQL(
                "SELECT (SELECT COALESCE(sum(count_read), 0) FROM gateway_page"
                " WHERE flow_id = %s AND state = 'settled'),"
                " (SELECT count(*) FROM gateway_dead_letter WHERE run_id = %s AND entity = %s"
                " AND direction = %s AND state = 'open' AND stage IS NOT DISTINCT FROM %s"
                " AND cause = %s AND split_part(COALESCE(field_name, ''), '.', 1) = %s)",
                self.id,
                self.run_id.id,
                self.entity,
                self.direction,
                stage,
                cause,
                field,
            )
        )
        return Failures(int(read), alike)
