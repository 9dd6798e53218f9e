from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.merge import BY_HAND, IDENTITY, SOURCE_OF
from .conflict_rule import WINNERS
from .watermark import DIRECTIONS
from .why import won_text
from .wording import entities, field_label, odoo_model, short_value, table, told_of, value_cell


class GatewayConflict(models.Model):
    """Both sides changed linked fields, differently, since the base."""

    _name = "gateway.conflict"
    _description = "Gateway Conflict"
    _inherit = ["gateway.traced"]
    _order = "id desc"
    _rec_name = "field_names"

    connector_id = fields.Many2one(
        "gateway.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id", store=True)
    run_id = fields.Many2one("gateway.run", ondelete="set null", index="btree_not_null")
    entity = fields.Selection(entities, required=True)
    direction = fields.Selection(DIRECTIONS, required=True)
    source_id = fields.Char(string="Source id", required=True)
    target_id = fields.Char(string="Target id")
    field_group = fields.Char(required=True)
    field_names = fields.Char(required=True)
    base_values = fields.Json()
    odoo_values = fields.Json()
    remote_values = fields.Json()
    state = fields.Selection(
        [("open", "Open"), ("resolved", "Resolved")], required=True, default="open", index=True
    )
    winner = fields.Selection(WINNERS, help="Who won, by rule or by a person.")
    rule = fields.Char(help="By which it was decided, as the engine calls it.")
    decided_by_id = fields.Many2one("res.users", string="Decided by", ondelete="set null")
    first_match = fields.Boolean(help="The records met for the first time, with no base yet.")
    fields_text = fields.Char(string="Fields", compute="_compute_texts")
    odoo_text = fields.Char(string="In Odoo", compute="_compute_texts")
    remote_text = fields.Char(string="In the shop", compute="_compute_texts")
    won_text = fields.Char(string="Who won and why", compute="_compute_won_text")
    details = fields.Html(compute="_compute_texts", sanitize=False)

    _open_unique = models.UniqueIndex(
        "(connector_id, entity, direction, source_id, field_group) WHERE state = 'open'",
        "A conflict is open once.",
    )

    @api.depends("field_names", "record_name")
    def _compute_display_name(self):
        for conflict in self:
            conflict.display_name = told_of(self.env, conflict.record_name, conflict.fields_text)

    @api.depends("field_names", "base_values", "odoo_values", "remote_values")
    def _compute_texts(self):
        headers = [
            self.env._("Field"),
            self.env._("Agreed before"),
            self.env._("In Odoo"),
            self.env._("In the shop"),
        ]
        known = self._names(lambda conflict: conflict._shown())
        for conflict in self:
            shown, named = conflict._shown(), conflict._named(known)
            told = {
                name: [named(name, value) for value in values] for name, values in shown.items()
            }
            model = odoo_model(self.env, conflict.entity, conflict.direction)
            conflict.odoo_text, conflict.remote_text = (
                " · ".join(short_value(values[side], self.env) for values in told.values())
                for side in (1, 2)
            )
            called = known.called(conflict.connector_id, conflict.entity)
            labels = {name: field_label(self.env, name, model, called) for name in told}
            conflict.fields_text = ", ".join(labels.values())
            rows = [
                [labels[name], *(value_cell(value, self.env) for value in values)]
                for name, values in told.items()
            ]
            conflict.details = table(headers, rows)

    @api.depends("winner", "rule", "direction", "decided_by_id")
    def _compute_won_text(self):
        for conflict in self:
            person = conflict.sudo().decided_by_id.name
            conflict.won_text = won_text(
                self.env, conflict.winner, conflict.rule, conflict.direction, person
            )

    def _waits_text(self):
        if self.rule == IDENTITY:
            return self.env._(
                "Records are recognised by it and it was changed, so a person has to say whether "
                "it is still the same one: %s",
                self.fields_text,
            )
        return self.env._("Both sides changed it, and a person has to decide: %s", self.fields_text)

    def _shown(self):
        """{field: what the target held when they were last settled, Odoo's value, the shop's}, of
        the linked fields those that differ."""
        base, odoo, remote = (
            values or {} for values in (self.base_values, self.odoo_values, self.remote_values)
        )
        shown = {
            name: [(base.get(name) or [None])[-1], odoo.get(name), remote.get(name)]
            for name in (self.field_names.split(", ") if self.field_names else [])
        }
        # None where it is about the whole record, or about what is redacted.
        return {name: values for name, values in shown.items() if values[1] != values[2]} or shown

    def action_take_odoo(self):
        self._take("odoo")
        return True

    def action_take_remote(self):
        self._take("remote")
        return True

    def _take(self, side):
        """Let `side` win at the next sync of these records, which pending bindings make sure of."""
        self.env["gateway.run"]._check_operator()
        self.check_access("read")
        still_open = self.sudo().filtered(lambda conflict: conflict.state == "open")
        if self and not still_open:
            raise UserError(
                self.env._("The conflict on %s is resolved already.", self[:1].field_names)
            )
        bindings = still_open._bindings()
        for conflict in still_open:
            binding = bindings.get(conflict._place())
            if not binding:
                raise conflict._not_bound()
            binding.write(
                {
                    "decided": {**(binding.decided or {}), conflict.field_group: side},
                    "pending": conflict.direction,
                }
            )
        by = {"rule": BY_HAND, "decided_by_id": self.env.uid}
        still_open.write({"state": "resolved", "winner": side, **by})

    def _place(self):
        return self.connector_id.id, self.entity, SOURCE_OF[self.direction], self.source_id

    def _bindings(self):
        """{(connector, entity, side, id): binding} of these conflicts, one search a kind."""
        found = {}
        kinds = self.grouped(lambda c: (c.connector_id, c.entity, SOURCE_OF[c.direction]))
        for (connector, entity, source), conflicts in kinds.items():
            column = "odoo_id" if source == "odoo" else "remote_id"
            rows = self.env["gateway.binding"].search(
                [
                    ("connector_id", "=", connector.id),
                    ("entity", "=", entity),
                    (column, "in", conflicts.mapped("source_id")),
                ],
                order="is_primary, id desc",
            )
            for binding in rows.sorted(lambda row: row.state != "gone"):
                found[connector.id, entity, source, binding[column]] = binding
        return found

    def _not_bound(self):
        return UserError(
            self.env._(
                "The %(entity)s %(id)s is not bound any more; sync it again.",
                entity=self.entity,
                id=self.source_id,
            )
        )
