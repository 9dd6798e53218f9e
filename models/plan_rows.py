from odoo import fields, models

from .watermark import DIRECTIONS
from .wording import entities

SIDES = [("odoo", "Odoo"), ("remote", "Shop")]


class GatewayPlanRecord(models.Model):
    """A record of one side as a plan would leave it: laid over what the side itself gives."""

    _name = "gateway.plan.record"
    _description = "Gateway Plan Record"
    _order = "id"
    _rec_name = "record_id"

    run_id = fields.Many2one("gateway.run", required=True, ondelete="cascade")
    side = fields.Selection(SIDES, required=True)
    entity = fields.Char(help="Empty: an element that no endpoint knows by itself.")
    record_id = fields.Char(required=True)
    owner = fields.Char(help="The record it is a part of.")
    is_made = fields.Boolean(help="Only the plan has it.")
    keys = fields.Json(help="«natural key=value», by which it is found; case plays no part.")
    content = fields.Text(required=True)

    _place_unique = models.Constraint(
        "UNIQUE (run_id, side, record_id, entity)", "A plan keeps a record once."
    )
    _listed_index = models.Index("(run_id, side, entity, id)")
    _keys_index = models.Index("USING gin (keys)")


class GatewayPlanBinding(models.Model):
    """A binding that a plan would settle; `handle` is the real one that it stands for, if any."""

    _name = "gateway.plan.binding"
    _description = "Gateway Plan Binding"
    _order = "id"
    _rec_name = "remote_id"

    run_id = fields.Many2one("gateway.run", required=True, ondelete="cascade")
    entity = fields.Char(required=True)
    handle = fields.Integer(help="Database id of the real binding.")
    remote_id = fields.Char()
    odoo_id = fields.Char()
    pending = fields.Char()
    content = fields.Text(required=True)

    _handle_unique = models.UniqueIndex("(run_id, handle) WHERE handle IS NOT NULL")
    _remote_index = models.Index("(run_id, entity, remote_id)")
    _odoo_index = models.Index("(run_id, entity, odoo_id)")


class GatewayPlanIntent(models.Model):
    """What a plan would do with one record, in terms that last: its apply compares with it."""

    _name = "gateway.plan.intent"
    _description = "Gateway Plan Intent"
    _order = "id"
    _rec_name = "source_id"

    run_id = fields.Many2one("gateway.run", required=True, ondelete="cascade")
    entity = fields.Selection(entities, required=True)
    direction = fields.Selection(DIRECTIONS, required=True)
    source_id = fields.Char(required=True)
    content = fields.Json(required=True)

    _source_unique = models.Constraint(
        "UNIQUE (run_id, entity, direction, source_id)", "A plan says once what to do."
    )
    _read_index = models.Index("(run_id, entity, direction, id)")
