"""Gives products and variations their images, which the shop fetches by itself from an address.

They are written apart from the rest: the shop refuses a whole row for an image that it can't get.
A list of images replaces the one before, so what the product has is sent along by its ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....errors import GatewayError, Refused
from ...images import WITHOUT_FIRST
from ..families import PRODUCTS
from ..reads import Reader
from ..scalars import split_id
from ..shapes import image
from .batches import Batches, Outcome
from .work import Work

FIELD = "image_key"
#: Those of a product behind its first one.
FURTHER = "further_image_keys"
_STAYS = "its image stays in the shop: WooCommerce's API takes none off a variation"


class ImageWriter:
    def __init__(self, batches: Batches, reader: Reader) -> None:
        self._batches = batches
        self._reader = reader
        self._given: dict[int, str | None] = {}
        self._further: dict[int, Sequence[str]] = {}

    def take(self, works: Sequence[Work]) -> None:
        """The images of `works`, out of what is written with the rest."""
        for work in works:
            if FIELD in work.values:
                self._given[id(work)] = work.values.pop(FIELD)
            if FURTHER in work.values:
                self._further[id(work)] = work.values.pop(FURTHER) or ()

    def products(self, works: Sequence[Work]) -> None:
        asking = [work for work in works if work.going and work.id]
        going = [work for work in asking if self._has(work) or id(work) in self._further]
        current = self._reader.current(sorted(int(str(work.id)) for work in going)) if going else {}
        rows: list[tuple[Work, dict[str, Any]]] = []
        for work in going:
            family = current.get(int(str(work.id)))
            if family is None:
                continue
            held = [told["id"] for told in map(image, family.product.get("images") or ()) if told]
            images = self._images(work, held)
            if images is not None:
                rows.append((work, {"id": int(str(work.id)), "images": images}))
        outcomes = self._batches.update(PRODUCTS, [body for _work, body in rows])
        self._conclude([work for work, _body in rows], outcomes)

    def variations(self, works: Sequence[Work]) -> None:
        rows: list[tuple[Work, tuple[int, int | None, dict[str, Any]]]] = []
        for work in works:
            parts = split_id(str(work.id))
            if not work.going or parts is None or not self._has(work):
                continue
            if parts[1] is None:
                work.leave(FIELD, _of_product())
            elif (name := self._given[id(work)]) is None:
                work.note = _STAYS
            else:
                rows.append((work, (*parts, {"image": self._source(work, name)})))
        outcomes = self._batches.update_rows([row for _work, row in rows])
        self._conclude([work for work, _row in rows], outcomes)

    def _has(self, work: Work) -> bool:
        """Whether there is an image to write; one whose address nobody gave is left out."""
        if id(work) not in self._given:
            return False
        name = self._given[id(work)]
        if name is None or (name in work.op.images and work.op.images[name].address):
            return True
        del self._given[id(work)]
        work.leave(FIELD, _unknown(name))
        return False

    def _images(self, work: Work, held: Sequence[str]) -> list[dict[str, Any]] | None:
        """All that the product is to show, None where nothing can be written: `held` are the ids of
        what it shows."""
        first, behind = self._first(work, held)
        if id(work) in self._further:
            wanted = self._behind(work, behind)
            if wanted is not None and (first or not wanted):
                return [*first, *wanted]
            del self._further[id(work)]
            if wanted is None:
                work.leave(FURTHER, _not_there())
            else:
                work.put_off(FURTHER, WITHOUT_FIRST)
        return [*first, *map(_known, behind)] if id(work) in self._given else None

    def _first(self, work: Work, held: Sequence[str]) -> tuple[list[dict[str, Any]], Sequence[str]]:
        """(the first image, ids of those behind it): a new one comes before what the product has
        but for the one that was settled."""
        if id(work) not in self._given:
            return [_known(id_) for id_ in held[:1]], held[1:]
        gone = _id(work.op.replaced.get(FIELD, ""))
        name = self._given[id(work)]
        rest = [id_ for id_ in held if id_ != gone]
        return ([] if name is None else [self._source(work, name)]), rest

    def _behind(self, work: Work, held: Sequence[str]) -> list[dict[str, Any]] | None:
        """The list that was asked for, and behind it what is neither in it nor to be taken off;
        None where one of it is not to be had."""
        wanted = self._further[id(work)]
        kept = {_id(name) for name in wanted if name not in work.op.images}
        unknown = [name for name, told in work.op.images.items() if not told.address]
        if not kept <= set(held) or not set(wanted).isdisjoint(unknown):
            return None
        gone = {_id(name) for name in work.op.removed.get(FURTHER, ())}
        named = [
            self._source(work, name) if name in work.op.images else _known(_id(name))
            for name in wanted
        ]
        return [*named, *(_known(id_) for id_ in held if id_ not in kept | gone)]

    def _source(self, work: Work, name: str) -> dict[str, Any]:
        told = work.op.images[name]
        return {"src": told.address, "name": told.name.rpartition(".")[0]}

    def _conclude(self, works: Sequence[Work], outcomes: Sequence[Outcome]) -> None:
        for work, outcome in zip(works, outcomes, strict=True):
            work.record = None
            for name, given in ((FIELD, self._given), (FURTHER, self._further)):
                if isinstance(outcome, GatewayError) and id(work) in given:
                    work.leave(name, _told(outcome))


def _id(name: str) -> str:
    """The id in an image's name, `id@version`."""
    return name.partition("@")[0]


def _known(id_: str) -> dict[str, Any]:
    return {"id": int(id_)}


def _not_there() -> Refused:
    return Refused(
        "one of the further images is on the product no more, and there is no address to fetch it",
        remedy="Retry: the lists are compared anew.",
    )


def _told(error: GatewayError) -> GatewayError:
    if not isinstance(error, Refused):
        return error
    return Refused(
        f"the shop did not take the image: {error.message}",
        remedy="See that the shop can reach Odoo's address and takes files of this kind, then "
        "retry.",
    )


def _unknown(name: str) -> Refused:
    return Refused(
        "there is no address to fetch the image from",
        value=name,
        remedy="Set the image in Odoo again, then retry.",
    )


def _of_product() -> Refused:
    return Refused(
        "the product has no variations in the shop: its image is the product's",
        remedy="Set the image on the product in Odoo.",
    )
