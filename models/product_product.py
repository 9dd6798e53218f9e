from odoo import models

from .guarded import is_by_sync


class ProductProduct(models.Model):
    """Costs of many new products at once."""

    _inherit = "product.product"

    def _get_remaining_moves(self):
        """Odoo keeps a first cost of each product it creates, and asks for the stock of each by
        itself. In a sync one query tells those that ever moved: the others have nothing left."""
        if not is_by_sync(self.env):
            return super()._get_remaining_moves()
        moved = self.env["stock.move"]._read_group([("product_id", "in", self.ids)], ["product_id"])
        products = self.browse([product.id for (product,) in moved])
        return super(ProductProduct, products)._get_remaining_moves()
