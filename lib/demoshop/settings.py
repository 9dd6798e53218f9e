"""What can be set on a demo shop: who it is, what it allows, and how it misbehaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

SCOPES = (
    "write_products",
    "write_inventory",
    "read_locations",
    "write_customers",
    "write_orders",
    "read_all_orders",
    "write_merchant_managed_fulfillment_orders",
    "write_returns",
    "write_order_edits",
    "write_files",
    "read_locales",
    "write_translations",
)


OUTCOMES = ("COMPLETED", "FAILED", "EXPIRED", "CANCELED")


@dataclass(frozen=True, slots=True)
class Settings:
    """Rates are 0..1 per request (`duplicate_rate`: per page), times are seconds.

    `connection_cost` is "measured" (see cost.py) or "linear", the dearer rule of older versions.
    """

    name: str = "Demo Shop"
    domain: str = "demo-shop.myshopify.com"
    currency: str = "USD"
    locales: tuple[str, ...] = ("en", "fr")  # the first one is the shop's own
    timezone: str = "America/New_York"
    taxes_included: bool = False
    weight_unit: str = "KILOGRAMS"
    client_id: str = "demo-client"
    client_secret: str = "demo-secret"
    access_token: str = "demo-token"  # never expires, as that of an older custom app
    scopes: tuple[str, ...] = SCOPES
    token_seconds: int = 86399
    bucket: int = 2000
    restore_rate: int = 100
    max_query_cost: int = 1000
    connection_cost: str = "measured"
    b2b: bool = True  # it sells to companies, or they are refused whatever the scopes are
    deep_orders: bool = False  # seeds one more order of each sort in seed_deep.py
    bulk_seconds: float = 0.0  # how long a bulk operation runs
    bulk_outcome: str = "COMPLETED"
    bulk_operations: int = 5  # how many may run at once
    media_seconds: float = 0.0  # how long an image is taken in, at least until the next request
    failure_rate: float = 0.0
    lost_answer_rate: float = 0.0
    duplicate_rate: float = 0.0
    latency: float = 0.0
    fault_seed: int = 1

    def updated(self, values: Mapping[str, Any]) -> Settings:
        """A copy with `values` set. Raises ValueError naming what is unknown or out of range."""
        known = {field.name: field for field in fields(self)}
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise ValueError(f"unknown setting {unknown[0]}; there are {', '.join(sorted(known))}")
        clean = {name: _clean(name, getattr(self, name), value) for name, value in values.items()}
        return replace(self, **clean)

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"scopes": list(self.scopes), "locales": list(self.locales)}


def _clean(name: str, now: Any, value: Any) -> Any:
    if name == "connection_cost" and value not in ("measured", "linear"):
        raise ValueError(f"connection_cost: {value!r} is neither 'measured' nor 'linear'")
    if name == "bulk_outcome" and value not in OUTCOMES:
        raise ValueError(f"bulk_outcome: {value!r} is none of {', '.join(OUTCOMES)}")
    if name in ("scopes", "locales"):
        return tuple(value.split(",")) if isinstance(value, str) else tuple(map(str, value))
    if isinstance(now, bool):
        if not isinstance(value, bool):
            raise ValueError(f"{name}: {value!r} is not true or false")
        return value
    if isinstance(now, (int, float)):
        return _number(name, now, value)
    if not isinstance(value, str):
        raise ValueError(f"{name}: {value!r} is not text")
    return value


def _number(name: str, now: float, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise ValueError(f"{name}: {value!r} is not a number of 0 or more")
    if name.endswith("_rate") and name != "restore_rate" and value > 1:
        raise ValueError(f"{name}: {value!r} is not a rate from 0 to 1")
    return int(value) if isinstance(now, int) else float(value)
