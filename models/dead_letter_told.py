import re

from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from ..lib.mapping import parse
from .said import said
from .why import side_text
from .wording import field_label, odoo_model, told_of

_lt = LazyTranslate(__name__)

#: How an error names the field that it is about, behind its record.
_FIELD = re.compile(r"field (?P<name>\S+): (?P<rest>.*)", re.DOTALL)

STAGES = {
    "read": _lt("Reading"),
    "match": _lt("Looking for its counterpart"),
    "transform": _lt("Mapping its values"),
    "reference": _lt("Looking for what it refers to"),
    "compare": _lt("Comparing"),
    "merge": _lt("Deciding who wins"),
    "write": _lt("Writing"),
    "workflow": _lt("Order workflow"),
    "image": _lt("Fetching an image"),
}


class GatewayDeadLetter(models.Model):
    """What people call a letter's record, its stage and its field, instead of ids and keys."""

    _inherit = "gateway.dead.letter"

    bound_key = fields.Char(compute="_compute_bound_key", help="Its record's counterpart in Odoo.")
    stage_text = fields.Char(string="Stage in words", compute="_compute_stage_text")
    field_text = fields.Char(string="Field in words", compute="_compute_field_text")

    @api.depends("connector_id", "entity", "direction", "source_id")
    def _compute_bound_key(self):
        """Of what the shop gave, the record that an earlier run tied it to; one query for all."""
        imports = self.filtered(lambda letter: letter.direction == "import")
        domain = [
            ("connector_id", "in", imports.connector_id.ids),
            ("remote_id", "in", imports.mapped("source_id")),
            ("odoo_id", "!=", False),
        ]
        found = (
            self.env["gateway.binding"]
            .sudo()
            .search_fetch(domain, ["connector_id", "entity", "remote_id", "odoo_id"])
        )
        keys = {(one.connector_id, one.entity, one.remote_id): one.odoo_id for one in found}
        for letter in self:
            place = letter.connector_id, letter.entity, letter.source_id
            letter.bound_key = letter.direction == "import" and keys.get(place)

    def _waits_text(self):
        return self.env._("Could not be applied: %s", self.problem)

    def _odoo_key(self):
        return super()._odoo_key() or self.bound_key

    @api.depends("stage")
    @api.depends_context("lang")
    def _compute_stage_text(self):
        for letter in self:
            known = STAGES.get(letter.stage)
            letter.stage_text = self.env._(known) if known else letter.stage

    @api.depends("field_name", "mapping_version_id")
    @api.depends_context("lang")
    def _compute_field_text(self):
        """The target's field, and the source's that the mapping reads it from."""
        for letter in self:
            if not letter.field_name:
                letter.field_text = False
                continue
            model = odoo_model(self.env, letter.entity, letter.direction)
            label = field_label(self.env, letter.field_name, model)
            paths = letter._read_from()
            if not paths:
                letter.field_text = label
            elif letter.direction == "import":
                letter.field_text = self.env._(
                    "%(field)s, from the shop's %(paths)s", field=label, paths=paths
                )
            else:
                letter.field_text = self.env._(
                    "%(field)s, from Odoo's %(paths)s", field=label, paths=paths
                )

    def _read_from(self):
        """«title»: the paths that the mapping makes the field of; empty where it does not say."""
        document = self.mapping_version_id.sudo().document
        told = parse(document)["record"].get(self.field_name, {}) if document else {}
        read = told.get("MAPTO") or []
        paths = [read] if isinstance(read, str) else read
        return ", ".join(f"«{path}»" for path in paths if not path.startswith("lambda"))

    def _told(self, text):
        """The field by its label, in front of what is wrong with it."""
        about = _FIELD.match(text)
        if not about:
            return super()._told(text)
        model = odoo_model(self.env, self.entity, self.direction)
        label = field_label(self.env, about["name"], model)
        return told_of(self.env, label, super()._told(about["rest"]))

    def _remedy_told(self):
        """«In the source»: on the side that a person knows by its name."""
        english = self.with_context(lang="en_US").env
        side = side_text(english, "remote" if self.direction == "import" else "odoo")
        told = self.remedy
        for source in ("in the source record", "in the source"):
            told = told.replace(source, f"in {side}")
        known = super()._remedy_told()
        return said(self.env, told) or (told if known == self.remedy else known)
