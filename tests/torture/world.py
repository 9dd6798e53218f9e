"""The tortured connector: both sides, the database between, people, workers and the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.endpoint import Op, Result
from gateway_ng.lib.errors import RetryLater
from gateway_ng.lib.memory_store import MemoryStore
from gateway_ng.lib.rules import SOURCE_OF, Direction, Rule, Strategy
from gateway_ng.lib.rules import Side as SideName

from .broken import Broken
from .clocks import DriftingClock
from .database import Database, PageRow, Run
from .documents import FLOWS
from .driver import LEASE, Driver, Stale
from .ledger import Ledger
from .outside import Crash, Happening, Outside, Touch
from .people import People
from .sides import Odoo, Shop

#: Stock has one authority, whatever the rules say of the rest.
STOCK = Rule("shop*stock.*", "odoo")
STRATEGIES: dict[str, Strategy] = {
    "last write": Strategy((STOCK,)),
    "odoo": Strategy((STOCK,), "source_priority", "odoo"),
    "remote": Strategy((STOCK,), "source_priority", "remote"),
    "newest": Strategy((STOCK, Rule("*", "newest"))),
    "ask": Strategy((STOCK, Rule("*", "ask"))),
}


def named(op: Op) -> str:
    """The record that is to be written: its id, or what a create of it can be told by."""
    told = (op.values.get(name) for name in ("handle", "code", "email", "number", "ref"))
    return str(op.id or next(filter(None, told), op.key))


class World:
    """`driver_class` and `shop_class` are what a hostile engine changes, besides `patch`."""

    def __init__(
        self,
        strategy: str = "last write",
        size: int = 2,
        driver_class: type[Driver] = Driver,
        shop_class: type[Shop] = Shop,
    ) -> None:
        self.true = FakeClock()
        self.ours = DriftingClock(self.true)
        self.size = size
        self.strategy = STRATEGIES[strategy]
        self.driver_class = driver_class
        self.shop = shop_class(self.true, size)
        self.odoo = Odoo(self.ours, size)
        self.db = Database(self.odoo)
        self.ledger = Ledger()
        self.version = 0
        self.owes_backfill = False  # of a mapping that was changed
        self.log: list[str] = []
        self.merged: set[str] = set()  # Odoo ids that several shop records are bound to
        self.people = People(self)
        self.writes: list[str] = []
        self.uncommitted: list[tuple[SideName, Op]] = []
        self.db.committed = self._committed
        self.shut_for = 0  # workers that the shop lets in no more
        self.refused: set[str] = set()  # what a side does not take, until somebody mends it
        for side in (self.shop, self.odoo):
            side.faults.refuse = self._refuses
        self.shop.wrote = lambda *told: self._wrote("remote", *told)
        self.odoo.wrote = lambda *told: self._wrote("odoo", *told)

    @property
    def store(self) -> MemoryStore:
        return self.db.store

    def told(self, text: str) -> None:
        self.log.append(text)

    # -- what the engine does

    def _wrote(self, side: SideName, entity: str, op: Op, result: Result) -> None:
        self.writes.append(f"{op.action} {entity} {op.id or result.id} {dict(op.values)}")
        if side == "remote":
            self.ledger.wrote(side, op)
        else:
            self.uncommitted.append((side, op))
        if entity == "stock":
            self._check_offer(str(op.id))

    def _committed(self, done: bool) -> None:
        for told in self.uncommitted if done else ():
            self.ledger.wrote(*told)
        self.uncommitted.clear()
        self.ledger.committed(self.store.traces)

    def _check_offer(self, remote_id: str) -> None:
        offered = self.shop.get("stock", remote_id)["available"]
        may = self.may_offer(remote_id, best=True) + self.cancelled_out(remote_id)
        if offered > may:
            raise Broken(
                "stock never offers what is sold", f"{remote_id}: {offered} offered, {may} there"
            )

    def may_offer(self, remote_id: str, best: bool = False) -> int:
        """What is on the shelf and neither sold nor promised; at `best`, as Odoo had it at any time
        since the last quiet moment: what changes in Odoo while a page is on its way comes later."""
        odoo_id = str(self.store.resolve("variant", "remote", [remote_id]).get(remote_id))
        level = self.odoo.rows["stock"].get(odoo_id)
        there = level.fields["hand"] - level.fields["reserved"] if level is not None else 0
        if best:
            there = max(there, self.odoo.best.get(odoo_id, there))
        sold = sum(
            int(line["quantity"])
            for order in self.shop.all("order")
            if not order["sent"] or not self._is_delivered(order["id"])
            for line in order["items"]
            if line["variant"] == remote_id
        )
        return max(0, there - sold)

    def cancelled_out(self, remote_id: str) -> int:
        """What the shop's committed quantity hides: of goods of orders that it sent since Odoo read
        them, as many as are sold in orders that Odoo has not read. Both are one number there."""
        sent = sold = 0
        orders = {order["id"]: order for order in self.shop.all("order")}
        known = self.store.resolve("order", "remote", sorted(orders))
        for id, order in orders.items():
            quantity = sum(int(i["quantity"]) for i in order["items"] if i["variant"] == remote_id)
            mine = self.odoo.rows["order"].get(known.get(id, ""))
            if mine is None:
                sold += quantity
            elif order["sent"] and not mine.fields.get("delivered"):
                sent += quantity
        return min(sent, sold)

    def _is_delivered(self, order: str) -> bool:
        id_ = self.store.resolve("order", "remote", [order]).get(order)
        row = self.odoo.rows["order"].get(id_ or "")
        return row is not None and bool(row.fields.get("delivered"))

    def accounted(self, page: PageRow, counts: Mapping[str, int], traces: Sequence[Any]) -> None:
        """Called with each page's counts before they are kept."""
        if sum(counts.values()) != len(page.records) + len(page.deleted):
            raise Broken("accounting adds up", f"{dict(counts)} of {page}")

    def fresh_levels(self) -> None:
        """A level whose variant was bound meanwhile is a change of stock."""
        bound = self.store.resolve("variant", "odoo", list(self.odoo.rows["stock"]))
        for id_, row in list(self.odoo.rows["stock"].items()):
            if row.fields.get("bound") != bound.get(id_):
                self.odoo.edit("stock", id_, bound=bound.get(id_))

    # -- workers

    def work(
        self,
        flows: Sequence[tuple[str, Direction]] = (),
        plan: Sequence[Happening] = (),
        late: bool = False,
    ) -> str:
        """Go on with the open run, or start one of `flows`; how it ended. Where it waits for an
        entity that another open run holds, that one goes on too, as the dispatcher has it."""
        open_ = self._open()
        left = [row for run in open_[:1] for row in self.db.flows_of(run.id) if row.state != "done"]
        driver = self.driver(plan, late, len(left if open_ else flows))
        if not open_:
            return self._drive(driver, driver.start(flows), 1) if flows else "nothing to do"
        end = self._go_on(driver, open_[0])
        for run in open_[1:] if end == "running" else ():
            self._go_on(self.driver(), run)
        return end

    @property
    def is_open(self) -> bool:
        return bool(self._open())

    def _open(self) -> list[Run]:
        return [run for run in self.db.runs.values() if run.state in ("running", "failed")]

    def _go_on(self, driver: Driver, run: Run) -> str:
        epoch = run.epoch
        if run.state == "failed" or self.is_stuck(run.id):
            epoch = driver.take_over(run.id)
        return self._drive(driver, run.id, epoch)

    def is_stuck(self, run: int) -> bool:
        """Whether a worker is gone with a page it had claimed, or before it told that its run had
        failed with one; then the lease goes by."""
        flows = self.db.flows_of(run)
        pages = [page for flow in flows for page in self.db.pages_of(flow.id)]
        if any(page.state in ("settling", "failed") for page in pages):
            self.true.advance(LEASE.total_seconds() + 1)
            return True
        return False

    def driver(self, plan: Sequence[Happening] = (), late: bool = False, flows: int = 1) -> Driver:
        self.shut_for = max(0, self.shut_for - 1)
        return self.driver_class(self, Outside(plan, self, flows), late)

    @property
    def is_clean(self) -> bool:
        return self.db.is_clean

    @property
    def is_shut(self) -> bool:
        return self.shut_for > 0

    def _drive(self, driver: Driver, run: int, epoch: int) -> str:
        try:
            driver.drive(run, epoch)
        except (Crash, RetryLater, Stale) as error:
            self.db.rollback()
            return f"{type(error).__name__}: {error}"
        return self.db.runs[run].state

    def meanwhile(self, one: Happening, touch: Touch) -> None:
        """What happens elsewhere while a worker waits for the shop."""
        self.told(f"  meanwhile {one.what}")
        self.true.advance(one.pick % 2)
        if one.what in ("other worker", "take over"):
            self._other_worker(one.what)
        elif one.what == "other page":
            self._other_page(one.pick)
        elif one.what == "access taken":
            self.shut_for = 1 + one.pick % 3
        elif one.what == "refused":
            self.refused.add(named(touch.sent[one.pick % len(touch.sent)]))
        elif one.what == "sale of what is sent":
            self.people.sell(one.pick, {str(op.id) for op in touch.sent})
        else:
            self.people.meanwhile(one.what, one.pick)

    def _refuses(self, op: Op) -> str | None:
        return "it is not valid" if named(op) in self.refused else None

    def mend(self) -> None:
        """What was refused is valid now, and a person retries it."""
        self.refused.clear()
        if not self.is_open:
            self.retry()

    def _other_page(self, pick: int) -> None:
        """A job of its own settles a page that is staged, at the same time."""
        open_ = [run for run in self.db.runs.values() if run.state == "running"]
        pages = [
            (page.id, run.epoch)
            for run in open_
            for flow in self.db.flows_of(run.id)
            for page in self.db.pages_of(flow.id)
            if page.state == "staged"
        ]
        if pages:
            driver = self.driver()
            try:
                driver.job_settle(*pages[pick % len(pages)])
            except (RetryLater, Stale):
                self.db.rollback()

    def _other_worker(self, what: str) -> None:
        """Another worker goes on with the run: it was told to by a person, or the lease is over."""
        run = next((run for run in self.db.runs.values() if run.state == "running"), None)
        if run is None:
            return
        driver = self.driver()
        epoch = driver.take_over(run.id) if what == "take over" else run.epoch
        if what == "other worker":
            self.true.advance(LEASE.total_seconds() + 1)
        self._drive(driver, run.id, epoch)

    # -- rounds

    def round(self) -> None:
        """One run of everything, to its end; then what a person would do about what is left."""
        self.true.advance(60)
        for _try in range(6):
            state = self.work(FLOWS)
            if state == "done":
                self.odoo.best.clear()
                return
        raise Broken("a run ends", f"after six tries: {state}")

    def decide(self, pick: int) -> None:
        """A person decides what is held, each group once; of what is no more there is nothing to
        decide."""
        for place, group in list(self.store.held):
            entity, direction, id_ = place
            found = self.store.bindings(entity, SOURCE_OF[direction], [id_]).get(id_)
            if found is None or found.state != "bound":
                self.store.held.pop((place, group), None)
            elif group not in found.decided:
                side: SideName = "odoo" if (found.handle + pick) % 2 else "remote"
                self.store.decide(entity, direction, id_, side)
        self.db.commit()

    def retry(self) -> None:
        """A person retries the dead letters."""
        from .letters import retry_all

        retry_all(self)
