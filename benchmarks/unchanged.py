"""Reading again what has not changed: how many records a second are recognised as settled."""

from __future__ import annotations

from typing import Any

from database import connector, counts, sync
from demo_shop import DemoShop
from measure import Sample, timed


def unchanged(env: Any, shop: DemoShop, products: int, rounds: int) -> list[Sample]:
    """Import until at least `products` are here, then read them all anew, `rounds` times."""
    known = connector(env, shop.url)
    bound = [("connector_id", "=", known.id), ("entity", "=", "product")]
    shop.add(products=max(0, products - env["gateway.binding"].search_count(bound)))
    sync(known, "product")
    there = env["gateway.binding"].search_count(bound)
    return [_full_read(known, there) for _round in range(rounds)]


def _full_read(known: Any, products: int) -> Sample:
    """Without a watermark a run reads everything."""
    domain = [("connector_id", "=", known.id), ("entity", "=", "product")]
    known.env["gateway.watermark"].sudo().search(domain).unlink()
    known.env.cr.commit()
    runs: list[Any] = []
    sample = timed(known.env.cr, products, lambda: runs.append(sync(known, "product")))
    found = counts(runs[0])
    assert found == {"read": products, "unchanged": products}, found
    return sample
