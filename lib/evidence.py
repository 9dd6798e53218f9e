"""What is kept of one record for whoever asks later why: redacted, and bounded in size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .merge import BY_HAND
from .redact import Redactor
from .store import Trace
from .values import freeze, stage

#: Characters of one part; what is longer is kept from its beginning only.
LIMIT = 20_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """JSON texts as `values.unstage` reads them, None for what there was not.

    `payload` is the record as read, `values` what the mapping made of it, `request` what the target
    was asked, `answer` what it said. What stands in the request already is not in `values` again.
    """

    payload: str | None = None
    values: str | None = None
    request: str | None = None
    answer: str | None = None


def evidence(trace: Trace, redactor: Redactor) -> Evidence:
    request = _request(trace)
    repeats = request is not None and trace.op is not None and trace.op.values == trace.values
    return Evidence(
        kept(trace.payload, redactor),
        None if repeats else kept(trace.values, redactor),
        kept(request, redactor),
        kept(_answer(trace), redactor),
    )


def kept(value: Mapping[str, Any] | None, redactor: Redactor) -> str | None:
    """`value` as JSON text without secrets, at most about `LIMIT` characters."""
    if not value:
        return None
    text = stage(value)
    if not redactor.passes(text):
        text = stage(redactor.value(value))
    if len(text) > LIMIT:
        return stage({"cut": f"{LIMIT} of {len(text)} characters", "begins": text[:LIMIT]})
    return text


def ruled(trace: Trace) -> dict[str, str]:
    """field → which side a conflict rule, or the connector's default, let win over the other; the
    record itself is the field "". What could not be written is not decided."""
    if trace.outcome == "dead":
        return {}
    won = {
        name: f"{conflict.winner} won by {conflict.rule}"
        for conflict in trace.conflicts
        if conflict.winner != "ask" and conflict.rule != BY_HAND
        for name in conflict.fields
    }
    whole = trace.reasons.get("", "")
    is_whole = " won by " in whole and f" won by {BY_HAND}" not in whole
    return {**won, "": whole} if is_whole else won


def weighed(trace: Trace) -> dict[str, dict[str, Any]]:
    """field → what was agreed before, what each side showed, and what was decided."""
    decision, seen = trace.decision, trace.seen
    if decision is None or seen is None:
        return {}
    verdicts = {
        **dict.fromkeys(decision.lost, "lost"),
        **dict.fromkeys(decision.write, "written"),
        **dict.fromkeys(decision.held, "held"),
    }
    return {
        name: freeze(
            {
                "agreed": list(seen.base[name]) if name in seen.base else None,
                "source": seen.views.source.get(name),
                "target": seen.views.target.get(name),
                "verdict": verdicts[name],
                "why": decision.reasons.get(name) or _rule(trace, name),
            }
        )
        for name in sorted(verdicts)
    }


def _rule(trace: Trace, name: str) -> str | None:
    for conflict in trace.conflicts:
        if name in conflict.fields:
            return f"{conflict.winner} won by {conflict.rule}"
    return None


def _request(trace: Trace) -> dict[str, Any] | None:
    if trace.op is None:
        return None
    op = trace.op
    asked: dict[str, Any] = {"action": op.action, "id": op.id, "key": op.key, "values": op.values}
    if op.expect:
        asked["expect"] = op.expect
    return asked


def _answer(trace: Trace) -> dict[str, Any] | None:
    if trace.result is None:
        return None
    result = trace.result
    if result.error is not None:
        return {"error": str(result.error)}
    return {"id": result.id, **({"children": result.children} if result.children else {})}
