"""Traces of a plan as they are kept for people: without ids that the plan made up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..store import Trace
from .ids import is_planned, without


def readable(trace: Trace) -> Trace:
    """What refers to a record that only the plan has is told by what it names; a dead record says
    why, for a plan writes no dead letters."""
    said = (trace.intent or {}).get("fields") or {}
    fields = {
        name: (_plain(old, None), _plain(new, said.get(name, (None, None))[1]))
        for name, (old, new) in trace.fields.items()
    }
    reasons = dict(trace.reasons)
    if trace.outcome == "dead" and trace.error:
        reasons[""] = without(str(trace.error))
    target = None if is_planned(trace.target_id) else trace.target_id
    return replace(trace, target_id=target, fields=fields, reasons=reasons)


def _plain(value: Any, said: Any) -> Any:
    """`value`, or what was `said` in its place where it holds an id of the plan's."""
    return (said if said is not None else "…") if _made_up(value) else value


def _made_up(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_made_up, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_made_up, value))
    return is_planned(value)
