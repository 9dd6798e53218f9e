"""tagsAdd and tagsRemove, on products, customers and orders."""

from __future__ import annotations

from collections.abc import Callable

from .. import rules
from ..errors import bad_request, user_error
from ..fields import Args, mutation
from ..ids import split
from ..request import Request
from ..store import Rec

Change = Callable[[list[str], list[str]], list[str]]
TAGGED = ("Product", "Customer", "Order")


@mutation("tagsAdd", "node", "userErrors")
def add(args: Args, request: Request) -> Rec:
    return _tagged(args, request, lambda old, tags: [*old, *tags])


@mutation("tagsRemove", "node", "userErrors")
def remove(args: Args, request: Request) -> Rec:
    gone = {tag.strip().lower() for tag in args["tags"]}
    return _tagged(args, request, lambda old, _tags: [t for t in old if t.lower() not in gone])


def _tagged(args: Args, request: Request, change: Change) -> Rec:
    parts = split(args["id"])
    if parts is None or parts[0] not in TAGGED:
        raise bad_request(f"Invalid global id '{args['id']}'")
    record = request.store.tables[parts[0]].get(parts[1])
    if record is None:
        error = user_error(["id"], f"{parts[0]} does not exist", "NOT_FOUND")
        return {"node": None, "userErrors": [error]}
    if rules.update(record, {"tags": rules.clean_tags(change(record["tags"], args["tags"]))}):
        request.store.touch(record)
    return {"node": record, "userErrors": []}
