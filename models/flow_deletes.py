from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL, split_every

from ..lib.endpoint import Page
from ..lib.merge import SOURCE_OF
from .store import OdooStore
from .wording import entity_label

#: Ids that are noted, or looked up, at a time.
IDS = 2000


class GatewayFlow(models.Model):
    """Records that are gone from the source: found by comparing ids where nothing tells of them,
    and carried over as far as the guard lets pass."""

    _inherit = "gateway.flow"

    is_swept = fields.Boolean(help="Which of the bound records are gone was asked, or is not due.")
    swept = fields.Datetime(help="When the source's ids were compared with those bound here.")
    lets_go = fields.Boolean(help="A manager lets these deletes pass the guard.")
    let_go = fields.Integer(help="So many were told when the manager said so; more are kept.")
    guarded = fields.Integer(help="Records that are gone from the source and were kept.")

    # -- the sweep

    def _sweep(self, work):
        """Stage tombstones of bound records that the source has no more, where a look is due. An
        apply, an undo and what webhooks name look at their own records only."""
        connector, run = self.connector_id, self.run_id
        if run.undoes_id or run.plan_id or run.by_event:
            self.is_swept = True
            return
        bound = self._bound_count()
        due = run.looks_for_deletes or connector._sweep_due(self.entity, self.direction)
        if not bound or not due:
            self.write({"is_swept": True, "swept": self._now() if not bound else False})
            return
        flow = self._flow_now(work)
        began = self._now()
        if not flow.source.entities()[self.entity].lists_all:
            self.is_swept = True
            return
        gone = self._gone(work, flow)
        before = self._deleted_lately()
        limit = connector._delete_limit(bound + before)
        with work.unit():
            self.write({"is_swept": True, "swept": began})
            if gone and len(gone) + before > limit and not self._let_pass(len(gone)):
                self._guard(len(gone), bound, limit)
            else:
                self._stage_gone(gone, flow.info.page_size)

    def _flow_now(self, work):
        store = OdooStore(self.env, self.connector_id, self.run_id, work)
        run = self.run_id.id
        return self.connector_id._flow(
            self.entity, self.direction, store, run=run, **self._versions()
        )[1]

    def _stage_gone(self, gone, size):
        for ids in split_every(size, gone, list):
            self._stage(Page([], None, None, ids), self.pages_read, None)

    @staticmethod
    def _now():
        return fields.Datetime.now()

    def _bound(self, what):
        """Of the records that were bound before this run."""
        return SQL(
            "SELECT %s FROM gateway_binding b WHERE b.connector_id = %s AND b.entity = %s"
            " AND b.state = 'bound' AND %s IS NOT NULL AND b.create_date < %s",
            what,
            self.connector_id.id,
            self.entity,
            self._source_column(),
            self.run_id.create_date,
        )

    def _source_column(self):
        side = SOURCE_OF[self.direction]
        return SQL.identifier("b", f"{side}_id")

    def _bound_count(self):
        self.env.flush_all()
        return self.env.execute_query(self._bound(SQL("count(*)")))[0][0]

    def _gone(self, work, flow):
        """Ids that are bound and not there any more.

        The ids of the source are kept in a table of this session, not in memory, and what they
        miss is asked for by name: a list may be cut short, a record may only be hidden.
        """
        query = self.env.execute_query
        self.env.cr.execute("DROP TABLE IF EXISTS gateway_seen")
        self.env.cr.execute("CREATE TEMP TABLE gateway_seen (id varchar PRIMARY KEY)")
        work.commit()
        for ids in split_every(IDS, flow.source.ids(self.entity), list):
            self.env.cr.execute(
                "INSERT INTO gateway_seen SELECT unnest(%s) ON CONFLICT DO NOTHING", (ids,)
            )
            work.commit()
        column = self._source_column()
        unseen = SQL(" AND NOT EXISTS (SELECT FROM gateway_seen s WHERE s.id = %s)", column)
        found = SQL("%s%s", self._bound(SQL("DISTINCT %s", column)), unseen)
        missing = [id_ for (id_,) in query(SQL("%s ORDER BY 1", found))]
        self.env.cr.execute("DROP TABLE gateway_seen")
        work.commit()
        gone = []
        for ids in split_every(IDS, missing, list):
            there = {record.id for record in flow.source.fetch(self.entity, ids)}
            absent = [id_ for id_ in ids if id_ not in there]
            hidden = set(self._unseen(flow, absent))
            gone += [id_ for id_ in absent if id_ not in hidden]
        return gone

    def _note_sweep(self):
        if self.swept and not self.run_id.dry_run:
            told = {"swept": self.swept}
            if not self.guarded:
                told["guarded"] = 0
            self._watermark().write(told)

    # -- the guard

    def _guard(self, count, bound, limit):
        """Keep them, say so once, and leave it to a manager."""
        self.guarded = count
        mark = self._watermark()
        if mark.guarded == count:
            return
        mark.guarded = count
        told = self.connector_id._for_chatter()
        told.message_post(
            body=told.env._(
                "%(count)s of %(bound)s (%(entity)s) are gone from %(side)s, and the guard lets "
                "%(limit)s pass: they are kept. If that is right, press «Let them go» on %(run)s.",
                count=count,
                bound=bound,
                entity=entity_label(told.env, self.entity),
                side=told.env._("the shop") if self.direction == "import" else "Odoo",
                limit=limit,
                run=self.run_id.with_env(told.env).display_name,
            )
        )

    def _let_pass(self, count):
        """Whether a manager has let so many more go: in all no more than were told."""
        if not self.lets_go:
            return False
        mine = [("flow_id", "=", self.id)]
        rows = self.env["gateway.page"]._read_group(mine, aggregates=["count_deleted:sum"])
        return count + (rows[0][0] or 0) <= self.let_go

    def _holds_deletes(self, ids):
        """Whether these tombstones are, with those of the last day, more than the guard lets pass.
        Tombstones of a sweep were counted before they were staged."""
        if not ids or self.swept:
            return False
        known = SQL("%s AND %s = ANY(%s)", self._bound(SQL("count(*)")), self._source_column(), ids)
        count = self.env.execute_query(known)[0][0]
        before = self._deleted_lately()
        bound = self._bound_count()
        limit = self.connector_id._delete_limit(bound + before)
        if count + before <= limit or self._let_pass(self.guarded + count):
            return False
        self._guard(self.guarded + count, bound, limit)
        return True

    def _deleted_lately(self):
        """How many were deleted within the last day. What a plan foresaw was not, and what an undo
        took away a manager asked for."""
        deleted = self.env["gateway.page"]._read_group(
            [
                ("connector_id", "=", self.connector_id.id),
                ("state", "=", "settled"),
                ("write_date", ">", self._now() - timedelta(days=1)),
                ("flow_id.entity", "=", self.entity),
                ("flow_id.direction", "=", self.direction),
                ("flow_id.lets_go", "=", False),
                ("run_id.dry_run", "=", False),
                ("run_id.undoes_id", "=", False),
                ("count_deleted", ">", 0),
            ],
            aggregates=["count_deleted:sum"],
        )
        return deleted[0][0] or 0
