from odoo import models

from ..lib.errors import MappingError
from ..lib.mapping import to_text
from .mapping import compiled
from .wording import entity_label, field_label, odoo_model


class GatewayConnector(models.Model):
    """The names that conflict rules may match, for who writes one."""

    _inherit = "gateway.connector"

    def _rule_names(self):
        """[(entity's label, field's label, «model.field»)] that rules can match, of both
        directions' mappings."""
        if not self.platform:
            return []
        found = []
        for entity, direction in self._flows_to_run():
            document = self.env["gateway.mapping"]._effective(self, entity, direction)
            try:
                mapping = compiled(document.version, to_text(document.document))
            except MappingError:
                continue  # a broken layer is told where it is saved and when it is run
            label = entity_label(self.env, entity)
            model = odoo_model(self.env, entity, direction)
            found += [
                (label, field_label(self.env, name, model), f"{mapping.model}.{name}")
                for name in sorted(mapping.writes)
            ]
        return list(dict.fromkeys(found))
