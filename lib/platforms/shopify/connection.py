"""Steps through one connection: page sizes by cost, nodes with their cursors, nested rests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import RetryLater, StopRun
from .client import Client, Reply
from .documents import PARTS, REST_OF, Document
from .failures import TooCostly
from .paging import Paging
from .scalars import is_gid
from .throttle import PageSizer

#: No array in a request is longer.
MOST = 250
#: Records and nested records asked for at first, where nothing else is said.
_START, _NESTED = 50, 20
_NONE: Mapping[str, Any] = {}


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
        self._paging: dict[str, Paging] = {}

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
        """The next nodes of a root connection; `most` caps how many are asked for. Raises `StopRun`
        where there is more, and none of it comes."""
        sizer = self.sizer(document)
        while True:
            size = min(sizer.size, most)
            told = document.told(flags)
            variables = {"first": size, "after": after, "query": query or None, **told}
            if document.nests:
                variables["nested"] = sizer.nested
            try:
                reply = self._client.send(document, variables, weight=size)
            except TooCostly as error:
                _shrink(sizer, size, error)
                continue
            sizer.learn(size, reply.cost)
            step = _step(document, reply)
            if step.more:
                self._paging.setdefault(document.name, Paging(document.name)).on(
                    step.edges[-1][0] if step.edges else None, after
                )
            else:
                self._paging.pop(document.name, None)
            return step

    def nodes(
        self, document: Document, ids: Sequence[str], flags: Mapping[str, Any]
    ) -> Iterator[Mapping[str, Any]]:
        """The nodes of these ids that there are, a few requests for all."""
        sizer = self.sizer(document)
        rest = [id_ for id_ in dict.fromkeys(ids) if is_gid(id_)]
        while rest:
            size = min(sizer.size, len(rest), MOST)
            variables = {"ids": rest[:size], **document.told(flags)}
            if document.nests:
                variables["nested"] = sizer.nested
            if document.sizes:
                variables["first"] = size
            try:
                reply = self._client.send(document, variables, weight=size)
            except TooCostly as error:
                _shrink(sizer, size, error)
                continue
            sizer.learn(size, reply.cost)
            found = reply.data.get("nodes")
            found = found.get("nodes") if isinstance(found, Mapping) else found
            if not isinstance(found, list):
                raise malformed(document, "nodes is no list")
            yield from (node for node in found if isinstance(node, Mapping) and "id" in node)
            rest = rest[size:]

    def complete(
        self,
        node: Mapping[str, Any],
        names: Sequence[str],
        flags: Mapping[str, Any] = _NONE,
    ) -> Mapping[str, Any]:
        """The node with the rest of those nested lists of which only a first page came."""
        out = dict(node)
        for name in names:
            held = node.get(name)
            info = held.get("pageInfo") if isinstance(held, Mapping) else None
            if isinstance(held, Mapping) and isinstance(info, Mapping) and info.get("hasNextPage"):
                rest = self._rest(REST_OF[name], str(node["id"]), str(info["endCursor"]), flags)
                out[name] = {"nodes": [*(held.get("nodes") or ()), *rest]}
        return out

    def deepened(
        self,
        found: Sequence[Mapping[str, Any]],
        name: str,
        completes: Sequence[str],
        flags: Mapping[str, Any],
    ) -> list[Mapping[str, Any]]:
        """The nodes with their list `name`, which came with ids alone, in full: one request for
        all of them. A list of which something is missing is absent, not shorter."""
        wanted = [_ids_in(node.get(name)) for node in found]
        document = PARTS[name]
        parts = {
            str(part["id"]): self.complete(part, completes, flags)
            for part in self.nodes(document, [id_ for ids in wanted for id_ in ids], flags)
        }
        out: list[Mapping[str, Any]] = []
        for node, ids in zip(found, wanted, strict=True):
            whole = {key: value for key, value in node.items() if key != name}
            if name in node and all(id_ in parts for id_ in ids):
                whole[name] = [parts[id_] for id_ in ids]
            out.append(whole)
        return out

    def _rest(
        self, document: Document, id_: str, after: str, flags: Mapping[str, Any]
    ) -> Iterator[Any]:
        sizer = self.sizer(document)
        paging = Paging(document.name)
        more, place = True, after or None
        while more:
            size = sizer.size
            variables = {"id": id_, "nested": size, "after": place, **document.told(flags)}
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
            more = bool(info.get("hasNextPage"))
            place = paging.on(info.get("endCursor"), place) if more else place


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


def _ids_in(held: Any) -> list[str]:
    items = held.get("nodes") if isinstance(held, Mapping) else held
    return [str(item["id"]) for item in items or () if isinstance(item, Mapping)]
