from odoo import api, fields, models

from .wording import entity_label, table

#: The rows of what is shown of a check, in order, by the key of `health` that each is from.
KEPT = ("account", "version", "currency", "time_zone")


class GatewayConnector(models.Model):
    """What the last check that met the shop has found there, in words."""

    _inherit = "gateway.connector"

    found_text = fields.Html(string="Found", compute="_compute_found_text", sanitize=False)

    @api.depends("health")
    @api.depends_context("lang")
    def _compute_found_text(self):
        for connector in self:
            health = connector.health or {}
            connector.found_text = health.get("usable") and table([], connector._told_found(health))

    def _told_found(self, health):
        """[[what it is, how the shop has it]], without what it does not tell."""
        names = {
            "account": self.env._("Shop"),
            "version": self.env._("Version"),
            "currency": self.env._("Currency"),
            "time_zone": self.env._("Time zone"),
        }
        told = [(names[key], health.get(key)) for key in KEPT]
        told += [
            (self.env._("Locations"), ", ".join((health.get("locations") or {}).values())),
            (self.env._("Scopes granted"), ", ".join(health.get("granted") or [])),
            (self.env._("Can be synced"), ", ".join(self._readable(health))),
        ]
        return [[name, value] for name, value in told if value]

    def _told_short(self, health):
        """Sentences for a message that goes by itself; the form tells the rest."""
        what = ", ".join(self._readable(health))
        return [health.get("account") or "", self.env._("Can be synced: %s", what) if what else ""]

    def _readable(self, health):
        """Labels of the entities that are mapped and that the credentials let be read."""
        denied = {name[:-2] for name in health.get("hidden") or [] if name.endswith(".*")}
        known = dict.fromkeys(entity for entity, _way in self._mapped_flows())
        return [entity_label(self.env, name) for name in known if name not in denied]
