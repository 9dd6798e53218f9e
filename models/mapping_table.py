from odoo import api, models

from ..lib.mapping import entry, explain, place, to_text
from ..lib.mapping.schema import pointer
from ..lib.platforms import platform
from ..lib.values import freeze, unstage
from .entity_models import ODOO_MODELS
from .mapping_words import explained
from .terms import term
from .wording import entity_label, short_value

#: How deep the objects of a sample's element are told as paths.
DEPTH = 3


class GatewayMapping(models.Model):
    """The table of the mapping editor: a row for each field and each entry of a list, with where it
    comes from, a sample and its layer; and what of both sides is not mapped."""

    _inherit = "gateway.mapping"

    @api.model
    def _field_table(self, connector, entity, direction, layers):
        """Fields of both sides: what maps to what, with a sample; and what is not mapped."""
        mapping, document, (source, target) = self._compiled_of(
            connector, entity, direction, layers
        )
        sample = self._sample(connector, entity, direction)
        fields = self._side(source, sample, ())
        elements = self._elements(mapping, (source, target), sample, fields)
        references = self._references(connector, direction)
        read = {path.partition(".")[0] for path in mapping.reads}
        written = {path.partition(".")[0] for path in mapping.writes}
        return {
            "version": document.version,
            "model": mapping.model,
            "source": mapping.source_table,
            "rows": [
                self._row(line, document, sample, references) | {"element": elements.get(line.path)}
                for line in explain(mapping)
            ],
            "references": references,
            "source_fields": fields,
            "unmapped_source": self._side(source, sample, read),
            "unmapped_target": [
                {"name": field.name, "type": field.type, "required": field.required}
                for field in target.fields.values()
                if field.writable and field.name.partition(".")[0] not in written
            ],
        }

    @api.model
    def _row(self, line, document, sample, references):
        told = entry(document.document["record"], line.path)
        at = place(line.path)
        around = (".".join(at[:end]) for end in range(len(at), 0, -1))
        inner = told.get("list", {})
        if inner:  # its entries have rows of their own
            kept = {name: value for name, value in inner.items() if name != "record"}
            told = {**told, "list": kept}
        return {
            "field": line.field,
            "path": line.path,
            "at": pointer(at),
            "type": line.type,
            "reference": _reference_label(told.get("reference"), references),
            "says": explained(self.env, line.says),
            "reads": [
                {"path": path, "sample": short_value(_at(sample, path))} for path in line.reads
            ],
            "layer": next(filter(None, map(document.provenance.get, around)), ""),
            "spec": to_text(told),
            "help": term(self.env, told.get("help")) or "",
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
    def _elements(self, mapping, infos, sample, fields):
        """A list's path → what its entries may read (paths start in the element, «^» leads around
        it), and what of an element is neither read nor written."""
        source, target = infos
        found = {}
        sources = {(): fields}
        for line in explain(mapping):
            if entry(mapping.document["record"], line.path).get("list") is None:
                continue
            own = [
                one
                for at in line.reads
                for one in _element_fields(f"{at}.", source, sample, mapping.reads)
            ]
            around = sources[line.path[:-1]]
            sources[line.path] = own + [{**one, "name": f"^{one['name']}"} for one in around]
            found[line.path] = {
                "sources": sources[line.path],
                "unmapped_source": [one for one in own if not one["is_read"]],
                "unmapped_target": [
                    {"name": name.removeprefix(f"{line.field}."), "type": info.type}
                    for name, info in target.fields.items()
                    if name.startswith(f"{line.field}.")
                    and info.writable
                    and name not in mapping.writes
                ],
            }
        return found

    @api.model
    def _references(self, connector, direction):
        """Whom a field can refer to: [{"kind", "name", "label", "keys"}], entities by their binding
        or a key, lookups by a key."""
        if direction == "import":
            infos = connector._odoo_endpoint().entities()
        else:
            infos = platform(connector.platform).entity_infos
        lookups = {}
        for info in infos.values():
            for name, keys in info.lookups.items():
                lookups[name] = sorted({*lookups.get(name, ()), *keys})
        entities = sorted({*ODOO_MODELS, *infos})
        return [
            *(
                {
                    "kind": "entity",
                    "name": name,
                    "label": entity_label(self.env, name),
                    "keys": list(infos[name].natural_keys) if name in infos else [],
                }
                for name in entities
            ),
            *(
                {"kind": "lookup", "name": name, "label": self._lookup_label(name), "keys": keys}
                for name, keys in sorted(lookups.items())
            ),
        ]

    @api.model
    def _lookup_label(self, name):
        model = self.env["ir.model"]._get(name)
        return f"{model.name} ({name})" if model else entity_label(self.env, name)

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


def _reference_label(told, references):
    """What a reference names, in words; nothing for other fields."""
    if not told:
        return ""
    name = told.get("entity") or told.get("lookup")
    known = {(one["kind"], one["name"]): one["label"] for one in references}
    return known.get(("entity" if "entity" in told else "lookup", name), name)


def _element_fields(prefix, source, sample, reads):
    """[{"name", "type", "sample", "is_read"}] of a list's elements: those the source tells, those
    of the sample's first element, those the mapping reads."""
    types = {name: info.type for name, info in source.fields.items() if info.readable}
    told = [name for name in types if name.startswith(prefix)]
    told += [f"{prefix}{path}" for path in _paths(_at(sample, prefix[:-1]), DEPTH)]
    told += sorted(path for path in reads if path.startswith(prefix))
    return [
        {
            "name": name.removeprefix(prefix),
            "type": types.get(name, ""),
            "sample": short_value(_at(sample, name)) or _sample_of(source, name),
            "is_read": any(
                name == path or name.startswith(f"{path}.") or path.startswith(f"{name}.")
                for path in reads
                if path.startswith(prefix)
            ),
        }
        for name in dict.fromkeys(told)
    ]


def _sample_of(source, name):
    info = source.fields.get(name)
    return info.sample if info else ""


def _paths(value, depth):
    """Dotted paths of the values in an object, of a list's first element."""
    if isinstance(value, (list, tuple)):
        value = value[0] if value else None
    if not isinstance(value, dict) or not depth:
        return
    for name, inner in value.items():
        under = list(_paths(inner, depth - 1)) if isinstance(inner, dict) else ()
        yield from (f"{name}.{path}" for path in under) if under else (name,)


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
