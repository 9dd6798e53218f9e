from collections import defaultdict
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from .run_progress import ENDED

#: Seconds of work after which one entity's pages say something of another's.
FAIR = 5.0
#: A page that is later by so many seconds takes nobody knows how long.
PATIENCE = 5.0


class Pace(NamedTuple):
    """What pages of one flow took: how many are staged and settled, seconds of reading those and of
    settling these."""

    staged: int = 0
    settled: int = 0
    reading: float = 0.0
    settling: float = 0.0

    def __add__(self, other):
        return Pace(*map(sum, zip(self, other, strict=True)))

    def is_fair(self):
        return bool(self.settled) and self.reading + self.settling >= FAIR

    def seconds(self, settle, read):
        """Of so many pages to settle, and so many of them that are to be read first."""
        return settle * self.settling / self.settled + read * self.reading / self.staged


class GatewayRun(models.Model):
    """How long an open run still takes, by the work it has done: a pause is no work."""

    _inherit = "gateway.run"

    def _seconds_left(self, going):
        """An estimate, 0 when there is nothing left but to finish. None while it is not known: of
        each flow must be known how many pages come, and how long one takes."""
        if not going:
            return None
        flows = self.flow_ids.filtered(lambda flow: flow.state not in ENDED)
        unread = flows.filtered(lambda flow: flow.state != "applying")
        like = self._last_like_this(going) if unread else self.browse()
        before, paces, earlier = like._pages_by_kind(), self._paces(), like._paces()
        fair = sum(paces.values(), Pace())
        total = due = 0.0
        for flow in flows:
            kind = flow.entity, flow.direction
            read = flow._pages_to_come(before) if flow in unread else 0
            own = paces.get(kind, Pace())
            known = next((p for p in (own, earlier.get(kind)) if p and p.settled), fair)
            settle = own.staged - own.settled + (read or 0)
            if read is None or (known is fair and not fair.is_fair()):
                return None
            total += known.seconds(settle, read)
            due = due or known.seconds(1, 1)  # the first of them is the one that goes on
        if total < 1:
            return None if unread else 0
        waited = self._waited()
        return max(round(total - waited, 1), 1.0) if waited <= due + PATIENCE else None

    def _waited(self):
        """Seconds since a page was staged or settled, or the first one was asked for."""
        self.env.flush_all()
        ((waited,),) = self.env.execute_query(
            SQL(
                "SELECT EXTRACT(EPOCH FROM %s - COALESCE(max(write_date + CASE state WHEN 'settled'"
                " THEN seconds ELSE 0 END * interval '1 second'), %s))::float"
                " FROM gateway_page WHERE run_id = %s",
                fields.Datetime.now(),
                self.started or fields.Datetime.now(),
                self.id,
            )
        )
        return max(waited, 0.0)

    def _pages_by_kind(self):
        return {(one.entity, one.direction): one.pages_read for one in self.flow_ids}

    def _paces(self):
        """{(entity, direction): pace}"""
        rows = self.env["gateway.page"]._read_group(
            [("run_id", "in", self.ids)],
            ["flow_id", "state"],
            ["__count", "seconds_read:sum", "seconds:sum"],
        )
        found = defaultdict(Pace)
        for flow, state, count, reading, settling in rows:
            settled = count if state == "settled" else 0
            found[flow.entity, flow.direction] += Pace(
                count, settled, reading or 0.0, settling or 0.0
            )
        return found

    def _last_like_this(self, going):
        """The connector's last run that ended and, as far as the flow that is `going` tells, read
        as much: everything, or what had changed."""
        same = [("entity", "=", going.entity), ("direction", "=", going.direction)]
        same.append(("since", "!=" if going.since else "=", False))
        return self.search(
            [
                ("connector_id", "=", self.connector_id.id),
                ("id", "<", self.id),
                ("state", "in", ("done", "partial")),
                *((name, "=", self[name]) for name in ("dry_run", "compares")),
                ("flow_ids", "any", same),
            ],
            limit=1,
        )


class GatewayFlow(models.Model):
    _inherit = "gateway.flow"

    def _pages_to_come(self, before):
        """As many as the last run like this one had (`before`: of each kind of flow), or for a
        first one as the shop's count tells of. None where nobody knows."""
        if not before and not self.pages_expected:
            return None
        expected = before.get((self.entity, self.direction), 1) if before else self.pages_expected
        return max(expected - self.pages_read, 0)
