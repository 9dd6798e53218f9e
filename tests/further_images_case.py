"""A database with `product.image`, as the website shop brings it; installed there, its own."""

from odoo import fields, models
from odoo.orm.model_classes import add_to_registry

MODEL = "product.image"


def add_model(cls):
    """For the time of the test class `cls`, a TransactionCase; the integration user may use it."""
    if MODEL not in cls.registry:
        _add(cls)
    cls.env["ir.model.access"].create(
        {
            "name": MODEL,
            "model_id": cls.env["ir.model"]._get_id(MODEL),
            "group_id": cls.env.ref("product.group_product_manager").id,
            **dict.fromkeys(("perm_read", "perm_write", "perm_create", "perm_unlink"), True),
        }
    )


def _add(cls):
    class ProductImage(models.Model):
        _module = None
        _name = MODEL
        _description = "Product image"
        _inherit = ["image.mixin"]  # noqa: RUF012
        _order = "sequence, id"

        name = fields.Char(required=True)
        sequence = fields.Integer(default=10)
        image_1920 = fields.Image()
        product_tmpl_id = fields.Many2one("product.template", ondelete="cascade")
        product_variant_id = fields.Many2one("product.product", ondelete="cascade")
        video_url = fields.Char()

    cls.addClassCleanup(_take_back, cls)
    add_to_registry(cls.registry, ProductImage)
    cls.registry._setup_models__(cls.env.cr, [])
    cls.registry.init_models(cls.env.cr, [MODEL], {"module": None})
    cls.env["product.template"]._register_hook()


def _take_back(cls):
    del cls.registry[MODEL]
    for name in ("base", "image.mixin"):
        cls.registry[name]._inherit_children.discard(MODEL)
    cls.registry._setup_models__(cls.env.cr, [])
