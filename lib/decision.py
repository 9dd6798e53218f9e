"""What a merge looks at and what it says: views, conflicts, the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .rules import Group, Pair, Winner


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
    after the write. `lost`: fields where the target won: their base is settled too, and the
    opposite direction owes a write. `held`: fields of groups that wait for a person.
    """

    write: frozenset[str] = frozenset()
    settle: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    conflicts: Sequence[Conflict] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)  # written field → why
