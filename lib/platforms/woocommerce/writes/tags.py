"""Tags by name: a product takes only ids, so names are looked up, and made where there are none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy

from ....errors import GatewayError, RetryLater, StopRun
from ....tags import tag_key, tag_set
from ..canonical import stored_name
from ..listing import Listing
from ..routes import API
from ..scalars import plain
from .batches import Batches, Outcome
from .work import Work

_PATH = f"{API}/products/tags"


class Tags:
    def __init__(self, listing: Listing, batches: Batches) -> None:
        self._listing = listing
        self._batches = batches

    def take(self, works: Sequence[Work]) -> None:
        """Put `tag_ids` in place of the names in «tags»; null takes all tags away. A tag that the
        shop refuses fails the products that want it."""
        tagged = [work for work in works if work.going and "tags" in work.values]
        wanted = [tag_set(work.values.pop("tags") or (), stored_name) for work in tagged]
        try:
            known = self._ids(name for names in wanted for name in names)
        except (RetryLater, StopRun):
            raise
        except GatewayError as error:
            for work in tagged:
                work.fail(copy(error))
            return
        for work, names in zip(tagged, wanted, strict=True):
            found = [known[tag_key(name)] for name in names]
            work.values["tag_ids"] = [one for one in found if isinstance(one, int)]
            for refused in found:
                if isinstance(refused, GatewayError):
                    work.fail(copy(refused).at(field="tags"))

    def _ids(self, names: Iterable[str]) -> dict[str, int | GatewayError]:
        """`tag_key` of each name → id, or why the shop did not make the tag.

        The shop is asked for its tags first, so one that was made by a try whose answer was lost is
        found, and made no second time.
        """
        wanted: dict[str, str] = {}
        for name in names:
            wanted.setdefault(tag_key(name), name)
        if not wanted:
            return {}
        found: dict[str, int | GatewayError] = {
            tag_key(str(plain(row.get("name")))): row["id"]
            for row in self._listing.all(_PATH, {"_fields": "id,name"})
        }
        missing = [key for key in wanted if key not in found]
        made = self._batches.create(_PATH, [{"name": wanted[key]} for key in missing])
        found.update(zip(missing, map(_id_of, made), strict=True))
        return {key: found[key] for key in wanted}


def _id_of(outcome: Outcome) -> int | GatewayError:
    """The id of a tag just made, or of the one that the shop says it has already."""
    if isinstance(outcome, GatewayError):
        there = outcome.details.get("resource_id")
        return outcome if there is None else int(there)
    return int(outcome["id"])
