"""The same play with the Shopify client and the demo shop as the shop's side: whatever requests
fail, are throttled, lost or cut off in between, the promises hold."""

from __future__ import annotations

import pytest

from gateway_ng.tests.torture.broken import Broken
from gateway_ng.tests.torture.demo.hostile import PLAYED, demo_world_of
from gateway_ng.tests.torture.hostile import Hostile
from gateway_ng.tests.torture.long import SHOPS, played
from gateway_ng.tests.torture.play import broken_by, play
from gateway_ng.tests.torture.scripts import SCRIPTS, broken_in

DEMO = SHOPS["demo"]["make"]
#: What finds each hostile engine soon: a seed, or a way through the machine.
FOUND_BY: dict[str, int | str] = {
    "watermark first": "a worker dies with two edits of Odoo on their way, and its run is given up",
    "no overlap": "a change shows late in the shop",
    "no fence": 2,
    "last write wins silently": "both sides edit a title that was exported before",
    "skips what it is not let to": "the shop takes the access back in the middle of an export",
    "no dead letters": 6,
    "puts the old title back": "both sides edit a title that was exported before",
    "force on mismatch": "somebody buys what is just being sent",
    "looks once": "what was sold and sent is counted on the shelf again before stock is run",
}


def test_nothing_is_lost_doubled_or_silently_overwritten_over_the_demo_shop() -> None:
    played(2, examples=15, shop="demo")


@pytest.mark.parametrize("script", SCRIPTS)
def test_nothing_is_broken_on_the_ways_that_find_hostile_engines(script: str) -> None:
    assert broken_in(script, DEMO) is None


@pytest.mark.parametrize("hostile", PLAYED, ids=lambda hostile: hostile.name)
def test_a_hostile_engine_breaks_its_promise_over_the_demo_shop(hostile: Hostile) -> None:
    way, played_by = FOUND_BY[hostile.name], {**SHOPS["demo"], "make": demo_world_of(hostile)}
    if isinstance(way, int):
        broken = broken_by(hostile, way, examples=12, **played_by)
    else:
        with hostile.patched():
            broken = broken_in(way, played_by["make"])
    assert broken in hostile.breaks


def test_the_same_seed_gives_the_same_run_over_the_demo_shop() -> None:
    once, again, other = (play(number, 2, **SHOPS["demo"]) for number in (2, 2, 4))
    assert once == again
    assert once != other


def test_a_seed_that_fails_over_the_demo_shop_tells_the_command_that_replays_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hostile = next(one for one in PLAYED if one.name == "no dead letters")
    with pytest.raises(Broken, match="converges"):
        played(6, examples=12, shop="demo", make=demo_world_of(hostile))
    assert "replay it with: make torture SEED=6 EXAMPLES=12 SHOP=demo" in capsys.readouterr().out
