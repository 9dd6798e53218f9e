from odoo import fields, models

from ..lib.store import OUTCOMES
from .watermark import DIRECTIONS

OUTCOME_LABELS = [(name, name.capitalize()) for name in OUTCOMES]


class GatewayChange(models.Model):
    """One line of the changelog: what a run did to one record, which fields, who won and why."""

    _name = "gateway.change"
    _description = "Gateway Change"
    _order = "id desc"
    _rec_name = "source_id"

    connector_id = fields.Many2one("gateway.connector", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", index=True)
    run_id = fields.Many2one("gateway.run", ondelete="cascade", index=True)
    page_id = fields.Many2one("gateway.page", ondelete="set null", index="btree_not_null")
    entity = fields.Char(required=True)
    direction = fields.Selection(DIRECTIONS, required=True)
    outcome = fields.Selection(OUTCOME_LABELS, required=True)
    source_id = fields.Char(required=True)
    target_id = fields.Char()
    field_changes = fields.Json(string="Changes", help="Field → [old, new]")
    reasons = fields.Json(help="Field → why it was written")
    filter_name = fields.Char(string="Filter")
    create_date = fields.Datetime(index=True)

    _record_index = models.Index("(connector_id, entity, source_id)")
    _target_index = models.Index("(connector_id, entity, target_id)")
