from odoo import api, models
from odoo.exceptions import UserError

from ..lib.errors import MappingError
from ..lib.mapping import TRANSFORMS, TYPES, compile_mapping, effective, explain, parse, to_text
from ..lib.mapping.position import position
from ..lib.values import freeze, unstage
from .mapping import LAYERS
from .mapping_below import NO_CHANGE
from .mapping_words import explained
from .wording import entity_label, short_value


class GatewayMapping(models.Model):
    """What the mapping editor asks: field tables, checks with their place, saving.

    A layer is edited as text; the other layers stay as they are.
    """

    _inherit = "gateway.mapping"

    # -- what there is

    @api.model
    def editor_choices(self):
        """{"connectors", "layers", "types", "transforms"} to choose from."""
        self.check_access("read")
        ways = dict(self._fields["direction"]._description_selection(self.env))
        layers = dict(self._fields["layer"]._description_selection(self.env))
        return {
            "connectors": [
                {
                    "id": connector.id,
                    "name": connector.name,
                    "flows": [
                        {
                            "entity": entity,
                            "direction": direction,
                            "label": f"{entity_label(self.env, entity)} · {ways[direction]}",
                        }
                        for entity, direction in connector._flows_to_run()
                    ],
                }
                for connector in self.env["gateway.connector"].search([])
            ],
            "layers": [{"name": name, "label": layers[name]} for name in LAYERS],
            "types": [{"name": one.name, "help": one.help} for one in TYPES.values()],
            "transforms": [
                {
                    "name": one.name,
                    "help": one.help,
                    "arguments": [argument.name for argument in one.arguments],
                }
                for one in sorted(TRANSFORMS.values(), key=lambda one: one.name)
            ],
        }

    @api.model
    def editor_load(self, connector_id, entity, direction, layer):
        """The layer's text and history, and the table of the mapping that holds now."""
        connector = self._editor_connector(connector_id)
        mine = self._layer_of(connector, entity, direction, layer)
        revisions = self.env["gateway.mapping.revision"]
        if revisions.has_access("read"):  # managers, who restore one
            revisions = mine.revision_ids
        return {
            "text": mine.document or NO_CHANGE,
            "saved": bool(mine),
            "note": mine.note or "",
            "manages": self.has_access("write"),
            "is_shipped_below": not any(
                name not in ("shipped", layer)
                for name, _text in self._layers_with(connector, entity, direction)
            ),
            "revisions": [
                {
                    "id": revision.id,
                    "note": revision.note or "",
                    "who": revision.create_uid.name,
                    "when": revision.create_date,
                }
                for revision in revisions
            ],
            "table": self._field_table(
                connector, entity, direction, self._layers_with(connector, entity, direction)
            ),
        }

    # -- trying

    @api.model
    def editor_check(self, connector_id, entity, direction, layer, text):
        """{"problems": [{"at", "message", "remedy", "line", "column"}], "table"}: what is wrong
        with the mapping that `text` would make, or else its table."""
        connector = self._editor_connector(connector_id)
        layers = self._layers_with(connector, entity, direction, layer, text)
        try:
            table = self._field_table(connector, entity, direction, layers)
        except MappingError as error:
            return {"problems": self._problems(error, text), "table": False}
        return {"problems": [], "table": table}

    @api.model
    def editor_set_field(self, text, name, spec):
        """`text` with the field `name` as the JSON text `spec` says, or removed where that is
        empty; exact numbers stay exact."""
        self.check_access("read")
        try:
            document = parse(text)
            value = parse(spec) if spec else None
            record = document.setdefault("record", {})
            if not isinstance(record, dict):
                raise MappingError("«record» is not an object", remedy="write it as { … }")
        except MappingError as error:
            raise UserError(str(error)) from error
        if value is None and name not in record:
            record[name] = None  # a field of a layer below: null takes it out
        elif value is None:
            del record[name]
        else:
            record[name] = value
        return to_text(document)

    # -- keeping

    @api.model
    def editor_save(self, connector_id, entity, direction, layer, text, note):
        """Keep `text` as the layer's new revision; it holds from the next run on."""
        connector = self._editor_connector(connector_id)
        mine = self._layer_of(connector, entity, direction, layer)
        values = {"document": text, "note": note}
        if mine:
            mine.write(values)
        else:
            mine = self.create(
                {
                    "platform": connector.platform,
                    "entity": entity,
                    "direction": direction,
                    "layer": layer,
                    "company_id": connector.company_id.id,
                    "workspace_id": connector.workspace_id.id if layer == "workspace" else False,
                    "connector_id": connector.id if layer == "connector" else False,
                    **values,
                }
            )
        return mine.id

    # -- private

    @api.model
    def _editor_connector(self, connector_id):
        self.check_access("read")
        connector = self.env["gateway.connector"].browse(connector_id)
        connector.check_access("read")
        return connector

    @api.model
    def _layer_of(self, connector, entity, direction, layer):
        domain = [
            ("platform", "=", connector.platform),
            ("company_id", "=", connector.company_id.id),
            ("entity", "=", entity),
            ("direction", "=", direction),
            ("layer", "=", layer),
        ]
        if layer == "workspace":
            domain.append(("workspace_id", "=", connector.workspace_id.id))
        if layer == "connector":
            domain.append(("connector_id", "=", connector.id))
        return self.search(domain, limit=1)

    @api.model
    def _layers_with(self, connector, entity, direction, layer=None, text=None):
        """((layer, text), …) that hold for a connector, `layer` being `text` instead."""
        held = dict(self._layers_of(connector, entity, direction))
        if layer:
            held[layer] = text
        return tuple((name, held[name]) for name in ("shipped", *LAYERS) if name in held)

    @api.model
    def _compiled_of(self, connector, entity, direction, layers):
        document = effective([(name, parse(text)) for name, text in layers])
        infos = self.new(
            {
                "platform": connector.platform,
                "entity": entity,
                "direction": direction,
                "company_id": connector.company_id.id,
            }
        )._entity_infos(connector)
        return compile_mapping(document, *infos), document, infos

    @api.model
    def _field_table(self, connector, entity, direction, layers):
        """Fields of both sides: what maps to what, with a sample; and what is not mapped."""
        mapping, document, (source, target) = self._compiled_of(
            connector, entity, direction, layers
        )
        sample = self._sample(connector, entity, direction)
        rows = []
        for line in explain(mapping):
            top = line.field.partition(".")[0]
            rows.append(
                {
                    "field": line.field,
                    "type": line.type,
                    "says": explained(self.env, line.says),
                    "reads": [
                        {"path": path, "sample": short_value(_at(sample, path))}
                        for path in line.reads
                    ],
                    "layer": document.provenance.get(f"record.{top}", ""),
                    "spec": to_text(document.document["record"][top]) if top == line.field else "",
                }
            )
        read = {path.partition(".")[0] for path in mapping.reads}
        written = {path.partition(".")[0] for path in mapping.writes}
        return {
            "version": document.version,
            "model": mapping.model,
            "source": mapping.source_table,
            "rows": rows,
            "source_fields": self._side(source, sample, ()),
            "unmapped_source": self._side(source, sample, read),
            "unmapped_target": [
                {"name": field.name, "type": field.type, "required": field.required}
                for field in target.fields.values()
                if field.writable and field.name.partition(".")[0] not in written
            ],
        }

    @api.model
    def _side(self, info, sample, without):
        return [
            {
                "name": field.name,
                "type": field.type,
                "sample": short_value(_at(sample, field.name)) or field.sample,
            }
            for field in info.fields.values()
            if field.readable and field.name.partition(".")[0] not in without
        ]

    @api.model
    def _sample(self, connector, entity, direction):
        """The record read last, as it was kept: no call to the shop."""
        change = self.env["gateway.change"].search(
            [
                ("connector_id", "=", connector.id),
                ("entity", "=", entity),
                ("direction", "=", direction),
                "|",
                ("payload", "!=", False),
                ("page_id", "!=", False),
            ],
            limit=1,
        )
        if change.payload:
            return unstage(change.payload)
        record = change._as_read().get(change)
        return change.connector_id._redactor().value(dict(record.fields)) if record else {}

    @api.model
    def _problems(self, error, text):
        """What is wrong, each with its line and column in the layer's text."""
        if "line" in error.details:
            place = {"line": error.details["line"], "column": error.details["column"]}
            message = error.details.get("problem") or error.message  # which does not repeat it
            return [{"at": "", "message": message, "remedy": error.remedy or "", **place}]
        told = error.details.get("problems") or [
            {"at": "", "message": error.message, "remedy": error.remedy or ""}
        ]
        found = []
        for problem in told:
            line, column = position(text, problem.get("at", ""))
            found.append({**problem, "line": line, "column": column})
        return found


def _at(fields, path):
    """The value at a dotted path of a sample, None where there is none."""
    value = fields
    for step in path.split("."):
        if isinstance(value, list) and step.isdigit():
            value = value[int(step)] if int(step) < len(value) else None
        elif isinstance(value, list):
            value = value[0].get(step) if value and isinstance(value[0], dict) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
        if value is None:
            return None
    return freeze(value)
