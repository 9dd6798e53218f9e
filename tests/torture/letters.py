"""Settling named records outside a read: retries of dead letters, and webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gateway_ng.lib.endpoint import Page
from gateway_ng.lib.rules import Direction

from .outside import Happening

if TYPE_CHECKING:
    from .world import World


def retry_all(world: World) -> None:
    """A person retries what is dead; of what is gone there is nothing to retry."""
    for entity, direction, id_ in list(world.store.dead):
        world.store.dead.pop((entity, direction, id_))
        settle_named(world, entity, direction, [id_])


def settle_named(
    world: World,
    entity: str,
    direction: Direction,
    ids: Sequence[str],
    deleted: bool = False,
    plan: Sequence[Happening] = (),
) -> str:
    """A run of one flow and one page: these records as they are now."""
    if world.db.open_flow(entity) is not None:
        return "later"
    if world.is_shut:
        return "shut"
    source = world.shop if direction == "import" else world.odoo
    records = list(source.fetch(entity, ids))
    gone = sorted(set(ids) - {record.id for record in records}) if deleted else []
    driver = world.driver(plan)
    run = driver.start([(entity, direction)])
    (flow,) = world.db.flows_of(run)
    world.db.put(replace(flow, state="applying", version=world.version, swept=True))
    driver._stage(flow.id, Page(records, None, None, gone))
    world.db.commit()
    return world._drive(driver, run, 1)
