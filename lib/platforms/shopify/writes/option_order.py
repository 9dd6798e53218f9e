"""The order of a product's options and of their values, as the source has it; by their names.

A reorder has to name every option and every value, those that no variant has as well: so they are
asked before. Source: productOptionsReorder in the schema and its page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....errors import GatewayError
from ....ordering import arranged, orders
from ..documents import OPTIONS_HELD, OPTIONS_REORDER
from .batches import Batches
from .user_errors import refusal, user_errors
from .work import Work


def put_in_order(works: Sequence[Work], batches: Batches) -> list[Work]:
    """Those of `works` whose options are in another order now."""
    asked = [(work, orders(work.values.get("options") or ())) for work in works if work.going]
    asked = [(work, wanted) for work, wanted in asked if wanted]
    held = batches.run(OPTIONS_HELD, [{"product": w.id} for w, _ in asked], repeatable=True)
    calls = []
    for (work, wanted), answer in zip(asked, held, strict=True):
        if isinstance(answer, GatewayError):
            work.fail(answer)
        elif options := _reordered((answer or {}).get("options") or (), wanted):
            calls.append((work, {"product": work.id, "options": options}))
    outcomes = batches.run(OPTIONS_REORDER, [call for _, call in calls], repeatable=True)
    for (work, _), outcome in zip(calls, outcomes, strict=True):
        if isinstance(outcome, GatewayError):
            work.fail(outcome)
        elif errors := user_errors(outcome):
            work.fail(refusal(errors, None))
    return [work for work, _ in calls if work.going]


def _reordered(
    held: Sequence[Mapping[str, Any]], wanted: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    """The input; nothing where they are in this order already."""
    ids = {str(option["name"]): option for option in held}
    made = [
        {"id": ids[name]["id"], "values": _values(ids[name], wanted.get(name, ()))}
        for name in arranged(list(ids), list(wanted))
    ]
    there = [{"id": option["id"], "values": _values(option, ())} for option in held]
    return [] if made == there else made


def _values(option: Mapping[str, Any], wanted: Sequence[str]) -> list[dict[str, Any]]:
    ids = {str(value["name"]): value["id"] for value in option.get("optionValues") or ()}
    return [{"id": ids[name]} for name in arranged(list(ids), wanted)]
