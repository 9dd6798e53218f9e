"""metafieldsSet and metafieldsDelete: all of one call or none."""

from __future__ import annotations

from typing import Any

from .. import metafields
from ..errors import user_error
from ..fields import Args, field, mutation, stored
from ..ids import split
from ..paging import Page, list_page
from ..request import Request
from ..store import Rec

OWNERS = ("Product", "ProductVariant", "Collection", "Customer", "Order")
MOST = 25
stored("MetafieldDefinition", "id namespace key name type")
stored("MetafieldDefinitionType", "name")
stored("MetafieldIdentifier", "ownerId namespace key")


def _owner(given: Args, request: Request) -> Rec | None:
    parts = split(given["ownerId"])
    if parts is None or parts[0] not in OWNERS:
        return None
    return request.store.tables[parts[0]].get(parts[1])


@mutation("metafieldsSet", "metafields", "userErrors")
def set_all(args: Args, request: Request) -> Rec:
    given: list[Any] = args["metafields"]
    errors = [*_errors(given, request)]
    if errors:
        return {"metafields": None, "userErrors": errors}
    made = []
    for one in given:
        owner = _owner(one, request)
        assert owner is not None
        owner["metafields"] = metafields.written(request.store, owner, [one], replace=False)
        request.store.touch(owner)
        made.append(owner["metafields"][-1])
    return {"metafields": made, "userErrors": []}


def _errors(given: list[Any], request: Request) -> list[Rec]:
    if len(given) > MOST:
        text = f"Exceeded the maximum metafields input limit of {MOST}."
        return [user_error(["metafields"], text, "LESS_THAN_OR_EQUAL_TO")]
    errors = []
    for place, one in enumerate(given):
        path = ["metafields", str(place)]
        if _owner(one, request) is None:
            errors.append(user_error([*path, "ownerId"], "Owner does not exist.", "INVALID"))
        elif not str(one["value"]):
            errors.append(user_error([*path, "value"], "Value can't be blank", "BLANK"))
    return errors


@mutation("metafieldsDelete", "deletedMetafields", "userErrors")
def delete(args: Args, request: Request) -> Rec:
    gone: list[Rec | None] = []
    for one in args["metafields"]:
        owner = _owner(one, request)
        held = (owner or {}).get("metafields", [])
        rest = [m for m in held if (m["namespace"], m["key"]) != (one["namespace"], one["key"])]
        gone.append(dict(one) if len(rest) < len(held) else None)
        if owner is not None and len(rest) < len(held):
            owner["metafields"] = rest
            request.store.touch(owner)
    return {"deletedMetafields": gone, "userErrors": []}


@field("QueryRoot", "metafieldDefinitions")
def definitions(_source: Any, args: Args, _request: Request) -> Page:
    """None are laid down in the demo shop."""
    return list_page([], args)
