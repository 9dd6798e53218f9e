"""Gives products and variations their images, which the shop fetches by itself from an address.

They are written apart from the rest: the shop refuses a whole row for an image that it can't get.
A list of images replaces the one before, so what the product has is sent along by its ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....errors import GatewayError, Refused
from ..families import PRODUCTS
from ..reads import Reader
from ..scalars import split_id
from ..shapes import image
from .batches import Batches, Outcome
from .work import Work

FIELD = "image_key"
_STAYS = "its image stays in the shop: WooCommerce's API takes none off a variation"


class ImageWriter:
    def __init__(self, batches: Batches, reader: Reader) -> None:
        self._batches = batches
        self._reader = reader
        self._given: dict[int, str | None] = {}

    def take(self, works: Sequence[Work]) -> None:
        """The images of `works`, out of what is written with the rest."""
        for work in works:
            if FIELD in work.values:
                self._given[id(work)] = work.values.pop(FIELD)

    def products(self, works: Sequence[Work]) -> None:
        going = [work for work in works if work.going and work.id and self._has(work)]
        current = self._reader.current(sorted(int(str(work.id)) for work in going)) if going else {}
        rows: list[tuple[Work, dict[str, Any]]] = []
        for work in going:
            family = current.get(int(str(work.id)))
            if family is not None:
                held = [told for told in map(image, family.product.get("images") or ()) if told]
                rows.append((work, {"id": int(str(work.id)), "images": self._images(work, held)}))
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
            elif self._given[id(work)] is None:
                work.note = _STAYS
            else:
                rows.append((work, (*parts, {"image": self._source(work)})))
        outcomes = self._batches.update_rows([row for _work, row in rows])
        self._conclude([work for work, _row in rows], outcomes)

    def _has(self, work: Work) -> bool:
        """Whether there is an image to write; one whose address nobody gave is left out."""
        if id(work) not in self._given:
            return False
        name = self._given[id(work)]
        if name is None or (name in work.op.images and work.op.images[name].address):
            return True
        work.leave(FIELD, _unknown(name))
        return False

    def _images(self, work: Work, held: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The new image first, then what the product has but for the one that was settled."""
        gone = str(work.op.replaced.get(FIELD, "")).partition("@")[0]
        rest = [{"id": int(one["id"])} for one in held if one["id"] != gone]
        return rest if self._given[id(work)] is None else [self._source(work), *rest]

    def _source(self, work: Work) -> dict[str, Any]:
        told = work.op.images[str(self._given[id(work)])]
        return {"src": told.address, "name": told.name.rpartition(".")[0]}

    def _conclude(self, works: Sequence[Work], outcomes: Sequence[Outcome]) -> None:
        for work, outcome in zip(works, outcomes, strict=True):
            work.record = None
            if isinstance(outcome, GatewayError):
                work.leave(FIELD, _told(outcome))


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
