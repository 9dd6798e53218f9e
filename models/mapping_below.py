import difflib

from odoo import api, models

from ..lib.errors import MappingError
from ..lib.mapping import effective, parse, to_text
from .wording import entity_label

#: A layer that changes nothing.
NO_CHANGE = '{\n  "record": {}\n}'


class GatewayMapping(models.Model):
    """The mapping without a layer's changes (as shipped, where no other layer changes it): to see,
    to compare with, to go back to. And a change carried to the records that are settled already."""

    _inherit = "gateway.mapping"

    @api.model
    def editor_below(self, connector_id, entity, direction, layer, text):
        """{"text", "lines"}: the mapping without this layer, and a unified diff from it to the
        mapping that `text` would make of it."""
        connector = self._editor_connector(connector_id)
        below = dict(self._layers_with(connector, entity, direction))
        below.pop(layer, None)
        above = self._layers_with(connector, entity, direction, layer, text)
        try:
            without = self._document_text(tuple(below.items()))
            now = self._document_text(above)
        except MappingError as error:
            return {"text": "", "lines": [str(error)]}
        lines = difflib.unified_diff(
            without.splitlines(),
            now.splitlines(),
            self.env._("as shipped") if set(below) <= {"shipped"} else self.env._("without it"),
            self.env._("now"),
            lineterm="",
        )
        return {"text": without, "lines": list(lines)}

    @api.model
    def _document_text(self, layers):
        return to_text(effective([(name, parse(text)) for name, text in layers]).document)

    @api.model
    def editor_take_back(self, connector_id, entity, direction, layer):
        """Take all changes of the layer away; that is a new revision, the earlier ones stay."""
        connector = self._editor_connector(connector_id)
        self.check_access("write")
        mine = self._layer_of(connector, entity, direction, layer)
        if mine:
            mine.write({"document": NO_CHANGE, "note": self.env._("Its changes taken back")})
        return True

    @api.model
    def editor_carry(self, connector_id, entity, direction, layer):
        """Let the next sync of each connector that the layer holds for read all records of the
        entity in this direction anew, so that what the mapping changed reaches those that did not
        change since. Returns the connectors' names."""
        connector = self._editor_connector(connector_id)
        self.check_access("write")
        mine = self._layer_of(connector, entity, direction, layer)
        mine._check_reach()
        connectors = (mine._connectors().sudo(False) if mine else connector) or connector
        marks = self.env["gateway.watermark"].search(
            [
                ("connector_id", "in", connectors.ids),
                ("entity", "=", entity),
                ("direction", "=", direction),
            ]
        )
        ways = dict(marks._fields["direction"]._description_selection(self.env))
        for mark in marks:
            mark.connector_id.message_post(
                body=self.env._(
                    "The mapping is carried to all records at the next sync: %(entity)s, %(way)s",
                    entity=entity_label(self.env, entity),
                    way=ways[direction],
                )
            )
        marks._read_anew(connectors, entity, direction)
        return connectors.mapped("name")
