from odoo import api, fields, models
from odoo.exceptions import UserError


class GatewayDeadLetter(models.Model):
    """A dead letter for want of a tax proposes the rule that it needs."""

    _inherit = "gateway.dead.letter"

    details = fields.Json(help="What the error knows beyond its text.")
    proposes_tax_rule = fields.Boolean(compute="_compute_proposes_tax_rule")

    @api.depends("details", "state")
    def _compute_proposes_tax_rule(self):
        for letter in self:
            wanted = (letter.details or {}).get("taxes")
            letter.proposes_tax_rule = bool(wanted) and letter.state == "open"

    def action_propose_tax_rule(self):
        """The form of a new tax rule, filled in with the first missing tax that has none yet."""
        self.ensure_one()
        for tax in (self.details or {}).get("taxes") or ():
            if not self._rule_for(tax):
                return self._new_rule_form(tax)
        raise UserError(self.env._("All taxes of this order have their rules by now: retry it."))

    def _rule_for(self, tax):
        rules = self.env["gateway.tax.rule"]._of(self.connector_id)
        asked = float(tax["percent"]), tax["name"], tax["country"], tax["included"]
        return next((rule for rule in rules if rule._matches(*asked)), None)

    def _new_rule_form(self, tax):
        country = self.env["res.country"].search([("code", "=", tax["country"])], limit=1)
        kind = "tax_included" if tax["included"] else "tax_excluded"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New tax rule"),
            "res_model": "gateway.tax.rule",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_company_id": self.connector_id.company_id.id,
                "default_connector_id": self.connector_id.id,
                "default_rate": float(tax["percent"]),
                "default_country_id": country.id if tax["country"] else False,
                "default_name_pattern": _as_glob(tax["name"]),
                "gateway_prices": kind,  # for a tax that is created from the form
            },
        }


def _as_glob(name):
    """A pattern that matches `name` and nothing else; any name where it has none."""
    return "".join(f"[{one}]" if one in "*?[" else one for one in name) or "*"
