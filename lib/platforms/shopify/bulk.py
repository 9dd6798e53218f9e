"""Full reads by bulk operations: Shopify writes a whole entity to a file, which is streamed.

A read of this kind is unordered: its watermark is the operation's start, on the last page. Its
token names the operation and the place in its file, so a crash costs a page. Whatever goes wrong
with the operation (failed, expired, cancelled, no free place) the read falls back to pages: part
of a file does not tell what is missing.
Source: shopify.dev/docs/api/usage/bulk-operations/queries
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ...clock import Clock
from ...endpoint import Page, Record, Watermark
from ...errors import GatewayError, Refused, RetryLater, StopRun
from ...http import HttpSession, check_public
from ...http.public import Resolve
from .bulk_file import PIECE, BrokenFile, nodes_of, rows
from .client import Client
from .connection import MOST, Connection
from .documents import (
    BULK,
    BULK_NEWEST,
    BULK_RUN,
    BULK_STATE,
    COUNTS,
    ORDER_PLACES,
    PRODUCT_METAFIELDS,
    Document,
)
from .entities import BULK_LISTS, SOURCES
from .position import Position
from .reads import Reader
from .scalars import moment
from .shapes import nodes
from .writes.user_errors import user_errors

Operation = Mapping[str, Any]
Flags = Mapping[str, Any]

#: What an operation can't bring, as it takes five connections: asked for page by page.
BESIDES: Mapping[str, Document] = {"order": ORDER_PLACES, "product": PRODUCT_METAFIELDS}

_RUNNING = frozenset({"CREATED", "RUNNING"})
#: Seconds between looks at a running operation, before the read is left for later.
_LOOKS = (1.0, 2.0, 4.0, 8.0)
_LATER = 60.0


class BulkReader:
    """`above`: entities of at least so many records are read in bulk; 0: none."""

    def __init__(
        self,
        client: Client,
        http: HttpSession,
        connection: Connection,
        reader: Reader,
        clock: Clock,
        above: int,
    ) -> None:
        self._client = client
        self._http = http
        self._connection = connection
        self._reader = reader
        self._clock = clock
        self.above = above
        self.page_size = MOST
        self.piece = PIECE
        self.resolve: Resolve | None = None

    def begin(self, entity: str, flags: Flags) -> Position | None:
        """Where a full read stands that goes by an operation; None where pages do it."""
        if not self.above or entity not in BULK:
            return None
        if any(flags.get(name) for name in SOURCES[entity].cautious):
            return None
        limit = {"limit": self.above}
        found = self._client.send(COUNTS[entity], limit).data.get("found")
        count = found.get("count") if isinstance(found, Mapping) else None
        if not isinstance(count, int) or count < self.above:
            return None
        operation = self._running(BULK[entity].text) or self._run(BULK[entity].text)
        started = moment(operation.get("createdAt")) if operation else None
        if operation is None or not isinstance(started, datetime):
            return None
        return Position(min(started, self._clock.now()), bulk=str(operation["id"]))

    def _running(self, text: str) -> Operation | None:
        """Our own operation that a crash has left running."""
        held = nodes(self._client.send(BULK_NEWEST, {}).data.get("bulkOperations"))
        return next(
            (o for o in held if o.get("status") in _RUNNING and o.get("query") == text), None
        )

    def _run(self, text: str) -> Operation | None:
        """A new operation; None where the shop has no free place for it, or refuses it."""
        try:
            payload = self._client.send(BULK_RUN, {"query": text}, repeatable=False).data["m0"]
        except (Refused, KeyError):
            return None
        made = payload.get("bulkOperation") if isinstance(payload, Mapping) else None
        return made if made and not user_errors(payload) else None

    def pages(self, entity: str, place: Position, flags: Flags) -> Iterator[Page | None]:
        """The pages from `place` on; None, and nothing after it, when pages must do it all.

        While the operation runs, an empty page keeps the place and `RetryLater` is raised.
        """
        waits = iter(_LOOKS)
        operation = self._state(place)
        while operation and operation.get("status") in _RUNNING:
            wait = next(waits, None)
            if wait is None:
                yield Page((), place.token(), None)
                raise _still_running(operation)
            self._clock.sleep(wait)
            operation = self._state(place)
        if not operation or operation.get("status") != "COMPLETED":
            yield None
            return
        try:
            yield from self._stream(entity, place, operation, flags)
        except (BrokenFile, Refused, StopRun):
            yield None

    def _state(self, place: Position) -> Operation | None:
        found = self._client.send(BULK_STATE, {"id": place.bulk}).data.get("bulkOperation")
        return found if isinstance(found, Mapping) else None

    def _stream(
        self, entity: str, place: Position, operation: Operation, flags: Flags
    ) -> Iterator[Page]:
        url, told, seen = operation.get("url"), _objects(operation), place.seen
        lines = self._lines(url, place.offset) if url else iter(())
        held: list[dict[str, Any]] = []
        for at, size, node in nodes_of(lines, BULK_LISTS.get(entity, {})):
            if len(held) >= self.page_size:
                token = replace(place, offset=at, seen=seen).token()
                yield Page(self._records(entity, held, flags), token, None)
                held = []
            held.append(node)
            seen += size
            if seen > told:
                break
        if seen != told:
            raise BrokenFile(f"it holds {seen} objects of {told}")
        yield Page(self._records(entity, held, flags), None, Watermark(place.start))

    def _lines(self, url: Any, offset: int) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """From the address that is called anyway (the demo shop's), or by https from outside."""
        if not str(url).startswith(f"{self._client.base_url}/"):
            if not str(url).startswith("https://"):
                raise BrokenFile("its address is not https")
            check_public(str(url), self.resolve)
        return rows(self._http, str(url), offset, self.piece)

    def _records(self, entity: str, found: list[dict[str, Any]], flags: Flags) -> list[Record]:
        if entity in BESIDES:
            ids = [str(node["id"]) for node in found]
            rest = self._connection.nodes(BESIDES[entity], ids, flags)
            besides = {str(node["id"]): node for node in rest}
            found = [{**node, **besides.get(str(node["id"]), {})} for node in found]
        return self._reader.records(SOURCES[entity], found, flags)


def _objects(operation: Operation) -> int:
    """How many objects, those of lists among them, the operation wrote: a line each."""
    text = str(operation.get("objectCount"))
    if not text.isdigit():
        raise BrokenFile(f"how many objects it holds is not told: {text!r}")
    return int(text)


def _still_running(operation: Operation) -> GatewayError:
    return RetryLater(
        f"Shopify's bulk operation {operation.get('id')} is still running "
        f"({operation.get('objectCount')} objects so far).",
        seconds=_LATER,
        sent=False,
        remedy="Nothing to do: the read goes on when it is done.",
    )
