"""The engine, tortured: whatever happens on both sides, on the wire and to the workers, both sides
converge, nothing is doubled, and what was lost has a line that names the winner."""

from __future__ import annotations

import pytest

from gateway_ng.tests.torture.broken import INVARIANTS, Broken
from gateway_ng.tests.torture.hostile import HOSTILE, Hostile
from gateway_ng.tests.torture.long import played, replay, torture
from gateway_ng.tests.torture.play import broken_by, play, world_of
from gateway_ng.tests.torture.scripts import SCRIPTS, broken_in
from gateway_ng.tests.torture.world import World

#: What finds each hostile engine soon: a seed, or a way through the machine.
FOUND_BY: dict[str, int | str] = {
    "watermark first": "a worker dies with two edits of Odoo on their way, and its run is given up",
    "no overlap": "a change shows late in the shop",
    "no intent": 1,
    "no fence": 3,
    "base from what was sent": "the shop spells a title its own way",
    "one base for both": "each side edits another field after that",
    "last write wins silently": 1,
    "skips what it is not let to": 3,
    "no dead letters": 3,
    "pages out of turn": (
        "at touch 38 of a page another job settles an older one with the same product"
    ),
    "overtaken pages as they were read": (
        "what Odoo typed over is settled after what it typed, which the shop has typed over"
    ),
    "puts the old title back": 2,
    "force on mismatch": 3,
    "looks once": "both sides edit a title that was exported before",
}


@pytest.mark.parametrize("number", [2, 4])
def test_nothing_is_lost_doubled_or_silently_overwritten(number: int) -> None:
    played(number, examples=60)


@pytest.mark.parametrize("script", SCRIPTS)
def test_nothing_is_broken_on_the_ways_that_find_hostile_engines(script: str) -> None:
    assert broken_in(script, World) is None


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.name)
def test_a_hostile_engine_breaks_its_promise(hostile: Hostile) -> None:
    assert hostile.breaks <= set(INVARIANTS)
    way = FOUND_BY[hostile.name]
    if isinstance(way, int):
        broken = broken_by(hostile, way, examples=60)
    else:
        with hostile.patched():
            broken = broken_in(way, world_of(hostile))
    assert broken in hostile.breaks


def test_the_same_seed_gives_the_same_run_and_another_one_another() -> None:
    once, again, other = play(2, 3), play(2, 3), play(4, 3)
    assert once == again
    assert once != other


def test_a_failing_seed_tells_the_command_that_replays_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    make = world_of(_named("no fence"))
    assert torture(3, 0, examples=60, shrinks=False, make=make) == 1
    told = capsys.readouterr().out
    assert "seed 3 failed: accounting adds up" in told
    assert "make torture SEED=3 EXAMPLES=60" in told
    assert replay(3, 60) in told


def test_a_seed_that_fails_in_make_test_tells_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Broken, match="accounting adds up"):
        played(3, examples=60, make=world_of(_named("no fence")))
    told = capsys.readouterr().out
    assert "seed 3 failed: accounting adds up" in told
    assert "replay it with: make torture SEED=3 EXAMPLES=60" in told


def _named(name: str) -> Hostile:
    return next(one for one in HOSTILE if one.name == name)
