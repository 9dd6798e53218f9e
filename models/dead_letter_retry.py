import contextlib
import json

from psycopg2 import errors as pg_errors

from odoo import api, fields, models
from odoo.fields import NO_ACCESS
from odoo.tools import split_every

from odoo.addons.queue_job.exception import RetryableJobError

from ..lib.editing import shown
from ..lib.endpoint import Page, Record
from ..lib.errors import GatewayError
from ..lib.sync import settle_page
from ..lib.sync.lane import Lane
from ..lib.values import unstage
from .store import OdooStore
from .work import Stale, UnitOfWork

#: Letters settled as one page, and how many of them a button waits for.
PAGE_SIZE, AT_ONCE = 250, 1000


class GatewayDeadLetter(models.Model):
    """Applying dead records again: as they are now at their source, or once as a person edited."""

    _inherit = "gateway.dead.letter"

    edited_payload = fields.Text(
        string="Payload as edited and kept",
        groups=NO_ACCESS,
        help="Applied in place of the record once, by Retry: people see it masked.",
    )
    edited_text = fields.Text(string="Payload as edited", compute="_compute_edited_text")

    @api.depends("edited_payload")
    def _compute_edited_text(self):
        for letter in self:
            edited = letter.sudo().edited_payload
            redactor = letter.connector_id._redactor()
            letter.edited_text = edited and json.dumps(
                shown(self._unpacked(edited), redactor), indent=2, ensure_ascii=False
            )

    def action_retry(self, as_then=False):
        """Apply the records again as they are now at their source, and say what became of them.

        One whose payload was edited is applied as edited instead. `as_then`: by the mapping version
        that each was first refused by, in place of the one that holds now.
        """
        self.env["gateway.run"]._check_operator()
        open_letters = self.filtered(lambda letter: letter.state == "open")
        if len(open_letters) > AT_ONCE:
            return open_letters._retry_in_background(as_then)
        errors = open_letters._retry_all(as_then)
        left = len(open_letters.filtered(lambda letter: letter.state == "open"))
        said = self.env._(
            "%(done)s applied, %(left)s still dead.", done=len(open_letters) - left, left=left
        )
        return self._notify(" ".join([said, *errors]), "success" if not left else "warning")

    def action_retry_cause(self):
        """The same for all open letters of this one's connector and cause."""
        self.ensure_one()
        self.check_access("read")
        same = [("state", "=", "open"), ("connector_id", "=", self.connector_id.id)]
        return self.search([*same, ("cause", "=", self.cause)]).action_retry()

    def _retry_in_background(self, as_then):
        for ids in split_every(PAGE_SIZE, self.ids):
            self.browse(ids).with_delay(
                channel="root.gateway", description=self.env._("Retry dead letters")
            )._job_retry(as_then)
        return self._notify(
            self.env._("Dead letters retried in the background: %s", len(self)), "info"
        )

    def _job_retry(self, as_then=False):
        """Job: a page of letters, once no run syncs their entities."""
        letters = self.filtered(lambda letter: letter.state == "open")
        for connector, entity in letters.grouped(lambda one: (one.connector_id, one.entity)):
            busy = self._busy(connector, entity)
            if busy:
                raise RetryableJobError(busy, seconds=15, ignore_retry=True)
        letters._retry_all(as_then)

    def _retry_all(self, as_then=False):
        """Retry each flow's letters, page by page; [why a flow's could not be tried]."""
        errors = []
        for (*flow, version), letters in self.grouped(
            lambda letter: (
                letter.connector_id,
                letter.entity,
                letter.direction,
                as_then and letter.mapping_version_id,
            )
        ).items():
            for part in split_every(PAGE_SIZE, letters.ids):
                error = self.browse(part)._retry(*flow, version=version or None)
                if error:
                    errors.append(error)
                    break
        self.invalidate_recordset()
        return errors

    def _notify(self, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Retried"),
                "message": message,
                "type": kind,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _retry(self, connector, entity, direction, version=None):
        """Settle the letters' records as a run of their own; why that failed, or None."""
        if not self:
            return None
        busy = self._busy(connector, entity)
        if busy:  # Not raised, either: letters of other flows may have been sent already.
            return busy
        try:
            with self.env.cr.savepoint():
                run = self.env["gateway.run"].sudo()._start(connector, [(entity, direction)], False)
                run.started = fields.Datetime.now()
                run.flow_ids.state = "applying"
                run.flush_recordset()
                run.flow_ids.flush_recordset()
        except pg_errors.UniqueViolation:
            return self._said_busy(self.env["gateway.run"]._description, entity)
        work = UnitOfWork(self.env, own=False)
        store = OdooStore(self.sudo().env, connector, run, work)
        edited = self.filtered(lambda letter: letter.sudo().edited_payload)
        read = {letter: letter.sudo().read(["payload", "digest"])[0] for letter in edited}
        try:
            version, flow = connector._flow(entity, direction, store, run=run.id, version=version)
            records = [*edited._as_edited(), *(self - edited)._read_anew(flow, run.flow_ids)]
            run._settle_by_hand(version, flow, Page(records, None, None), store, settle_page)
            edited._let_stand(flow, store)
            self._note_retried(run, edited)
        except GatewayError as error:
            # Not raised: a rollback would forget what was sent to the shop, and under which key.
            with contextlib.suppress(Stale):  # ended: it was carried out, only not let stand
                run._fail(work, run.flow_ids, str(error), run.epoch)
            run.page_ids.filtered(lambda page: page.state == "settling").write(
                {"state": "failed", "claim": False, "error": str(error)}
            )
            return str(error)
        for letter, kept in read.items():  # the record as it was read, whatever came of the edit
            letter.sudo().write({name: kept[name] for name in ("payload", "digest")})
        return None

    def _let_stand(self, flow, store):
        """What was applied as edited stands until the source changes: to the binding the source is
        as it is, so that reading it once more undoes nothing."""
        lane = Lane(flow)
        ids = self.mapped("source_id")
        now = {record.id: record for record in flow.source.fetch(flow.entity, ids)} if ids else {}
        bound = store.bindings(flow.entity, lane.source_side, ids)
        for id_, binding in bound.items():
            if id_ in now and lane.source_side in binding.digests:
                binding.digests[lane.source_side] = lane.digest_of(now[id_])
        store.settle(flow.entity, flow.direction, bound.values(), ())

    def _as_edited(self):
        letters = self.sudo()
        return [Record(letter.source_id, unstage(letter.edited_payload)) for letter in letters]

    def _read_anew(self, flow, row):
        """The records as they are now. What its source has no longer is not brought back from what
        was once read of it; what is only hidden from the integration user goes on waiting."""
        ids = self.mapped("source_id")
        records = list(flow.source.fetch(flow.entity, ids)) if self else []
        found = {record.id for record in records}
        found.update(row._unseen(flow, [id_ for id_ in ids if id_ not in found]))
        gone = self.sudo().filtered(lambda letter: letter.source_id not in found)
        why = self.env._("gone at its source")
        gone._close("discarded", "gone", by_person=True, discard_reason=why)
        return records

    def _busy(self, connector, entity):
        """Why not now, or None: one entity is synced by one run at a time, a retry included."""
        going_on = (
            self.env["gateway.flow"]
            .sudo()
            .search(
                [
                    ("connector_id", "=", connector.id),
                    ("entity", "=", entity),
                    ("state", "in", ("reading", "applying")),
                ],
                limit=1,
            )
        )
        return self._said_busy(going_on.run_id.display_name, entity) if going_on else None

    def _said_busy(self, run, entity):
        return self.env._(
            "%(run)s syncs %(entity)s just now; retry when it has ended.", run=run, entity=entity
        )
