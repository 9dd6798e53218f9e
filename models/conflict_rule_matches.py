from fnmatch import fnmatchcase

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .wording import table, told_of

#: Fields named in one line before «…».
NAMED = 6


class GatewayConflictRule(models.Model):
    """Trying a rule: which fields of which entities its glob matches. One that matches none is
    refused, for it would never decide anything."""

    _inherit = "gateway.conflict.rule"

    offered = fields.Json(
        compute="_compute_offered", help="What the pattern can be picked from: each field's name."
    )
    matches_text = fields.Char(string="Decides", compute="_compute_matches")
    matches = fields.Html(string="Fields it decides", compute="_compute_matches", sanitize=False)

    @api.depends("pattern", "connector_id")
    def _compute_matches(self):
        names = {connector: connector._rule_names() for connector in self.connector_id}
        headers = [self.env._("Entity"), self.env._("Field"), self.env._("Name for rules")]
        for rule in self:
            found = rule._matched(names.get(rule.connector_id, []))
            labels = list(
                dict.fromkeys(told_of(self.env, entity, label) for entity, label, _name in found)
            )
            more = "…" if len(labels) > NAMED else ""
            rule.matches_text = ", ".join(labels[:NAMED]) + more
            rule.matches = table(headers, found) if found else False

    @api.depends("connector_id")
    @api.depends_context("lang")
    def _compute_offered(self):
        names = {connector: connector._rule_names() for connector in self.connector_id}
        for rule in self:
            rule.offered = [
                {"name": name, "label": told_of(self.env, entity, label)}
                for entity, label, name in names.get(rule.connector_id, [])
            ]

    @api.constrains("pattern", "connector_id")
    def _check_matches(self):
        for rule in self:
            names = rule.connector_id._rule_names()
            if names and not rule._matched(names):
                examples = ", ".join(sorted({name for _entity, _label, name in names})[:5])
                raise ValidationError(
                    self.env._(
                        "«%(pattern)s» matches no field of any mapping of %(connector)s, so it "
                        "would never decide anything. Names are like %(examples)s …",
                        pattern=rule.pattern,
                        connector=rule.connector_id.name,
                        examples=examples,
                    )
                )

    def _matched(self, names):
        pattern = self.pattern or ""
        return [row for row in names if fnmatchcase(row[2], pattern)]
