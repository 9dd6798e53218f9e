"""Sends many like mutations in few requests, and keeps one bad one from spoiling the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....errors import GatewayError, Refused
from ..client import Client
from ..connection import Connection
from ..documents import Repeated
from ..failures import TooCostly

#: Payload of one alias, or why there is none.
Outcome = Mapping[str, Any] | GatewayError

#: Writes in one request: few enough to end well before the shop's time limit.
_MOST = 20


class Batches:
    def __init__(self, client: Client, connection: Connection) -> None:
        self._client = client
        self._connection = connection

    def run(
        self,
        repeated: Repeated,
        calls: Sequence[Mapping[str, Any]],
        *,
        repeatable: bool,
        nested: bool = False,
        flags: Mapping[str, Any] | None = None,
        most: int = _MOST,
    ) -> list[Outcome]:
        """One outcome a call, in order. `calls` are the variables without their numbers,
        `flags` those that all share.

        A request refused as a whole is split until the bad call stands alone. Raises StopRun and
        RetryLater; calls that went through before are then found by whoever repeats them.
        """
        outcomes: list[Outcome] = []
        sizer = self._connection.sizer(repeated.of(1))
        while len(outcomes) < len(calls):
            rest = calls[len(outcomes) :]
            part = rest[: min(sizer.size, most, len(rest))]
            shared = {**(flags or {}), **({"nested": sizer.nested} if nested else {})}
            try:
                found, cost = self._send(repeated, part, shared, repeatable)
            except TooCostly as error:
                if not sizer.shrink(len(part), error.cost, error.limit):
                    outcomes.append(error)
                continue
            sizer.learn(len(part), cost)
            outcomes.extend(found)
        return outcomes

    def _send(
        self,
        repeated: Repeated,
        part: Sequence[Mapping[str, Any]],
        shared: Mapping[str, Any],
        repeatable: bool,
    ) -> tuple[list[Outcome], float | None]:
        variables = {f"{k}{i}": v for i, call in enumerate(part) for k, v in call.items()}
        document = repeated.of(len(part))
        try:
            reply = self._client.send(
                document, {**variables, **shared}, repeatable=repeatable, weight=len(part)
            )
        except TooCostly:
            raise
        except Refused as error:
            if len(part) == 1:
                return [error], None
            middle = len(part) // 2
            one, _ = self._send(repeated, part[:middle], shared, repeatable)
            two, _ = self._send(repeated, part[middle:], shared, repeatable)
            return [*one, *two], None
        found: list[Outcome] = []
        for position in range(len(part)):
            alias = f"m{position}"
            payload = reply.data.get(alias)
            if alias in reply.failed:
                found.append(reply.failed[alias])
            elif isinstance(payload, Mapping) or not repeated.writes:
                found.append(payload if isinstance(payload, Mapping) else {})
            else:
                found.append(_empty(repeated.name))
        return found, reply.cost


def _empty(name: str) -> Refused:
    return Refused(
        f"Shopify answered {name} without a result.",
        remedy="It is read back at the next run; look at the record in the shop if it stays.",
    )
