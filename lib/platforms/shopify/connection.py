"""Steps through one connection: page sizes by cost, nodes with their cursors, nested rests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import RetryLater, StopRun
from .client import Client, Reply
from .documents import REST_OF, Document
from .failures import TooCostly
from .scalars import is_gid
from .throttle import PageSizer

#: No array in a request is longer.
MOST = 250
#: Records and nested records asked for at first, where nothing else is said.
_START, _NESTED = 50, 20


@dataclass(frozen=True, slots=True)
class Step:
    """Nodes of one request, each with the cursor that stands behind it."""

    edges: Sequence[tuple[str, Mapping[str, Any]]]
    more: bool


class Connection:
    """Reads connections and nodes; knows per document how much may be asked for at once.

    `starts`: document name → (records, nested records) to ask for at first.
    """

    def __init__(self, client: Client, starts: Mapping[str, tuple[int, int]]) -> None:
        self._client = client
        self._starts = starts
        self._sizers: dict[str, PageSizer] = {}

    @property
    def skew(self) -> float | None:
        """As `Client.skew`."""
        return self._client.skew

    def sizer(self, document: Document) -> PageSizer:
        start, nested = self._starts.get(document.name, (_START, _NESTED))
        return self._sizers.setdefault(document.name, PageSizer(start, nested=nested))

    def step(
        self,
        document: Document,
        query: str,
        after: str | None,
        flags: Mapping[str, Any],
        most: int = MOST,
    ) -> Step:
        """The next nodes of a root connection; `most` caps how many are asked for."""
        sizer = self.sizer(document)
        while True:
            size = min(sizer.size, most)
            variables = {"first": size, "after": after, "query": query or None, **flags}
            if document.nests:
                variables["nested"] = sizer.nested
            try:
                reply = self._client.send(document, variables, weight=size)
            except TooCostly as error:
                _shrink(sizer, size, error)
                continue
            sizer.learn(size, reply.cost)
            return _step(document, reply)

    def nodes(
        self, document: Document, ids: Sequence[str], flags: Mapping[str, Any]
    ) -> Iterator[Mapping[str, Any]]:
        """The nodes of these ids that there are, a few requests for all."""
        sizer = self.sizer(document)
        rest = [id_ for id_ in dict.fromkeys(ids) if is_gid(id_)]
        while rest:
            size = min(sizer.size, len(rest), MOST)
            variables = {"ids": rest[:size], **flags}
            if document.nests:
                variables["nested"] = sizer.nested
            try:
                reply = self._client.send(document, variables, weight=size)
            except TooCostly as error:
                _shrink(sizer, size, error)
                continue
            sizer.learn(size, reply.cost)
            found = reply.data.get("nodes")
            if not isinstance(found, list):
                raise malformed(document, "nodes is no list")
            yield from (node for node in found if isinstance(node, Mapping) and "id" in node)
            rest = rest[size:]

    def complete(self, node: Mapping[str, Any], names: Sequence[str]) -> Mapping[str, Any]:
        """The node with the rest of those nested lists of which only a first page came."""
        out = dict(node)
        for name in names:
            held = node.get(name)
            info = held.get("pageInfo") if isinstance(held, Mapping) else None
            if isinstance(held, Mapping) and isinstance(info, Mapping) and info.get("hasNextPage"):
                rest = self._rest(REST_OF[name], str(node["id"]), str(info.get("endCursor")))
                out[name] = {"nodes": [*(held.get("nodes") or ()), *rest]}
        return out

    def _rest(self, document: Document, id_: str, after: str) -> Iterator[Any]:
        sizer = self.sizer(document)
        more = True
        while more:
            size = sizer.size
            variables = {"id": id_, "nested": size, "after": after}
            try:
                reply = self._client.send(document, variables, weight=size)
            except TooCostly as error:
                _shrink(sizer, size, error)
                continue
            sizer.learn(size, reply.cost)
            node = reply.data.get("node")
            if node is None:
                return  # deleted meanwhile; the list ends here and the next read tells
            rest = node.get("rest") if isinstance(node, Mapping) else None
            info = rest.get("pageInfo") if isinstance(rest, Mapping) else None
            if not isinstance(rest, Mapping) or not isinstance(info, Mapping):
                raise malformed(document, "the rest of a list is missing")
            yield from rest.get("nodes") or ()
            more, after = bool(info.get("hasNextPage")), str(info.get("endCursor"))


def malformed(document: Document, why: str) -> RetryLater:
    return RetryLater(
        f"The answer to {document.name} is not what Shopify documents: {why}.",
        sent=True,
        seconds=5.0,
        remedy="Nothing to do at first: it is tried again. If it stays, check the shop's address.",
    )


def _step(document: Document, reply: Reply) -> Step:
    page = reply.data.get("page")
    edges = page.get("edges") if isinstance(page, Mapping) else None
    info = page.get("pageInfo") if isinstance(page, Mapping) else None
    if not isinstance(edges, list) or not isinstance(info, Mapping):
        raise malformed(document, "the page has no edges")
    found = []
    for edge in edges:
        node = edge.get("node") if isinstance(edge, Mapping) else None
        if isinstance(node, Mapping):
            if not isinstance(node.get("id"), str):
                raise malformed(document, "a node has no id")
            found.append((str(edge.get("cursor")), node))
    return Step(found, bool(info.get("hasNextPage")))


def _shrink(sizer: PageSizer, size: int, error: TooCostly) -> None:
    if not sizer.shrink(size, error.cost, error.limit):
        raise StopRun(
            f"{error.message} (even one record at a time)",
            cause="refused",
            remedy="This is a defect of the gateway's Shopify client; report it.",
        ) from error
