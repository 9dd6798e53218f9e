"""Images of products and variants: named by the hash of their content, which Odoo keeps beside it.

Reading them takes one query a page and no byte; contents are read where they are to be sent.
"""

import base64

from odoo.exceptions import UserError

from ...lib.endpoint import FieldInfo
from ...lib.errors import GatewayError, Refused
from ...lib.images import image_of
from .foresight import TRIED

#: Models whose images mappings may carry → the one field that they have.
FIELDS = {"product.template": "image_1920", "product.product": "image_variant_1920"}


def info_of(model):
    name = FIELDS[model]
    return {name: FieldInfo(name, "image", writable=True, help="The image, in its full size.")}


class WithImage:
    """Part of an entity whose rows have an image of their own."""

    def read(self, rows, times=None):
        name = FIELDS[self.model]
        self._hashes = self._hashes_of(rows) if name in self._roots else {}
        return super().read(rows, times)

    def fields_of(self, row):
        out = super().fields_of(row)
        name = FIELDS[self.model]
        if name in self._roots:
            out[name] = self._hashes.get(row.id)
        return out

    def _hashes_of(self, rows):
        found = kept(self.env, self.model, rows.ids)
        return {attachment.res_id: attachment.checksum for attachment in found}

    def write_images(self, ops, ids):
        """Those that ops name; one that Odoo refuses leaves its row as it was, with a warning."""
        name = FIELDS[self.model]
        for op, id_ in zip(ops, ids, strict=True):
            if name in op.values:
                try:
                    self._write_image(self.records.browse(int(id_)), name, op)
                except GatewayError as error:
                    self.left[id(op)] = [name]
                    if not self.env.context.get(TRIED):
                        self.warnings[id(op)] = error

    def _write_image(self, row, name, op):
        given = op.values[name]
        content = self._content(given, op) if given is not None else None
        try:
            with self.env.cr.savepoint():
                row.write({name: base64.b64encode(content) if content else False})
        except (UserError, ValueError) as error:
            raise Refused(
                f"Odoo can't take the image: {error}",
                field=name,
                value=op.images[given].name if given in op.images else given,
                remedy="Replace it in the shop by another one, then retry.",
            ) from error

    def _content(self, given, op):
        """What came with it, or what Odoo still has of it: an earlier image that is put back."""
        if given in op.images:
            return op.images[given].content
        there = self.env["ir.attachment"].sudo()
        domain = [("checksum", "=", given), ("res_model", "in", list(FIELDS))]
        found = there.search([*domain, ("res_field", "in", list(FIELDS.values()))], limit=1)
        if not found:
            raise Refused(
                "the content of the image is not kept any more",
                field=FIELDS[self.model],
                value=given,
                remedy="Set the image by hand.",
            )
        return found.raw


class Contents:
    """Part of the Odoo endpoint: the contents of images that its records name."""

    def images(self, entity, wanted):
        side = self.entity(entity)
        ids = [int(record.id) for record in wanted.values()]
        found = {one.checksum: one for one in kept(self.env, side.model, ids)}
        for name, record in wanted.items():
            yield name, self._image(name, record, found.get(name))

    def _image(self, name, record, attachment):
        called = record.fields.get("name") or record.fields.get("default_code") or "image"
        try:
            if not attachment or not attachment.raw:
                raise Refused(f"the file of the image of {called} is not there")
            return image_of(attachment.raw, called)
        except GatewayError as error:
            return Refused(
                error.message,
                value=name,
                remedy=error.remedy or "Set the image again in Odoo, then retry.",
            )


def kept(env, model, ids):
    """Attachments that hold the images of these rows, which the caller may see; one query."""
    domain = [("res_model", "=", model), ("res_field", "=", FIELDS[model]), ("res_id", "in", ids)]
    return env["ir.attachment"].sudo().search_fetch(domain, ["res_id", "checksum"])
