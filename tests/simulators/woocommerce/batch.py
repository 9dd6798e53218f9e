"""Batches: at most 100 parts in all; what fails says so in its place, and the answer is 200."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .errors import ApiError

_MOST = 100
Act = Callable[[str, dict[str, Any]], dict[str, Any]]


def run(data: dict[str, Any], act: Act) -> dict[str, Any]:
    """`act(kind, fields)` carries out one part: create, update (by its id), delete (for good)."""
    parts = {kind: data.get(kind) or [] for kind in ("create", "update", "delete")}
    if sum(len(items) for items in parts.values()) > _MOST:
        raise ApiError(
            413,
            "woocommerce_rest_request_entity_too_large",
            f"Unable to accept more than {_MOST} items for this request.",
        )
    answer: dict[str, Any] = {}
    for kind, items in parts.items():
        if items:
            answer[kind] = [_one(kind, item, act) for item in items]
    return answer


def _one(kind: str, item: Any, act: Act) -> dict[str, Any]:
    fields = {"id": item} if kind == "delete" else dict(item)
    try:
        return act(kind, fields)
    except ApiError as error:
        given = 0 if kind == "create" else fields.get("id")
        return {
            "id": given,
            "error": {"code": error.code, "message": error.message, "data": error.data},
        }
