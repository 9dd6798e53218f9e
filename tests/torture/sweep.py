"""Which bound records a side has no more: its ids are compared. Where the shop is in memory each
side tells it by itself.

As `models/flow_deletes.py` does it, but for the guard: in a play few deletes are many.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gateway_ng.lib.endpoint import Page
from gateway_ng.lib.rules import SOURCE_OF
from gateway_ng.lib.sync import Flow

if TYPE_CHECKING:
    from .driver import Driver


def sweep(driver: Driver, flow_id: int) -> None:
    """Stage tombstones of what is gone, once a flow."""
    row = driver.db.flows[flow_id]
    if row.swept or row.entity not in driver.world.shop.sweeps:
        return
    gone = _gone(driver, driver.flow(row, driver.db.store))
    driver.db.put(replace(driver.db.flows[flow_id], swept=True))
    size = driver.world.size
    for start in range(0, len(gone), size):
        driver._stage(flow_id, Page([], None, None, gone[start : start + size]))
    driver.commit()


def _gone(driver: Driver, flow: Flow) -> list[str]:
    """Ids that are bound, that the list does not name, and that are not found by name either."""
    driver.commit()
    listed = set(flow.source.ids(flow.entity))
    side = SOURCE_OF[flow.direction]
    rows = [row for row in driver.db.store.all(flow.entity) if row.state == "bound"]
    missing = sorted({str(row.id_on(side)) for row in rows} - listed)
    there = {record.id for record in flow.source.fetch(flow.entity, missing)} if missing else set()
    return [id_ for id_ in missing if id_ not in there]
