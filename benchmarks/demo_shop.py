"""The demo shop in a process of its own, as far away as a shop is: over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
#: The shop's budget of query costs is not what is measured here.
UNTHROTTLED = {"bucket": 100_000_000, "restore_rate": 10_000_000}
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class DemoShop:
    """An empty shop at `url`; `add` fills it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._call("PUT", "settings", UNTHROTTLED)

    def add(self, products: int = 0, variants: int = 1, orders: int = 0) -> None:
        """Products with this many variants, and orders of three lines with shipping and a tax."""
        values = {"products": products, "variants_per_product": variants, "orders": orders}
        self._call("POST", "bulk", values)

    def _call(self, method: str, what: str, values: dict[str, Any]) -> Any:
        request = urllib.request.Request(
            f"{self.url}/_demo/{what}",
            json.dumps(values).encode(),
            {"content-type": "application/json"},
            method=method,
        )
        with _DIRECT.open(request, timeout=600) as answer:
            return json.load(answer)


@contextmanager
def demo_shop() -> Iterator[DemoShop]:
    command = [sys.executable, str(ROOT / "dev" / "run_pure.py"), "gateway_ng.lib.demoshop"]
    with subprocess.Popen(
        [*command, "--port", "0", "--seed", "0"], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield DemoShop(process.stdout.readline().split()[-1])
        finally:
            process.terminate()
