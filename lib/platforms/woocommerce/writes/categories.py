"""Creates, renames and moves categories. Below one parent the shop has one category of a name: a
create that was carried out already is known by that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....errors import GONE_REMEDY, GatewayError, Refused
from ..categories import CATEGORIES
from ..scalars import is_id
from .batches import Batches
from .checks import Check, checked, id_of, one_of, text, whole
from .work import Work

_FIELDS: Mapping[str, Check] = {
    "name": text,
    "slug": text,
    "description": text,
    "display": one_of("default", "products", "subcategories", "both"),
    "menu_order": whole,
}
WRITABLE = frozenset({*_FIELDS, "parent", "path"})


def write(works: Sequence[Work], batches: Batches) -> None:
    for action in ("create", "update"):
        going, bodies = [], []
        for work in works:
            if not work.going or work.op.action != action:
                continue
            try:
                bodies.append(_body(work))
                going.append(work)
            except GatewayError as error:
                work.fail(error)
        send = batches.create if action == "create" else batches.update
        for work, outcome in zip(going, send(CATEGORIES, bodies), strict=True):
            if not isinstance(outcome, GatewayError):
                work.id = str(outcome["id"])
            elif action == "create" and outcome.details.get("code") == "term_exists":
                _adopt(work, outcome)
            else:
                work.fail(outcome)


def _adopt(work: Work, error: GatewayError) -> None:
    existing = error.details.get("resource_id")
    if existing:
        work.id = str(existing)
    else:
        work.fail(error)


def _body(work: Work) -> dict[str, Any]:
    """`path` only finds a category: it follows from name and parent."""
    values = work.values
    body = checked(_FIELDS, values)
    if "parent" in values:
        parent = values["parent"]
        body["parent"] = 0 if parent is None else id_of("parent", parent)
    if work.op.action == "create":
        if not str(values.get("name") or "").strip():
            raise Refused("A category needs a name.", field="name", remedy="Name it at the source.")
        return body
    if not is_id(str(work.id)):
        raise Refused(f"{work.id} is no category of the shop.", remedy=GONE_REMEDY)
    return {"id": int(str(work.id)), **body}
