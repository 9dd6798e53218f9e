from odoo import api, fields, models


class ResPartner(models.Model):
    """What a shop's customer said to e-mail marketing, to choose recipients by."""

    _inherit = "res.partner"

    gateway_email_consent = fields.Selection(
        [("subscribed", "Subscribed"), ("unsubscribed", "Unsubscribed")],
        string="E-mail Marketing",
        readonly=True,
        copy=False,
        help="As the shop has it. Who is on the e-mail blacklist is unsubscribed in the shop, too.",
    )


class MailBlacklist(models.Model):
    """Who is barred agrees no more, and does not by being let in again."""

    _inherit = "mail.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        entries._take_consents_back()
        return entries

    def write(self, vals):
        done = super().write(vals)
        if vals.get("active") or "email" in vals:
            self._take_consents_back()
        return done

    def _take_consents_back(self):
        mails = self.filtered("active").mapped("email")
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        agreed = [("gateway_email_consent", "=", "subscribed"), ("email_normalized", "in", mails)]
        partners.search(agreed).gateway_email_consent = "unsubscribed"
