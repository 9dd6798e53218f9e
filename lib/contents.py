"""Contents of the images of one page, fetched once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .clock import Clock
from .endpoint import Endpoint, Record
from .errors import GatewayError, Refused, RetryLater
from .images import Addressing, Image, Imaging, hash_of, is_hash

#: What the images of one page may take in memory, in time, and in tries that get no answer. The
#: rest is owed.
PAGE_BYTES, PAGE_SECONDS, PAGE_SILENCES = 128 * 1024 * 1024, 120.0, 3


@dataclass(slots=True)
class Contents:
    """Contents by the source's names, errors of those that can't be had; None: another time."""

    held: dict[str, Image | GatewayError | None] = field(default_factory=dict)

    def fetch(
        self,
        source: Endpoint,
        entity: str,
        wanted: Mapping[str, Record],
        clock: Clock,
        by_address: bool = False,
    ) -> None:
        """Fetch what is `wanted` (name → the record that names it) and not here yet, within the
        bounds of a page."""
        missing = {name: record for name, record in wanted.items() if name not in self.held}
        if not missing:
            return
        end, silences = clock.monotonic() + PAGE_SECONDS, 0
        room = PAGE_BYTES - sum(len(one.content) for one in self._images())
        for name, found in _given(source, entity, missing, by_address):
            self.held[name] = found
            room -= len(found.content) if isinstance(found, Image) else 0
            silences += isinstance(found, RetryLater)
            if room <= 0 or silences >= PAGE_SILENCES or clock.monotonic() > end:
                break
        for name in missing:
            self.held.setdefault(name, None)

    def hash(self, name: Any) -> str | None:
        """The hash of a content that is here."""
        if is_hash(name):
            return str(name)
        found = self.held.get(name)
        return hash_of(found.content) if isinstance(found, Image) else None

    def _images(self) -> Iterable[Image]:
        return [one for one in self.held.values() if isinstance(one, Image)]


def _given(
    source: Endpoint, entity: str, wanted: Mapping[str, Record], by_address: bool
) -> Iterable[tuple[str, Image | GatewayError | None]]:
    if by_address and isinstance(source, Addressing):
        return source.addresses(entity, wanted)
    if isinstance(source, Imaging) and not by_address:
        return source.images(entity, wanted)
    error = Refused("this side gives no images", remedy="Take the field out of the mapping.")
    return [(name, error) for name in wanted]
