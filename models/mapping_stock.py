import json

from odoo import api, models

from ..lib.mapping import parse
from .mapping import shipped_text


class GatewayMapping(models.Model):
    """Where the shop is the authority, a quantity is more than an opening balance."""

    _inherit = "gateway.mapping"

    @api.model
    def _layers_of(self, connector, entity, direction):
        layers = super()._layers_of(connector, entity, direction)
        if (entity, direction) != ("stock", "import") or connector.stock_authority != "shop":
            return layers
        base = shipped_text(connector.platform, entity, direction)
        quantity = parse(base)["record"].get("quantity") if base else None
        if not quantity:
            return layers
        owned = {"record": {"quantity": {**quantity, "create_only": False}}}
        return (layers[0], ("authority", json.dumps(owned)), *layers[1:])
