"""Carrying out one mutation: its run-time rules, idempotency keys, and the record of its effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..values import digest
from . import ids
from .errors import NotInDemo, ShopError, bad_request, user_error
from .fields import MUTATIONS
from .request import Request
from .store import Rec, Store

#: Mutations that take `@idempotent` and, since 2026-04, ask for it; the schema does not show that.
KEYED = frozenset(
    {
        "inventoryActivate",
        "inventoryAdjustQuantities",
        "inventoryMoveQuantities",
        "inventorySetOnHandQuantities",
        "inventorySetQuantities",
        "inventoryShipmentAddItems",
        "inventoryShipmentCreate",
        "inventoryShipmentCreateInTransit",
        "inventoryShipmentReceive",
        "inventoryTransferCreate",
        "inventoryTransferCreateAsReadyToShip",
        "inventoryTransferDuplicate",
        "inventoryTransferSetItems",
        "locationActivate",
        "locationDeactivate",
        "refundCreate",
    }
)
LARGEST_INPUT = 250
VARIANTS = 2048


def check(name: str, args: Mapping[str, Any], key: str | None) -> None:
    """Raises ShopError for what the schema allows and Shopify refuses as a whole."""
    if name not in MUTATIONS:
        raise NotInDemo(f"the mutation {name}")
    if name in KEYED and not (key or "").strip():
        raise bad_request(
            f"The @idempotent directive is required for {name}, with a key that is not blank."
        )
    if name not in KEYED and key is not None:
        raise bad_request(f"The @idempotent directive is not supported on {name}.")
    check_sizes(args, "")


def check_sizes(value: Any, name: str) -> None:
    """Lists in arguments have at most 250 entries, variants of one product 2048."""
    if isinstance(value, Mapping):
        for inner, part in value.items():
            check_sizes(part, inner)
    elif isinstance(value, list):
        largest = VARIANTS if name == "variants" else LARGEST_INPUT
        if len(value) > largest:
            raise ShopError(
                f"The input array size of {len(value)} is greater than the maximum allowed of "
                f"{largest}.",
                "MAX_INPUT_SIZE_EXCEEDED",
            )
        for part in value:
            check_sizes(part, name)


def carry_out(name: str, args: Mapping[str, Any], key: str | None, request: Request) -> Rec:
    """The payload of mutation `name`, from its key's record where there is one."""
    request.mutations.append(name)
    if key is None:
        return _apply(name, args, request)
    kept, wanted = request.keys.get(key), digest([name, args])
    if kept is None:
        payload = _apply(name, args, request)
        failed = bool(payload.get("userErrors"))
        request.keys[key] = {
            "digest": wanted,
            "payload": _reduced(payload, request.store),
            "failed": failed,
        }
        return payload
    if kept["digest"] != wanted:
        return _refusal(
            kept["payload"],
            "The same idempotency key cannot be used with different operation parameters.",
            "IDEMPOTENCY_KEY_PARAMETER_MISMATCH",
        )
    if kept["failed"]:
        return _refusal(
            kept["payload"],
            "A previous request with this idempotency key failed. Retry with a new key.",
            "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED",
        )
    return _restored(kept["payload"], request.store)


def _apply(name: str, args: Mapping[str, Any], request: Request) -> Rec:
    before = request.store.revision
    payload = MUTATIONS[name](args, request)
    if request.store.revision != before:
        request.writes += 1
    return payload


def _refusal(kept: Rec, message: str, code: str) -> Rec:
    empty: Rec = dict.fromkeys(kept)
    return empty | {"userErrors": [user_error(None, message, code)]}


def _reduced(payload: Rec, store: Store) -> Rec:
    """JSON-able: records of the store become references."""

    def reduce(value: Any) -> Any:
        if isinstance(value, dict) and _in_store(value, store):
            return {"$": value["id"]}
        return [reduce(one) for one in value] if isinstance(value, list) else value

    return {name: reduce(value) for name, value in payload.items()}


def _in_store(value: Rec, store: Store) -> bool:
    parts = ids.split(str(value.get("id")))
    return parts is not None and store.tables.get(parts[0], {}).get(parts[1]) is value


def _restored(kept: Rec, store: Store) -> Rec:
    def restore(value: Any) -> Any:
        if isinstance(value, dict) and set(value) == {"$"}:
            kind, key = ids.split(value["$"]) or ("", 0)
            return store.tables[kind].get(key)
        return [restore(one) for one in value] if isinstance(value, list) else value

    return {name: restore(value) for name, value in kept.items()}
