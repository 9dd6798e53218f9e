"""Sends many like writes in few requests, and keeps one bad one from spoiling the others.

A batch answers 200 whatever becomes of its parts; what failed holds an `error` in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....errors import GatewayError, Refused
from ....redact import Redactor
from ..client import Client, malformed
from ..failures import refusal
from ..families import PRODUCTS, below
from ..listing import MOST

#: What the shop says the record is now, or why it was refused.
Outcome = Mapping[str, Any] | GatewayError
Body = Mapping[str, Any]


class Batches:
    def __init__(self, client: Client, redactor: Redactor) -> None:
        self._client = client
        self._redactor = redactor

    def create(self, path: str, bodies: Sequence[Body]) -> list[Outcome]:
        """One outcome a body, in order. A lost answer is not repeated: RetryLater says so."""
        return self._run(path, "create", bodies)

    def update(self, path: str, bodies: Sequence[Body]) -> list[Outcome]:
        """One outcome a body, each with its `id`, in order."""
        return self._run(path, "update", bodies)

    def delete(self, path: str, ids: Sequence[int]) -> list[Outcome]:
        """Delete for good (a batch knows no trash); one outcome an id."""
        return self._run(path, "delete", list(ids))

    def update_rows(self, rows: Sequence[tuple[int, int | None, Body]]) -> list[Outcome]:
        """Updates of products and variations, each (product, variation or None, fields)."""
        places: dict[str, list[int]] = {}
        for place, (product, variation, _body) in enumerate(rows):
            path = PRODUCTS if variation is None else below(product)
            places.setdefault(path, []).append(place)
        outcomes: list[Outcome] = [{} for _ in rows]
        for path, ours in places.items():
            bodies = [
                {"id": rows[p][0] if rows[p][1] is None else rows[p][1], **rows[p][2]} for p in ours
            ]
            for place, outcome in zip(ours, self.update(path, bodies), strict=True):
                outcomes[place] = outcome
        return outcomes

    def _run(self, path: str, kind: str, items: Sequence[Any]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for start in range(0, len(items), MOST):
            outcomes += self._send(path, kind, items[start : start + MOST])
        return outcomes

    def _send(self, path: str, kind: str, part: Sequence[Any]) -> list[Outcome]:
        try:
            answer = self._client.post(f"{path}/batch", {kind: part}, repeatable=kind != "create")
        except Refused as error:
            if len(part) == 1:
                return [error]
            middle = len(part) // 2
            return [*self._send(path, kind, part[:middle]), *self._send(path, kind, part[middle:])]
        found = answer.get(kind) if isinstance(answer, Mapping) else None
        if not isinstance(found, list) or len(found) != len(part):
            raise malformed(f"{path}/batch", f"{len(part)} results were expected")
        return [self._outcome(row) for row in found]

    def _outcome(self, row: Any) -> Outcome:
        if not isinstance(row, Mapping):
            return Refused("WooCommerce answered without a result.", remedy="Run again.")
        error = row.get("error")
        return refusal(self._redactor.value(error)) if isinstance(error, Mapping) else row
