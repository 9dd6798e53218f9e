"""Gives products and variants their images: new ones are added, and only those that were settled
before are taken off. Their files stay in the shop.

Source: productUpdate, productReorderMedia, fileUpdate, productVariantDetachMedia in the schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ....endpoint import Record
from ....errors import GatewayError, Refused
from ....images import Image
from ..documents import (
    FILES_DETACH,
    MEDIA_ADD,
    MEDIA_MOVE,
    VARIANT_MEDIA_DETACH,
)
from ..shapes import image_key, nodes
from .batches import Batches, Outcome
from .staging import Staging
from .taking_in import TakingIn, failed
from .user_errors import refusal, user_errors
from .variant_input import media_input
from .work import Work

Fetch = Callable[[str, Sequence[str]], Iterable[Record]]

FIELD = "image"


def id_of(name: Any) -> str | None:
    """The id in an image's name, `id@version`."""
    return str(name).rpartition("@")[0] or None if name else None


class ImageWriter:
    def __init__(
        self,
        staging: Staging,
        taking_in: TakingIn,
        batches: Batches,
        fetch: Fetch,
    ) -> None:
        self._staging = staging
        self._taking_in = taking_in
        self._batches = batches
        self._fetch = fetch

    def stage(self, works: Sequence[Work], owners: Mapping[str, str] | None = None) -> None:
        """Upload the images of `works`: `values` hold their sources from now on. One that can't be
        is left out of its work. `owners`: variant → product, whose variants may share an upload; no
        two products do, for what an upload was made of may be gone."""
        asking = [work for work in works if work.going and work.values.get(FIELD) is not None]
        places = {id(work): _place(work, owners or {}) for work in asking}
        images = {
            places[id(work)]: work.op.images[places[id(work)][1]]
            for work in asking
            if places[id(work)][1] in work.op.images
        }
        sources = self._staging.upload(images)
        for work in asking:
            source = sources.get(places[id(work)]) or unknown(work, work.values.get(FIELD))
            if isinstance(source, GatewayError):
                work.leave(FIELD, source)
            else:
                work.values[FIELD] = source

    # -- products

    def put_first(self, works: Sequence[Work]) -> None:
        """Updates of products: their image is added and becomes the first one."""
        asking = [work for work in works if work.going and FIELD in work.values]
        adding = [work for work in asking if work.values[FIELD] is not None]
        made = self._added(adding)
        added = [work for work in adding if id(work) in made]
        self._first([work for work in added if work.op.expect.get(FIELD)], made)
        emptied = [work for work in asking if work.values.get(FIELD, "") is None]
        self._take_off([*added, *emptied])
        self._show("product", asking, made)

    def _added(self, works: Sequence[Work]) -> dict[int, str]:
        """id(work) → id of its new image."""
        calls = [
            {"id": work.id, "media": [media_input(work.values[FIELD])], "count": 1}
            for work in works
        ]
        made = {}
        outcomes = self._batches.run(MEDIA_ADD, calls, repeatable=False)
        for work, outcome in zip(works, outcomes, strict=True):
            error = error_of(outcome)
            product = {} if isinstance(outcome, GatewayError) else outcome.get("product") or {}
            last = nodes(product.get("media"))
            if error or not last:
                work.leave(FIELD, error or unknown(work, work.values.get(FIELD)))
            else:
                made[id(work)] = str(last[-1].get("id"))
        return made

    def _first(self, works: Sequence[Work], made: Mapping[int, str]) -> None:
        calls = [
            {"id": work.id, "moves": [{"id": made[id(work)], "newPosition": "0"}]} for work in works
        ]
        outcomes = self._batches.run(MEDIA_MOVE, calls, repeatable=True)
        for work, outcome in zip(works, outcomes, strict=True):
            error = error_of(outcome, "mediaUserErrors")
            if error:
                work.warn(FIELD, error)
        self._taking_in.await_jobs(
            [outcome for outcome in outcomes if isinstance(outcome, Mapping)]
        )

    def _take_off(self, works: Sequence[Work]) -> None:
        """Images that were settled before, off their products."""
        self._detach([(work, str(work.id), _settled_before(work)) for work in works])

    def _detach(self, found: Sequence[tuple[Work, str, str | None]]) -> None:
        calls = [(work, product, image) for work, product, image in found if image]
        outcomes = self._batches.run(
            FILES_DETACH,
            [{"files": [{"id": i, "referencesToRemove": [p]}]} for _work, p, i in calls],
            repeatable=True,
        )
        for (work, _product, image), outcome in zip(calls, outcomes, strict=True):
            error = error_of(outcome)
            if error:
                work.warn(FIELD, _stays(image, error))

    # -- variants

    def settle_variants(self, works: Sequence[Work], products: Mapping[str, str]) -> None:
        """After variants were given their images: those before are taken off their products, unless
        they are shown elsewhere too. `products`: variant → product."""
        asking = [work for work in works if work.going and FIELD in work.values]
        if not asking:
            return
        self._clear([work for work in asking if work.values[FIELD] is None], products)
        before = [(work, products[str(work.id)], _settled_before(work)) for work in asking]
        before = [one for one in before if one[2]]
        shown = self._shown({product for _work, product, _image in before})
        self._detach([one for one in before if one[2] not in shown])
        made = {id(work): _image_of(work.record) for work in asking if work.values[FIELD]}
        self._show("variant", asking, {key: name for key, name in made.items() if name})

    def _clear(self, works: Sequence[Work], products: Mapping[str, str]) -> None:
        calls = [
            (work, {"product": products[str(work.id)], "media": [_shown_by(work)]})
            for work in works
            if id_of(work.op.expect.get(FIELD))
        ]
        outcomes = self._batches.run(
            VARIANT_MEDIA_DETACH, [call for _work, call in calls], repeatable=True
        )
        for (work, _call), outcome in zip(calls, outcomes, strict=True):
            error = error_of(outcome)
            if error:
                work.leave(FIELD, error)

    def _shown(self, products: set[str]) -> set[str]:
        """Ids of images that products show first, or that variants of theirs show."""
        shown = set()
        for record in self._fetch("product", sorted(products)) if products else ():
            first = id_of(record.fields.get(FIELD))
            variants = record.fields.get("variants") or ()
            shown |= {first, *(variant.get("imageId") for variant in variants)}
        return {str(one) for one in shown if one}

    # -- what the shop makes of it

    def look(self, works: Sequence[Work]) -> None:
        """After creates: what became of the images that they brought."""
        made = {
            id(work): name
            for work in works
            if work.going and work.values.get(FIELD) and (name := _image_of(work.record))
        }
        self._patch(works, made)

    def _show(self, entity: str, works: Sequence[Work], made: Mapping[int, str]) -> None:
        """Read the records anew; their image is the new one, whatever the shop still has to do."""
        going = [work for work in works if work.going]
        ids = [str(work.id) for work in going]
        now = {record.id: record for record in self._fetch(entity, ids)} if ids else {}
        for work in going:
            work.record = now.get(str(work.id))
        self._patch(going, made)

    def _patch(self, works: Sequence[Work], made: Mapping[int, str]) -> None:
        states = self._taking_in.states(sorted(set(made.values())))
        for work in works:
            name = made.get(id(work))
            if name is None or work.record is None:
                continue
            state = states.get(name, {})
            if state.get("status") == "FAILED":
                work.leave(FIELD, failed(state))
            url = (state.get("image") or {}).get("url")
            fields = {**work.record.fields, FIELD: image_key(name, url)}
            work.record = replace(work.record, fields=fields)


def _place(work: Work, owners: Mapping[str, str]) -> tuple[str, str]:
    """(what the upload belongs to, the image's name)."""
    own = str(work.id or work.op.key)
    return owners.get(own, own), str(work.values[FIELD])


def _settled_before(work: Work) -> str | None:
    return id_of(work.op.replaced.get(FIELD))


def _shown_by(work: Work) -> dict[str, Any]:
    return {"variantId": work.id, "mediaIds": [id_of(work.op.expect.get(FIELD))]}


def _image_of(record: Record | None) -> str | None:
    return id_of(record.fields.get(FIELD)) if record is not None else None


def error_of(outcome: Outcome, name: str = "userErrors") -> GatewayError | None:
    if isinstance(outcome, GatewayError):
        return outcome
    errors = user_errors({"userErrors": outcome.get(name)})
    return refusal(errors, None) if errors else None


def unknown(work: Work, named: Any) -> Refused:
    given: Mapping[str, Image] = work.op.images
    called = ", ".join(image.name for image in given.values()) or named
    return Refused(
        f"the shop was not given the image {called}",
        value=called,
        remedy="Set the image in Odoo again, then retry.",
    )


def _stays(image: str | None, error: GatewayError) -> Refused:
    return Refused(
        f"the image before it stays on the product: {error.message}",
        value=image,
        remedy="Remove it in the shop by hand; the app needs the scope write_files to do it.",
    )
