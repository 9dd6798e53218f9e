from odoo import fields, models


class GatewayEvent(models.Model):
    """The inbox of verified webhooks; a second delivery of one event is the same row."""

    _name = "gateway.event"
    _description = "Gateway Event"
    _order = "id desc"
    _rec_name = "topic"

    connector_id = fields.Many2one(
        "gateway.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id", store=True)
    event_key = fields.Char(required=True, help="The sender's own id of the event.")
    topic = fields.Char(required=True)
    entity = fields.Char(required=True)
    record_ids = fields.Json()
    occurred = fields.Datetime()
    state = fields.Selection(
        [("new", "New"), ("done", "Done")], required=True, default="new", index=True
    )

    _event_unique = models.Constraint("UNIQUE (connector_id, event_key)", "An event is kept once.")
