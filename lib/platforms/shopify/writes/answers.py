"""What a mutation that was sent for a piece of work answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....errors import GatewayError, Refused
from .batches import Outcome
from .user_errors import refusal, user_errors
from .work import Work


def taken(work: Work, outcome: Outcome, name: str | None) -> Mapping[str, Any] | None:
    """The object of a payload; where there are errors the work fails with them."""
    if isinstance(outcome, GatewayError):
        work.fail(outcome)
        return None
    errors = user_errors(outcome)
    if errors:
        work.fail(refusal(errors, work.values))
        return None
    made = outcome.get(name) if name else None
    if name and not isinstance(made, Mapping):
        work.fail(Refused(f"Shopify answered without the {name}.", remedy="Run again."))
        return None
    return made if isinstance(made, Mapping) else None
