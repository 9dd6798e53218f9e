from odoo import models
from odoo.tools import SQL

from ..lib.sync.flow import Failures


class GatewayFlow(models.Model):
    """What the flow's pages failed of so far, for the circuit breaker: pages may be small."""

    _inherit = "gateway.flow"

    def _failed(self, stage, cause, field):
        """Records of the pages that were settled since the run began or was resumed, and how many
        of them died of this stage, cause and field of the record itself (before the first dot): no
        more than died there at all, nor than there are letters of it."""
        self.env.flush_all()
        ((read, dead, alike),) = self.env.execute_query(
            SQL(
                "SELECT COALESCE(sum(count_read), 0), COALESCE(sum(count_dead), 0),"
                " (SELECT count(*) FROM gateway_dead_letter WHERE run_id = %s AND entity = %s"
                " AND direction = %s AND state = 'open' AND stage IS NOT DISTINCT FROM %s"
                " AND cause = %s AND split_part(COALESCE(field_name, ''), '.', 1) = %s)"
                " FROM gateway_page WHERE flow_id = %s AND state = 'settled' AND epoch = %s",
                self.run_id.id,
                self.entity,
                self.direction,
                stage,
                cause,
                field,
                self.id,
                self.run_id.epoch,
            )
        )
        return Failures(int(read), min(int(dead), alike))
