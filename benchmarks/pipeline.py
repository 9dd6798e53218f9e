"""Records per second of the pipeline alone: both sides and the store in memory, no Odoo, no HTTP.

python benchmarks/pipeline.py [records] [--profile]
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "pure"))
import conftest  # noqa: E402, F401  (makes gateway_ng importable without Odoo)

from gateway_ng.tests.contract.world import World, amount, char, document  # noqa: E402

TEXTS = ("title", "vendor", "kind", "handle", "status", "barcode", "color", "size")


def _document(source: str, target: str, first: str, second: str) -> dict:
    record = {f"{second}_{name}": char(f"{first}_{name}") for name in TEXTS}
    record |= {f"{second}_{name}": amount(f"{first}_{name}") for name in ("price", "cost", "kg")}
    record[f"{second}_sku"] = char(f"{first}_sku")
    return document(source, target, record, identity=[f"{second}_sku"])


def world(records: int) -> World:
    """`records` products of 12 fields in the shop, mapped both ways."""
    into = _document("shop.product", "odoo.product", "s", "o")
    back = _document("odoo.product", "shop.product", "o", "s")
    made = World(into, back, infos=None)
    for side in (made.shop, made.odoo):
        info = side.infos["product"]
        side.infos["product"] = type(info)(
            info.name, info.model, {}, capabilities=info.capabilities
        )
    for number in range(records):
        fields = {f"s_{name}": f"{name} {number}" for name in TEXTS}
        prices = {f"s_{name}": Decimal(number) / 100 for name in ("price", "cost", "kg")}
        made.shop.put("product", {**fields, **prices, "s_sku": f"SKU-{number}"})
    return made


def measured(name: str, records: int, pages: list, settle: Callable[[list], None]) -> None:
    start = time.perf_counter()
    for page in pages:
        settle(page)
    seconds = time.perf_counter() - start
    print(f"{name:28} {records:7} records {seconds:7.2f} s {records / seconds:10.0f} records/s")


def main(records: int) -> None:
    made = world(records)
    pages = [page.records for page in made.shop.pages("product")]
    flow = made.flow("import")
    from gateway_ng.lib.endpoint import Page
    from gateway_ng.lib.sync import settle_page

    def settle(records_: list) -> None:
        settle_page(flow, Page(records_, None, None))
        made.store.commit()

    measured("first create", records, pages, settle)
    measured("unchanged, by digest", records, pages, settle)
    edited = [
        [type(r)(r.id, {**r.fields, "s_title": f"{r.fields['s_title']}!"}, r.updated) for r in page]
        for page in pages
    ]
    measured("update of one field", records, edited, settle)
    back = made.flow("export")
    others = [page.records for page in made.odoo.pages("product")]
    measured(
        "unchanged, the other way",
        records,
        others,
        lambda page: settle_page(back, Page(page, None, None)) and None,
    )


if __name__ == "__main__":
    count = int(next((one for one in sys.argv[1:] if one.isdigit()), "10000"))
    if "--profile" in sys.argv:
        with cProfile.Profile() as profile:
            main(count)
        pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
    else:
        main(count)
