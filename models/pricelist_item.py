"""An item that leaves a product's prices: no row of the item is left to tell of it."""

from odoo import models
from odoo.fields import Domain

#: What says which products an item is about.
_REACH = frozenset({"pricelist_id", "applied_on", "product_id", "product_tmpl_id", "categ_id"})


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    def write(self, vals):
        if _REACH.isdisjoint(vals):
            return super().write(vals)
        reached = self._gateway_reach()
        done = super().write(vals)
        self._gateway_touch(*reached)
        return done

    def unlink(self):
        reached = self._gateway_reach()
        done = super().unlink()
        self._gateway_touch(*reached)
        return done

    def _gateway_reach(self):
        """(templates, price lists) by whose `write_date` it is found that these items are no longer
        about them: the list's, where an item is about more than one product. Only of the lists of
        connectors."""
        lists = self.sudo().pricelist_id
        domain = Domain("pricelist_id", "in", lists.ids)
        domain |= Domain("sale_pricelist_id", "in", lists.ids)
        connectors = self.env["gateway.connector"].sudo().search(domain)
        mapped = [("entity", "=", "price_list"), ("res_id", "in", lists.ids)]
        rows = self.env["gateway.binding"].sudo().search(mapped)
        used = connectors.pricelist_id | connectors.sale_pricelist_id | rows.pricelist_id
        items = self.sudo().filtered(lambda item: item.pricelist_id in used)
        broad = items.filtered(lambda item: not item.product_tmpl_id)
        return items.product_tmpl_id, broad.pricelist_id

    def _gateway_touch(self, templates, pricelists):
        """Nothing else is written."""
        templates.exists().write({"product_tag_ids": []})
        pricelists.exists().write({"item_ids": []})
