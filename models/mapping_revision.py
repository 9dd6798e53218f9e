import difflib

from odoo import api, fields, models

#: Keys of a write that make a new revision.
KEPT = ("document", "note")


class GatewayMappingRevision(models.Model):
    """One saved state of a layer: its document, who saved it, when and why."""

    _name = "gateway.mapping.revision"
    _description = "Gateway Mapping Revision"
    _order = "id desc"
    _rec_name = "note"

    mapping_id = fields.Many2one("gateway.mapping", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="mapping_id.company_id", store=True)
    document = fields.Text(required=True)
    note = fields.Char()

    def action_restore(self):
        """Make this state the layer's again; that is a new revision, too."""
        self.ensure_one()
        date = fields.Datetime.to_string(self.create_date)
        self.mapping_id.write(
            {"document": self.document, "note": self.env._("Restored from %s", date)}
        )
        return True

    def compare(self, text):
        """A unified diff from this state to `text`, a list of lines."""
        self.ensure_one()
        self.check_access("read")
        lines = difflib.unified_diff(
            self.document.splitlines(),
            text.splitlines(),
            self.env._("then"),
            self.env._("now"),
            lineterm="",
        )
        return list(lines)


class GatewayMapping(models.Model):
    _inherit = "gateway.mapping"

    revision_ids = fields.One2many("gateway.mapping.revision", "mapping_id")

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings._keep_revision()
        return mappings

    def write(self, vals):
        done = super().write(vals)
        if any(name in vals for name in KEPT):
            self._keep_revision()
        return done

    def _keep_revision(self):
        self.env["gateway.mapping.revision"].sudo().create(
            [
                {"mapping_id": mapping.id, "document": mapping.document, "note": mapping.note}
                for mapping in self
            ]
        )
