"""Ids of records that only a plan has."""

from __future__ import annotations

from typing import Any

#: How the id of a record that a plan would create begins: no system gives such ids.
PREFIX = "plan-"


def is_planned(value: Any) -> bool:
    """Whether this is the id of a record that only the plan has, or an id made of such a one."""
    return isinstance(value, str) and value.startswith(PREFIX)


def head(planned: str) -> str:
    """The record's own part of an id that is compound: of a level its variant."""
    return planned.partition("@")[0]
