"""Tags by name: a product takes only ids, so names are looked up, and made where there are none."""

from __future__ import annotations

from collections.abc import Iterable

from ....errors import GatewayError
from ..listing import Listing
from ..routes import API
from ..scalars import plain
from .batches import Batches

_PATH = f"{API}/products/tags"


class Tags:
    def __init__(self, listing: Listing, batches: Batches) -> None:
        self._listing = listing
        self._batches = batches

    def ids(self, names: Iterable[str]) -> dict[str, int]:
        """Name → id. Raises what the shop says where a tag can't be made."""
        wanted = list(dict.fromkeys(name.strip() for name in names if name.strip()))
        if not wanted:
            return {}
        found = {
            str(plain(row.get("name"))).casefold(): row["id"]
            for row in self._listing.all(_PATH, {"_fields": "id,name"})
        }
        missing = [name for name in wanted if name.casefold() not in found]
        made = self._batches.create(_PATH, [{"name": name} for name in missing])
        for name, outcome in zip(missing, made, strict=True):
            if isinstance(outcome, GatewayError):
                existing = outcome.details.get("resource_id")
                if existing is None:
                    raise outcome
                found[name.casefold()] = int(existing)
            else:
                found[name.casefold()] = outcome["id"]
        return {name: found[name.casefold()] for name in wanted}
