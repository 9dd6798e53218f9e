"""The control room under `/_demo/`: settings, seed, counters, edits and dump, as JSON.

GET settings, counters, dump; PUT settings; POST reset, seed, bulk, edit, counters (sets to zero).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .counters import Counters
from .edits import edit
from .seed import seed_demo
from .seed_bulk import seed_bulk
from .shop import Shop

Reply = tuple[int, dict[str, Any]]
Values = Mapping[str, Any]


def answer(shop: Shop, method: str, what: str, values: Values) -> Reply:
    """(HTTP status, body); 404 for what there is not, 422 for values that can't be."""
    handler = ROUTES.get((method, what))
    if handler is None:
        known = ", ".join(f"{verb} {name}" for verb, name in sorted(ROUTES))
        return 404, {"error": f"no {method} {what}; there are {known}"}
    try:
        return 200, handler(shop, values)
    except (ValueError, TypeError) as wrong:
        return 422, {"error": str(wrong)}


def _settings(shop: Shop, _values: Values) -> dict[str, Any]:
    return shop.settings.to_json()


def _configure(shop: Shop, values: Values) -> dict[str, Any]:
    return shop.configure(values).to_json()


def _reset(shop: Shop, _values: Values) -> dict[str, Any]:
    shop.reset()
    return {"ok": True}


def _seed(shop: Shop, values: Values) -> dict[str, Any]:
    shop.reset()
    seed_demo(shop, int(values.get("seed", 1)))
    return _sizes(shop, values)


def _bulk(shop: Shop, values: Values) -> dict[str, Any]:
    wanted = {name: int(values.get(name, 0)) for name in ("products", "customers", "orders")}
    per = int(values.get("variants_per_product", 1))
    seed_bulk(shop, variants_per_product=per, **wanted)
    return _sizes(shop, values)


def _sizes(shop: Shop, _values: Values) -> dict[str, Any]:
    return {kind: len(table) for kind, table in shop.store.tables.items()}


def _counters(shop: Shop, _values: Values) -> dict[str, Any]:
    return shop.counters.to_json()


def _zero(shop: Shop, _values: Values) -> dict[str, Any]:
    shop.counters = Counters()
    return shop.counters.to_json()


def _edit(shop: Shop, values: Values) -> dict[str, Any]:
    rest = {name: value for name, value in values.items() if name != "action"}
    return edit(shop, str(values.get("action")), rest)


def _dump(shop: Shop, _values: Values) -> dict[str, Any]:
    return shop.dump()


ROUTES: Mapping[tuple[str, str], Callable[[Shop, Values], dict[str, Any]]] = {
    ("GET", "settings"): _settings,
    ("PUT", "settings"): _configure,
    ("GET", "counters"): _counters,
    ("POST", "counters"): _zero,
    ("POST", "reset"): _reset,
    ("POST", "seed"): _seed,
    ("POST", "bulk"): _bulk,
    ("POST", "edit"): _edit,
    ("GET", "dump"): _dump,
    ("GET", "sizes"): _sizes,
}
