"""Bulk operations: a query that is carried out as a whole, its result a file of JSON lines.

What Shopify refuses is refused: more than one root field, one that is no connection, `node`, more
than five connections, more than two levels of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from graphql import (
    FieldNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    visit,
)

from . import execution
from .errors import ShopError, user_error
from .fields import Args, field, mutation, stored
from .ids import number
from .official import schema
from .paging import Page, list_page
from .request import Request
from .store import Rec, stamp

MOST_CONNECTIONS, DEEPEST = 5, 2
OPEN = ("CREATED", "RUNNING")


class _Connections(Visitor):
    """Counts connections, and how deep they lie in each other."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types, self.depth, self.count, self.deepest = types, 0, 0, 0

    def enter_field(self, _node: FieldNode, *_: Any) -> None:
        if self._is_connection():
            self.count += 1
            self.depth += 1
            self.deepest = max(self.deepest, self.depth - 1)

    def leave_field(self, _node: FieldNode, *_: Any) -> None:
        if self._is_connection():
            self.depth -= 1

    def _is_connection(self) -> bool:
        kind = self.types.get_type()
        return kind is not None and get_named_type(kind).name.endswith("Connection")


def _wrong(query: str) -> str | None:
    """Why the query can't run in bulk."""
    known = execution.document(query)
    if known.errors:
        return f"Invalid bulk query: {known.errors[0]['message']}"
    (operation,) = known.operations.values()
    if operation.operation is not OperationType.QUERY:
        return "Invalid bulk query: it is not a query"
    roots = operation.selection_set.selections
    if len(roots) != 1 or not isinstance(roots[0], FieldNode):
        return "Bulk queries must have exactly one top-level field"
    if roots[0].name.value in ("node", "nodes"):
        return "Bulk queries cannot contain a top level `node` field."
    types = TypeInfo(schema())
    counter = _Connections(types)
    visit(parse(query), TypeInfoVisitor(types, counter))
    if not counter.count:
        return "Bulk queries must contain at least one connection."
    if counter.count > MOST_CONNECTIONS:
        return f"Bulk queries cannot contain more than {MOST_CONNECTIONS} connections"
    if counter.deepest > DEEPEST:
        return "Bulk queries cannot contain connections with a nesting depth greater than 2."
    return None


@mutation("bulkOperationRunQuery", "bulkOperation", "userErrors")
def run(args: Args, request: Request) -> Rec:
    """The result is that of the moment it was asked for; it is there after `bulk_seconds`."""
    store, settings = request.store, request.settings
    wrong, code = _wrong(args["query"]), "INVALID"
    held = [o for o in store.tables["BulkOperation"].values() if _status(o, request) in OPEN]
    if wrong is None and len(held) >= settings.bulk_operations:
        wrong = "A bulk query operation for this app and shop is already in progress"
        code = "LIMIT_REACHED" if settings.bulk_operations > 1 else "OPERATION_IN_PROGRESS"
    if wrong is not None:
        error = user_error(["query"], wrong, code)
        return {"bulkOperation": None, "userErrors": [error]}
    ready = store.clock.now() + timedelta(seconds=settings.bulk_seconds)
    lines, outcome = _result(args["query"], request), settings.bulk_outcome
    made = store.add(
        "BulkOperation",
        {
            "query": args["query"],
            "type": "QUERY",
            "ready": ready.isoformat(),
            "outcome": "FAILED" if lines is None else outcome,
            "error": "ACCESS_DENIED" if lines is None else "TIMEOUT",
            "objects": len(lines or ()),
            "roots": sum('"__parentId"' not in line for line in lines or ()),
        },
    )
    request.files[number(made["id"])] = "".join(f"{line}\n" for line in lines or ()).encode()
    return {"bulkOperation": made, "userErrors": []}


def _result(query: str, request: Request) -> list[str] | None:
    """The lines; None where a scope is missing."""
    own = replace(request, errors=[], warnings=[], mutations=[], bulk=True)
    try:
        planned = execution.plan(query, {}, None, own)
        data = execution.run(planned, own)
    except ShopError:
        return None
    if own.errors or data is None:
        return None
    (root,) = data.values()
    found = (row for edge in root["edges"] for row in _rows(edge["node"], None))
    return [json.dumps(row, separators=(",", ":"), ensure_ascii=False) for row in found]


def _rows(node: Rec, parent: str | None) -> Iterator[Rec]:
    """The node without its connections, then the elements of these."""
    inner = [value for value in node.values() if _is_connection(value)]
    own = {name: value for name, value in node.items() if not _is_connection(value)}
    yield own if parent is None else {**own, "__parentId": parent}
    for connection in inner:
        for edge in connection["edges"]:
            yield from _rows(edge["node"], node["id"])


def _is_connection(value: Any) -> bool:
    return isinstance(value, dict) and "edges" in value


def _status(operation: Rec, request: Request) -> str:
    over = request.store.clock.now() >= datetime.fromisoformat(operation["ready"])
    return str(operation["outcome"] if over else "RUNNING")


def _address(operation: Rec, request: Request) -> str | None:
    if not operation["objects"]:
        return None
    return f"{request.address}/_bulk/{number(operation['id'])}.jsonl"


stored("BulkOperation", "id createdAt query type")


@field("BulkOperation", "status")
def status(source: Rec, _args: Args, request: Request) -> str:
    return _status(source, request)


@field("BulkOperation", "errorCode")
def error_code(source: Rec, _args: Args, request: Request) -> str | None:
    return str(source["error"]) if _status(source, request) == "FAILED" else None


@field("BulkOperation", "url")
def url(source: Rec, _args: Args, request: Request) -> str | None:
    return _address(source, request) if _status(source, request) == "COMPLETED" else None


@field("BulkOperation", "partialDataUrl")
def partial(source: Rec, _args: Args, request: Request) -> str | None:
    return _address(source, request) if _status(source, request) == "FAILED" else None


@field("BulkOperation", "objectCount")
def objects(source: Rec, _args: Args, _request: Request) -> str:
    return str(source["objects"])


@field("BulkOperation", "rootObjectCount")
def roots(source: Rec, _args: Args, _request: Request) -> str:
    return str(source["roots"])


@field("BulkOperation", "fileSize")
def size(source: Rec, _args: Args, request: Request) -> str | None:
    if _status(source, request) != "COMPLETED":
        return None
    return str(len(request.files.get(number(source["id"]), b"")))


@field("BulkOperation", "completedAt")
def completed(source: Rec, _args: Args, request: Request) -> str | None:
    if _status(source, request) in OPEN:
        return None
    return stamp(datetime.fromisoformat(source["ready"]))


@field("QueryRoot", "bulkOperation")
def one(_source: Any, args: Args, request: Request) -> Rec | None:
    return request.store.find("BulkOperation", args["id"])


@field("QueryRoot", "bulkOperations")
def several(_source: Any, args: Args, request: Request) -> Page:
    """All there are, by age; of the query only `status` is heeded (mutations do not run here)."""
    held = list(request.store.tables["BulkOperation"].values())
    terms = dict(part.split(":") for part in (args.get("query") or "").split() if ":" in part)
    if "status" in terms:
        held = [o for o in held if _status(o, request).lower() == terms["status"].lower()]
    return list_page(held, args)
