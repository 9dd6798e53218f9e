from odoo import fields, models

from ..lib.errors import StopRun


class GatewayFlow(models.Model):
    """A run maps by the versions that applied when it began, whatever is edited meanwhile."""

    _inherit = "gateway.flow"

    back_version_id = fields.Many2one(
        "gateway.mapping.version",
        string="Opposite mapping version",
        ondelete="restrict",
        help="What the opposite direction was mapped by when the run began.",
    )

    def _pin_mappings(self):
        """Keep by which versions each flow will map. A broken mapping is told by its own flow, when
        its turn comes: what does not need it is synced."""
        for flow in self:
            try:
                flow._pin_mapping()
            except StopRun:
                flow.write({"mapping_version_id": False, "back_version_id": False})

    def _pin_mapping(self):
        """Raises StopRun where a layer is broken."""
        version, back = self.connector_id._flow_versions(self.entity, self.direction)
        self.write({"mapping_version_id": version.id, "back_version_id": back.id})

    def _versions(self):
        """For the pipeline's flow."""
        return {"version": self.mapping_version_id, "back": self.back_version_id}
