from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..lib.errors import StopRun
from ..lib.lens import Lens

#: Whose names and descriptions are in the connector's language.
TEXTS = ("product", "category")


class GatewayLanguage(models.Model):
    """A line of the languages map: which language of Odoo's one of the shop's is."""

    _name = "gateway.language"
    _description = "Gateway Language"
    _inherit = ["gateway.own.company"]
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
        lines.filtered("lang_id")._meet_anew()
        return lines

    def write(self, vals):
        moved = self.filtered(lambda line: vals.get("lang_id", line.lang_id.id) != line.lang_id.id)
        moved.connector_id._refuse_while_texts_run()
        done = super().write(vals)
        moved._meet_anew()
        return done

    def _meet_anew(self):
        """What was agreed on texts in these languages is no past of the other one's, and what that
        one has not got would be taken for removed in the shop. A run that failed does not go on
        with its own."""
        for line in self:
            codes = [f"@{code}" for code in (line.code, line.lang_id.code) if code]
            part = SQL(
                "strpos(pair.key, '@') > 0 AND '@' || split_part(pair.key, '@', 2) = ANY(%s)", codes
            )
            self.env["gateway.binding"].sudo()._forget_parts(line.connector_id, "product", part)
        if self:
            self.connector_id._read_all_anew("product")


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

    def write(self, vals):
        """Another language of Odoo's own is no edit of the texts: both sides meet in them anew, and
        where they differ the rules decide and a line tells."""
        moved = self.filtered(
            lambda one: vals.get("lang", one.lang) != one.lang and one._has_records()
        )
        moved._refuse_while_texts_run()
        done = super().write(vals)
        for connector in moved:
            connector._meet_in_another_language()
        return done

    def _meet_in_another_language(self):
        """Images have no language: they stay agreed on."""
        for entity in TEXTS:
            try:
                _version, *mappings, _links = self._flow_mappings(entity, "import")
            except StopRun as error:
                raise UserError(str(error)) from error
            lenses = [Lens(one) for one in mappings if one]
            images = {name for lens in lenses for name in (*lens.images, *lens.galleries)}
            part = SQL("pair.key <> ALL(%s)", sorted(images))
            self.env["gateway.binding"].sudo()._forget_parts(self, entity, part)
            self._read_all_anew(entity)

    def _refuse_while_texts_run(self):
        """What a run settles after the change would agree on texts of the language before."""
        flow = self._under_way("product") or self._under_way("category")
        if flow:
            raise UserError(
                self.env._(
                    "Products of %s are being synced. Choose the language when the run is over.",
                    flow.connector_id.name,
                )
            )
