"""A shop's state in a file, so that it remembers from one start to the next what was synced."""

from __future__ import annotations

import json
from pathlib import Path

from ..clock import Clock
from .shop import Shop


class Kept:
    """One shop's file. `save` writes a new file beside it and puts it in its place: a crash leaves
    the old state or the new one, never half of one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: object = None

    def load(self, clock: Clock | None = None) -> Shop | None:
        """The shop that was kept, None where there is none yet."""
        if not self.path.exists():
            return None
        shop = Shop.load(json.loads(self.path.read_text(encoding="utf-8")), clock)
        self._seen = _mark(shop)
        return shop

    def save(self, shop: Shop) -> None:
        """Write the state down where it has changed since the last time."""
        mark = _mark(shop)
        if mark == self._seen:
            return
        fresh = self.path.with_name(f"{self.path.name}.new")
        fresh.write_text(json.dumps(shop.dump(), separators=(",", ":")), encoding="utf-8")
        fresh.replace(self.path)
        self._seen = mark


def _mark(shop: Shop) -> object:
    with shop.lock:
        return (shop.store.revision, len(shop.tokens.issued), len(shop.keys), shop.settings)
