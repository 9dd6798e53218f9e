"""Any past on both sides: a plan writes nothing, foretells the real run, and applied is that run.

What moved between plan and apply is held, and all else is as planned. Hostile plans and applies
each fail one of these, by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway_ng.lib.endpoint import Result
from gateway_ng.lib.plan.flow import over
from gateway_ng.lib.plan.overlay import Overlay
from gateway_ng.lib.plan.shelf import MemoryShelf
from gateway_ng.lib.sync import Flow
from gateway_ng.tests.pure.plan_worlds import (
    EDITS,
    PAST,
    PEOPLE,
    SIZES,
    WINNERS,
    applied,
    foretold,
    lists,
    ops,
    people,
    products,
    run,
    take,
    told,
    whole,
)

quick = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
WRITTEN = ("created", "updated", "deleted")


def foretells(build: Any, over: Any = over, **hostile: Any) -> None:
    """A plan of the world, its apply and the real run of its twin are one and the same."""
    world = build()
    before = whole(world)
    plan = world.plan(over=over)
    assert whole(world) == before, "a plan writes nothing"
    real = run(build())
    assert foretold(told(plan.traces)) == foretold(real), "it foretells the run"
    assert applied(world, plan, **hostile) == real, "its apply is the run"
    sent = ops(world)
    world.apply(plan, **hostile)
    assert ops(world) == sent, "applied twice it writes nothing twice"


def stops_at_what_moved(build: Any, edits: Any, **hostile: Any) -> None:
    """With `edits` after the plan nothing is written that was not planned, and all of the rest."""
    world = build()
    plan, real = world.plan(), dict(run(build()))
    for edit in edits:
        take(world, edit)
    sides = [(world.shop, "sku"), (world.odoo, "code")]
    moved = {f"M{edit[1]}" for edit in edits}
    held = {row["id"] for side, code in sides for row in side.all("product") if row[code] in moved}
    held |= {id_ for side, _code in sides for id_ in side.graves["product"]}
    done = dict(applied(world, plan, **hostile))
    assert set(done) <= set(real), "records that are not in the plan are not touched"
    for place, what in real.items():
        if place[2] not in held:
            assert done[place] == what, "what did not move is as planned"
        elif done.get(place, what)[0] in WRITTEN:
            assert done[place] == what, "what moved is not written otherwise"


@quick
@given(PAST, WINNERS, WINNERS)
def test_a_plan_of_products_foretells_the_run(past: Any, titles: Any, prices: Any) -> None:
    foretells(products(titles, prices, past))


@quick
@given(PEOPLE, WINNERS)
def test_a_plan_of_people_foretells_the_run(past: Any, winner: Any) -> None:
    foretells(people(winner, past))


@quick
@given(SIZES, st.sampled_from(["odoo", "remote"]), st.booleans())
def test_a_plan_of_lists_foretells_the_run(past: Any, winner: Any, owned: bool) -> None:
    foretells(lists(winner, owned, past))


@quick
@given(PAST, WINNERS, WINNERS, st.lists(EDITS, min_size=1, max_size=4))
def test_an_apply_stops_at_what_moved(past: Any, titles: Any, prices: Any, edits: Any) -> None:
    stops_at_what_moved(products(titles, prices, past), edits)


# What must not pass: a past in which each of them shows.

BOUND = [("new shop", 1, "Mug", Decimal(1)), ("import",)]
EDITED = products("remote", "remote", [*BOUND, ("shop title", 1, "Cup")])
OWED = products(
    "odoo",
    "remote",
    [*BOUND, ("shop title", 1, "Cup"), ("odoo title", 1, ""), ("shop price", 1, Decimal(2))],
)
FRESH = products("remote", "remote", [("new shop", 1, "Mug", Decimal(1))])


class Leaking(Overlay):
    """Writes below what it keeps."""

    def write(self, entity: str, ops: Any) -> Iterator[Result]:
        list(self._below.write(entity, ops))
        return super().write(entity, ops)


class Forgetful(MemoryShelf):
    """Keeps no bindings."""

    def keep(self, bindings: Any) -> None:
        for one in bindings:
            one.handle = one.handle or self.new_id()


class Unread(Overlay):
    """Shows what is below, whatever was written."""

    def fetch(self, entity: str, ids: Any) -> Any:
        return self._below.fetch(entity, ids)


class Doubling(Overlay):
    """Gives what the plan has touched once more as it is below."""

    def _pages_below(self, entity: str, since: Any, token: Any) -> Any:
        return self._below.pages(entity, since, token)


def laid(kind: Any) -> Any:
    def over_(flow: Flow, shelf: Any, tell: Any) -> Flow:
        flow = over(flow, shelf, tell)
        for end in (flow.source, flow.target):
            end.__class__ = kind
        return flow

    return over_


def forgetting(flow: Flow, shelf: Any, tell: Any) -> Flow:
    shelf.__class__ = Forgetful
    return over(flow, shelf, tell)


@pytest.mark.parametrize(
    ("over", "build", "why"),
    [
        (laid(Leaking), EDITED, "a plan writes nothing"),
        (forgetting, FRESH, "it foretells the run"),
        (laid(Unread), OWED, "it foretells the run"),
        (laid(Doubling), EDITED, "it foretells the run"),
    ],
    ids=[
        "an overlay that leaks a write",
        "an overlay without bindings",
        "an overlay that is not read back",
        "an overlay that shows what it lies over",
    ],
)
def test_hostile_overlays_fail(over: Any, build: Any, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        foretells(build, over)
    foretells(build)


def test_an_apply_that_does_not_compare_fails() -> None:
    edits = [("shop title", 1, " Cup")]
    with pytest.raises(AssertionError, match="what moved is not written otherwise"):
        stops_at_what_moved(EDITED, edits, planned=None)
    stops_at_what_moved(EDITED, edits)
