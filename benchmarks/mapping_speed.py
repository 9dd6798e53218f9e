"""How fast mappings are on one core: `python benchmarks/mapping_speed.py` prints records a second.

Runs without Odoo. The best of several rounds is shown: others use the machine too.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if "gateway_ng" not in sys.modules:
    package = ModuleType("gateway_ng")
    package.__path__ = [str(ROOT)]
    sys.modules["gateway_ng"] = package

from gateway_ng.lib.endpoint import Record  # noqa: E402
from gateway_ng.lib.mapping import Mapping, compile_mapping, effective  # noqa: E402
from gateway_ng.lib.mapping.expressions import compile_expression  # noqa: E402

FIELDS: dict[str, Any] = {
    **{f"text{n}": {"MAPTO": f"source{n}", "type": "char"} for n in range(5)},
    "name": {
        "MAPTO": ["firstName", "lastName"],
        "transform": "join_nonempty",
        "type": "char",
        "required": True,
    },
    "email": {"MAPTO": "email", "transform": "normalize_email", "type": "char"},
    "city": {"MAPTO": "address.city", "type": "char"},
    "zip": {"MAPTO": ["address", "lambda a: a.get('zip', '') if a else ''"], "type": "char"},
    "price": {"MAPTO": "price", "type": "monetary"},
    "quantity": {"MAPTO": "quantity", "type": "integer"},
    "date": {"MAPTO": "createdAt", "type": "datetime"},
}
SOURCE: dict[str, Any] = {
    **{f"source{n}": f"some text {n}" for n in range(5)},
    "firstName": "Ada",
    "lastName": "King",
    "email": "Ada@Example.com",
    "address": {"city": "London", "zip": "N1"},
    "price": "19.90",
    "quantity": 3,
    "createdAt": "2026-01-02T03:04:05Z",
}


def mapping_of(record: dict[str, Any]) -> Mapping:
    document = {"model": "m", "source_table": "s", "source_id_field": "id", "record": record}
    return compile_mapping(effective([("shipped", document)]))


def rate(call: Callable[[], Any], count: int, rounds: int = 5) -> float:
    """Calls a second, in the best round."""
    best = 0.0
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(count):
            call()
        best = max(best, count / (time.perf_counter() - start))
    return best


def main() -> None:
    simple = mapping_of(FIELDS)
    record = Record("1", SOURCE)
    line = {"MAPTO": "lines", "list": {"key": "id", "record": FIELDS}}
    nested = mapping_of({"lines": line})
    order = Record("1", {"lines": [{**SOURCE, "id": n} for n in range(10)]})
    expression = compile_expression("lambda f, l: f'{f} {l}'.strip()")
    print(f"12 fields:                 {rate(lambda: simple.transform(record), 20_000):>10,.0f} /s")
    print(f"10 elements of 12 fields:  {rate(lambda: nested.transform(order), 2_000):>10,.0f} /s")
    print(f"lambda with an f-string:   {rate(lambda: expression('a', 'b'), 50_000):>10,.0f} /s")
    print(f"compiling 12 fields:       {rate(lambda: mapping_of(FIELDS), 100):>10,.0f} /s")


if __name__ == "__main__":
    main()
