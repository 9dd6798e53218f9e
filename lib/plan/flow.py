"""A flow that writes nothing: both its sides and its store laid over."""

from __future__ import annotations

from dataclasses import replace

from ..lens import Lens
from ..merge import SOURCE_OF, TARGET_OF
from ..sync.flow import Flow
from .overlay import Overlay
from .shelf import Shelf
from .store import PlanStore, Told


def over(flow: Flow, shelf: Shelf, told: Told) -> Flow:
    """`flow` over what the plan on `shelf` would have done so far; `told` hears of each record."""
    lists, now = Lens(flow.mapping).lists, flow.clock.now
    source = Overlay(flow.source, SOURCE_OF[flow.direction], shelf, flow.entity, frozenset(), now)
    target = Overlay(flow.target, TARGET_OF[flow.direction], shelf, flow.entity, lists, now)
    store = PlanStore(flow.store, shelf, told)
    return replace(flow, source=source, target=target, store=store, plans=True)
