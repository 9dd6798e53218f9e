from itertools import takewhile

from odoo import api, models
from odoo.exceptions import UserError

from ..lib.errors import MappingError
from ..lib.mapping import (
    TRANSFORMS,
    TYPES,
    compile_mapping,
    difference,
    effective,
    entry,
    merge,
    parse,
    same,
    to_text,
    with_entry,
)
from ..lib.mapping.position import position
from .mapping import LAYERS
from .mapping_below import NO_CHANGE
from .terms import term
from .wording import entity_label


class GatewayMapping(models.Model):
    """What the mapping editor asks: what to choose from, checks with their place, saving.

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
            "types": [
                {"name": one.name, "help": term(self.env, one.help)} for one in TYPES.values()
            ],
            "transforms": [
                {
                    "name": one.name,
                    "help": term(self.env, one.help),
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
    def editor_set_field(self, connector_id, entity, direction, layer, text, path, spec):
        """The layer's `text` with the field at `path` (names: a list's, and its entry's) as the
        JSON text `spec` says; empty: as it is without the layer or, where that is what it is,
        taken out. The layer says only what differs then. Exact numbers stay exact."""
        connector = self._editor_connector(connector_id)
        try:
            document = parse(text)
            record = document.setdefault("record", {})
            if not isinstance(record, dict):
                raise MappingError("«record» is not an object", remedy="write it as { … }")
            below = self._record_below(connector, entity, direction, layer)
            held = merge([("below", {"record": below}), (layer, {"record": record})])[0]["record"]
            value = parse(spec) if spec else _taken_out(below, held, path)
            wanted = with_entry(held, path, value)
        except MappingError as error:
            raise UserError(str(error)) from error
        top = path[0]
        said = difference(*({top: one[top]} if top in one else {} for one in (below, wanted)))
        record.pop(top, None) if top not in said else record.update(said)
        return to_text(document)

    @api.model
    def _record_below(self, connector, entity, direction, layer):
        """The fields that hold where neither `layer` nor one above it says anything."""
        below = list(takewhile(layer.__ne__, ("shipped", *LAYERS)))
        layers = self._layers_with(connector, entity, direction)
        return merge([(one, parse(text)) for one, text in layers if one in below])[0].get(
            "record", {}
        )

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


def _taken_out(below, held, path):
    """What a field is once it is taken out of a layer: as below, nothing where it is so already."""
    before = entry(below, path)
    return None if before is None or same(before, entry(held, path)) else before
