from odoo import api, fields, models
from odoo.exceptions import ValidationError


class GatewayLanguage(models.Model):
    """A line of the languages map: which language of Odoo's one of the shop's is."""

    _name = "gateway.language"
    _description = "Gateway Language"
    _order = "name, id"

    connector_id = fields.Many2one(
        "gateway.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id", store=True)
    code = fields.Char(string="Shop's code", required=True)
    name = fields.Char(string="Shop's language", required=True)
    lang_id = fields.Many2one(
        "res.lang",
        string="Odoo's language",
        domain=[("active", "=", True)],
        help="Empty: texts in this language are neither read nor written.",
    )

    _code_unique = models.Constraint(
        "UNIQUE (connector_id, code)", "A language of the shop has one line."
    )
    _lang_unique = models.Constraint(
        "UNIQUE (connector_id, lang_id)", "A language of Odoo's is one language of the shop."
    )

    @api.constrains("lang_id")
    def _check_lang(self):
        for line in self:
            if line.lang_id and line.lang_id.code == line.connector_id.lang:
                raise ValidationError(
                    self.env._(
                        "%s is the connector's own language, which carries the texts that the shop "
                        "translates: choose another one.",
                        line.lang_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.filtered("lang_id").connector_id._read_texts_anew()
        return lines

    def write(self, vals):
        moved = self.filtered(lambda line: vals.get("lang_id", line.lang_id.id) != line.lang_id.id)
        done = super().write(vals)
        moved.connector_id._read_texts_anew()
        return done


class GatewayConnector(models.Model):
    """The languages in which texts are carried besides the connector's own."""

    _inherit = "gateway.connector"

    language_ids = fields.One2many("gateway.language", "connector_id", string="Languages")

    def _languages(self):
        """[(the shop's code, Odoo's code)] of the languages that are mapped."""
        lines = self.sudo().language_ids.filtered("lang_id.active")
        return [(line.code, line.lang_id.code) for line in lines if line.lang_id.code != self.lang]

    def _list_languages(self, languages):
        """A line for each of the shop's languages, for a person to say which one of Odoo's it is.
        Where none is told, nothing is known of them."""
        known = {line.code: line for line in self.language_ids}
        if languages:
            self.language_ids.filtered(
                lambda line: line.code not in languages and not line.lang_id
            ).unlink()
        self.env["gateway.language"].create(
            [
                {"connector_id": self.id, "code": code, "name": name}
                for code, name in languages.items()
                if code not in known
            ]
        )

    def _read_texts_anew(self):
        """A language came or went: the next sync reads all products, for those that nobody changes
        are translated too."""
        self.env["gateway.watermark"]._read_anew(self, "product")
