"""Reading again what has not changed: how many records a second are recognised as settled."""

from __future__ import annotations

from typing import Any

from database import connector, counts, sync
from demo_shop import DemoShop
from measure import Sample, timed


def unchanged(env: Any, shop: DemoShop, products: int, rounds: int) -> list[Sample]:
    """Import until the shop's `products` are all here, then read them all anew, `rounds` times."""
    known = connector(env, shop.url)
    missing = products - env["gateway.binding"].search_count(
        [("connector_id", "=", known.id), ("entity", "=", "product")]
    )
    shop.add(products=missing)
    sync(known, "product")
    return [_full_read(known, products) for _round in range(rounds)]


def _full_read(known: Any, products: int) -> Sample:
    """Without a watermark a run reads everything."""
    marks = known.env["gateway.watermark"].sudo().search([("connector_id", "=", known.id)])
    time = marks.time
    marks.unlink()
    known.env.cr.commit()
    runs: list[Any] = []
    sample = timed(known.env.cr, products, lambda: runs.append(sync(known, "product")))
    found = counts(runs[0])
    assert found == {"read": products, "unchanged": products}, found
    assert (
        known.env["gateway.watermark"].sudo().search([("connector_id", "=", known.id)]).time == time
    )
    return sample
