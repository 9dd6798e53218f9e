"""What ended a run, or keeps a page, in the language of who reads it."""

from odoo import api, fields, models

from .terms import term


class GatewayErring(models.AbstractModel):
    _name = "gateway.erring"
    _description = "Kept with an Error of the Gateway"

    error_text = fields.Text(string="What went wrong", compute="_compute_error_text")

    @api.depends("error")
    @api.depends_context("lang")
    def _compute_error_text(self):
        for row in self:
            row.error_text = row.error and term(self.env, row.error)


class GatewayRun(models.Model):
    _name = "gateway.run"
    _inherit = ["gateway.run", "gateway.erring"]


class GatewayPage(models.Model):
    _name = "gateway.page"
    _inherit = ["gateway.page", "gateway.erring"]
