from odoo import models

from ..lib.errors import MappingError
from ..lib.mapping import to_text
from ..lib.merge import OPPOSITE
from .mapping import compiled, linked
from .wording import entity_label, field_label, odoo_model


class GatewayConnector(models.Model):
    """The names that conflict rules may match, for who writes one."""

    _inherit = "gateway.connector"

    def _rule_names(self):
        """{(entity's label, field's label, «model.field»): every name that rules may match about
        it, those of the fields that the opposite direction links with it among them}, of both
        directions' mappings."""
        found = {}
        mappings = self._rule_mappings() if self.platform else {}
        for (entity, direction), mapping in mappings.items():
            label = entity_label(self.env, entity)
            model = odoo_model(self.env, entity, direction)
            back = mappings.get((entity, OPPOSITE[direction]))
            names_of = _linked(mapping, back, direction)
            for name in sorted(mapping.writes):
                row = label, field_label(self.env, name, model), f"{mapping.model}.{name}"
                found.setdefault(row, set()).update({row[-1], *names_of(name)})
        return found

    def _rule_mappings(self):
        """{(entity, direction): mapping} of the flows that run."""
        found = {}
        for entity, direction in self._flows_to_run():
            document = self.env["gateway.mapping"]._effective(self, entity, direction)
            try:
                found[entity, direction] = compiled(document.version, to_text(document.document))
            except MappingError:
                continue  # a broken layer is told where it is saved and when it is run
        return found


def _linked(mapping, back, direction):
    """A function: field of `mapping` → «model.field» of those of `back` that are linked with it."""
    if back is None:
        return lambda name: ()
    links = linked(*((mapping, back) if direction == "import" else (back, mapping)))
    other = OPPOSITE[direction]

    def names(name):
        group = links.group(direction, name)
        return [f"{back.model}.{one}" for one in links.fields(other, group)]

    return names
