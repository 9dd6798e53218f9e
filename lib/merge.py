"""Three-way merge of one record: what changed on which side since the base, and who wins.

Pure: takes frozen values (`lib.values.freeze`) and returns a decision. Nothing here reads, writes
or knows a platform. Each side is compared with *its own past*, never with what the other side sent:
a target that rounds or cleans what it is given is not an edit, and our own write coming back is no
change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Literal

from .values import UNSETTLED

Side = Literal["odoo", "remote"]
Winner = Literal["odoo", "remote", "newest", "ask"]
Direction = Literal["import", "export"]

#: What the source said, in target terms, and what the target held, when they were last settled.
Pair = tuple[Any, Any]
Base = Mapping[str, Pair]
Group = str

SOURCE_OF: Mapping[Direction, Side] = {"import": "remote", "export": "odoo"}
TARGET_OF: Mapping[Direction, Side] = {"import": "odoo", "export": "remote"}
OPPOSITE: Mapping[Direction, Direction] = {"import": "export", "export": "import"}


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` is an fnmatch glob over «model.field» (Odoo's or the remote's model); the first
    rule that matches decides. `restore` gives the winner ownership: an edit on the other side alone
    is taken back too."""

    pattern: str
    winner: Winner
    restore: bool = False

    def matches(self, names: Sequence[str]) -> bool:
        return any(fnmatchcase(name, self.pattern) for name in names)


@dataclass(frozen=True, slots=True)
class Strategy:
    """Ordered rules, and who wins where none matches: `last_write_wins` (the source of the running
    direction) or `source_priority` (the side named in `priority`)."""

    rules: Sequence[Rule] = ()
    default: Literal["last_write_wins", "source_priority"] = "last_write_wins"
    priority: Side = "odoo"

    def rule_for(self, names: Sequence[str]) -> Rule | None:
        return next((rule for rule in self.rules if rule.matches(names)), None)

    def winner(self, names: Sequence[str], direction: Direction) -> tuple[Winner, str]:
        """The winner and the rule's name for the change line."""
        rule = self.rule_for(names)
        if rule:
            return rule.winner, rule.pattern
        if self.default == "source_priority":
            return self.priority, "source_priority"
        return SOURCE_OF[direction], "last_write_wins"

    def restores(self, names: Sequence[str], direction: Direction) -> bool:
        rule = self.rule_for(names)
        return bool(rule and rule.restore and rule.winner == SOURCE_OF[direction])

    @property
    def has_ownership(self) -> bool:
        return any(rule.restore for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Views:
    """Both sides now, as frozen values by field of the running direction.

    `source`: what the source says, in target terms. `stored`: the same as the target would store
    it. `target`: what the target holds. A field missing from either is absent: not compared.
    """

    source: Mapping[str, Any]
    stored: Mapping[str, Any]
    target: Mapping[str, Any]
    source_time: datetime | None = None
    target_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides changed linked fields, differently, since the base (or met with no base)."""

    group: Group
    fields: Sequence[str]
    base: Mapping[str, Pair | None]
    source: Mapping[str, Any]
    target: Mapping[str, Any]
    winner: Winner
    rule: str
    first_match: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one record in the running direction.

    `write`: fields to set on the target. `settle`: fields whose base becomes what both sides show
    after the write. `lost`: fields where the target won: their base is settled too, and the opposite
    direction owes a write. `held`: groups that wait for a person.
    """

    write: frozenset[str] = frozenset()
    settle: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    conflicts: Sequence[Conflict] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)  # written field → why


def merge(
    views: Views,
    base: Base,
    direction: Direction,
    strategy: Strategy,
    group_of: Callable[[str], Group],
    names_of: Callable[[str], Sequence[str]],
    identity: frozenset[str] = frozenset(),
    decided: Mapping[Group, Side] | None = None,
) -> Decision:
    """Decide each group of linked fields once.

    `group_of` gives a field's group; `names_of` the «model.field» names rules may match. `identity`
    are fields records are matched by: never overwritten, a difference waits for a person. `decided`
    are groups that a person has decided: it stands above the rules, once.
    """
    groups: dict[Group, list[str]] = {}
    for name in views.source:
        if name in views.target:
            groups.setdefault(group_of(name), []).append(name)
    draft = _Draft()
    for group, fields in groups.items():
        by_hand = (decided or {}).get(group)
        _decide(draft, group, fields, views, base, direction, strategy, names_of, identity, by_hand)
    return Decision(
        write=frozenset(draft.write),
        settle=frozenset(draft.settle),
        lost=frozenset(draft.lost),
        held=frozenset(draft.held),
        conflicts=tuple(draft.conflicts),
        reasons=draft.reasons,
    )


@dataclass(slots=True)
class _Draft:
    write: set[str] = field(default_factory=set)
    settle: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    conflicts: list[Conflict] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)


def _decide(
    draft: _Draft,
    group: Group,
    fields: list[str],
    views: Views,
    base: Base,
    direction: Direction,
    strategy: Strategy,
    names_of: Callable[[str], Sequence[str]],
    identity: frozenset[str],
    by_hand: Side | None,
) -> None:
    # Matched by identity keys: equal by the platform's own notion, and never overwritten.
    matched = [name for name in fields if name in identity and name not in base]
    draft.settle.update(matched)
    fields = [name for name in fields if name not in matched]
    differ = [name for name in fields if views.stored[name] != views.target[name]]
    first = [name for name in differ if name not in base]
    source_changed = [n for n in fields if n in base and views.source[n] != base[n][0]]
    target_changed = [n for n in fields if n in base and views.target[n] != base[n][1]]

    if not first and not source_changed:
        names = [name for field_name in fields for name in names_of(field_name)]
        if target_changed and strategy.restores(names, direction):
            _write(draft, [n for n in target_changed if n in differ], fields, "restored")
        elif not target_changed:
            draft.settle.update(name for name in fields if name not in base)
        return
    if not differ:
        draft.settle.update(fields)
        return
    if not first and not target_changed:
        if by_hand == TARGET_OF[direction]:
            draft.lost.update(fields)
        elif by_hand is None and identity.intersection(source_changed):
            _hold(draft, _conflict(group, fields, views, base, "ask", "identity key"))
        else:
            _write(draft, [n for n in source_changed if n in differ], fields, "source changed")
        return

    names = [name for field_name in fields for name in names_of(field_name)]
    winner, rule = strategy.winner(names, direction)
    if identity.intersection(differ):
        winner, rule = "ask", "identity key"
    if by_hand is not None:
        winner, rule = by_hand, "decided by hand"
    if winner == "newest":
        winner = _newest(views, direction)
    conflict = _conflict(group, fields, views, base, winner, rule, first_match=bool(first))
    if winner == "ask":
        _hold(draft, conflict)
    elif winner == SOURCE_OF[direction]:
        draft.conflicts.append(conflict)
        _write(draft, differ, fields, f"{winner} won by {rule}")
    else:
        draft.conflicts.append(conflict)
        draft.lost.update(fields)


def _write(draft: _Draft, names: Sequence[str], settled: Sequence[str], reason: str) -> None:
    draft.write.update(names)
    draft.settle.update(settled)
    draft.reasons.update(dict.fromkeys(names, reason))


def _hold(draft: _Draft, conflict: Conflict) -> None:
    draft.conflicts.append(conflict)
    draft.held.update(conflict.fields)


def _conflict(
    group: Group,
    fields: Sequence[str],
    views: Views,
    base: Base,
    winner: Winner,
    rule: str,
    first_match: bool = False,
) -> Conflict:
    return Conflict(
        group=group,
        fields=tuple(fields),
        base={name: base.get(name) for name in fields},
        source={name: views.source[name] for name in fields},
        target={name: views.target[name] for name in fields},
        winner=winner,
        rule=rule,
        first_match=first_match,
    )


def _newest(views: Views, direction: Direction) -> Side | Literal["ask"]:
    """The side edited last; a person decides where a time is unknown or they are equal."""
    source, target = views.source_time, views.target_time
    if source is None or target is None or source == target:
        return "ask"
    return SOURCE_OF[direction] if source > target else TARGET_OF[direction]


def settled_base(
    base: Base, decision: Decision, source: Mapping[str, Any], target: Mapping[str, Any]
) -> dict[str, Pair]:
    """The running direction's base after the write: `target` is what was read back.

    Whoever won, both seen values go in, so a decision is made once. Fields absent on either side
    keep their old base.
    """
    after = dict(base)
    for name in decision.settle | decision.lost:
        if name in source and name in target:
            after[name] = (source[name], target[name])
    return after


def settled_opposite(
    base: Base,
    source: Mapping[str, Any],
    target: Mapping[str, Any],
    settled: Callable[[str], bool],
    lost: Callable[[str], bool],
) -> dict[str, Pair]:
    """The opposite direction's base after the write.

    Its own source is our target: `source` is what it says now (in the opposite direction's terms),
    `target` what our source holds now. `settled` and `lost` tell whether an opposite field belongs
    to a group that was settled, or lost to our target: then what our source holds is seen, and the
    write that carries the winner is owed (`UNSETTLED`).
    """
    after = dict(base)
    for name, held in target.items():
        if lost(name):
            after[name] = (UNSETTLED, held)
        elif name in source and settled(name):
            after[name] = (source[name], held)
    return after


DeleteVerdict = Literal["delete", "keep", "ask"]


def decide_delete(
    base: Base,
    target: Mapping[str, Any] | None,
    direction: Direction,
    strategy: Strategy,
    names: Sequence[str],
) -> tuple[DeleteVerdict, str]:
    """The source deleted the record: what becomes of the target.

    Gone there too, or untouched since the base: delete (by the entity's verb). Edited since: delete
    against edit is a conflict, and the rules decide; `newest` can't know and asks.
    """
    if target is None:
        return "delete", "gone on both sides"
    edited = [n for n, pair in base.items() if n in target and target[n] != pair[1]]
    if not edited:
        return "delete", "deleted at the source"
    winner, rule = strategy.winner(names, direction)
    if winner == SOURCE_OF[direction]:
        return "delete", f"delete against edit: {winner} won by {rule}"
    if winner == TARGET_OF[direction]:
        return "keep", f"delete against edit: {winner} won by {rule}"
    return "ask", f"delete against edit: {rule}"
