"""One worker: drives runs as Odoo's models do (flow, run, page), over the same pipeline.

What is here and not in `lib/` is who may do what when: claims, epochs, drivers, commits.
Each method is named as its model's is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from gateway_ng.lib.endpoint import Page, Record, Token, Watermark
from gateway_ng.lib.errors import MissingReference, RetryLater, StopRun
from gateway_ng.lib.joining import cut, joined
from gateway_ng.lib.rules import Direction
from gateway_ng.lib.store import Binding
from gateway_ng.lib.sync import Flow, settle_page
from gateway_ng.lib.watermark import is_ahead, promotable, read_from

from .database import Database, FlowRow, PageRow, Run
from .outside import Outside, Touch, Watched
from .sweep import sweep

LEASE = timedelta(minutes=10)
OVERLAP = timedelta(minutes=5)


class Stale(Exception):
    """Another worker has taken the page or the run over."""


class FencedStore:
    """The store of one page: before anything is kept, the page has to be this worker's still."""

    def __init__(self, driver: Driver, fence: Any) -> None:
        self._driver = driver
        self._inner = driver.db.store
        self._fence = fence

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def intend(self, bindings: Sequence[Binding]) -> None:
        self._fence()
        self._inner.intend(bindings)

    def settle(self, *args: Any) -> None:
        self._fence()
        self._inner.settle(*args)

    def commit(self) -> None:
        self._driver.commit()


class Driver:
    """A worker, to which happens what `outside` has planned. `late`: pages that may be settled in
    parallel are, after all are read and the last one first."""

    store_class = FencedStore

    def __init__(self, world: Any, outside: Outside, late: bool = False) -> None:
        self.world = world
        self.db: Database = world.db
        self.outside = outside
        self.late = late

    # -- transactions

    def commit(self) -> None:
        self.outside.touch(Touch("commit", "before"))
        self.db.commit()
        self.outside.touch(Touch("commit", "after"))

    # -- runs

    def start(self, flows: Sequence[tuple[str, Direction]]) -> int:
        run = self.db.put(Run(self.db.new_id()))
        for entity, direction in flows:
            self.db.put(FlowRow(self.db.new_id(), run.id, entity, direction))
        self.db.commit()
        return run.id

    def take_over(self, run_id: int) -> int:
        """A new epoch: whoever still works for the old one is refused at its next settle."""
        run = self.db.runs[run_id]
        self.db.put(replace(run, epoch=run.epoch + 1, state="running"))
        for flow in self.db.flows_of(run_id):
            if flow.state == "failed":
                self.db.put(replace(flow, state="waiting"))
            for page in self.db.pages_of(flow.id):
                if page.state in ("settling", "failed"):
                    self.db.put(replace(page, state="staged", claim="", attempts=0))
        self.db.commit()
        return run.epoch + 1

    def cancel(self, run_id: int) -> None:
        """No further page is read or settled; what is settled stays."""
        self._close(run_id, "cancelled")
        self.db.commit()

    def _close(self, run_id: int, state: str) -> None:
        for flow in self.db.flows_of(run_id):
            if flow.state in ("waiting", "reading", "applying"):
                self.db.put(replace(flow, state="cancelled"))
        self.db.put(replace(self.db.runs[run_id], state=state))

    def drive(self, run_id: int, epoch: int) -> None:
        """Go on until the run ends. Raises what ends the worker instead: RetryLater, Stale."""
        while self.db.runs[run_id].state == "running":
            self._check_epoch(run_id, epoch)
            flow = next(
                (
                    row
                    for row in self.db.flows_of(run_id)
                    if row.state in ("waiting", "reading", "applying")
                ),
                None,
            )
            if flow is None:
                self._close(run_id, "done")
                self.commit()
                return
            self.outside.works_on(flow.id)
            try:
                if flow.state == "waiting":
                    if not self._open(flow):
                        return
                elif flow.state == "reading":
                    self._read(flow.id, epoch)
                elif not self._end(flow.id, epoch):
                    return
            except StopRun as error:
                self.fail(flow.id, error, epoch)

    def fail(self, flow_id: int, error: StopRun, epoch: int) -> None:
        """A person has to see to it; a run that is another's by now is left alone."""
        self.db.rollback()
        flow = self.db.flows[flow_id]
        self._check_epoch(flow.run, epoch)
        self.world.told(f"stopped: {error}")
        self.db.put(replace(flow, state="failed"))
        self.db.put(replace(self.db.runs[flow.run], state="failed"))
        self.commit()

    def job_settle(self, page_id: int, epoch: int) -> None:
        """A job of one page, beside whoever reads."""
        try:
            self.settle(page_id, epoch)
        except StopRun as error:
            self.fail(self.db.pages[page_id].flow, error, epoch)

    def _check_epoch(self, run_id: int, epoch: int) -> None:
        run = self.db.runs[run_id]
        if (run.epoch, run.state) != (epoch, "running"):
            raise Stale("the run")

    # -- flows

    def _open(self, flow: FlowRow) -> bool:
        if self.db.open_flow(flow.entity) is not None:
            return False
        flow = replace(flow, state="reading")
        if flow.entity == "stock":
            self.world.fresh_levels()
        if not flow.pages_read:
            now, place = self.world.ours.now(), (flow.entity, flow.direction)
            mark = self.db.marks.get(place)
            if mark is not None and is_ahead(mark, now):
                del self.db.marks[place]
            since = read_from(mark, self.overlap(flow.direction), now)
            flow = replace(
                flow,
                version=self.world.version,
                since=since.time if since else None,
                edge=self.world.odoo.horizon(),
                superseded=False,
            )
        self.db.put(flow)
        self.commit()
        return True

    def overlap(self, direction: Direction) -> timedelta:
        return OVERLAP if direction == "import" else timedelta()

    def _is_late(self, flow: FlowRow) -> bool:
        return self.late and flow.direction == "export"

    def _claim_flow(self, flow_id: int) -> str:
        driver = self.world.ours.key()
        self.db.put(replace(self.db.flows[flow_id], driver=driver))
        self.commit()
        return driver

    def _check_driver(self, flow_id: int, driver: str) -> None:
        if self.db.flows[flow_id].driver != driver:
            raise Stale("the read")

    def _read(self, flow_id: int, epoch: int) -> None:
        driver = self._claim_flow(flow_id)
        row = self.db.flows[flow_id]
        self._settle_staged(flow_id, epoch)
        flow = self.flow(row, self.db.store)
        if not row.pages_read:
            self._settle_pending(row, flow, driver, epoch)
        row = self.db.flows[flow_id]
        jobs = []
        self.commit()
        size = self.world.size
        for page in cut(joined(self._pages(row, flow), size), size):
            self._check_epoch(row.run, epoch)
            self._check_driver(flow_id, driver)
            kept = self._stage(flow_id, page)
            if page.token is None:
                self.db.put(replace(self.db.flows[flow_id], state="applying"))
            self.commit()
            if self._is_late(row):
                jobs.append(kept)
            else:
                self.settle(kept, epoch)
            if page.token is None:
                break
        self._settle_jobs(jobs, epoch)

    def _pages(self, row: FlowRow, flow: Flow) -> Iterator[Page]:
        since = Watermark(row.since) if row.since else None
        token = Token(row.token) if row.token else None
        if row.direction == "import":
            return flow.source.pages(row.entity, since, token)
        return flow.source.pages_from(row.edge, row.entity, since, token)  # type: ignore[attr-defined]

    def _settle_staged(self, flow_id: int, epoch: int) -> None:
        for page in self.db.pages_of(flow_id):
            if page.state == "staged":
                self.settle(page.id, epoch)

    def _settle_jobs(self, jobs: list[int], epoch: int) -> None:
        """Last one first; one that waits for its turn comes again after the others."""
        waiting = list(reversed(jobs))
        for _round in range(len(jobs) + 1):
            again = []
            for page in waiting:
                if self._older_with_its_records(page):
                    again.append(page)
                else:
                    self.settle(page, epoch)
            waiting = again

    def _settle_pending(self, row: FlowRow, flow: Flow, driver: str, epoch: int) -> None:
        """What is owed a write, and dead letters whose missing reference has arrived."""
        owed = set(self.db.store.pending(row.entity, row.direction))
        ids = [*sorted(owed), *sorted(self._arrived(row) - owed)]
        for start in range(0, len(ids), self.world.size):
            some = ids[start : start + self.world.size]
            self.commit()
            records = list(flow.source.fetch(row.entity, some))
            gone = sorted(owed.intersection(some) - {record.id for record in records})
            self._check_driver(row.id, driver)
            kept = self._stage(row.id, Page(records, None, None, gone))
            self.commit()
            self.settle(kept, epoch)
        self.commit()

    def _arrived(self, row: FlowRow) -> set[str]:
        side = "remote" if row.direction == "import" else "odoo"
        found = set()
        for (entity, direction, id_), trace in self.db.store.dead.items():
            error = trace.error
            if (entity, direction) == (row.entity, row.direction) and isinstance(
                error, MissingReference
            ):
                name, value = error.details.get("name"), error.details.get("value")
                if name and self.db.store.resolve(name, side, [value]):  # type: ignore[arg-type]
                    found.add(id_)
        return found

    def _stage(self, flow_id: int, page: Page) -> int:
        row = self.db.flows[flow_id]
        run = self.db.runs[row.run]
        now = self.world.ours.now()
        kept = self.db.put(
            PageRow(
                id=self.db.new_id(),
                flow=flow_id,
                number=row.pages_read,
                records=tuple(page.records),
                deleted=tuple(page.deleted),
                mark=promotable(page.watermark, now) if page.watermark else None,
                read_epoch=run.epoch,
            )
        )
        self.db.put(replace(row, pages_read=row.pages_read + 1, token=page.token or None))
        return int(kept.id)

    def _end(self, flow_id: int, epoch: int) -> bool:
        self._settle_staged(flow_id, epoch)
        sweep(self, flow_id)
        self._settle_staged(flow_id, epoch)
        if any(page.state != "settled" for page in self.db.pages_of(flow_id)):
            return False
        self._advance_watermark(flow_id)
        self.db.put(replace(self.db.flows[flow_id], state="done"))
        self.commit()
        return True

    def _advance_watermark(self, flow_id: int) -> None:
        """Over contiguous settled pages; never back, never over a gap."""
        row, reached = self.db.flows[flow_id], None
        for page in self.db.pages_of(flow_id):
            if page.state != "settled":
                break
            reached = page.mark or reached
        self._promote(row, reached)

    def _promote(self, row: FlowRow, reached: Watermark | None) -> None:
        place = (row.entity, row.direction)
        kept = self.db.marks.get(place)
        if row.superseded:
            return
        if reached is not None and (kept is None or kept.time < reached.time):
            self.db.marks[place] = reached

    # -- pages

    def settle(self, page_id: int, epoch: int) -> None:
        """Claim the page, run the pipeline, keep its counts."""
        run_id = self.db.flows[self.db.pages[page_id].flow].run
        self._check_epoch(run_id, epoch)
        if self._older_with_its_records(page_id):
            raise RetryLater("its turn comes later")
        page, claim, now = self.db.pages[page_id], self.world.ours.key(), self.world.ours.now()
        is_dead = page.claimed is not None and page.claimed < now - LEASE
        if page.state not in ("staged", "failed") and not (page.state == "settling" and is_dead):
            return
        tries = page.attempts + 1
        self.db.put(replace(page, state="settling", claim=claim, claimed=now, attempts=tries))
        self.commit()
        try:
            counts = self._apply(page_id, claim, epoch)
            self._keep_counts(page_id, claim, counts)
            self.commit()
        except (RetryLater, StopRun) as error:
            self.db.rollback()
            state = "failed" if isinstance(error, StopRun) else "staged"
            page = self.db.pages[page_id]
            if page.claim == claim:
                self.db.put(replace(page, state=state, claim=""))
            self.commit()
            raise
        self._advance_watermark(page.flow)
        self.commit()

    def _older_with_its_records(self, page_id: int) -> bool:
        page = self.db.pages[page_id]
        return any(
            other.number < page.number and other.state != "settled" and other.ids & page.ids
            for other in self.db.pages_of(page.flow)
        )

    def _apply(self, page_id: int, claim: str, epoch: int) -> dict[str, int]:
        page = self.db.pages[page_id]
        row = self.db.flows[page.flow]

        def fence() -> None:
            self._check_epoch(row.run, epoch)
            self._check_claim(page_id, claim)

        fence()
        flow = self.flow(row, self.store_class(self, fence))
        records, deleted, vanished = page.records, page.deleted, ()
        if page.attempts > 1 or page.read_epoch != epoch or self._is_overtaken(page):
            records, deleted, vanished = self._read_anew(flow, page)
        before = len(self.db.store.traces)
        counts = settle_page(flow, Page(records, None, None, deleted), vanished)
        self.world.accounted(page, counts, self.db.store.traces[before:])
        return dict(counts)

    def _is_overtaken(self, page: PageRow) -> bool:
        return any(
            other.number > page.number and other.state == "settled"
            for other in self.db.pages_of(page.flow)
        )

    def _read_anew(self, flow: Flow, page: PageRow) -> Any:
        self.commit()
        read = list(dict.fromkeys(record.id for record in page.records))
        asked = list(dict.fromkeys([*read, *page.deleted]))
        now: dict[str, Record] = {r.id: r for r in flow.source.fetch(flow.entity, asked)}
        still = [now[record.id] for record in page.records if record.id in now]
        back = [id_ for id_ in dict.fromkeys(page.deleted) if id_ in now and id_ not in read]
        return (
            (*still, *(now[id_] for id_ in back)),
            tuple(id_ for id_ in page.deleted if id_ not in now),
            tuple(record.id for record in page.records if record.id not in now),
        )

    def _check_claim(self, page_id: int, claim: str) -> None:
        page = self.db.pages[page_id]
        if (page.claim, page.state) != (claim, "settling"):
            raise Stale("the page")

    def _keep_counts(self, page_id: int, claim: str, counts: dict[str, int]) -> None:
        self._check_claim(page_id, claim)
        page = self.db.pages[page_id]
        self.db.put(replace(page, state="settled", counts=counts, claim=""))

    # -- the flow of the pipeline

    def flow(self, row: FlowRow, store: Any) -> Flow:
        world = self.world
        into, back, links = world.shop.mappings(row.entity, row.version)
        mapping, opposite = (into, back) if row.direction == "import" else (back, into)
        assert mapping is not None
        shop = world.shop.opened(self.outside, world)
        of_odoo, of_store = world.shop.touches
        odoo = Watched(world.odoo, self.outside, of_odoo)
        source, target = (shop, odoo) if row.direction == "import" else (odoo, shop)
        return Flow(
            entity=row.entity,
            direction=row.direction,
            mapping=mapping,
            back=opposite,
            source=source,  # type: ignore[arg-type]
            target=target,  # type: ignore[arg-type]
            store=Watched(store, self.outside, of_store),  # type: ignore[arg-type]
            links=links,
            strategy=world.strategy,
            clock=world.ours,
            run=row.run,
        )
