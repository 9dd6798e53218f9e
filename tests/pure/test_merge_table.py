"""The truth table of the merge: each row by its name, in both directions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import pytest

from gateway_ng.lib.merge import (
    RECORD,
    SOURCE_OF,
    Base,
    Decision,
    Direction,
    Rule,
    Side,
    Strategy,
    Views,
    decide_delete,
    merge,
    settled_base,
    settled_opposite,
)
from gateway_ng.lib.values import UNSETTLED

DIRECTIONS: tuple[Direction, ...] = ("import", "export")
EARLY = datetime(2026, 1, 1, tzinfo=timezone.utc)
LATE = datetime(2026, 1, 2, tzinfo=timezone.utc)
SETTLED = {"name": ("old", "old")}


def source_of(direction: Direction) -> Side:
    return SOURCE_OF[direction]


def other(side: Side) -> Side:
    return "odoo" if side == "remote" else "remote"


def decide(
    source: Mapping[str, Any],
    target: Mapping[str, Any],
    base: Base,
    direction: Direction = "import",
    strategy: Strategy | None = None,
    **more: Any,
) -> Decision:
    stored = more.pop("stored", source)
    times = more.pop("times", (None, None))
    return merge(
        Views(source, stored, target, *times),
        base,
        direction,
        strategy or Strategy(),
        more.pop("group_of", lambda name: name),
        lambda name: [f"model.{name}"],
        **more,
    )


@dataclass(frozen=True)
class Row:
    """What both sides say of one field that was settled as «old», and what is decided."""

    source: Any
    target: Any
    winner: str = "odoo"  # of a conflict, by rule
    write: bool = False
    settle: bool = False
    lost: bool = False
    held: bool = False
    conflict: bool = False
    base: Base = field(default_factory=lambda: SETTLED)


N = "name"
ROWS = {
    "neither changed": Row("old", "old"),
    "only the source changed": Row("new", "old", write=True, settle=True),
    "only the target changed": Row("old", "theirs"),
    "both changed and are equal now": Row("new", "new", settle=True),
    "both changed, the source wins": Row(
        "new", "theirs", "source", write=True, settle=True, conflict=True
    ),
    "both changed, the target wins": Row("new", "theirs", "target", lost=True, conflict=True),
    "both changed, a person is asked": Row("new", "theirs", "ask", held=True, conflict=True),
    "no base, equal": Row("new", "new", base={}, settle=True),
    "no base, differ, the source wins": Row(
        "new", "theirs", "source", base={}, write=True, settle=True, conflict=True
    ),
    "no base, differ, the target wins": Row(
        "new", "theirs", "target", base={}, lost=True, conflict=True
    ),
    "no base, differ, a person is asked": Row(
        "new", "theirs", "ask", base={}, held=True, conflict=True
    ),
    "the source became null": Row(None, "old", write=True, settle=True),
    "the target became null": Row("old", None),
    "the source became empty, the target null": Row(
        "", None, "source", write=True, settle=True, conflict=True
    ),
    "null on both sides since": Row(None, None, settle=True),
    "the target normalised what it was given": Row("Old ", "Old", base={N: ("Old ", "Old")}),
    "a write is owed": Row("old", "new", base={N: (UNSETTLED, "new")}, write=True, settle=True),
    "a write is owed and the target is like it already": Row(
        "new", "new", base={N: (UNSETTLED, "new")}, settle=True
    ),
    "a write is owed and the target changed meanwhile": Row(
        "old", "newer", "source", base={N: (UNSETTLED, "new")}, write=True, settle=True,
        conflict=True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("name", ROWS)
def test_the_truth_table(name: str, direction: Direction) -> None:
    row = ROWS[name]
    side = source_of(direction)
    winner: Any = {"source": side, "target": other(side)}.get(row.winner, row.winner)
    decision = decide(
        {N: row.source}, {N: row.target}, row.base, direction, Strategy([Rule("*", winner)])
    )
    only = frozenset([N])
    assert decision.write == (only if row.write else frozenset())
    assert decision.lost == (only if row.lost else frozenset())
    assert decision.held == (only if row.held else frozenset())
    assert decision.settle == (only if row.settle else frozenset())
    assert [c.winner for c in decision.conflicts] == ([winner] if row.conflict else [])


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_an_absent_field_is_not_compared(direction: Direction) -> None:
    strategy = Strategy([Rule("*", source_of(direction))])
    for source, target in (({}, {N: "theirs"}), ({N: "new"}, {}), ({}, {})):
        assert decide(source, target, SETTLED, direction, strategy) == Decision()
        assert settled_base(SETTLED, Decision(settle=frozenset([N])), source, target) == SETTLED


@pytest.mark.parametrize(
    ("times", "import_winner"),
    [((LATE, EARLY), "remote"), ((EARLY, LATE), "odoo"), ((LATE, LATE), "ask"),
     ((None, LATE), "ask"), ((LATE, None), "ask")],
)  # fmt: skip
def test_newest_is_the_side_edited_last_and_asks_where_that_is_not_known(
    times: Any, import_winner: str
) -> None:
    newest = Strategy([Rule("*", "newest")])
    decision = decide({N: "new"}, {N: "theirs"}, SETTLED, "import", newest, times=times)
    assert decision.conflicts[0].winner == import_winner
    turned = decide({N: "new"}, {N: "theirs"}, SETTLED, "export", newest, times=times[::-1])
    assert turned.conflicts[0].winner == import_winner


def test_the_first_rule_that_matches_decides_and_the_default_where_none_does() -> None:
    strategy = Strategy([Rule("model.pri*", "odoo"), Rule("model.*", "ask"), Rule("*", "remote")])
    assert strategy.winner(["model.price"], "import") == ("odoo", "model.pri*")
    assert strategy.winner(["model.name"], "import") == ("ask", "model.*")
    assert Strategy().winner(["model.name"], "import") == ("remote", "last_write_wins")
    assert Strategy().winner(["model.name"], "export") == ("odoo", "last_write_wins")
    prior = Strategy(default="source_priority", priority="remote")
    assert prior.winner(["model.name"], "export") == ("remote", "source_priority")


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_ownership_restores_what_the_target_alone_changed(direction: Direction) -> None:
    owner = Strategy([Rule("*", source_of(direction), restore=True)])
    decision = decide({N: "old"}, {N: "theirs"}, SETTLED, direction, owner)
    assert (decision.write, decision.reasons) == (frozenset([N]), {N: "restored"})
    not_ours = Strategy([Rule("*", other(source_of(direction)), restore=True)])
    assert decide({N: "old"}, {N: "theirs"}, SETTLED, direction, not_ours) == Decision()


def test_linked_fields_are_decided_as_one() -> None:
    base = {"first": ("A", "A"), "last": ("B", "B")}
    decision = decide(
        {"first": "X", "last": "B"},
        {"first": "A", "last": "Z"},
        base,
        strategy=Strategy([Rule("*.first", "odoo")]),
        group_of=lambda name: "name",
    )
    assert decision.lost == {"first", "last"}
    (conflict,) = decision.conflicts
    assert (conflict.group, conflict.fields, conflict.winner) == ("name", ("first", "last"), "odoo")


def test_a_change_of_one_linked_field_brings_the_others_along() -> None:
    base = {"first": ("Anna", "Anna M."), "last": ("Groot", "de Groot")}
    decision = decide(
        {"first": "Eva", "last": "Groot"},
        {"first": "Anna M.", "last": "de Groot"},
        base,
        group_of=lambda name: "name",
    )
    assert decision.write == {"first", "last"}


def test_one_group_does_not_hold_up_another() -> None:
    base = {"name": ("a", "a"), "price": ("1", "1")}
    decision = decide(
        {"name": "b", "price": "2"},
        {"name": "c", "price": "1"},
        base,
        strategy=Strategy([Rule("*", "ask")]),
    )
    assert (decision.held, decision.write) == ({"name"}, {"price"})


def test_identity_keys_just_matched_by_are_settled_as_they_are() -> None:
    decision = decide({N: "A@x"}, {N: "a@x"}, {}, identity=frozenset([N]))
    assert decision == Decision(settle=frozenset([N]))


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_identity_keys_are_never_overwritten_by_rule(direction: Direction) -> None:
    strategy = Strategy([Rule("*", source_of(direction))])
    for target in ("old", "theirs"):
        decision = decide(
            {N: "new"}, {N: target}, SETTLED, direction, strategy, identity=frozenset([N])
        )
        assert (decision.write, decision.held) == (frozenset(), {N})
        assert decision.conflicts[0].rule == "identity key"


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("identity", [frozenset(), frozenset([N])])
def test_what_a_person_decided_stands_above_rules_and_identity(
    direction: Direction, identity: frozenset[str]
) -> None:
    side = source_of(direction)
    ask = Strategy([Rule("*", "ask")])
    args: Any = ({N: "new"}, {N: "theirs"}, SETTLED, direction, ask)
    won = decide(*args, identity=identity, decided={N: side})
    assert (won.write, won.conflicts[0].rule) == ({N}, "decided by hand")
    lost = decide(*args, identity=identity, decided={N: other(side)})
    assert (lost.lost, lost.write) == ({N}, frozenset())


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_what_a_person_decided_against_the_one_side_that_changed_has_a_line(
    direction: Direction,
) -> None:
    """It was edited after the person had seen it."""
    kept = other(source_of(direction))
    lost = decide({N: "new"}, {N: "old"}, SETTLED, direction, decided={N: kept})
    assert (lost.lost, lost.write) == ({N}, frozenset())
    (line,) = lost.conflicts
    assert (line.winner, line.rule, line.source[N]) == (kept, "decided by hand", "new")


# What the bases say afterwards.


def test_after_a_write_the_base_is_what_was_said_and_what_was_read_back() -> None:
    decision = decide({N: "new "}, {N: "old"}, SETTLED)
    assert settled_base(SETTLED, decision, {N: "new "}, {N: "new"}) == {N: ("new ", "new")}


def test_after_a_loss_both_seen_values_are_in_the_base_and_it_is_decided_once() -> None:
    strategy = Strategy([Rule("*", "odoo")])
    decision = decide({N: "new"}, {N: "theirs"}, SETTLED, strategy=strategy)
    base = settled_base(SETTLED, decision, {N: "new"}, {N: "theirs"})
    assert base == {N: ("new", "theirs")}
    assert decide({N: "new"}, {N: "theirs"}, base, strategy=strategy) == Decision()


def test_what_is_held_keeps_its_base_and_is_told_again() -> None:
    ask = Strategy([Rule("*", "ask")])
    decision = decide({N: "new"}, {N: "theirs"}, SETTLED, strategy=ask)
    base = settled_base(SETTLED, decision, {N: "new"}, {N: "theirs"})
    assert base == SETTLED
    assert decide({N: "new"}, {N: "theirs"}, base, strategy=ask).held == {N}


def test_after_a_loss_the_opposite_direction_owes_the_winner() -> None:
    opposite = settled_opposite(
        {"title": ("old", "old")}, {"title": "theirs"}, {"title": "new"},
        settled=lambda name: False, lost=lambda name: True,
    )  # fmt: skip
    assert opposite == {"title": (UNSETTLED, "new")}
    decision = decide({"title": "theirs"}, {"title": "new"}, opposite, "export")
    assert decision.write == {"title"}


def test_what_was_not_settled_leaves_the_opposite_base_alone() -> None:
    opposite = settled_opposite(
        {"title": ("old", "old")}, {"title": "theirs"}, {"title": "old"},
        settled=lambda name: False, lost=lambda name: False,
    )  # fmt: skip
    assert opposite == {"title": ("old", "old")}
    assert decide({"title": "theirs"}, {"title": "old"}, opposite, "export").write == {"title"}


def test_an_undone_import_is_not_exported_back_as_an_edit() -> None:
    # Imported: the shop says «new», Odoo held «old». Undone: Odoo holds «old» again, and both
    # directions keep what both sides show now.
    everything = Decision(settle=frozenset([N]))
    import_base = settled_base({N: ("new", "new")}, everything, {N: "new"}, {N: "old"})
    export_base = settled_opposite(
        {N: ("new", "new")}, {N: "old"}, {N: "new"}, lambda name: True, lambda name: False
    )
    assert decide({N: "old"}, {N: "new"}, export_base, "export") == Decision()
    assert decide({N: "new"}, {N: "old"}, import_base, "import") == Decision()
    assert decide({N: "newer"}, {N: "old"}, import_base, "import").write == {N}
    assert decide({N: "mine"}, {N: "new"}, export_base, "export").write == {N}


# Deletes.


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_target_that_is_gone_or_untouched_is_deleted(direction: Direction) -> None:
    ask = Strategy([Rule("*", "ask")])
    assert decide_delete(SETTLED, None, direction, ask, [])[0] == "delete"
    assert decide_delete(SETTLED, {N: "old"}, direction, ask, []) == (
        "delete", "deleted at the source",
    )  # fmt: skip


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize(
    ("winner", "verdict"),
    [("source", "delete"), ("target", "keep"), ("ask", "ask"), ("newest", "ask")],
)
def test_deleted_against_edited_follows_the_rule(
    direction: Direction, winner: str, verdict: str
) -> None:
    side = source_of(direction)
    named: Any = {"source": side, "target": other(side)}.get(winner, winner)
    strategy = Strategy([Rule("model.*", named)])
    told = decide_delete(SETTLED, {N: "theirs"}, direction, strategy, ["model.*"])
    assert told[0] == verdict
    assert "model.*" in told[1]
    for by_hand in (side, other(side)):
        told = decide_delete(SETTLED, {N: "theirs"}, direction, strategy, ["model.*"], by_hand)
        assert told[0] == ("delete" if by_hand == side else "keep")


def test_a_field_hidden_at_the_target_is_no_edit_of_it() -> None:
    assert decide_delete(SETTLED, {}, "import", Strategy(), [])[0] == "delete"


def test_the_group_of_a_whole_record_is_no_field_group() -> None:
    assert "." not in RECORD
