from odoo import api, fields, models
from odoo.exceptions import UserError

from .entity_models import ODOO_MODELS
from .names import Names
from .wording import short_id


class GatewayTraced(models.AbstractModel):
    """A row about one record of a connector: what a person calls that record, and its way there."""

    _name = "gateway.traced"
    _description = "About one Gateway Record"

    record_name = fields.Char(string="Record", compute="_compute_record_name")
    has_record = fields.Boolean(compute="_compute_record_name")
    title = fields.Char(compute="_compute_title", help="Of an order both sides' numbers.")

    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_record_name(self):
        """The Odoo record's name where the user may read it, else what the shop calls it."""
        names = {}
        for model in {row._odoo_place()[0] for row in self} - {None}:
            if self.env[model].has_access("read"):
                ids = [row._odoo_place()[1] for row in self if row._odoo_place()[0] == model]
                found = self.env[model].browse(ids).exists()._filtered_access("read")
                names.update({(model, record.id): record.display_name for record in found})
        redactors = {connector: connector._redactor() for connector in self.connector_id}
        for row in self:
            name = names.get(row._odoo_place())
            row.has_record = bool(name)
            told = name or row._name_at_shop()
            redactor = redactors.get(row.connector_id)
            row.record_name = redactor.line(told) if redactor and told else told

    @api.depends("record_name")
    def _compute_title(self):
        for row in self:
            row.title = row._title_of_order() or row.record_name

    def _title_of_order(self):
        """«#1052 → S00052»: people know an order by the number that it has where they look."""
        if (self.entity, self.direction) != ("order", "import") or not self.has_record:
            return None
        told = self.connector_id._redactor().line(self._name_at_shop() or "")
        if told in ("", self.record_name, short_id(self.source_id)):
            return None
        return f"{told} → {self.record_name}"

    def _odoo_place(self):
        """(model, id) of the Odoo record, (None, None) where there is none."""
        self.ensure_one()
        head = (self._odoo_key() or "").partition("@")[0]
        model = ODOO_MODELS.get(self.entity)
        return (model, int(head)) if model in self.env and head.isdigit() else (None, None)

    def _odoo_key(self):
        return self.target_id if self.direction == "import" else self.source_id

    def _names(self, values):
        """Names of what the rows' values refer to: `values(row)` gives {field: its values}. Only an
        import's values are of Odoo."""
        imported = [(row.entity, values(row)) for row in self if row.direction == "import"]
        lists = [(row.connector_id.id, row.entity, values(row)) for row in self]
        return Names(self.env, imported, {row._odoo_place() for row in self}, lists)

    def _named(self, names):
        """(field, value) → the value with names in place of ids."""
        entity = self.entity if self.direction == "import" else None
        return lambda name, value: names.told(entity, name, value)

    def _name_at_shop(self):
        return short_id(self.source_id)

    def action_open_record(self):
        """Open the Odoo record; says so where it is gone or not for this user."""
        model, res_id = self._odoo_place()
        if not self.has_record:
            raise UserError(
                self.env._("%s is not in Odoo, or you may not read it.", self.record_name)
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": res_id,
            "views": [(False, "form")],
        }
