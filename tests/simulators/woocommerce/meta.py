"""Meta data: entries by key; numbers come back as text, null takes an entry away."""

from __future__ import annotations

from typing import Any

from .store import Row, Store


def merge(store: Store, row: Row, given: Any) -> None:
    """Put `meta_data` of a body into the row's `meta`."""
    held: list[dict[str, Any]] = row.setdefault("meta", [])
    for entry in given or ():
        key = entry.get("key")
        if not key:
            continue
        held[:] = [one for one in held if one["key"] != key or entry.get("value") is not None]
        if entry.get("value") is None:
            continue
        value = _kept(entry["value"])
        same = next((one for one in held if one["key"] == key), None)
        if same is not None:
            same["value"] = value
        else:
            held.append({"id": store.next("meta"), "key": key, "value": value})


def _kept(value: Any) -> Any:
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def shown(row: Row) -> list[dict[str, Any]]:
    return [dict(entry) for entry in row.get("meta", ())]


def displayed(row: Row) -> list[dict[str, Any]]:
    """As lines of orders show it."""
    return [
        {
            **entry,
            "display_key": entry.get("display_key", entry["key"]),
            "display_value": entry.get("display_value", entry["value"]),
        }
        for entry in shown(row)
    ]
