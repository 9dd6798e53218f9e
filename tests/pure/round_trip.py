"""A shop and an Odoo in memory, with the shipped mappings of one entity between them.

The shop holds records as its client gives them; Odoo keeps what it is given as Odoo does: no empty
text, amounts of two decimals, HTML in tags. What Odoo knows by itself of each record is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.endpoint import Op, Result
from gateway_ng.lib.mapping import compile_mapping, effective, link, parse
from gateway_ng.lib.memory_store import MemoryStore
from gateway_ng.lib.store import Binding
from gateway_ng.lib.sync import Flow, settle_page
from gateway_ng.tests.contract.memory import MemoryEndpoint, entity

MAPPINGS = Path(__file__).parents[2] / "mappings"
_CENT = Decimal("0.01")
_LISTS = ("variants", "prices", "addresses", "lines", "shipping", "charges")


@cache
def mapping(platform: str, name: str, direction: str) -> Any:
    text = (MAPPINGS / platform / f"{name}.{direction}.json").read_text(encoding="utf-8")
    return compile_mapping(effective([("shipped", parse(text))]))


def stored(name: str, value: Any) -> Any:
    """As Odoo keeps it."""
    if isinstance(value, str):
        text = value.strip() or None
        html = name in ("description", "comment") and text and not text.startswith("<")
        return f"<p>{text}</p>" if html else text
    if isinstance(value, Decimal) and value.is_finite():
        return value.quantize(_CENT, ROUND_HALF_UP)
    return value


class Odoo(MemoryEndpoint):
    """`knows`: what a record has that no mapping wrote."""

    knows: Mapping[str, Any] = {}

    def _create(self, entity: str, op: Op) -> Result:
        result = super()._create(entity, op)
        row = self.rows[entity][str(result.id)]
        row.fields.update({n: v for n, v in self.knows.items() if n not in row.fields})
        return self._result(entity, str(result.id), dict(result.children))


class Trip:
    """`tied`: entity → shop's id → Odoo's id, of what is bound already. `there`: Odoo's records
    that are, by id; others are made by the import."""

    def __init__(
        self,
        platform: str,
        name: str,
        records: Sequence[Mapping[str, Any]],
        *,
        knows: Mapping[str, Any] | None = None,
        tied: Mapping[str, Mapping[str, str]] | None = None,
        there: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.name, self.clock = name, FakeClock()
        self.into, self.out = (mapping(platform, name, way) for way in ("import", "export"))
        info = entity(name, self.into.model)
        self.shop = MemoryEndpoint(info, clock=self.clock, prefix="s")
        self.odoo = Odoo(
            info,
            clock=self.clock,
            prefix="o",
            transactional=True,
            lists=_LISTS,
            normalise=stored,
        )
        self.odoo.knows = knows or {}
        for record in records:
            self.shop.put(name, record, str(record["id"]))
        for id_, fields in (there or {}).items():
            self.odoo.put(name, fields, id_)
        self.store = MemoryStore()
        pairs = [
            Binding(kind, shop, odoo)
            for kind, ids in (tied or {}).items()
            for shop, odoo in ids.items()
        ]
        self.store.intend(pairs)
        self.store.commit()

    def flow(self, direction: str) -> Flow:
        ends = {"import": (self.shop, self.odoo), "export": (self.odoo, self.shop)}
        source, target = ends[direction]
        used, back = (self.into, self.out)[:: 1 if direction == "import" else -1]
        return Flow(
            entity=self.name,
            direction=direction,
            mapping=used,
            back=back,
            source=source,
            target=target,
            store=self.store,
            links=link(self.into, self.out),
            clock=self.clock,
        )

    def run(self, direction: str) -> list[Op]:
        """What one run wrote; nothing may have failed or been held."""
        flow = self.flow(direction)
        source, target = flow.source, flow.target
        before = len(target.ops)
        for page in source.pages(self.name):
            counts = settle_page(flow, page)
            assert not counts["dead"], [t.error for *_, t in self.store.traces if t.error]
            assert not counts["held"]
        self.store.commit()
        self.clock.advance(60)
        return target.ops[before:]

    def there_and_back(self) -> None:
        """The import fills Odoo; from then on neither direction writes anything anywhere."""
        as_it_was = self.shop.snapshot()
        self.run("import")
        assert self.run("export") == []
        assert self.run("import") == []
        assert self.run("export") == []
        assert self.shop.snapshot() == as_it_was
