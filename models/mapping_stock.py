import json

from odoo import api, models

from ..lib.mapping import parse
from .mapping import shipped_text

#: As people read it where a record is left out.
ON_THE_MAP = "Only locations of the location map"


class GatewayMapping(models.Model):
    """What the connector says of stock. Levels at locations that are nothing in Odoo are left out;
    where the shop is the authority, a quantity is more than an opening balance."""

    _inherit = "gateway.mapping"

    @api.model
    def _layers_of(self, connector, entity, direction):
        layers = super()._layers_of(connector, entity, direction)
        if (entity, direction) != ("stock", "import"):
            return layers
        base = shipped_text(connector.platform, entity, direction)
        if not base:
            return layers
        record = parse(base)["record"]
        own = {**self._on_the_map(connector, record), **self._owned(connector, record)}
        return (
            (layers[0], ("connector's settings", json.dumps(own)), *layers[1:]) if own else layers
        )

    def _on_the_map(self, connector, record):
        if not connector.location_ids:
            return {}
        mapped = sorted(connector.gateway_locations().values())
        path = record["location_id"]["MAPTO"]
        return {"filters": {ON_THE_MAP: {"path": path, "in": mapped}}}

    def _owned(self, connector, record):
        if connector.stock_authority != "shop":
            return {}
        return {"record": {"quantity": {**record["quantity"], "create_only": False}}}
