"""Many product variants, each with its own values, written with few queries.

The ORM gathers the UPDATEs of many `write` calls; what costs queries per call are a check of
barcodes and the revaluation of a cost. Both are done once, for all rows.
"""

from odoo import api, models

#: A context value no request can bring: barcodes are checked by the caller, after its last write.
_LATER = object()
_KEY = "gateway_barcodes_later"


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.constrains("barcode")
    def _check_barcode_uniqueness(self):
        if self.env.context.get(_KEY) is _LATER:
            return None
        return super()._check_barcode_uniqueness()


def write_variants(records, rows):
    """Write `rows` (product.product id → ORM values), ids with equal values together."""
    groups = {}
    for id_, values in rows.items():
        if values:
            groups.setdefault(repr(sorted(values.items())), (values, []))[1].append(id_)
    context = {_KEY: _LATER, "disable_auto_revaluation": True}
    written = records.browse(rows).with_context(**context)
    costs = _costs(written, [id_ for id_, values in rows.items() if "standard_price" in values])
    for values, ids in groups.values():
        written.browse(ids).with_prefetch(written._ids).write(values)
    barred = [id_ for id_, values in rows.items() if values.get("barcode")]
    if barred:
        records.browse(barred)._check_barcode_uniqueness()
    if costs:
        # stock_account keeps a price history; `disable_auto_revaluation` left it to us.
        records.browse(product.id for product in costs)._change_standard_price(
            {records.browse(product.id): cost for product, cost in costs.items()}
        )


def _costs(variants, ids):
    """product → cost before the write, where the cost's history is kept."""
    if not hasattr(variants, "_change_standard_price"):
        return {}
    return {product: product.standard_price for product in variants.browse(ids)}
