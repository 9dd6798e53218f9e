from odoo import api, fields, models
from odoo.tools import SQL

from .wording import entities, entity_label, value_text

DIRECTIONS = [("import", "Import"), ("export", "Export")]


class GatewayWatermark(models.Model):
    """Up to which time an entity is settled in one direction; deleting it makes the next run a
    full backfill."""

    _name = "gateway.watermark"
    _description = "Gateway Watermark"
    _rec_name = "entity"
    _order = "connector_id, entity, direction"

    connector_id = fields.Many2one(
        "gateway.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id", store=True)
    entity = fields.Selection(entities, required=True)
    direction = fields.Selection(DIRECTIONS, required=True)
    # Text, because Odoo's datetimes have no microseconds and a watermark must not round up.
    time = fields.Char(string="Exactly (UTC)", required=True, help="ISO 8601, UTC")
    time_text = fields.Char(
        string="Newest change settled",
        compute="_compute_time_text",
        help="When the newest of the records that were settled was changed: from there on the next "
        "sync reads. It is old where nothing has changed for long.",
    )
    synced = fields.Datetime(
        string="Last synced", compute="_compute_synced", help="When the last sync of it ended."
    )
    settled_until = fields.Datetime(
        string="Settled up to",
        compute="_compute_synced",
        help="The last sync began to read then: all that was changed before is settled.",
    )
    record_id = fields.Char(default="")
    swept = fields.Datetime(
        string="Looked for deletes",
        help="When the ids of the source were last compared with those bound here.",
    )
    guarded = fields.Integer(help="Records gone from the source that the guard keeps.")

    @api.depends("entity", "direction")
    @api.depends_context("lang")
    def _compute_display_name(self):
        ways = dict(self._fields["direction"]._description_selection(self.env))
        for mark in self:
            label = entity_label(self.env, mark.entity)
            mark.display_name = f"{label} · {ways.get(mark.direction, '')}"

    @api.depends("time")
    @api.depends_context("uid", "lang")
    def _compute_time_text(self):
        for mark in self:
            mark.time_text = value_text(mark.time, self.env)

    def _compute_synced(self):
        """By the last flow that read what there is to read: an apply and a retry of letters do not,
        and a retry's has no driver."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT w.id, f.ended, f.started FROM gateway_watermark w CROSS JOIN LATERAL"
                " (SELECT l.ended, l.started FROM gateway_flow l JOIN gateway_run r"
                " ON r.id = l.run_id WHERE l.connector_id = w.connector_id"
                " AND l.entity = w.entity AND l.direction = w.direction AND l.state = 'done'"
                " AND r.dry_run IS NOT TRUE AND r.by_event IS NOT TRUE AND r.undoes_id IS NULL"
                " AND r.plan_id IS NULL AND l.is_superseded IS NOT TRUE AND l.driver IS NOT NULL"
                " ORDER BY l.id DESC LIMIT 1) f WHERE w.id = ANY(%s)",
                self.ids,
            )
        )
        found = {id_: (ended, started) for id_, ended, started in rows}
        for mark in self:
            mark.synced, mark.settled_until = found.get(mark.id, (False, False))

    @api.model
    def _of(self, connector, entity, direction):
        """The watermark of a flow; empty before its first read."""
        return self.sudo().search(
            [
                ("connector_id", "=", connector.id),
                ("entity", "=", entity),
                ("direction", "=", direction),
            ]
        )

    def unlink(self):
        """Who deletes it wants everything read: a flow under way makes it no more."""
        for mark in self:
            self._supersede(_place(mark.connector_id, mark.entity, mark.direction))
        return super().unlink()

    @api.model
    def _read_anew(self, connectors, entity=None, direction=None):
        """Let the next sync read everything (of an entity, in a direction), also where nothing has
        a watermark yet."""
        place = _place(connectors, entity, direction)
        self._supersede(place)
        self.sudo().search(place).unlink()

    def _supersede(self, place):
        """Let flows that have begun leave no watermark: what they read does not count as read."""
        begun = [*place, ("state", "in", ("reading", "applying", "failed"))]
        self.env["gateway.flow"].sudo().search(begun).is_superseded = True

    _flow_unique = models.Constraint(
        "UNIQUE (connector_id, entity, direction)", "A flow has one watermark."
    )


def _place(connectors, entity=None, direction=None):
    """Domain of watermarks, and of flows."""
    place = {"entity": entity, "direction": direction}
    named = [(name, "=", value) for name, value in place.items() if value]
    return [("connector_id", "in", connectors.ids), *named]
