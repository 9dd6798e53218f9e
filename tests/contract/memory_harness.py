"""The contract suite over endpoints in memory."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.endpoint import Endpoint, Op
from gateway_ng.lib.errors import Throttled

from .harness import Ability
from .memory import ALL, MemoryEndpoint, entity

ABILITIES: frozenset[Ability] = frozenset(
    (
        "write", "delete", "amount", "tie", "remove", "tombstones", "hide", "throttle",
        "lose_answer", "repeat_last", "twins", "children", "webhooks",
    )
)  # fmt: skip


class MemoryHarness:
    """A system in memory; `kind` is the class that reads and writes it."""

    entity = "product"
    text = "name"
    amount = "price"
    key = "code"
    derived = frozenset(("name",))
    nested = "lines"
    element_text = "sku"

    def __init__(
        self,
        kind: type[MemoryEndpoint] = MemoryEndpoint,
        *,
        order: Any = "by_time",
        capabilities: Sequence[str] = (),
        page_size: int = 3,
        many: bool = False,
        **config: Any,
    ) -> None:
        self.kind = kind
        self.page_size = page_size
        self.clock = FakeClock()
        self.info = entity(
            "product",
            "memory.product",
            order=order,
            page_size=page_size,
            natural_keys=("code",),
            capabilities=ALL | frozenset(capabilities),
        )
        self.config = {"clock": self.clock, "lists": ("lines",), **config}
        self.system = kind(self.info, **self.config)
        self.system.faults.refuse = _refuse
        self.abilities = ABILITIES | {"many"} if many else ABILITIES

    def open(self) -> Endpoint:
        other = self.kind(self.info, **self.config)
        for name in ("rows", "graves", "keys", "faults", "hidden", "counter", "subscribed"):
            setattr(other, name, getattr(self.system, name))
        return other

    def now(self) -> datetime:
        return self.clock.now()

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def add(self, count: int, *, tied: bool = False, **fields: Any) -> list[str]:
        ids = []
        for number in range(count):
            told = {"name": f"Row {number}", "code": f"C{number}", "price": Decimal("9.90")}
            ids.append(self.system.put("product", {**told, **fields}))
            if not tied:
                self.clock.advance(1)
        self.clock.advance(1)
        return ids

    def edit(self, id: str, **fields: Any) -> None:
        self.system.edit("product", id, **fields)

    def remove(self, id: str) -> None:
        self.system.remove("product", id)

    def rows(self) -> Sequence[str]:
        return list(self.system.rows["product"])

    def values(self, name: str) -> dict[str, Any]:
        return {"name": f"The {name}", "code": name, "price": Decimal("9.90")}

    def bad(self) -> dict[str, Any]:
        return {"name": "bad", "code": "REFUSE", "price": Decimal(1)}

    def element(self, name: str) -> dict[str, Any]:
        return {"sku": name}

    def hide(self) -> str:
        self.system.hidden["product"] = {"price"}
        return "price"

    def throttle(self, calls: int) -> None:
        for method in ("pages", "write"):
            waits = [Throttled("slow down", seconds=2) for _ in range(calls)]
            self.system.faults.errors[method] = list(waits)

    def lose_answer(self) -> None:
        self.system.faults.lost = 1

    def repeat_last(self) -> None:
        self.system.faults.repeat_last = True

    def webhook(self) -> tuple[Mapping[str, str], bytes, str]:
        event = {"id": "e1", "entity": "product", "ids": ["7"], "topic": "changed"}
        body = json.dumps(event).encode()
        sign = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
        return {"x-signature": sign}, body, "7"


def _refuse(op: Op) -> str | None:
    return "this code is not allowed" if op.values.get("code") == "REFUSE" else None
