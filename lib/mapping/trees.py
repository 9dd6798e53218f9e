"""Values made of values: lists of texts, and JSON kept as it is."""

from __future__ import annotations

from collections.abc import Mapping as Fields
from datetime import date
from decimal import Decimal
from typing import Any

from .problem import Problem, kind_of
from .texts import as_char, check_storable

ELEMENTS = 100_000
WEIGHT = 1_000_000
LEVELS = 50


def as_list(value: Any) -> list[str]:
    return [as_char(item) for item in elements(value)]


def elements(value: Any) -> list[Any] | tuple[Any, ...]:
    """`value` when it is a list of bearable length."""
    if not isinstance(value, (list, tuple)):
        remedy = "use the transform split for text" if isinstance(value, str) else "map a list"
        raise Problem(f"{kind_of(value)} is not a list", value=value, rule="list", remedy=remedy)
    if len(value) > ELEMENTS:
        message = f"the list has {len(value):,} elements, at most {ELEMENTS:,} are allowed"
        raise Problem(message, rule="list", remedy="read it as an entity of its own")
    return value


def as_options(value: Any) -> list[dict[str, Any]]:
    """`[{"name", "values"}]` of a product's options, whatever else is said of them."""
    return [_option(item) for item in elements(value)]


def _option(item: Any) -> dict[str, Any]:
    if not isinstance(item, Fields):
        remedy = "map a list of objects with name and values"
        raise Problem(f"{kind_of(item)} is no option", value=item, rule="options", remedy=remedy)
    values = item.get("values")
    return {
        "name": as_char(item.get("name") or ""),
        "values": as_list([] if values is None else values),
    }


def as_texts(value: Any) -> dict[str, str]:
    """Texts by their names; those that are empty or null there are none."""
    if not isinstance(value, Fields):
        remedy = "map an object of texts"
        raise Problem(f"{kind_of(value)} is no texts", value=value, rule="texts", remedy=remedy)
    if len(value) > ELEMENTS:
        message = f"there are {len(value):,} texts, at most {ELEMENTS:,} are allowed"
        raise Problem(message, rule="texts", remedy="map fewer")
    return {_name(key): as_char(text) for key, text in value.items() if text not in (None, "")}


def as_json(value: Any) -> Any:
    """`value` with plain lists and dicts in place of other sequences and mappings."""
    left = [WEIGHT]
    return _json(value, left, LEVELS)


def _json(value: Any, left: list[int], levels: int) -> Any:
    left[0] -= 1 + (len(value) if isinstance(value, str) else 0)
    if left[0] < 0 or levels < 0:
        message = f"more than {WEIGHT:,} characters and elements, or {LEVELS} levels"
        raise Problem(message, rule="json", remedy="map parts of it")
    if isinstance(value, str):
        check_storable(value, "json")
        return value
    if value is None or isinstance(value, (bool, date)):
        return value
    if isinstance(value, int) and value.bit_length() <= 1024:
        return value
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, (list, tuple)):
        return [_json(item, left, levels - 1) for item in value]
    if isinstance(value, Fields):
        return {_name(key): _json(item, left, levels - 1) for key, item in value.items()}
    remedy = "give numbers as Decimal" if isinstance(value, float) else "map parts of it"
    raise Problem(f"{kind_of(value)} is not JSON", value=value, rule="json", remedy=remedy)


def _name(key: Any) -> str:
    name = str(key)
    check_storable(name, "json")
    return name
