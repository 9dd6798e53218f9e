"""The engine, tortured: whatever happens on both sides, on the wire and to the workers, both sides
converge, nothing is doubled, and what was lost has a line that names the winner."""

from __future__ import annotations

import pytest

from gateway_ng.tests.torture.broken import INVARIANTS
from gateway_ng.tests.torture.hostile import HOSTILE, Hostile
from gateway_ng.tests.torture.long import replay, torture
from gateway_ng.tests.torture.play import broken_by, play, world_of
from gateway_ng.tests.torture.scripts import SCRIPTS, broken_in
from gateway_ng.tests.torture.world import World

#: What finds each hostile engine soon: a seed, or a way through the machine.
FOUND_BY: dict[str, int | str] = {
    "watermark first": 2,
    "no overlap": "a change shows late in the shop",
    "no intent": 4,
    "no fence": 2,
    "base from what was sent": "the shop spells a title its own way",
    "one base for both": "each side edits another field after that",
    "last write wins silently": 2,
    "puts the old title back": 4,
    "force on mismatch": "a sale at touch 26 of the export of stock",
    "looks once": "both sides edit a title that was exported before",
}


@pytest.mark.parametrize("number", [2, 4])
def test_nothing_is_lost_doubled_or_silently_overwritten(number: int) -> None:
    play(number, examples=60)


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
    (hostile,) = (one for one in HOSTILE if one.name == "no fence")
    assert torture(2, 0, examples=60, shrinks=False, make=world_of(hostile)) == 1
    told = capsys.readouterr().out
    assert "seed 2 failed: accounting adds up" in told
    assert "make torture SEED=2 EXAMPLES=60" in told
    assert replay(2, 60) in told
