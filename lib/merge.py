"""Three-way merge of one record: what changed on which side since the base, and who wins.

Pure: takes frozen values (`lib.values.freeze`) and returns a decision. Nothing here reads, writes
or knows a platform. Each side is compared with *its own past*, never with what the other side sent:
a target that rounds or cleans what it is given is not an edit, and our own write coming back is no
change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from .decision import Conflict, Decision, Views
from .rules import (
    OPPOSITE,
    RECORD,
    SOURCE_OF,
    TARGET_OF,
    Base,
    Direction,
    Group,
    Pair,
    Rule,
    Side,
    Strategy,
    Winner,
)
from .settled import is_edited, settled_base, settled_opposite
from .values import is_empty, is_unsettled

__all__ = [
    "OPPOSITE",
    "RECORD",
    "SOURCE_OF",
    "TARGET_OF",
    "Base",
    "Conflict",
    "Decision",
    "DeleteVerdict",
    "Direction",
    "Group",
    "Pair",
    "Rule",
    "Side",
    "Strategy",
    "Views",
    "Winner",
    "decide_delete",
    "merge",
    "settled_base",
    "settled_opposite",
]

DeleteVerdict = Literal["delete", "keep", "ask"]
#: The rule's name where the target's values stand because both sides meet for the first time.
FIRST_MATCH = "first match"
BY_HAND = "decided by hand"
#: Where a field that records are recognised by was changed: no rule decides that, a person does.
IDENTITY = "identity key"


def merge(
    views: Views,
    base: Base,
    direction: Direction,
    strategy: Strategy,
    group_of: Callable[[str], Group],
    names_of: Callable[[str], Sequence[str]],
    identity: frozenset[str] = frozenset(),
    decided: Mapping[Group, Side] | None = None,
    fill: bool = False,
    matched: frozenset[str] | None = None,
) -> Decision:
    """Decide each group of linked fields once.

    `group_of` gives a field's group; `names_of` the «model.field» names rules may match. `identity`
    are fields records are matched by: never overwritten, a difference waits for a person; `matched`
    are those these two were just matched by (None: all, where there is no base yet). `decided`
    are groups that a person has decided: it stands above the rules, once. `fill`: what has no base
    yet is only filled where the target holds nothing; all else there stays, whatever the rules say.
    """
    groups: dict[Group, list[str]] = {}
    for name in views.source:
        if name in views.target:
            groups.setdefault(group_of(name), []).append(name)
    if matched is None:
        matched = frozenset() if base else identity
    draft = _Draft(views, base, direction, strategy, names_of, identity, matched, fill)
    for group, fields in groups.items():
        draft.decide(group, fields, (decided or {}).get(group))
    return Decision(
        write=frozenset(draft.write),
        settle=frozenset(draft.settle),
        lost=frozenset(draft.lost),
        held=frozenset(draft.held),
        conflicts=tuple(draft.conflicts),
        reasons=draft.reasons,
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """What is to be seen of one group: `differ` from what the target holds, `first` of these with
    no base yet, changed since the base at the source, at the target."""

    group: Group
    fields: Sequence[str]
    differ: Sequence[str]
    first: Sequence[str]
    source_changed: Sequence[str]
    target_changed: Sequence[str]
    by_hand: Side | None


@dataclass(slots=True)
class _Draft:
    """A decision in the making, with what every group is decided on."""

    views: Views
    base: Base
    direction: Direction
    strategy: Strategy
    names_of: Callable[[str], Sequence[str]]
    identity: frozenset[str]
    matched: frozenset[str]
    fill: bool = False
    write: set[str] = field(default_factory=set)
    settle: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    conflicts: list[Conflict] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)

    def decide(self, group: Group, fields: list[str], by_hand: Side | None) -> None:
        """One row of the truth table."""
        case = self._case(group, self._without_matched(fields), by_hand)
        if not case.first and not case.source_changed:
            self._source_is_quiet(case)
        elif not case.differ:
            self.settle.update(case.fields)
        elif self.fill and case.first and case.by_hand is None:
            self._fill(case)
        elif not case.first and not case.target_changed:
            self._only_source_changed(case)
        else:
            self._conflict(case)

    def _without_matched(self, fields: list[str]) -> list[str]:
        """Fields that records were just matched by are equal by the platform's own notion. Of other
        identity keys an empty one of the source takes nothing away."""
        stored = self.views.stored
        matched = [
            name
            for name in fields
            if name not in self.base
            and name in self.identity
            and (name in self.matched or is_empty(stored[name]))
        ]
        self.settle.update(matched)
        return [name for name in fields if name not in matched]

    def _case(self, group: Group, fields: list[str], by_hand: Side | None) -> _Case:
        views, base = self.views, self.base
        differ = [name for name in fields if views.stored[name] != views.target[name]]
        known = [name for name in fields if name in base]
        return _Case(
            group=group,
            fields=fields,
            differ=differ,
            first=[name for name in differ if name not in base],
            source_changed=[name for name in known if views.source[name] != base[name][0]],
            target_changed=[name for name in known if is_edited(views.target[name], base[name])],
            by_hand=by_hand,
        )

    def _source_is_quiet(self, case: _Case) -> None:
        """Leave the target's edits to the other direction, but for what the source owns."""
        if not case.target_changed:
            self.settle.update(name for name in case.fields if name not in self.base)
        elif self.strategy.restores(self._names(case), self.direction):
            restored = [name for name in case.target_changed if name in case.differ]
            self._write(restored, case.fields, "restored")

    def _only_source_changed(self, case: _Case) -> None:
        if case.by_hand == TARGET_OF[self.direction]:
            self._conflict(case)
        elif case.by_hand is None and self._identity_changed(case):
            self._hold(self._told(case, "ask", IDENTITY))
        else:
            self._write(case.differ, case.fields, "source changed")

    def _identity_changed(self, case: _Case) -> bool:
        """An identity key was edited. One that is owed was decided by a person already."""
        changed = self.identity.intersection(case.source_changed)
        return any(not is_unsettled(self.base[name][0]) for name in changed)

    def _fill(self, case: _Case) -> None:
        """The first meeting: what the target holds stays, linked fields together."""
        there = [name for name in case.first if not is_empty(self.views.target[name])]
        if there or case.target_changed:
            self.conflicts.append(self._told(case, TARGET_OF[self.direction], FIRST_MATCH))
            self.lost.update(case.fields)
        else:
            names = [name for name in case.differ if not is_empty(self.views.stored[name])]
            self._write(names, case.fields, f"{FIRST_MATCH}, was empty")

    def _conflict(self, case: _Case) -> None:
        winner, rule = self._winner(case)
        conflict = self._told(case, winner, rule)
        if winner == "ask":
            self._hold(conflict)
            return
        self.conflicts.append(conflict)
        if winner == SOURCE_OF[self.direction]:
            self._write(case.differ, case.fields, f"{winner} won by {rule}")
        else:
            self.lost.update(case.fields)

    def _winner(self, case: _Case) -> tuple[Winner, str]:
        if case.by_hand is not None:
            return case.by_hand, BY_HAND
        if any(name in self.identity and not self._is_filled(name, case) for name in case.differ):
            return "ask", IDENTITY
        winner, rule = self.strategy.winner(self._names(case), self.direction)
        if winner == "newest":
            winner = _newest(self.views, self.direction)
        return winner, rule

    def _is_filled(self, name: str, case: _Case) -> bool:
        """Whether the target has had none: then nothing is overwritten."""
        return name in case.first and is_empty(self.views.target[name])

    def _names(self, case: _Case) -> list[str]:
        return [name for one in case.fields for name in self.names_of(one)]

    def _write(self, names: Sequence[str], settled: Sequence[str], reason: str) -> None:
        self.write.update(names)
        self.settle.update(settled)
        self.reasons.update(dict.fromkeys(names, reason))

    def _hold(self, conflict: Conflict) -> None:
        self.conflicts.append(conflict)
        self.held.update(conflict.fields)

    def _told(self, case: _Case, winner: Winner, rule: str) -> Conflict:
        return Conflict(
            group=case.group,
            fields=tuple(case.fields),
            base={name: self.base.get(name) for name in case.fields},
            source={name: self.views.source[name] for name in case.fields},
            target={name: self.views.target[name] for name in case.fields},
            winner=winner,
            rule=rule,
            first_match=bool(case.first),
        )


def _newest(views: Views, direction: Direction) -> Side | Literal["ask"]:
    """The side edited last; a person decides where a time is unknown or they are equal."""
    source, target = views.source_time, views.target_time
    if source is None or target is None or source == target:
        return "ask"
    return SOURCE_OF[direction] if source > target else TARGET_OF[direction]


def decide_delete(
    base: Base,
    target: Mapping[str, Any] | None,
    direction: Direction,
    strategy: Strategy,
    names: Sequence[str],
    by_hand: Side | None = None,
) -> tuple[DeleteVerdict, str]:
    """The source deleted the record: what becomes of the target.

    Gone there too, or untouched since the base: delete (by the entity's verb). Edited since: delete
    against edit is a conflict, and the rules decide, or a person; `newest` can't know and asks.
    """
    if target is None:
        return "delete", "gone on both sides"
    edited = [n for n, pair in base.items() if n in target and is_edited(target[n], pair)]
    if not edited:
        return "delete", "deleted at the source"
    winner, rule = strategy.winner(names, direction)
    if by_hand is not None:
        winner, rule = by_hand, BY_HAND
    if winner == SOURCE_OF[direction]:
        return "delete", f"delete against edit: {winner} won by {rule}"
    if winner == TARGET_OF[direction]:
        return "keep", f"delete against edit: {winner} won by {rule}"
    return "ask", f"delete against edit: {rule}"
