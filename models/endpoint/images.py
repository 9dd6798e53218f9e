"""Images of products and variants: named by the hash of their content, which Odoo keeps beside it.

Reading them takes one query a page and no byte; contents are read where they are to be sent.
"""

import base64

from odoo.exceptions import UserError
from odoo.tools.misc import limited_field_access_token

from ...lib.endpoint import FieldInfo
from ...lib.errors import GatewayError, Refused
from ...lib.http import check_public
from ...lib.images import Image, file_name, image_of
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
            if name not in op.values:
                continue
            if op.action != "create" or op.values[name] is not None:  # what is new has none
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


class ImageSource:
    """Part of the Odoo endpoint: the contents of images that its records name."""

    def images(self, entity, wanted):
        side = self.entity(entity)
        ids = [int(record.id) for record in wanted.values()]
        found = {one.checksum: one for one in kept(self.env, side.model, ids)}
        for name, record in wanted.items():
            yield name, self._image(name, record, found.get(name))

    def addresses(self, entity, wanted):
        """Of the image in its full size, for whoever has the address, some weeks long."""
        side = self.entity(entity)
        base, why_not = self._public_base()
        ids = [int(record.id) for record in wanted.values()]
        kinds = {one.checksum: one.mimetype for one in kept(self.env, side.model, ids)}
        for name, record in wanted.items():
            row, field = side.records.browse(int(record.id)), FIELDS[side.model]
            token = limited_field_access_token(row, field, scope="binary")
            file = file_name(_called(record), kinds.get(name) or "")
            path = f"/web/image/{side.model}/{row.id}/{field}/{file}?access_token={token}"
            yield name, Image(b"", kinds.get(name) or "", file, f"{base}{path}", why_not)

    #: The DNS that Odoo's own address is checked with; None is the machine's.
    resolve = None

    def _public_base(self):
        """(Odoo's own address, why it is of no use to a shop elsewhere)."""
        base = (self.env["ir.config_parameter"].sudo().get_param("web.base.url") or "").rstrip("/")
        try:
            check_public(base, self.resolve)
        except GatewayError:
            return base, self.env._(
                "The image was not sent: the shop fetches it from Odoo, and Odoo's address %s "
                "(system parameter web.base.url) can't be reached from outside.",
                base,
            )
        return base, ""

    def _image(self, name, record, attachment):
        called = _called(record)
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


def _called(record):
    return record.fields.get("name") or record.fields.get("default_code") or "image"


def kept(env, model, ids):
    """Attachments that hold the images of these rows, which the caller may see; one query."""
    domain = [("res_model", "=", model), ("res_field", "=", FIELDS[model]), ("res_id", "in", ids)]
    return env["ir.attachment"].sudo().search_fetch(domain, ["res_id", "checksum"])
