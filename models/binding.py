from odoo import api, fields, models
from odoo.fields import NO_ACCESS
from odoo.tools import SQL

from .names import Names
from .watermark import DIRECTIONS
from .wording import (
    entities,
    entity_label,
    field_label,
    odoo_model,
    short_id,
    table,
    value_cell,
)

#: Of PostgreSQL's, 8 kB each: of so few bindings any plan is good.
FEW_BLOCKS = 16


class GatewayBinding(models.Model):
    """The lasting tie of a remote id and an Odoo record, holding the base."""

    _name = "gateway.binding"
    _description = "Gateway Binding"
    _inherit = ["gateway.traced", "gateway.own.company"]
    _rec_name = "remote_id"
    _order = "id desc"

    connector_id = fields.Many2one("gateway.connector", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="connector_id.company_id", store=True)
    entity = fields.Selection(entities, required=True)
    remote_id = fields.Char(string="Shop id")
    remote_name = fields.Char(string="Shop location", compute="_compute_remote_name")
    location_id = fields.Many2one(
        "stock.location",
        string="Odoo location",
        compute="_compute_location",
        inverse="_inverse_location",
        domain="[('usage', '=', 'internal'), ('company_id', 'in', (company_id, False))]",
        help="The stock of a warehouse, another one for each location. Empty: it is not synced.",
    )
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
    base = fields.Json(groups=NO_ACCESS, help="Compared with: people see it masked.")
    digest_odoo = fields.Char()
    digest_remote = fields.Char()
    pending = fields.Selection(
        DIRECTIONS, help="The direction that owes a write, because its side won a conflict."
    )
    decided = fields.Json(help="Group of linked fields → the side a person let win")
    diverged = fields.Char(help="Fields on which the sides differ by decision.")
    idempotency_key = fields.Char()
    run_id = fields.Many2one("gateway.run", ondelete="set null", index="btree_not_null")
    base_text = fields.Html(string="Agreed values", compute="_compute_base_text", sanitize=False)
    way = fields.Selection(
        DIRECTIONS,
        string="Settled by",
        help="The direction in which the run settled it: coming twice in it is a repetition.",
    )
    create_date = fields.Datetime(index=True)
    opened = fields.Datetime(
        readonly=True,
        help="When the read began that first settled it: of a stock level, its opening balance.",
    )

    parent_remote_id = fields.Char(
        help="Of an element of a list, such as a variant: the record that it came with."
    )

    record_name = fields.Char(search="_search_record_name")
    unchanged_in = fields.Many2one(
        "gateway.run", store=False, search="_search_unchanged_in", help="A run that left it as is."
    )
    repeated_in = fields.Many2one(
        "gateway.run", store=False, search="_search_repeated_in", help="A run that met it twice."
    )

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

    def _title_of_order(self):
        """Of no direction, and called as its Odoo record is."""

    @api.model
    def _analyze_if_grown(self):
        """Tell PostgreSQL what is in the table, where it knows nothing or the table has become
        twice as large: it would compare each stock level with every binding, as if they were few.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT blocks > %s AND (blocks > 2 * relpages OR NOT EXISTS (SELECT FROM pg_stats"
                " WHERE schemaname = current_schema AND tablename = relname)) FROM pg_class,"
                " LATERAL (SELECT pg_relation_size(oid) / current_setting('block_size')::int)"
                " AS size(blocks) WHERE oid = %s::regclass",
                FEW_BLOCKS,
                self._table,
            )
        )
        if rows[0][0]:
            self.env.cr.execute(SQL("ANALYZE (SKIP_LOCKED) %s", SQL.identifier(self._table)))

    @api.depends("entity", "remote_id")
    def _compute_display_name(self):
        for binding in self:
            label = entity_label(self.env, binding.entity)
            binding.display_name = f"{label} {short_id(binding.remote_id)}".strip()

    @api.depends("remote_id", "connector_id.health")
    def _compute_remote_name(self):
        for binding in self:
            names = (binding.connector_id.health or {}).get("locations") or {}
            binding.remote_name = names.get(binding.remote_id) or short_id(binding.remote_id)

    @api.depends("entity", "res_id")
    def _compute_location(self):
        for binding in self:
            place = binding.res_id if binding.entity == "location" else 0
            binding.location_id = place or False

    def _inverse_location(self):
        for binding in self.filtered(lambda b: b.entity == "location"):
            place = binding.location_id
            binding.write(
                {
                    "odoo_id": str(place.id) if place else False,
                    "res_id": place.id,
                    "res_model": "stock.location",
                }
            )

    @api.depends("base")
    def _compute_base_text(self):
        """The pairs of each direction: what the source said, what the target held."""
        ways = dict(self._fields["pending"]._description_selection(self.env))
        headers = [
            self.env._("Direction"),
            self.env._("Field"),
            self.env._("Source said"),
            self.env._("Target held"),
        ]
        names = self._names_of_bases()
        for binding in self:
            called = names.called(binding.connector_id, binding.entity)
            rows = [
                [
                    ways.get(way, way),
                    field_label(self.env, name, odoo_model(self.env, binding.entity, way), called),
                    *(
                        value_cell(
                            names.told(binding.entity if way == "import" else None, name, value),
                            self.env,
                        )
                        for value in (pair[0], pair[-1])
                    ),
                ]
                for way, pairs in binding._base_shown().items()
                for name, pair in pairs.items()
            ]
            binding.base_text = table(headers, rows) if rows else False

    def _names_of_bases(self):
        imported = [(one.entity, one._base_shown().get("import") or {}) for one in self]
        lists = [
            (one.connector_id.id, one.entity, pairs)
            for one in self
            for pairs in one._base_shown().values()
        ]
        return Names(self.env, imported, {one._odoo_place() for one in self}, lists)

    def _base_shown(self):
        """The base without secrets."""
        base = self.sudo().base
        return self.connector_id._redactor().value(base) if base else {}

    def _odoo_key(self):
        return self.odoo_id

    def _name_at_shop(self):
        return self.remote_name if self.entity == "location" else short_id(self.remote_id)
