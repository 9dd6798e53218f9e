"""Writes metafields of records that are there: only those named, the others stay.

A value's type is what the shop has laid down for it, else text; null takes it away. Setting a value
again does no harm.
Source: metafieldsSet, metafieldsDelete in the schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ....errors import GatewayError
from ..client import Client
from ..documents import METAFIELD_TYPES, METAFIELDS_DELETE, METAFIELDS_SET, Repeated
from ..paging import Paging
from ..shapes import nodes
from .batches import Batches
from .user_errors import refusal, user_errors
from .work import Work

#: One call takes no more, and takes all of them or none.
_MOST = 25
_TEXT, _LINES = "single_line_text_field", "multi_line_text_field"

Place = tuple[str, str]


class MetafieldWriter:
    def __init__(self, client: Client, batches: Batches) -> None:
        self._client = client
        self._batches = batches
        self._types: dict[str, dict[Place, str]] = {}  # owner → (namespace, key) → type

    def write(self, works: Sequence[Work], owner: str) -> None:
        """The `metafields` of `works` that went through; `owner` is what Shopify calls them."""
        going = [work for work in works if work.going and work.id and work.values.get("metafields")]
        if not going:
            return
        sets = [(work, part) for work in going for part in _parts(self._given(work, owner))]
        self._send(METAFIELDS_SET, sets)
        gone = [(work, part) for work in going for part in _parts(_nulls(work))]
        self._send(METAFIELDS_DELETE, gone)
        for work in going:
            work.record = None  # it shows them as they were; it is read again

    def _send(self, document: Repeated, parts: Sequence[tuple[Work, list[dict[str, Any]]]]) -> None:
        calls = [{"given": part} for _, part in parts]
        outcomes = self._batches.run(document, calls, repeatable=True)
        for (work, part), outcome in zip(parts, outcomes, strict=True):
            if isinstance(outcome, GatewayError):
                work.fail(outcome)
            elif user_errors(outcome):
                work.fail(refusal(user_errors(outcome), {"metafields": part}))

    def _given(self, work: Work, owner: str) -> list[dict[str, Any]]:
        types = self._laid_down(owner)
        return [
            {
                "ownerId": work.id,
                "namespace": place[0],
                "key": place[1],
                "value": text,
                "type": types.get(place, _LINES if "\n" in text else _TEXT),
            }
            for place, value in _places(work)
            if value is not None
            for text in (_text(value),)
        ]

    def _laid_down(self, owner: str) -> Mapping[Place, str]:
        if owner not in self._types:
            self._types[owner] = dict(self._ask(owner))
        return self._types[owner]

    def _ask(self, owner: str) -> Iterator[tuple[Place, str]]:
        paging = Paging(METAFIELD_TYPES.name)
        after: str | None = None
        while True:
            told = self._client.send(METAFIELD_TYPES, {"owner": owner, "after": after}).data
            page = told.get("metafieldDefinitions") or {}
            for node in nodes(page):
                place = (str(node.get("namespace")), str(node.get("key")))
                yield place, str((node.get("type") or {}).get("name"))
            info = page.get("pageInfo") or {}
            if not info.get("hasNextPage"):
                return
            after = paging.on(info.get("endCursor"), after)


def _places(work: Work) -> list[tuple[Place, Any]]:
    return [
        ((str(namespace), str(key)), value)
        for namespace, keys in work.values["metafields"].items()
        for key, value in (keys or {}).items()
    ]


def _nulls(work: Work) -> list[dict[str, Any]]:
    return [
        {"ownerId": work.id, "namespace": place[0], "key": place[1]}
        for place, value in _places(work)
        if value is None
    ]


def _parts(given: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [given[start : start + _MOST] for start in range(0, len(given), _MOST)]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
