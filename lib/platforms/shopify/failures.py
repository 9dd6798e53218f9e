"""What Shopify's GraphQL errors mean for the next step; the one place that sorts their codes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import GatewayError, Refused, RetryLater, StopRun
from ...redact import Redactor

_SERVER = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"})
_SCOPE = re.compile(r"\b(?:read|write)_[a-z_]+\b")


class TooCostly(Refused):
    """The query's requested cost is over the limit; ask for less at a time."""

    def __init__(self, message: str, cost: float | None, limit: float | None) -> None:
        super().__init__(message, remedy="The client asks for less at a time.")
        self.cost = cost
        self.limit = limit


class StaleCursor(Refused):
    """The place in the list is no longer known to the shop; the read starts again from its time."""


@dataclass(frozen=True, slots=True)
class GraphQLError:
    """One entry of `errors`; nothing in it is relied on to be there."""

    message: str
    code: str
    path: tuple[str | int, ...]
    extensions: Mapping[str, Any]


def parse_errors(errors: Any, redactor: Redactor) -> list[GraphQLError]:
    """`errors` of an answer, whatever its shape: a text, one entry, or a list of them."""
    if not errors:
        return []
    entries = errors if isinstance(errors, list) else [errors]
    return [_parse(entry, redactor) for entry in entries]


def _parse(entry: Any, redactor: Redactor) -> GraphQLError:
    if not isinstance(entry, Mapping):
        return GraphQLError(redactor.text(str(entry)), "", (), {})
    extensions = entry.get("extensions")
    extensions = extensions if isinstance(extensions, Mapping) else {}
    path = entry.get("path")
    steps = path if isinstance(path, list) else []
    return GraphQLError(
        redactor.text(str(entry.get("message") or "no message")),
        str(extensions.get("code") or ""),
        tuple(step for step in steps if isinstance(step, (str, int))),
        extensions,
    )


def failure(name: str, errors: Sequence[GraphQLError]) -> GatewayError:
    """The one error for an answer without usable data."""
    said = "; ".join(dict.fromkeys(error.message for error in errors))[:500]
    codes = {error.code for error in errors}
    message = f"Shopify refused {name}: {said}"
    if "MAX_COST_EXCEEDED" in codes:
        extra = next(e.extensions for e in errors if e.code == "MAX_COST_EXCEEDED")
        return TooCostly(message, _number(extra.get("cost")), _number(extra.get("maxCost")))
    if "ACCESS_DENIED" in codes:
        return denied(name, errors)
    if codes & _SERVER:
        return RetryLater(
            message,
            sent=True,
            remedy="Nothing to do at first: it is tried again. See status.shopify.com if it stays.",
        )
    if "cursor" in said.lower():
        return StaleCursor(message)
    return Refused(
        message,
        remedy="The message says what Shopify did not like; correct the record or the mapping.",
        details={"codes": sorted(codes - {""})},
    )


def denied(name: str, errors: Sequence[GraphQLError]) -> StopRun:
    said = "; ".join(dict.fromkeys(e.message for e in errors if e.code == "ACCESS_DENIED"))
    scopes = sorted(set(_SCOPE.findall(said)))
    wanted = f"Grant the app {' or '.join(scopes)}" if scopes else "Grant the app the missing scope"
    return StopRun(
        f"Shopify denies {name}: {said[:500]}",
        remedy=f"{wanted} in the Dev Dashboard, release the version, and accept it in the shop.",
        details={"scopes": scopes},
    )


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
