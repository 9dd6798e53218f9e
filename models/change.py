from odoo import api, fields, models

from ..lib.store import OUTCOMES
from .watermark import DIRECTIONS
from .wording import entities, field_label, summary, table, value_text

OUTCOME_LABELS = [(name, name.capitalize()) for name in OUTCOMES]


class GatewayChange(models.Model):
    """One line of the changelog: what a run did to one record, which fields, who won and why."""

    _name = "gateway.change"
    _description = "Gateway Change"
    _inherit = ["gateway.traced"]
    _order = "id desc"
    _rec_name = "source_id"

    connector_id = fields.Many2one("gateway.connector", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", index=True)
    run_id = fields.Many2one("gateway.run", ondelete="cascade", index=True)
    page_id = fields.Many2one("gateway.page", ondelete="set null", index="btree_not_null")
    entity = fields.Selection(entities, required=True)
    direction = fields.Selection(DIRECTIONS, required=True)
    outcome = fields.Selection(OUTCOME_LABELS, required=True)
    source_id = fields.Char(string="Source id", required=True)
    target_id = fields.Char(string="Target id")
    field_changes = fields.Json(string="Changes", help="Field → [old, new]")
    reasons = fields.Json(help="Field → why it was written")
    filter_name = fields.Char(string="Filter")
    create_date = fields.Datetime(string="Time", index=True)
    summary = fields.Char(string="What changed", compute="_compute_summary")
    details = fields.Html(compute="_compute_summary", sanitize=False)

    _record_index = models.Index("(connector_id, entity, source_id)")
    _target_index = models.Index("(connector_id, entity, target_id)")

    @api.depends("record_name", "outcome")
    def _compute_display_name(self):
        labels = dict(self._fields["outcome"]._description_selection(self.env))
        for change in self:
            change.display_name = f"{change.record_name}: {labels.get(change.outcome)}"

    @api.depends("field_changes", "reasons", "filter_name")
    def _compute_summary(self):
        for change in self:
            why = dict(change.reasons or {})
            said = [
                change.filter_name or change._next_step(),
                why.pop("", None),
                summary(change.field_changes),
            ]
            change.summary = " · ".join(part for part in said if part)
            change.details = change._details(why)

    def _next_step(self):
        """Where a record that is not applied waits."""
        if self.outcome == "dead":
            return self.env._("could not be applied: see its dead letter")
        if self.outcome == "held":
            return self.env._("waits for a decision: see Conflicts")
        return None

    def _details(self, why):
        headers = [self.env._("Field"), self.env._("Before"), self.env._("After")]
        rows = [
            [field_label(name), value_text(old), value_text(new)]
            for name, (old, new) in (self.field_changes or {}).items()
        ]
        if why:
            headers.append(self.env._("Why"))
            rows = [
                [*row, why.get(name, "")]
                for name, row in zip(self.field_changes or {}, rows, strict=True)
            ]
        return table(headers, rows) if rows else False
