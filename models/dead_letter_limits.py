from odoo import api, fields, models

#: Causes that may be gone at the next try: only these are tried again within a run.
PASSING = ("throttled", "connection")


class GatewayDeadLetter(models.Model):
    """How often a letter's record is tried, and what ends that."""

    _inherit = "gateway.dead.letter"

    tries_text = fields.Char(string="Limit of tries", compute="_compute_tries_text")

    @api.depends("state", "cause", "connector_id.retry_count", "connector_id.max_attempts")
    @api.depends_context("lang")
    def _compute_tries_text(self):
        for letter in self:
            connector = letter.connector_id.sudo()
            if letter.state != "open":
                letter.tries_text = False
            elif letter.cause in PASSING:
                letter.tries_text = self.env._(
                    "up to %(requests)s times a request, up to %(pages)s times a page; then it "
                    "waits for a person",
                    requests=connector.retry_count + 1,
                    pages=connector.max_attempts,
                )
            else:
                letter.tries_text = self.env._(
                    "none: it is tried once each time you retry it or its record is read anew"
                )
