"""What holds for any edits: nothing vanishes silently, a decision is made once, sides converge."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway_ng.lib.merge import (
    SOURCE_OF,
    TARGET_OF,
    Decision,
    Direction,
    Rule,
    Strategy,
    Views,
    merge,
    settled_base,
    settled_opposite,
)

FIELDS = ("a", "b", "c")
WORDS = st.sampled_from(["", "x", "y", " x", None])
SIDE = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, WORDS))
BASE = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, st.tuples(WORDS, WORDS)))
WINNERS = st.sampled_from(["odoo", "remote", "ask"])
WAYS = st.sampled_from(["import", "export"])
GROUPS = st.fixed_dictionaries(dict.fromkeys(FIELDS, st.sampled_from(["g", "h"])))
STRATEGY = st.builds(
    lambda winners, rest: Strategy(
        [Rule(f"*.{name}", winner) for name, winner in zip(FIELDS, winners, strict=True)]
        + [Rule("*", rest)]
    ),
    st.tuples(WINNERS, WINNERS, WINNERS),
    WINNERS,
)
some = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def decide(
    source: Any, target: Any, base: Any, direction: Direction, strategy: Strategy, groups: Any
) -> Decision:
    return merge(
        Views(source, source, target),
        base,
        direction,
        strategy,
        lambda name: groups[name],
        lambda name: [f"m.{name}"],
    )


def after_write(source: Any, target: Any, decision: Decision) -> dict[str, Any]:
    return {**target, **{name: source[name] for name in decision.write}}


@some
@given(SIDE, SIDE, BASE, WAYS, STRATEGY, GROUPS)
def test_no_edit_vanishes_without_a_conflict_that_names_the_winner(
    source: Any, target: Any, base: Any, direction: Any, strategy: Any, groups: Any
) -> None:
    decision = decide(source, target, base, direction, strategy, groups)
    told = {name: c.winner for c in decision.conflicts for name in c.fields}
    for name in source.keys() & target.keys() & base.keys():
        if target[name] != base[name][1] and name in decision.write:
            assert told[name] == SOURCE_OF[direction]  # the target's edit is overwritten
        if source[name] != base[name][0] and name not in decision.write:
            carried = source[name] == target[name]
            assert carried or told[name] in (TARGET_OF[direction], "ask")
    for name in decision.lost:
        assert told[name] == TARGET_OF[direction]
    for name in decision.held:
        assert told[name] == "ask"


@some
@given(SIDE, SIDE, BASE, WAYS, STRATEGY, GROUPS)
def test_an_edit_of_the_target_alone_is_left_to_the_opposite_direction(
    source: Any, target: Any, base: Any, direction: Any, strategy: Any, groups: Any
) -> None:
    quiet = {name: (source[name], base[name][1]) for name in base if name in source}
    decision = decide(source, target, quiet, direction, strategy, groups)
    for name in quiet.keys() & target.keys():
        if target[name] != quiet[name][1] and all(
            other in quiet or source[other] == target[other]
            for other in source.keys() & target.keys()
            if groups[other] == groups[name]
        ):
            assert name not in decision.write | decision.settle | decision.lost | decision.held


@some
@given(SIDE, SIDE, BASE, WAYS, STRATEGY, GROUPS)
def test_a_settled_decision_is_not_made_again(
    source: Any, target: Any, base: Any, direction: Any, strategy: Any, groups: Any
) -> None:
    decision = decide(source, target, base, direction, strategy, groups)
    held = after_write(source, target, decision)
    settled = settled_base(base, decision, source, held)
    again = decide(source, held, settled, direction, strategy, groups)
    assert again.write == again.lost == frozenset()
    assert again.held == decision.held


@some
@given(SIDE, SIDE, BASE, WAYS, STRATEGY, GROUPS)
def test_groups_are_written_lost_or_held_as_a_whole(
    source: Any, target: Any, base: Any, direction: Any, strategy: Any, groups: Any
) -> None:
    decision = decide(source, target, base, direction, strategy, groups)
    kinds = [decision.write, decision.lost, decision.held]
    for group in ("g", "h"):
        touched = [k for k in kinds if any(groups[name] == group for name in k)]
        assert len(touched) <= 1


def round_of(
    sides: dict[str, dict[str, Any]], bases: Any, direction: Direction, strategy: Any, groups: Any
) -> bool:
    """One direction over mappings that copy; whether anything was written."""
    opposite: Direction = "export" if direction == "import" else "import"
    source, target = sides[SOURCE_OF[direction]], sides[TARGET_OF[direction]]
    decision = decide(source, target, bases[direction], direction, strategy, groups)
    target.update({name: source[name] for name in decision.write})
    bases[direction] = settled_base(bases[direction], decision, source, target)
    done = {groups[name] for name in decision.settle}
    lost = {groups[name] for name in decision.lost}
    bases[opposite] = settled_opposite(
        bases[opposite],
        target,
        source,
        lambda name: groups[name] in done,
        lambda name: groups[name] in lost,
    )
    return bool(decision.write)


FULL = st.fixed_dictionaries(dict.fromkeys(FIELDS, WORDS))
DECIDING = STRATEGY.filter(lambda one: all(rule.winner != "ask" for rule in one.rules))


@some
@given(FULL, FULL, FULL, DECIDING, GROUPS, WAYS, st.booleans())
def test_both_directions_converge_in_two_rounds_and_then_write_nothing(
    old: Any, odoo: Any, remote: Any, strategy: Any, groups: Any, first: Any, met: Any
) -> None:
    second: Direction = "export" if first == "import" else "import"
    known = {name: (old[name], old[name]) for name in FIELDS} if met else {}
    bases = {"import": dict(known), "export": dict(known)}
    sides = {"odoo": dict(odoo), "remote": dict(remote)}
    for direction in (first, second):
        round_of(sides, bases, direction, strategy, groups)
    assert sides["odoo"] == sides["remote"]
    assert not round_of(sides, bases, first, strategy, groups)
    assert not round_of(sides, bases, second, strategy, groups)


@some
@given(FULL, FULL, FULL, GROUPS)
def test_an_edit_of_one_side_alone_reaches_the_other(
    old: Any, new: Any, other: Any, groups: Any
) -> None:
    known = {name: (old[name], old[name]) for name in FIELDS}
    for side in ("odoo", "remote"):
        bases = {"import": dict(known), "export": dict(known)}
        sides = {"odoo": dict(old), "remote": dict(old)}
        sides[side] = dict(new)
        for direction in ("import", "export"):
            round_of(sides, bases, direction, Strategy([Rule("*", "ask")]), groups)  # type: ignore[arg-type]
        assert sides["odoo"] == sides["remote"] == new
