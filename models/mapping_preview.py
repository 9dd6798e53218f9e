import json
from html import unescape

from markupsafe import escape

from odoo import api, models
from odoo.exceptions import UserError

from ..lib.endpoint import Record
from ..lib.errors import GatewayError, MappingError
from ..lib.lens import told
from ..lib.merge import SOURCE_OF
from ..lib.reference import reference
from .moments import number_text
from .names import NUMBER
from .wording import value_cell

#: Live records that a preview shows.
SAMPLES = 5
#: Types of fields whose values are told as numbers.
NUMBERS = ("decimal", "float", "monetary")


class GatewayMapping(models.Model):
    """What a mapping that is being edited would make of live records, beside what it makes now."""

    _inherit = "gateway.mapping"

    @api.model
    def editor_preview(self, connector_id, entity, direction, layer, text):
        """Live records of the source through the mapping as it is and as `text` would make it."""
        self.check_access("write")
        connector = self._editor_connector(connector_id)
        layers = self._layers_with(connector, entity, direction, layer, text)
        try:
            new = self._compiled_of(connector, entity, direction, layers)
        except MappingError as error:
            return {"problems": self._problems(error, text), "samples": []}
        layers = self._layers_with(connector, entity, direction)
        now = self._compiled_of(connector, entity, direction, layers) if layers else None
        records = self._live_samples(connector, entity, direction, new[0])
        redactor = connector._redactor()
        return {
            "problems": [],
            "samples": [
                {
                    "id": record.id,
                    "name": redactor.text(_name_of(record)),
                    **self._compared(record, now, new, redactor),
                }
                for record in records
            ],
        }

    @api.model
    def _live_samples(self, connector, entity, direction, new):
        """Some records of the source as they are now, with all that the mapping reads and that
        `new` would read: those settled last, else the first page."""
        side = SOURCE_OF[direction]
        _version, here, back, _links = connector._flow_mappings(entity, direction)
        try:
            if side == "remote":
                source = connector._remote_endpoint()
            else:
                now, then = (connector._reads(entity, m, back, direction) for m in (here, new))
                source = connector._odoo_endpoint({entity: now[entity] | then[entity]})
            column = "remote_id" if side == "remote" else "odoo_id"
            bound = self.env["gateway.binding"].search(
                [
                    ("connector_id", "=", connector.id),
                    ("entity", "=", entity),
                    ("state", "=", "bound"),
                ],
                order="write_date desc",
                limit=SAMPLES,
            )
            ids = [id_ for id_ in bound.mapped(column) if id_]
            if ids:
                return list(source.fetch(entity, ids))[:SAMPLES]
            return list(next(iter(source.pages(entity))).records)[:SAMPLES]
        except GatewayError as error:
            raise UserError(str(error)) from error

    @api.model
    def _compared(self, record, now, new, redactor):
        before = _values(now[0], record, redactor) if now else {}
        after = _values(new[0], record, redactor)
        names = list(dict.fromkeys([*after["values"], *before.get("values", {})]))
        changed = {
            name: before.get("values", {}).get(name) != after["values"].get(name) for name in names
        }
        return {
            "error": after["error"],
            "error_now": before.get("error", ""),
            "fields": [
                {
                    "field": name,
                    "now": self._preview_cell(now, name, before.get("values", {}).get(name)),
                    "new": self._preview_cell(new, name, after["values"].get(name)),
                    "changed": changed[name],
                }
                for name in sorted(names, key=lambda name: not changed[name])
            ],
        }

    @api.model
    def _preview_cell(self, mapped, name, value):
        """HTML of a value as people read it; all that the value says is escaped."""
        spec = mapped[0].fields.get(name) if mapped else None
        if spec and spec.type in NUMBERS and isinstance(value, str) and NUMBER.fullmatch(value):
            value = number_text(self.env, value)
        if spec and spec.type == "html" and isinstance(value, str) and "<" not in value:
            value = unescape(value)  # without a tag it is read as text
        return str(escape(value_cell(value, self.env)))


def _values(mapping, record, redactor):
    """What a mapping makes of a record, or why it does not."""
    try:
        left_out = mapping.filtered_by(record.fields)
        if left_out:
            return {"values": {}, "error": f"«{left_out}»"}
        values = mapping.transform(Record(record.id, record.fields, record.updated))
    except GatewayError as error:
        return {"values": {}, "error": redactor.text(str(error))}
    plain = {
        name: json.loads(json.dumps(told(value), default=str)) for name, value in values.items()
    }
    return {"values": redactor.value(plain), "error": ""}


def _name_of(record):
    return (reference(record.fields) or record.id).partition(" · ")[0]
