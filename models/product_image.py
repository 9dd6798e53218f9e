"""A further image that leaves its product: no row is left to tell of it, so the product does.

The model is the website shop's, which need not be there: what it does is wrapped where it is.
"""

from functools import wraps

from odoo import models

MODEL = "product.image"


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def _register_hook(self):
        super()._register_hook()
        images = self.env.registry.get(MODEL)
        if images is not None and not hasattr(images.unlink, "gateway_wraps"):
            images.write = _writing(images.write)
            images.unlink = _unlinking(images.unlink)


def _writing(write):
    @wraps(write)
    def writing(self, vals):
        before = self.sudo().product_tmpl_id if "product_tmpl_id" in vals else None
        done = write(self, vals)
        if before is not None:
            _touch(before - self.sudo().product_tmpl_id)
        return done

    return writing


def _unlinking(unlink):
    @wraps(unlink)
    def unlinking(self):
        products = self.sudo().product_tmpl_id
        done = unlink(self)
        _touch(products)
        return done

    unlinking.gateway_wraps = unlink
    return unlinking


def _touch(products):
    """Their `write_date` is how a change of them is found; nothing else is written."""
    products.exists().write({"product_tag_ids": []})
