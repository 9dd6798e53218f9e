"""Ids of records that only a plan has."""

from __future__ import annotations

import re
from typing import Any

#: How the id of a record that a plan would create begins; 32 hexadecimal digits follow, which no
#: person writes: «plan-b@example.com» is an e-mail.
PREFIX = "plan-"
_ID = rf"{PREFIX}[0-9a-f]{{32}}"
_PLANNED = re.compile(rf"{_ID}(?:@|\Z)")
_IN_TEXT = re.compile(rf"{_ID}(?:@\S*)?")


def is_planned(value: Any) -> bool:
    """Whether this is the id of a record that only the plan has, or an id made of such a one."""
    return isinstance(value, str) and _PLANNED.match(value) is not None


def without(text: str) -> str:
    """A sentence without the ids that only the plan has."""
    return _IN_TEXT.sub("…", text)


def head(planned: str) -> str:
    """The record's own part of an id that is compound: of a level its variant."""
    return planned.partition("@")[0]
