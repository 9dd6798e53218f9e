from odoo import models

from ..lib.platforms import platform


class GatewayConnector(models.Model):
    """Entities that only some shops of a platform have, like companies: they are synced where the
    last check that met the shop found them."""

    _inherit = "gateway.connector"

    def _mapped_flows(self, entities=None, direction="both"):
        flows = super()._mapped_flows(entities, direction)
        without = self._not_offered()
        return [flow for flow in flows if flow[0] not in without]

    def _entities(self):
        """Those of the platform's entities that the shop has."""
        return set(platform(self.platform).entities) - self._not_offered()

    def _not_offered(self):
        infos = platform(self.platform).entity_infos
        return {name for name, info in infos.items() if info.optional} - set(self._offered())

    def _offered(self):
        """The optional entities that the shop has."""
        return (self.sudo().health or {}).get("offered") or []
