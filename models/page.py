from datetime import datetime
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import NO_ACCESS
from odoo.tools import SQL

from ..lib.endpoint import Record
from ..lib.errors import RetryLater
from ..lib.store import IDLE, OUTCOMES
from ..lib.values import stage, unstage
from .work import Stale


class Waits(RetryLater):
    """A page's turn has not come: one that was read before it is being settled, or its worker died
    and its lease is not over."""


class Staged(NamedTuple):
    """A payload: records as they were read, ids that are gone, ids that are there unseen, ids
    of records that vanished between being named and being read."""

    records: list
    deleted: list
    unseen: list
    vanished: list

    def packed(self):
        """The text that is kept of it."""
        records = [
            [r.id, r.fields, r.updated.isoformat() if r.updated else None] for r in self.records
        ]
        return stage({**self._asdict(), "records": records})


class GatewayPage(models.Model):
    """One read step and its unit of work: the staged payload, and what became of its records."""

    _name = "gateway.page"
    _description = "Gateway Page"
    _order = "id"
    _rec_name = "number"

    flow_id = fields.Many2one("gateway.flow", required=True, ondelete="cascade")
    run_id = fields.Many2one("gateway.run", required=True, ondelete="cascade", index=True)
    connector_id = fields.Many2one("gateway.connector", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", index=True)
    number = fields.Integer(required=True)
    state = fields.Selection(
        [
            ("staged", "Staged"),
            ("settling", "Settling"),
            ("settled", "Settled"),
            ("failed", "Failed"),
        ],
        required=True,
        default="staged",
        index=True,
    )
    record_ids = fields.Json(
        prefetch=False, help="Ids of its records, until it is settled: no two pages at once."
    )
    idle_ids = fields.Json(
        prefetch=False, help="Of what nothing came of: outcome → ids of its records at the source."
    )
    payload = fields.Text(
        groups=NO_ACCESS,
        prefetch=False,
        help="The page as it was read; of imports that did something it is kept as long as the "
        "connector keeps payloads. Changes show their part of it, redacted.",
    )
    watermark_time = fields.Char()
    watermark_id = fields.Char()
    epoch = fields.Integer(help="The run's epoch when the page was claimed.")
    read_epoch = fields.Integer(help="The run's epoch when the page was read.")
    claim = fields.Char(help="Who is settling the page; a second worker's claim ends the first's.")
    attempts = fields.Integer(help="How often a worker began to settle it.")
    unanswered = fields.Integer(help="Of those, how often the shop did not answer.")
    error = fields.Text()
    seconds = fields.Float(help="Of settling it.")
    seconds_read = fields.Float(help="That its reader waited for it.")
    count_read = fields.Integer(string="Read")
    count_created = fields.Integer(string="Created")
    count_updated = fields.Integer(string="Updated")
    count_unchanged = fields.Integer(string="Unchanged")
    count_filtered = fields.Integer(string="Left out")
    count_held = fields.Integer(string="To decide")
    count_dead = fields.Integer(string="Not applied")
    count_repeated = fields.Integer(string="Came twice")
    count_deleted = fields.Integer(string="Deleted")

    _settled_index = models.Index("(connector_id, write_date) WHERE state = 'settled'")
    _records_index = models.Index("USING gin (record_ids) WHERE record_ids IS NOT NULL")
    _number_unique = models.Constraint(
        "UNIQUE (flow_id, number)", "A page of a flow is staged once."
    )

    @api.model
    def _sums(self, domain, group):
        """{record of `group`: {outcome: count, 'read': count, 'seconds': …}} over pages."""
        names = ["read", *OUTCOMES]
        aggregates = [f"count_{name}:sum" for name in names] + ["seconds:sum"]
        rows = self._read_group(domain, [group], aggregates)
        return {row[0].id: dict(zip([*names, "seconds"], row[1:], strict=True)) for row in rows}

    @api.model
    def _settled_since(self, connectors, moment):
        """Domain of what was synced since: plans and compares write nothing and do not count."""
        return [
            ("connector_id", "in", connectors.ids),
            ("state", "=", "settled"),
            ("write_date", ">=", moment),
            ("run_id.dry_run", "=", False),
        ]

    def _staged(self):
        """What its payload says."""
        content = unstage(self.payload)
        records = [
            Record(id_, fields_, datetime.fromisoformat(updated) if updated else None)
            for id_, fields_, updated in content["records"]
        ]
        return Staged(
            records, content["deleted"], content.get("unseen", []), content.get("vanished", [])
        )

    def _read_since(self):
        """When its read began, at the latest: a read that is resumed begins anew."""
        began = self.flow_id.started
        return min(began, self.create_date) if began else self.create_date

    def _enqueue(self, epoch):
        run = self.run_id
        run.with_delay(
            identity_key=f"gateway.page:{self.id}:{epoch}",
            max_retries=0,
            description=self.env._(
                "%(run)s: %(entity)s %(direction)s, page %(number)s",
                run=run.display_name,
                entity=self.flow_id.entity,
                direction=self.flow_id.direction,
                number=self.number,
            ),
        )._job_settle(self.id, epoch)

    def _gives_up(self, work):
        """Count one more try without an answer; True when there were enough of them."""
        with work.unit():
            self.unanswered += 1
        return self.unanswered >= self.connector_id.max_attempts

    def _may_be_old(self, epoch):
        """Whether its records may have changed, or newer values of them been settled, since it was
        read: it waited for another try, or for another worker, or was overtaken."""
        return self.attempts > 1 or self.read_epoch != epoch or self._is_overtaken()

    def _is_overtaken(self):
        """Whether a page read after this one is settled already."""
        return bool(
            self.search_count(
                [
                    ("flow_id", "=", self.flow_id.id),
                    ("number", ">", self.number),
                    ("state", "=", "settled"),
                ],
                limit=1,
            )
        )

    def _check_turn(self):
        """Raises Waits while a page that was read before this one, and has one of its records,
        is not settled: one record is never in two units of work at once, and the older page's
        values never come after the newer one's."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT older.number FROM gateway_page page JOIN gateway_page older"
                " ON older.flow_id = page.flow_id AND older.number < page.number"
                " AND older.state != 'settled' AND older.record_ids ?| ARRAY("
                " SELECT jsonb_array_elements_text(page.record_ids)) WHERE page.id = %s LIMIT 1",
                self.id,
            )
        )
        if rows:
            raise Waits(
                f"page {self.number} waits for page {rows[0][0]}, which has a record of it",
                seconds=1,
            )

    def _check_claim(self, claim):
        """Fence: hold the page's row, and refuse to go on when another worker settles it now."""
        row = self.env.execute_query(
            SQL("SELECT claim, state FROM gateway_page WHERE id = %s FOR SHARE", self.id)
        )
        if not row or row[0] != (claim, "settling"):
            raise self._taken_over()

    def _taken_over(self):
        return Stale(self.env._("Page %s was taken over by another worker.", self.number))

    def _give_up(self, claim, state, error):
        """Leave the page to be settled again, if it is still ours: `state` is staged or failed."""
        self.env.flush_all()
        freed = self.env.execute_query(
            SQL(
                "UPDATE gateway_page SET state = %s, claim = NULL, error = %s,"
                " write_date = now() AT TIME ZONE 'UTC'"
                " WHERE id = %s AND claim = %s AND state = 'settling' RETURNING id",
                state,
                error,
                self.id,
                claim,
            )
        )
        self.invalidate_recordset()
        if not freed:
            raise self._taken_over()

    def _keep_counts(self, claim, counts, seconds):
        """Settle the page, if it is still ours. What an import read is kept for a while where
        something came of it: its changes show it."""
        self.env.flush_all()
        is_told = self.flow_id.direction == "import" and any(
            counts.get(name) for name in OUTCOMES if name not in IDLE
        )
        columns = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(f"count_{name}"), counts.get(name, 0))
            for name in OUTCOMES
        )
        done = self.env.execute_query(
            SQL(
                "UPDATE gateway_page SET state = 'settled', record_ids = NULL, error = NULL,"
                " payload = CASE WHEN %s THEN payload END,"
                " count_read = %s, seconds = %s, %s, write_date = now() AT TIME ZONE 'UTC'"
                " WHERE id = %s AND claim = %s AND state = 'settling' RETURNING id",
                is_told,
                sum(counts.values()),
                seconds,
                columns,
                self.id,
                claim,
            )
        )
        self.invalidate_recordset()
        if not done:
            raise self._taken_over()
