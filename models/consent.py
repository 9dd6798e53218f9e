from odoo import api, fields, models


class ResPartner(models.Model):
    """What a shop's customer said to e-mail marketing, to choose recipients by."""

    _inherit = "res.partner"

    gateway_email_consent = fields.Selection(
        [
            ("subscribed", "Subscribed"),
            ("unsubscribed", "Unsubscribed"),
            ("lifted", "Unsubscription lifted"),
        ],
        string="E-mail Marketing",
        readonly=True,
        copy=False,
        help="As the shop has it. Who is on the e-mail blacklist is unsubscribed in the shop, too.",
    )

    def write(self, vals):
        """Who said no is not written to at a new address either."""
        done = super().write(vals)
        if "email" in vals:
            refused = self.sudo().filtered(lambda one: one.gateway_email_consent == "unsubscribed")
            mails = [mail for mail in refused.mapped("email_normalized") if mail]
            self.env["mail.blacklist"].sudo()._bar(mails)
        return done


class MailBlacklist(models.Model):
    """Who is barred agrees no more. Who is let in has not agreed by that: the no is lifted."""

    _inherit = "mail.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        entries._take_consents_back()
        return entries

    def write(self, vals):
        done = super().write(vals)
        if "active" in vals or "email" in vals:
            self._take_consents_back()
        return done

    def _take_consents_back(self):
        barred = self.filtered("active")
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        for entries, was, is_now in (
            (barred, ("subscribed", "lifted"), "unsubscribed"),
            (self - barred, ("unsubscribed",), "lifted"),
        ):
            said = [("gateway_email_consent", "in", was)]
            mails = [("email_normalized", "in", entries.mapped("email"))]
            partners.search([*said, *mails]).gateway_email_consent = is_now

    def _bar(self, mails):
        """Put addresses on the list."""
        entries = self.with_context(active_test=False).search([("email", "in", mails)])
        entries.action_unarchive()
        known = set(entries.mapped("email"))
        self.create([{"email": mail} for mail in mails if mail not in known])
