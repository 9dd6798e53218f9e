"""A tag that leaves products on its own side: no row of the relation is left to tell of it."""

from odoo import models


class ProductTag(models.Model):
    _inherit = "product.tag"

    def write(self, vals):
        if "product_template_ids" not in vals:
            return super().write(vals)
        before = self._gateway_templates()
        done = super().write(vals)
        self._gateway_touch(before - self._gateway_templates())
        return done

    def unlink(self):
        templates = self._gateway_templates()
        done = super().unlink()
        self._gateway_touch(templates)
        return done

    def _gateway_templates(self):
        return self.sudo().with_context(active_test=False).product_template_ids

    def _gateway_touch(self, templates):
        """Their `write_date` is how a change of them is found; nothing else is written."""
        templates.exists().write({"product_tag_ids": []})
