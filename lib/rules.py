"""Sides, directions, and the rules that name the winner of a conflict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

Side = Literal["odoo", "remote"]
Winner = Literal["odoo", "remote", "newest", "ask"]
Direction = Literal["import", "export"]

#: What the source said, in target terms, and what the target held, when they were last settled.
Pair = tuple[Any, Any]
Base = Mapping[str, Pair]
Group = str
#: The group of a conflict about a whole record: deleted on one side, edited on the other.
RECORD: Group = "record"

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
