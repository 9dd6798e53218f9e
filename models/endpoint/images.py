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
FIELDS = {
    "product.template": "image_1920",
    "product.product": "image_variant_1920",
    "product.image": "image_1920",  # of the website shop, where that is installed
}


def info_of(model):
    name = FIELDS[model]
    return {name: FieldInfo(name, "image", writable=True, help="The image, in its full size.")}


class WithImage:
    """Part of an entity whose rows have an image of their own."""

    def read(self, rows, times=None):
        asked = not self._roots.isdisjoint(self.image_writers())
        self._images = self.images_of(rows) if asked else {}
        return super().read(rows, times)

    def fields_of(self, row):
        out = super().fields_of(row)
        name = FIELDS[self.model]
        if name in self._roots:
            out[name] = next(iter(self._images.get(row.id, ())), None)
        return out

    def images_of(self, rows):
        """Row's id → the hashes of the images that it shows, in order."""
        return {one.res_id: [one.checksum] for one in kept(self.env, self.model, rows.ids)}

    def kept_images(self, ids):
        """Attachments of all images that these rows show."""
        return kept(self.env, self.model, ids)

    def write_images(self, ops, ids):
        """Those that ops name; one that Odoo refuses leaves its row as it was, with a warning."""
        for op, id_ in zip(ops, ids, strict=True):
            for name, write in self.image_writers().items():
                # What is new has none.
                if name in op.values and (op.action != "create" or op.values[name]):
                    self._try_image(name, write, self.records.browse(int(id_)), op)

    def image_writers(self):
        """Field → what writes it: a function of (row, op)."""
        return {FIELDS[self.model]: self.write_image}

    def _try_image(self, name, write, row, op):
        try:
            with self.env.cr.savepoint():
                write(row, op)
        except (UserError, ValueError, GatewayError) as error:
            self.left.setdefault(id(op), []).append(name)
            if not self.env.context.get(TRIED):
                told = error if isinstance(error, GatewayError) else _not_taken(name, op, error)
                self.warnings[id(op)] = told

    def write_image(self, row, op):
        name = FIELDS[self.model]
        given = op.values[name]
        return row.write({name: self.encoded(given, op) if given is not None else False})

    def encoded(self, given, op):
        """What came with it, or what Odoo still has of it: an earlier image that is put back."""
        if given in op.images:
            return base64.b64encode(op.images[given].content)
        there = self.env["ir.attachment"].sudo()
        domain = [("checksum", "=", given), ("res_model", "in", list(FIELDS))]
        fields = list(set(FIELDS.values()))
        found = there.search([*domain, ("res_field", "in", fields)], limit=1)
        if not found:
            raise Refused(
                "the content of the image is not kept any more",
                field=FIELDS[self.model],
                value=given,
                remedy="Set the image by hand.",
            )
        return base64.b64encode(found.raw)


def _not_taken(name, op, error):
    given = op.values[name]
    named = given if isinstance(given, (list, tuple)) else [given]
    return Refused(
        f"Odoo can't take the image: {error}",
        field=name,
        value=", ".join(op.images[one].name for one in named if one in op.images) or given,
        remedy="Replace it in the shop by another one, then retry.",
    )


class ImageSource:
    """Part of the Odoo endpoint: the contents of images that its records name."""

    def images(self, entity, wanted):
        side = self.entity(entity)
        ids = [int(record.id) for record in wanted.values()]
        found = {one.checksum: one for one in side.kept_images(ids)}
        for name, record in wanted.items():
            yield name, self._image(name, record, found.get(name))

    def addresses(self, entity, wanted):
        """Of the image in its full size, for whoever has the address, some weeks long."""
        side = self.entity(entity)
        base, why_not = self._public_base()
        ids = [int(record.id) for record in wanted.values()]
        found = {one.checksum: one for one in side.kept_images(ids)}
        for name, record in wanted.items():
            one = found.get(name)
            kind = one.mimetype if one else ""
            model, id_ = (one.res_model, one.res_id) if one else (side.model, int(record.id))
            row, field = self.env[model].browse(id_), FIELDS[model]
            token = limited_field_access_token(row, field, scope="binary")
            file = file_name(_called(record), kind)
            path = f"/web/image/{model}/{id_}/{field}/{file}?access_token={token}"
            yield name, Image(b"", kind, file, f"{base}{path}", why_not)

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
    return env["ir.attachment"].sudo().search_fetch(domain, ["res_id", "checksum", "mimetype"])
