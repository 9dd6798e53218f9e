import contextlib
import logging
import time
import uuid
from dataclasses import replace

import psycopg2

from odoo import fields, models
from odoo.tools import SQL

from ..lib.endpoint import Page
from ..lib.errors import RetryLater, StopRun
from ..lib.sync import images, reconcile, settle_page
from .endpoint.once import Met
from .page import Staged
from .store import OdooStore
from .work import Stale, lease

_logger = logging.getLogger(__name__)

#: How often a page begins anew because another transaction made the same; then it is refused. Each
#: time that it meets another one for any other reason counts, too.
BEGINNINGS = 5


class GatewayRun(models.Model):
    """Settling one page of a run: claimed, carried through the pipeline, kept with its counts."""

    _inherit = "gateway.run"

    def _settle(self, work, page, epoch, staged=None):
        """Settle one staged page: claim it, run the pipeline, keep what came out of it. `staged`:
        what its payload says, where that is in hand.

        Every step may be the last one before a crash: an unfinished claim is taken over by a new
        epoch, and what the pipeline did meanwhile is recognised by bindings and keys.
        """
        claim = str(uuid.uuid4())
        with work.unit():
            self._check_epoch(epoch)
            page._check_turn()
            claimed = self.env.execute_query(
                SQL(
                    "UPDATE gateway_page SET state = 'settling', claim = %s, epoch = %s,"
                    " attempts = COALESCE(attempts, 0) + 1,"
                    " write_date = now() AT TIME ZONE 'UTC'"
                    " WHERE id = %s AND (state IN ('staged', 'failed')"
                    " OR (state = 'settling' AND write_date < now() AT TIME ZONE 'UTC' - %s))"
                    " RETURNING id",
                    claim,
                    epoch,
                    page.id,
                    lease(self.env),
                )
            )
            page.invalidate_recordset()
        if not claimed:
            return
        started = time.monotonic()
        try:
            with work.unit():
                counts = self._apply(work, page, claim, epoch, staged)
                page._keep_counts(claim, counts, time.monotonic() - started)
                self._tell(now=False)
        except Met as error:
            self._unsettled(work, page, claim, str(error))
            raise
        except RetryLater as error:
            self._unsettled(work, page, claim, str(error))
            if page._gives_up(work):
                raise StopRun(
                    f"page {page.number} failed {page.unanswered} times: {error}",
                    cause=error.cause,
                    remedy="Check that the shop can be reached, then resume the run.",
                ) from error
            raise
        except StopRun as error:
            self._unsettled(work, page, claim, str(error), "failed")
            raise
        except psycopg2.OperationalError as error:
            # Two workers met in the database: free the page, its job is tried again.
            self._unsettled(work, page, claim, str(error))
            raise
        except psycopg2.errors.UniqueViolation as error:
            # The same on a row of the gateway's own; a record's is a refusal of that record.
            self._unsettled(work, page, claim, str(error))
            raise RetryLater(f"two workers met: {error}", seconds=1) from error
        except Stale:
            raise
        except Exception as error:
            _logger.exception("Gateway: page %s of run %s", page.number, self.id)
            self._unsettled(work, page, claim, repr(error), "failed")
            raise StopRun(
                f"page {page.number} of {page.flow_id.entity}: {type(error).__name__}: {error}",
                cause="unknown",
                remedy="See the server log for the traceback; resume the run when it is mended.",
            ) from error
        with contextlib.suppress(psycopg2.errors.UniqueViolation), work.unit():
            page.flow_id._advance_watermark()  # two first ones met: the flow's end does it again

    def _apply(self, work, page, claim, epoch, staged):
        def fence():
            self._check_epoch(epoch)
            page._check_claim(claim)

        fence()
        flow_row = page.flow_id
        store = OdooStore(self.env, self.connector_id, self, work, page, fence)
        version, flow = self.connector_id._flow(
            flow_row.entity,
            flow_row.direction,
            store,
            run=self.id,
            is_plan=self.is_plan,
            **flow_row._versions(),
        )
        if flow.target.transactional:
            is_fresh = work.own and not self.is_plan
            flow.target.once.can_begin_anew = is_fresh and page.attempts <= BEGINNINGS
        is_old = page._may_be_old(epoch)
        if staged is None or is_old:  # what is in hand may still have who was forgotten
            staged = page._staged()
        records, deleted, unseen, vanished = staged
        if self.undoes_id:
            return store.as_settled(self._undo(flow, [record.id for record in records]))
        flow = replace(flow, failed=flow_row._failed)
        flow = self._laid(flow, [*(record.id for record in records), *deleted, *vanished])
        if is_old:
            records, deleted, more = self._read_anew(work, flow, records, deleted)
            vanished = [*vanished, *more]
            fence()
            page.payload = Staged(records, deleted, unseen, vanished).packed()
        self._fetch_images(work, flow, records, fence)
        if self.compares:
            ids = [*(record.id for record in records), *deleted]
            told, both = flow_row._told_gone(ids), flow_row._is_met()
            alone = flow_row._is_alone()
            counts = store.as_settled(reconcile(flow, records, deleted, both, told, alone))
            flow_row._name_what_is_gone(page)
            return counts
        if flow_row._holds_deletes(deleted):
            flow = replace(flow, holds_deletes=True)
        counts = settle_page(flow, Page(records, None, None, deleted), vanished, unseen)
        flow_row._tell_kept(deleted)
        return store.as_settled(counts)

    def _fetch_images(self, work, flow, records, fence):
        """Images that the page will ask for are fetched before its locks are taken."""
        wanted = images.expected(flow, records)
        if wanted:
            work.commit()  # no transaction is open while the shop is waited for
            images.fetch(flow, wanted)
            fence()

    def _read_anew(self, work, flow, records, deleted):
        """(records as they are now, ids still gone, ids of records that are gone meanwhile).

        What came back is no tombstone; what is gone meanwhile is left to the next read.
        """
        work.commit()
        read = list(dict.fromkeys(record.id for record in records))
        now = {
            record.id: record
            for record in flow.source.fetch(flow.entity, list(dict.fromkeys([*read, *deleted])))
        }
        still = [now[id_] for id_ in (r.id for r in records) if id_ in now]
        back = [id_ for id_ in dict.fromkeys(deleted) if id_ in now and id_ not in read]
        return (
            [*still, *(now[id_] for id_ in back)],
            [id_ for id_ in deleted if id_ not in now],
            [record.id for record in records if record.id not in now],
        )

    def _unsettled(self, work, page, claim, message, state="staged"):
        with work.unit():
            page._give_up(claim, state, message)

    def _settle_by_hand(self, version, flow, page, store, settle):
        """Settle records outside a read (retries): a run of one flow and one page of its own.

        Whoever calls fails the run, and its page, where that raises.
        """
        row = self.flow_ids[:1]
        row.write(
            {
                "state": "applying",
                "mapping_version_id": version.id,
                "started": fields.Datetime.now(),
            }
        )
        kept, _staged = row._stage(page, row.pages_read, None)
        claim = str(uuid.uuid4())
        kept.write({"state": "settling", "claim": claim})
        store.page = kept
        counts = store.as_settled(settle(flow, page))
        kept.flush_recordset()
        kept._keep_counts(claim, counts, 0.0)
        row.write({"state": "done", "ended": fields.Datetime.now()})
        self._finish()
