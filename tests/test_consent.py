"""Consent to e-mail marketing, both ways: nobody who said no is written to by either side."""

from odoo.tests import tagged

from .customer_case import CustomerCase


class ConsentCase(CustomerCase):
    def setUp(self):
        super().setUp()
        self.mail = self.customer["email"].lower()

    def said(self, state):
        """What the customer says in the shop."""
        self.customer["consent"] = state
        self.shop.store.touch(self.customer)

    def bar(self, barred=True):
        blacklist = self.env["mail.blacklist"]
        (blacklist._add if barred else blacklist._remove)(self.mail)

    def is_barred(self):
        return bool(self.env["mail.blacklist"].search_count([("email", "=", self.mail)]))

    def assert_still(self):
        revision = self.shop.store.revision
        before = self.partner().write_date
        self.carry()
        self.assertEqual((revision, before), (self.shop.store.revision, self.partner().write_date))


@tagged("post_install", "-at_install")
class TestConsent(ConsentCase):
    def test_who_agrees_in_the_shop_can_be_chosen_in_odoo_and_who_takes_it_back_is_barred(self):
        self.assertFalse(self.partner().gateway_email_consent)
        self.said("SUBSCRIBED")
        self.carry()
        self.assertEqual("subscribed", self.partner().gateway_email_consent)
        self.said("UNSUBSCRIBED")
        self.carry()
        self.assertEqual("unsubscribed", self.partner().gateway_email_consent)
        self.assertTrue(self.is_barred())
        self.said("SUBSCRIBED")
        self.carry()
        self.assertFalse(self.is_barred(), "agreed again")
        self.assert_still()

    def test_who_is_barred_in_odoo_is_unsubscribed_in_the_shop_and_stays_so(self):
        self.said("SUBSCRIBED")
        self.carry()
        self.bar()
        self.carry()
        self.assertEqual("UNSUBSCRIBED", self.customer["consent"])
        self.assertTrue(self.is_barred())
        self.assert_still()
        self.assertTrue(self.is_barred())
        self.bar(False)
        self.carry()
        self.assertEqual("UNSUBSCRIBED", self.customer["consent"], "nobody agreed by that")
        self.bar()
        self.said("SUBSCRIBED")
        self.carry()
        self.assertFalse(self.is_barred(), "agreed again")
        self.assertEqual("SUBSCRIBED", self.customer["consent"])
        self.assert_still()

    def test_who_said_no_is_not_written_to_at_a_new_address_either(self):
        self.said("UNSUBSCRIBED")
        self.carry()
        self.partner().email = "elsewhere@example.com"
        self.mail = "elsewhere@example.com"
        self.assertTrue(self.is_barred())
        self.bar(False)
        self.assertEqual("lifted", self.partner().gateway_email_consent)
        self.partner().email = "again@example.com"
        self.mail = "again@example.com"
        self.assertFalse(self.is_barred())

    def test_what_nobody_said_is_no_consent_and_takes_none_away(self):
        self.bar()
        self.carry()
        self.assertEqual("UNSUBSCRIBED", self.customer["consent"])
        self.bar(False)
        self.carry()
        self.assertEqual("UNSUBSCRIBED", self.customer["consent"], "Odoo says nothing now")
        self.assertFalse(self.is_barred())
        self.assert_still()

    def test_of_customers_bound_before_it_was_carried_nobody_is_let_in_or_loses_a_company(self):
        self.said("SUBSCRIBED")
        partner = self.partner()
        partner.company_name = "Acme"
        self.bar()
        binding = self.bindings("customer").filtered(lambda one: one.odoo_id == str(partner.id))
        fresh = ("email_consent", "emailConsent", "company_name", "defaultAddress.company")
        binding.sudo().base = {
            way: {name: pair for name, pair in pairs.items() if name not in fresh}
            for way, pairs in binding.sudo().base.items()
        }
        self.env["gateway.watermark"].search([("entity", "=", "customer")]).unlink()
        self.carry()
        self.assertEqual("Acme", partner.company_name)
        self.assertEqual("Acme", self.customer["addresses"][0]["company"])
        self.assertTrue(self.is_barred())
        self.assertEqual("UNSUBSCRIBED", self.customer["consent"])
        self.assert_still()


@tagged("post_install", "-at_install")
class TestConsentAtFirst(ConsentCase):
    synced = False

    def test_an_address_that_is_barred_stays_barred_whatever_its_new_customer_says(self):
        self.bar()
        self.said("SUBSCRIBED")
        self.carry()
        self.assertTrue(self.is_barred())
        self.carry()
        self.assertEqual("UNSUBSCRIBED", self.customer["consent"])
        self.assert_still()
