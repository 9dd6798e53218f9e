"""The stateful test: hypothesis chooses what people, workers, the wire and the clocks do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from . import invariants
from .documents import FLOWS
from .letters import settle_named
from .outside import HAPPENINGS, Happening
from .world import STRATEGIES, World

SIDES = st.sampled_from(["odoo", "remote"])
PICKS = st.integers(0, 11)
#: Most flows have some 25 touches, some 150: with any flow drawn, all of a run is reached.
TOUCHES = st.one_of(st.integers(1, 30), st.integers(1, 120))
HAPPENS = st.builds(
    Happening, TOUCHES, st.sampled_from(HAPPENINGS), PICKS, st.integers(0, len(FLOWS) - 1)
)
PLANS = st.lists(HAPPENS, max_size=2)
TROUBLES = st.lists(HAPPENS, min_size=1, max_size=4)
SCOPES = {
    "both": FLOWS,
    "import": tuple(flow for flow in FLOWS if flow[1] == "import"),
    "export": tuple(flow for flow in FLOWS if flow[1] == "export"),
    "stock": (("stock", "export"),),
    "products": tuple(flow for flow in FLOWS if flow[0] == "product"),
}


#: All flows as often as all the rest: the longest runs have the most touches to be hurt at.
SCOPE = st.sampled_from(["both"] * len(SCOPES) + sorted(SCOPES))


class Torture(RuleBasedStateMachine):
    """`make` builds the world; a hostile engine has another one. `steps` keeps what happened."""

    make: ClassVar[Any] = staticmethod(World)
    steps: ClassVar[list[str] | None] = None

    def __init__(self) -> None:
        super().__init__()
        self.world: World = self.make()

    @initialize(
        strategy=st.sampled_from(sorted(STRATEGIES)), size=st.integers(1, 3), synced=st.booleans()
    )
    def begin(self, strategy: str, size: int, synced: bool) -> None:
        self.world = self.make(strategy, size)
        for name in ("remote", "odoo"):
            self.world.people.create_customer(name)
        self.world.people.create_product("remote", 4)
        self.world.people.create_product("odoo", 1)
        if synced:
            self.world.work(FLOWS)
            for pick in range(3):
                self.world.people.count(pick, 6)
            self.world.work(FLOWS)
        self._told(f"begin {strategy} {size} {synced}")

    def _told(self, text: str) -> None:
        self.world.told(text)
        if self.steps is not None:
            self.steps.extend(self.world.log)
            self.world.log.clear()

    def _tick(self, pick: int) -> None:
        """Often no time passes: several records have one time."""
        self.world.true.advance((0, 0, 1, 30)[pick % 4])

    # -- people

    @rule(name=SIDES, pick=PICKS)
    def create_product(self, name: Any, pick: int) -> None:
        self._tick(pick)
        self.world.people.create_product(name, pick)

    @rule(name=SIDES, pick=PICKS)
    def create_customer(self, name: Any, pick: int) -> None:
        self._tick(pick)
        self.world.people.create_customer(name)

    @rule(
        name=SIDES,
        what=st.sampled_from(["title", "note", "price", "name"]),
        pick=PICKS,
        lag=st.sampled_from([0, 0, 10, 200]),
    )
    def edit(self, name: Any, what: str, pick: int, lag: int) -> None:
        self._tick(pick)
        self.world.people.edit(name, what, pick, lag)

    @rule(name=SIDES, pick=PICKS, adds=st.booleans())
    def change_variants(self, name: Any, pick: int, adds: bool) -> None:
        self._tick(pick)
        people = self.world.people
        (people.add_variant if adds else people.drop_variant)(name, pick)

    @rule(name=SIDES, entity=st.sampled_from(["product", "customer"]), pick=PICKS)
    def delete(self, name: Any, entity: str, pick: int) -> None:
        self._tick(pick)
        self.world.people.delete(name, entity, pick)

    @rule(pick=PICKS, sends=st.booleans())
    def trade(self, pick: int, sends: bool) -> None:
        self._tick(pick)
        (self.world.people.send if sends else self.world.people.sell)(pick)

    @rule(pick=PICKS, hand=st.integers(0, 9))
    def count_shelf(self, pick: int, hand: int) -> None:
        self._tick(pick)
        self.world.people.count(pick, hand)

    @rule(pick=PICKS)
    def reserve(self, pick: int) -> None:
        self.world.people.reserve(pick)

    @rule(number=st.integers(0, 1), pick=PICKS, begins=st.booleans())
    def write_late(self, number: int, pick: int, begins: bool) -> None:
        self._tick(pick)
        if begins:
            self.world.people.begin(number)
        else:
            self.world.people.commit(number, pick)

    @rule(pick=PICKS)
    def merge(self, pick: int) -> None:
        self._tick(pick)
        self.world.people.merge(pick)

    @rule(pick=PICKS)
    def decide(self, pick: int) -> None:
        self.world.decide(pick)

    @rule(reads_all=st.booleans())
    def change_mapping(self, reads_all: bool) -> None:
        """Another version, and the backfill that a person asks for, at once or at the end."""
        self.world.version = 1 - self.world.version
        self.world.owes_backfill = not reads_all
        if reads_all:
            self.world.db.forget_marks()
        self.world.db.commit()

    @rule()
    def mend(self) -> None:
        """What a side refused is valid now."""
        self.world.mend()

    # -- workers

    @rule(
        scope=SCOPE,
        plan=PLANS,
        late=st.booleans(),
        gives_up=st.booleans(),
    )
    def run(self, scope: str, plan: Any, late: bool, gives_up: bool) -> None:
        """A run; a person may give up one that did not end, and start another later."""
        self.world.true.advance(5)
        self._told(f"run {scope}: {self.world.work(SCOPES[scope], plan, late)}")
        if gives_up:
            self.cancel()

    @rule(scope=SCOPE, plan=TROUBLES, late=st.booleans(), gives_up=st.booleans())
    def run_into_trouble(self, scope: str, plan: Any, late: bool, gives_up: bool) -> None:
        self.run(scope, plan, late, gives_up)

    @rule(pick=PICKS, hand=st.integers(3, 9), sold=PICKS, at=st.integers(1, 12), plan=PLANS)
    def sell_while_stock_is_sent(self, pick: int, hand: int, sold: int, at: int, plan: Any) -> None:
        """Somebody buys in the shop what is just being sent to it: chance seldom meets that."""
        self.count_shelf(pick, hand)
        self.run("stock", [Happening(at, "sale of what is sent", sold), *plan], False, False)

    @rule(plan=PLANS)
    def resume(self, plan: Any) -> None:
        self._told(f"resume: {self.world.work((), plan)}")

    @rule()
    def cancel(self) -> None:
        """A person cancels the open run; the next one begins where the watermark stands."""
        for run in list(self.world.db.runs.values()):
            if run.state in ("running", "failed"):
                self.world.driver().cancel(run.id)

    @rule(pick=PICKS, again=st.booleans(), plan=PLANS)
    def deliver(self, pick: int, again: bool, plan: Any) -> None:
        """A webhook arrives: any of those on the wire, perhaps to come again, perhaps never."""
        wire = self.world.people.wire
        if wire:
            entity, id, deleted = wire[pick % len(wire)]
            if not again:
                del wire[pick % len(wire)]
            end = settle_named(self.world, entity, "import", [id], deleted, plan)
            self._told(f"webhook {entity} {id}: {end}")

    # -- time

    @rule(seconds=st.sampled_from([1, 60, 900]))
    def wait(self, seconds: int) -> None:
        self.world.true.advance(seconds)

    @rule(hours=st.sampled_from([-2, -1, 1]))
    def set_clock(self, hours: int) -> None:
        """Odoo's clock is set; the schedule runs everything before it has caught up, what was open
        first."""
        self.world.ours.drift += timedelta(hours=hours)
        ends = [self.world.work()] if self.world.is_open else []
        self._told(f"clock {hours}: {[*ends, self.world.work(FLOWS)]}")

    def teardown(self) -> None:
        invariants.check(self.world)
        self._told(f"end {sorted(map(str, self.world.writes))}")
