from odoo import api, fields, models

from .watermark import DIRECTIONS


class GatewayBinding(models.Model):
    """The lasting tie of a remote id and an Odoo record, holding the base."""

    _name = "gateway.binding"
    _description = "Gateway Binding"
    _rec_name = "remote_id"
    _order = "id desc"

    connector_id = fields.Many2one("gateway.connector", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="connector_id.company_id", store=True, index=True)
    entity = fields.Char(required=True)
    remote_id = fields.Char()
    odoo_id = fields.Char(string="Odoo key")
    res_model = fields.Char(string="Odoo model")
    res_id = fields.Many2oneReference(model_field="res_model", string="Odoo record")
    state = fields.Selection(
        [("creating", "Creating"), ("bound", "Bound"), ("gone", "Gone")],
        required=True,
        default="bound",
        help="Creating: a create was sent, its answer is not known yet. Gone: deleted on a side.",
    )
    is_primary = fields.Boolean(
        default=True, help="Of several remote records on one Odoo record, the one that is exported."
    )
    base = fields.Json()
    digest_odoo = fields.Char()
    digest_remote = fields.Char()
    pending = fields.Selection(
        DIRECTIONS, help="The direction that owes a write, because its side won a conflict."
    )
    decided = fields.Json(help="Group of linked fields → the side a person let win")
    diverged = fields.Char(help="Fields on which the sides differ by decision.")
    idempotency_key = fields.Char()
    run_id = fields.Many2one("gateway.run", ondelete="set null", index="btree_not_null")
    way = fields.Selection(
        DIRECTIONS,
        string="Settled by",
        help="The direction in which the run settled it: coming twice in it is a repetition.",
    )
    create_date = fields.Datetime(index=True)

    _remote_unique = models.UniqueIndex(
        "(connector_id, entity, remote_id) WHERE remote_id IS NOT NULL",
        "A remote record is bound once.",
    )
    _odoo_index = models.Index("(connector_id, entity, odoo_id)")
    _record_index = models.Index("(res_model, res_id)")
    _pending_index = models.Index("(connector_id, entity, pending) WHERE pending IS NOT NULL")
    _creating_unique = models.UniqueIndex(
        "(connector_id, entity, odoo_id) WHERE remote_id IS NULL",
        "An Odoo record is created in the shop once.",
    )

    @api.depends("entity", "remote_id")
    def _compute_display_name(self):
        for binding in self:
            binding.display_name = f"{binding.entity} {binding.remote_id or ''}"
