from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .connector_evidence import CLEANED

#: Closed dead letters of one connector that one cleaning deletes: each has a chatter of its own.
LETTERS = 1000


class GatewayConnector(models.Model):
    """What is deleted by age besides changes and webhooks."""

    _inherit = "gateway.connector"

    evidence_days = fields.Integer(
        help="After so many days a change keeps its fields, old and new, but neither the payload "
        "nor the request and answer; a closed dead letter and a refund lose their payload, and a "
        "failed run what it had read (it can't be resumed then). 0: kept as long as the change."
    )
    change_days = fields.Integer(
        help="After so many days a change is deleted, and so are closed dead letters and resolved "
        "conflicts. 0: kept for good."
    )
    run_days = fields.Integer(
        string="Keep idle runs (days)",
        default=90,
        help="After so many days a run without changes is deleted with its pages; the last run "
        "stays. 0: kept for good.",
    )

    @api.constrains("evidence_days", "change_days", "run_days")
    def _check_days(self):
        for connector in self:
            if min(connector.evidence_days, connector.change_days, connector.run_days) < 0:
                raise ValidationError(self.env._("%s: days to keep are 0 or more.", connector.name))

    @api.autovacuum
    def _gc_rest(self):
        """Let go of the rest, a bounded number of each kind. Returns (done, more to do)."""
        done = 0
        for connector in self.sudo()._of_all():
            counts = [connector._delete_letters()]
            counts += [len(self.env.execute_query(one)) for one in connector._statements()]
            done = max(done, *counts)
        self.env["gateway.run"].sudo()._let_plans_go()
        self.env.invalidate_all()
        return done, done >= LETTERS

    def _delete_letters(self):
        if not self.change_days:
            return 0
        closed = [
            ("connector_id", "=", self.id),
            ("state", "!=", "open"),
            ("write_date", "<", self._ago(self.change_days)),
        ]
        letters = self.env["gateway.dead.letter"].search(closed, order="id", limit=LETTERS)
        letters.unlink()
        self.env.flush_all()
        return len(letters)

    def _statements(self):
        if self.evidence_days:
            ago = self._ago(self.evidence_days)
            yield self._cleaning(
                "UPDATE gateway_dead_letter SET payload = NULL, edited_payload = NULL",
                "state != 'open' AND write_date < %s AND (payload IS NOT NULL OR edited_payload"
                " IS NOT NULL)",
                ago,
            )
            yield self._cleaning(
                "UPDATE gateway_refund SET payload = NULL",
                "create_date < %s AND payload IS NOT NULL",
                ago,
            )
            yield self._cleaning(
                "UPDATE gateway_page SET payload = NULL",
                "state != 'settled' AND payload IS NOT NULL AND EXISTS (SELECT 1 FROM gateway_run"
                " r WHERE r.id = run_id AND r.state IN ('failed', 'cancelled') AND r.ended < %s)",
                ago,
            )
        if self.change_days:
            yield self._cleaning(
                "DELETE FROM gateway_conflict",
                "state = 'resolved' AND write_date < %s",
                self._ago(self.change_days),
            )
            yield self._cleaning(
                "UPDATE gateway_page SET idle_ids = NULL",
                "state = 'settled' AND write_date < %s AND idle_ids IS NOT NULL",
                self._ago(self.change_days),
            )
        if self.run_days:
            yield self._cleaning(
                "DELETE FROM gateway_run",
                "state NOT IN ('queued', 'running') AND NOT dry_run AND by_event IS NOT TRUE"
                " AND ended < %s"
                " AND NOT EXISTS (SELECT 1 FROM gateway_change c WHERE c.run_id = gateway_run.id)"
                " AND id != (SELECT max(l.id) FROM gateway_run l"
                " WHERE l.connector_id = gateway_run.connector_id)",
                self._ago(self.run_days),
            )

    def _cleaning(self, statement, where, ago):
        """`statement` for at most `CLEANED` rows of this connector."""
        table = SQL.identifier(statement.removeprefix("DELETE FROM ").split()[-1])
        if statement.startswith("UPDATE"):
            table = SQL.identifier(statement.split()[1])
        return SQL(
            "%s WHERE id IN (SELECT id FROM %s WHERE connector_id = %s AND %s LIMIT %s)"
            " RETURNING id",
            *(SQL(statement), table, self.id, SQL(where, ago), CLEANED),
        )

    @staticmethod
    def _ago(days):
        return fields.Datetime.now() - timedelta(days=days)
