"""Gives products the images behind their first one, in order: those of the product that no variant
shows. New ones are added; of the others only the settled ones are taken off, and their files stay.

Source: productUpdate, productReorderMedia, fileUpdate in the schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ....endpoint import Record
from ....errors import GatewayError, Refused
from ...images import WITHOUT_FIRST
from ..documents import FILES_DETACH, MEDIA_ADD, MEDIA_MOVE
from ..shapes import image_key, nodes
from .batches import Batches
from .images import FIELD as FIRST
from .images import error_of, id_of, unknown
from .staging import Staging
from .taking_in import TakingIn, failed
from .variant_input import media_input
from .work import Work

Fetch = Callable[[Sequence[str]], Iterable[Record]]

FIELD = "furtherImages"
_IS_MEDIA = "gid://shopify/"


@dataclass(slots=True)
class _Listing:
    """One product's list: `wanted` are ids of its media, and sources of what is new; `made` the ids
    that came of these, `now` the ids that the product shows in the field, `gone` those to take
    off. `behind` is the place of the first image among all media, from 1: a video may be before
    it."""

    work: Work
    wanted: list[str]
    now: list[str]
    behind: int = 1
    made: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    urls: dict[str, Any] = field(default_factory=dict)  # of those `made`, as far as there are any

    @property
    def going(self) -> bool:
        return FIELD in self.work.values

    @property
    def sources(self) -> list[str]:
        return [one for one in self.wanted if not one.startswith(_IS_MEDIA)]

    @property
    def ids(self) -> list[str]:
        made = iter(self.made)
        return [one if one.startswith(_IS_MEDIA) else next(made) for one in self.wanted]

    @property
    def moves(self) -> list[dict[str, str]]:
        """Those that put it in order, behind the first image; none where it is."""
        shown = [one for one in [*self.now, *self.made] if one not in self.gone]
        ids = self.ids
        if shown[: len(ids)] == ids:
            return []
        return [
            {"id": id_, "newPosition": str(place)} for place, id_ in enumerate(ids, self.behind)
        ]


class FurtherImageWriter:
    """`fetch` reads the current state of products."""

    def __init__(
        self, staging: Staging, taking_in: TakingIn, batches: Batches, fetch: Fetch
    ) -> None:
        self._staging = staging
        self._taking_in = taking_in
        self._batches = batches
        self._fetch = fetch

    def stage(self, works: Sequence[Work]) -> None:
        """Upload what is new in the lists of `works`: `values` hold ids and sources from now on. A
        list of which one can't be uploaded is left out of its work."""
        asking = [work for work in works if work.going and work.values.get(FIELD)]
        sources = self._staging.upload(
            {
                (id(work), place): work.op.images[name]
                for work in asking
                for place, name in enumerate(work.values[FIELD])
                if name in work.op.images
            }
        )
        for work in asking:
            given = [
                sources.get((id(work), place)) or id_of(name) or unknown(work, name)
                for place, name in enumerate(work.values[FIELD])
            ]
            error = next((one for one in given if isinstance(one, GatewayError)), None)
            if error is not None:
                work.leave(FIELD, error)
            elif work.op.action == "create" and not work.values.get(FIRST):
                work.put_off(FIELD, WITHOUT_FIRST)
            else:
                work.values[FIELD] = given

    def look(self, works: Sequence[Work]) -> None:
        """After creates: what became of the images that they brought."""
        lists = []
        for work in works:
            if work.going and work.record is not None and work.values.get(FIELD):
                now = _shown(work.record)
                lists.append(_Listing(work, list(work.values[FIELD]), now, made=now))
        self._refuse_failed([one for one in lists if len(one.made) == len(one.wanted)])
        self._name([one for one in lists if one.going])

    def put_behind(self, works: Sequence[Work]) -> None:
        """Updates of products: what is new is added, all are put in order, and those that are
        wanted no more are taken off."""
        asking = [work for work in works if work.going and FIELD in work.values]
        if not asking:
            return
        lists = self._lists(asking)
        self._add([one for one in lists if one.going and one.sources])
        self._refuse_failed([one for one in lists if one.going and one.made])
        self._move([one for one in lists if one.going])
        left = [one for one in lists if not one.going and one.made]
        self._detach([(one, id_) for one in left for id_ in one.made])
        self._detach([(one, id_) for one in lists if one.going for id_ in one.gone])
        now = {record.id: record for record in self._fetch([str(w.id) for w in asking])}
        for work in asking:
            work.record = now.get(str(work.id))
        self._name([one for one in lists if one.going])

    def _lists(self, works: Sequence[Work]) -> list[_Listing]:
        """As the products are now; a list that can't follow from that is left."""
        found = {record.id: record for record in self._fetch([str(work.id) for work in works])}
        lists = []
        for work in works:
            record = found.get(str(work.id))
            wanted = list(work.values[FIELD] or ())
            now = _shown(record) if record is not None else []
            known = {one for one in wanted if one.startswith(_IS_MEDIA)}
            if record is None or (wanted and not record.fields.get(FIRST)):
                work.put_off(FIELD, WITHOUT_FIRST)
            elif not known <= set(now):
                work.leave(FIELD, _not_there(sorted(known - set(now))[0]))
            else:
                removed = [id_of(name) for name in work.op.removed.get(FIELD, ())]
                gone = [id_ for id_ in removed if id_ in now and id_ not in known]
                behind = record.fields["images"][0]["position"] if wanted else 1
                lists.append(_Listing(work, wanted, now, behind, gone=[one for one in gone if one]))
        return lists

    def _add(self, lists: Sequence[_Listing]) -> None:
        calls = [
            {
                "id": one.work.id,
                "media": [media_input(source) for source in one.sources],
                "count": len(one.sources),
            }
            for one in lists
        ]
        outcomes = self._batches.run(MEDIA_ADD, calls, repeatable=False)
        for one, outcome in zip(lists, outcomes, strict=True):
            error = error_of(outcome)
            product = {} if isinstance(outcome, GatewayError) else outcome.get("product") or {}
            made = [str(node.get("id")) for node in nodes(product.get("media"))]
            if error or len(made) != len(one.sources):
                one.work.leave(FIELD, error or unknown(one.work, FIELD))
            else:
                one.made = made

    def _refuse_failed(self, lists: Sequence[_Listing]) -> None:
        """What the shop can't take in is no image: its list is as it was before."""
        states = self._taking_in.states(sorted({id_ for one in lists for id_ in one.made}))
        for one in lists:
            told = [states[id_] for id_ in one.made if id_ in states]
            broken = [state for state in told if state.get("status") == "FAILED"]
            one.urls = {str(state["id"]): (state.get("image") or {}).get("url") for state in told}
            if broken:
                one.work.leave(FIELD, failed(broken[0]))

    def _move(self, lists: Sequence[_Listing]) -> None:
        asking = [(one, one.moves) for one in lists if one.moves]
        calls = [{"id": one.work.id, "moves": moves} for one, moves in asking]
        outcomes = self._batches.run(MEDIA_MOVE, calls, repeatable=True)
        for (one, _moves), outcome in zip(asking, outcomes, strict=True):
            error = error_of(outcome, "mediaUserErrors")
            if error:
                one.work.leave(FIELD, error)
        self._taking_in.await_jobs(
            [outcome for outcome in outcomes if isinstance(outcome, Mapping)]
        )

    def _detach(self, asking: Sequence[tuple[_Listing, str]]) -> None:
        calls = [
            {"files": [{"id": id_, "referencesToRemove": [one.work.id]}]} for one, id_ in asking
        ]
        outcomes = self._batches.run(FILES_DETACH, calls, repeatable=True)
        for (one, id_), outcome in zip(asking, outcomes, strict=True):
            error = error_of(outcome)
            if error:
                one.gone = [other for other in one.gone if other != id_]
                one.work.warn(FIELD, _stays(id_, error))

    def _name(self, lists: Sequence[_Listing]) -> None:
        """The records' lists are what was asked for, whatever the shop still has to do."""
        for one in lists:
            record = one.work.record
            if record is None:
                continue
            names = {str(image.get("id")): image["key"] for image in record.fields["images"]}
            names.update({id_: image_key(id_, url) for id_, url in one.urls.items() if url})
            rest = [id_ for id_ in _shown(record) if id_ not in one.ids and id_ not in one.gone]
            shown = [names.get(id_) or image_key(id_, None) for id_ in [*one.ids, *rest]]
            one.work.record = replace(record, fields={**record.fields, FIELD: shown})


def _shown(record: Record) -> list[str]:
    return [id_ for name in record.fields.get(FIELD) or () if (id_ := id_of(name))]


def _not_there(id_: str) -> Refused:
    return Refused(
        f"the image {id_} is not among the product's own images any more",
        value=id_,
        remedy="Retry: the lists are compared anew.",
    )


def _stays(id_: str, error: GatewayError) -> Refused:
    return Refused(
        f"an image that was removed in Odoo stays on the product: {error.message}",
        value=id_,
        remedy="Remove it in the shop by hand; the app needs the scope write_files to do it.",
    )
