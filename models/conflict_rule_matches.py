from fnmatch import fnmatchcase

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib.rules import Strategy
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

    @api.depends(
        "pattern", "sequence", "connector_id.rule_ids.pattern", "connector_id.rule_ids.sequence"
    )
    def _compute_matches(self):
        names = {connector: connector._rule_names() for connector in self.connector_id}
        headers = [self.env._("Entity"), self.env._("Field"), self.env._("Name for rules")]
        for rule in self:
            known = names.get(rule.connector_id, {})
            found, earlier = rule._matched(known), rule._earlier()
            by = {row: earlier._first_about(known[row]) for row in found}
            rule.matches_text = rule._decides_text(by)
            shown = [[*row, by[row]] for row in found] if any(by.values()) else found
            columns = [*headers, self.env._("Decided before by")] if any(by.values()) else headers
            rule.matches = table(columns, shown) if found else False

    def _decides_text(self, by):
        """The fields that the rule decides, then those that an earlier one does, by which.
        `by`: {row of a field: the pattern of that one, or nothing}"""
        kinds = {}
        for (entity, label, _name), pattern in by.items():
            kinds.setdefault(pattern, {})[told_of(self.env, entity, label)] = None
        texts = [_some(kinds.pop("", {}))]
        texts += [
            self.env._("«%(rule)s» decides before it: %(fields)s", rule=rule, fields=_some(labels))
            for rule, labels in kinds.items()
        ]
        return " · ".join(text for text in texts if text)

    def _earlier(self):
        """The connector's rules that come before this one."""
        return self.connector_id.rule_ids.filtered(lambda one: one._place() < self._place())

    def _first_about(self, names):
        """The pattern of the first of these that matches one of a field's names."""
        rule = Strategy(self.as_rules()).rule_for(names)
        return rule.pattern if rule else ""

    @api.depends("connector_id")
    @api.depends_context("lang")
    def _compute_offered(self):
        names = {connector: connector._rule_names() for connector in self.connector_id}
        for rule in self:
            rule.offered = [
                {"name": name, "label": told_of(self.env, entity, label)}
                for entity, label, name in names.get(rule.connector_id, {})
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


def _some(labels):
    return ", ".join([*labels][:NAMED]) + ("…" if len(labels) > NAMED else "")
