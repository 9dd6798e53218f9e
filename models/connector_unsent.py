from datetime import timezone

from odoo import models

from ..lib.errors import GatewayError
from .moments import moment_text
from .wording import element_and_field, odoo_model


class GatewayConnector(models.Model):
    """When what waits in Odoo goes out, and what its fields are called."""

    _inherit = "gateway.connector"

    def _labels_of(self, entity):
        """{field of an export: label of the one field of Odoo's that it is linked with}; for both
        are one thing to a person."""
        try:
            _version, mapping, _back, links = self.sudo()._flow_mappings(entity, "export")
        except GatewayError:
            return {}
        model, labels = odoo_model(self.env, entity, "import"), {}
        for name in _field_names(mapping) if mapping else ():
            linked = links.fields("import", links.group("export", name))
            alike = [one for one in linked if ("." in one) == ("." in name)]
            if len(linked) == len(alike) == 1:
                flat = alike[0].replace(".", "[].", 1) if "." in name else alike[0]
                labels[name] = element_and_field(self.env, flat, model)[1]
        return labels

    def _next_sync_text(self, entities):
        """When the edits of these entities go out, in words."""
        if self._is_halted():
            return self.env._("The connector is paused: nothing goes out until it is resumed.")
        lines = self.sudo().schedule_ids.filtered(
            lambda line: line.is_on and line.direction == "export" and line.entity in entities
        )
        times = [line.next_run for line in lines if line.next_run]
        if not times:
            return self.env._(
                "They go out with the next sync. This connector has no schedule for them: press "
                "«Sync now» on it."
            )
        time = moment_text(self.env, min(times).replace(tzinfo=timezone.utc))
        return self.env._("They go out with the next sync: %s.", time)


def _field_names(mapping):
    """Of a mapping, those of elements of its lists included: «variants.sku»."""
    for name, spec in mapping.fields.items():
        inner = spec.nested.fields if spec.nested is not None else ()
        yield from (f"{name}.{one}" for one in inner)
        if spec.nested is None:
            yield name
