from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.platforms import platform
from ..lib.redact import Redactor

#: Rows that one statement of the daily cleaning touches: short transactions, no long locks.
CLEANED = 10_000


class GatewayConnector(models.Model):
    """How long what is known of single records is kept, and what of it must never show."""

    _inherit = "gateway.connector"

    evidence_days = fields.Integer(
        string="Keep payloads (days)",
        default=30,
        help="After so many days a change keeps its fields, old and new, but neither the payload "
        "nor the request and answer. 0: kept as long as the change.",
    )
    change_days = fields.Integer(
        string="Keep changes (days)",
        default=365,
        help="After so many days a change is deleted. 0: kept for good.",
    )

    def _redactor(self):
        """Takes this connector's secrets out of whatever is kept or shown."""
        self.ensure_one()
        connection = self.sudo().connection_ids[:1]
        values = connection._values() if connection else {}
        return Redactor(platform(self.platform).secrets(values))

    @api.autovacuum
    def _gc_changes(self):
        """Let go of payloads, then of changes, by age. Returns (done, more to do)."""
        done = 0
        for connector in self.sudo().with_context(active_test=False).search([]):
            if connector.change_days:
                done += self._forget_changes(connector, SQL("DELETE FROM gateway_change WHERE"))
            if connector.evidence_days:
                done += self._forget_changes(
                    connector,
                    SQL(
                        "UPDATE gateway_change SET payload = NULL, target_values = NULL,"
                        " request = NULL, answer = NULL, decision = NULL WHERE"
                    ),
                    has_evidence=True,
                )
                done += self._forget_pages(connector)
        self.env["gateway.change"].invalidate_model(flush=False)
        return done, done >= CLEANED

    def _forget_pages(self, connector):
        rows = self.env.execute_query(
            SQL(
                "UPDATE gateway_page SET payload = NULL WHERE id IN (SELECT id FROM gateway_page"
                " WHERE connector_id = %s AND state = 'settled' AND payload IS NOT NULL"
                " AND create_date < %s LIMIT %s) RETURNING id",
                connector.id,
                fields.Datetime.now() - timedelta(days=connector.evidence_days),
                CLEANED,
            )
        )
        self.env["gateway.page"].invalidate_model(["payload"], flush=False)
        return len(rows)

    def _forget_changes(self, connector, statement, has_evidence=False):
        days = connector.evidence_days if has_evidence else connector.change_days
        still = SQL(
            " AND (payload IS NOT NULL OR target_values IS NOT NULL OR request IS NOT NULL"
            " OR answer IS NOT NULL OR decision IS NOT NULL)"
        )
        rows = self.env.execute_query(
            SQL(
                "%s id IN (SELECT id FROM gateway_change WHERE connector_id = %s"
                " AND create_date < %s %s LIMIT %s) RETURNING id",
                statement,
                connector.id,
                fields.Datetime.now() - timedelta(days=days),
                still if has_evidence else SQL(),
                CLEANED,
            )
        )
        return len(rows)
