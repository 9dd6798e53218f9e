"""Customers of a shop who are contacts of a company in Odoo: as such they are found, and their
company is left as it is."""

from odoo.tests import tagged

from .customer_case import CustomerCase

PLACE = {"street": "1 Works Rd", "city": "Leeds", "zip": "LS1 4AP", "phone": "+44 113 496 0000"}


class CompanyCase(CustomerCase):
    @classmethod
    def company_of(cls, **values):
        return cls.env["res.partner"].create(
            {
                "name": "Acme Works",
                "is_company": True,
                "country_id": cls.env.ref("base.uk").id,
                **PLACE,
                **values,
            }
        )

    def assert_place(self, *partners):
        for partner in partners:
            self.assertEqual(PLACE["street"], partner.street)
            self.assertEqual((PLACE["zip"], "GB"), (partner.zip, partner.country_id.code))


@tagged("post_install", "-at_install")
class TestFirstMatchOfContacts(CompanyCase):
    synced = False

    def test_a_contact_of_a_company_is_found_by_its_e_mail_and_nothing_is_made_beside_it(self):
        company = self.company_of()
        contact = self.env["res.partner"].create(
            {"name": "Ada", "parent_id": company.id, "email": self.customer["email"].upper()}
        )
        self.carry()
        self.assertEqual(contact, self.partner())
        same = [("email_normalized", "=", self.customer["email"].lower())]
        self.assertEqual(contact, self.env["res.partner"].search(same))
        self.assertEqual((company, "contact"), (contact.parent_id, contact.type))
        self.assert_place(company, contact)

    def test_of_a_company_and_its_contact_with_one_e_mail_it_is_the_company(self):
        company = self.company_of(email=self.customer["email"])
        self.env["res.partner"].create(
            {"name": "Reception", "parent_id": company.id, "email": self.customer["email"]}
        )
        self.carry()
        self.assertEqual(company, self.partner())


@tagged("post_install", "-at_install")
class TestContactsOfCompanies(CompanyCase):
    def setUp(self):
        super().setUp()
        self.company = self.company_of()
        self.contact = self.partner()
        self.contact.write({"parent_id": self.company.id})
        self.stored = self.shop.store.get("Customer", self.reader.number(self.customer["id"]))

    def address(self):
        (main, *_others) = self.stored["addresses"]
        return main

    def test_who_is_put_below_a_company_goes_on_being_synced_and_its_address_is_the_company_s(self):
        before = dict(self.address())
        self.carry()
        self.assertEqual(before, self.address(), "the company's address is not the customer's")
        self.stored["firstName"] = "Zoe"
        self.address()["address1"] = "9 Other St"
        self.shop.store.touch(self.stored)
        self.carry()
        self.assertTrue(self.contact.name.startswith("Zoe"))
        self.assert_place(self.company, self.contact)
        self.assertEqual("9 Other St", self.address()["address1"])
        self.contact.name = "Zoe Byron"
        self.carry()
        self.assertEqual(("Zoe", "Byron"), (self.stored["firstName"], self.stored["lastName"]))
        self.company.street = "2 Works Rd"
        self.carry()
        self.assertEqual("9 Other St", self.address()["address1"])
        revision = self.shop.store.revision
        self.carry()
        self.assertEqual(revision, self.shop.store.revision, "nothing is left to write")

    def test_who_leaves_the_company_again_has_an_address_of_its_own(self):
        self.carry()
        self.contact.write({"parent_id": False, "street": "5 Home St"})
        self.carry()
        self.assertEqual("5 Home St", self.address()["address1"])
        self.assert_place(self.company)
