"""Images of a product behind its first one: `product.image`, which the website shop brings.

A product that has no image of its own shows the first of these as its image, as a shop does. Videos
and what belongs to one variant are no images of the product.
"""
# pylint: disable=method-required-super
# No Odoo model: these are the contract's own verbs.

from odoo.tools import SQL

from ...lib.endpoint import FieldInfo
from .images import FIELDS, WithImage, kept

MODEL = "product.image"
NAME = "further_images"


def info(env):
    """The field, where there is such a model and the integration user may carry its records."""
    rights = ("read", "create", "write", "unlink")
    if MODEL not in env or not all(env[MODEL].has_access(right) for right in rights):
        return {}
    told = "Images behind the first one, in order. Videos and images of one variant are left be."
    return {NAME: FieldInfo(NAME, "images", writable=True, help=told)}


def change_sources():
    """An image that was added, replaced, named anew or moved; one that is gone touches its product
    (`models/product_image.py`)."""
    return [
        SQL("SELECT product_tmpl_id, write_date FROM product_image"),
        SQL(
            "SELECT i.product_tmpl_id, a.write_date FROM product_image i JOIN ir_attachment a"
            " ON a.res_id = i.id AND a.res_model = 'product.image' AND a.res_field = 'image_1920'"
        ),
    ]


class WithFurtherImages(WithImage):
    """Part of the entity «product»."""

    @classmethod
    def virtual_of(cls, env):
        return {**super().virtual_of(env), **info(env)}

    @property
    def _carries_further(self):
        return NAME in self.virtual and NAME in self._roots

    def change_sources(self):
        sources = super().change_sources()
        return sources + change_sources() if self._carries_further else sources

    # -- reading

    def images_of(self, rows):
        shown = super().images_of(rows)
        if self._carries_further:
            for image, checksum in self._held_by(rows):
                shown.setdefault(image.product_tmpl_id.id, []).append(checksum)
        return shown

    def fields_of(self, row):
        out = super().fields_of(row)
        if self._carries_further:
            out[NAME] = self._images.get(row.id, [])[1:]
        return out

    def kept_images(self, ids):
        own = super().kept_images(ids)
        if not self._carries_further:
            return own
        return own | kept(self.env, MODEL, self._rows_of(self.records.browse(ids)).ids)

    def _rows_of(self, products):
        domain = [
            ("product_tmpl_id", "in", products.ids),
            ("product_variant_id", "=", False),
            ("video_url", "=", False),
        ]
        return self.env[MODEL].search_fetch(domain, ["product_tmpl_id", "sequence"])

    def _held_by(self, products):
        """[(image, hash)] of these products, in order; two queries for all."""
        rows = self._rows_of(products)
        hashes = {one.res_id: one.checksum for one in kept(self.env, MODEL, rows.ids)}
        return [(row, hashes[row.id]) for row in rows if row.id in hashes]

    # -- writing

    def image_writers(self):
        further = {NAME: self.write_further} if self._carries_further else {}
        return {**super().image_writers(), **further}

    def write_image(self, row, op):
        """In the place of the one that the product shows as its image."""
        has_own, held = self._shown_by(row) if self._carries_further else (True, [])
        done = super().write_image(row, op)
        if held and not has_own:
            held[0][0].unlink()
        return done

    def _shown_by(self, row):
        """(whether the product has an image of its own, [(further image, hash)]): of one that has
        none, the first of these is what it shows in its place."""
        return bool(kept(self.env, self.model, row.ids)), self._held_by(row)

    def write_further(self, row, op):
        has_own, held = self._shown_by(row)
        if op.values[NAME] and not has_own and not held:
            self.left.setdefault(id(op), []).append(NAME)
            self.notes[id(op)] = self.env._(
                "Further images come behind the product's image, and wait until it has one."
            )
            return
        first = [] if has_own or not held else [held.pop(0)[0]]
        placed = [_taken(held, name) or name for name in op.values[NAME] or ()]
        gone = [_taken(held, name) for name in op.removed.get(NAME, ())]
        made = iter(self._make(row, op, [name for name in placed if isinstance(name, str)]))
        placed = [next(made) if isinstance(one, str) else one for one in placed]
        self.env[MODEL].union(*filter(None, gone)).unlink()
        _put_in_order([*first, *placed, *(image for image, _checksum in held)])

    def _make(self, row, op, names):
        field = FIELDS[MODEL]
        return self.env[MODEL].create(
            [
                {"product_tmpl_id": row.id, "name": row.name, field: self.encoded(name, op)}
                for name in names
            ]
        )


def _taken(held, name):
    """The image with this hash, which is no longer among those `held`; None without one."""
    for place, (image, checksum) in enumerate(held):
        if checksum == name:
            del held[place]
            return image
    return None


def _put_in_order(images):
    if images != sorted(images, key=lambda image: (image.sequence, image.id)):
        for place, image in enumerate(images, 1):
            if image.sequence != place:
                image.sequence = place
