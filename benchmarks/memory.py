"""Peak memory of an import, in a process of its own, so that nothing else has raised the peak.

python benchmarks/memory.py DATABASE SHOP-URL PRODUCTS      prints MB before, and at the peak
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

from database import connector, counts, environment, sync
from demo_shop import DemoShop
from measure import peak_memory


@dataclass(frozen=True, slots=True)
class Memory:
    """MB of resident memory: once Odoo is loaded and warm, and the most there was until the end."""

    products: int
    before: float
    peak: float


def measure_in_own_process(database: str, shop: DemoShop, products: int) -> Memory:
    """Import `products` that the shop did not have yet."""
    command = [sys.executable, __file__, database, shop.url, str(products)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    before, peak = done.stdout.split()[-2:]
    return Memory(products, float(before), float(peak))


def main(database: str, url: str, products: int) -> None:
    shop = DemoShop(url)
    with environment(database) as env:
        known = connector(env, shop.url)
        shop.add(products=300)  # one full page, so that what is loaded on first use is loaded
        sync(known, "product")
        before = peak_memory()
        shop.add(products=products)
        assert counts(sync(known, "product"))["created"] == products
        print(before, peak_memory())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
