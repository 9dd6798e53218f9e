"""Companies that buy in the shop, through whole syncs: the company once, its buyers below it, and
their orders' invoices to it."""

from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import Settings, companies, edit, seed_companies, sell

from .test_two_way import TwoWayCase

ALL = (*Settings().scopes, "read_companies")
VAT = "GB980780684"
SHIRT = "SHI-001-M"
REFUSED = "This number does not seem to be valid."


class CompanyCase(TwoWayCase):
    """The demo shop, which sells to «Example Trading» (two buyers) and «Sample Works» too."""

    @classmethod
    def seed(cls, shop):  # pylint: disable=missing-return
        super().seed(shop)
        shop.configure({"scopes": list(ALL)})
        seed_companies(shop)

    def setUp(self):
        super().setUp()
        self.trading, self.works = self.reader.table("Company")
        self.buyers = [one for one in self.reader.table("Customer") if one.get("companies")]

    def carry(self, *entities):
        self.clock.sleep(60)
        return self.sync(*entities or ("company", "customer", "order"), direction="import")

    def company(self, told=None):
        return self.bound("company", (told or self.trading)["id"])

    def partner(self, customer):
        return self.bound("customer", customer["id"])

    def change(self, told=None, **values):
        edit(self.shop, "company", {"company": (told or self.trading)["id"], "set": values})


@tagged("post_install", "-at_install")
class TestCompanies(CompanyCase):
    def test_a_company_is_a_company_in_odoo_with_number_note_and_address(self):
        company = self.company()
        self.assertTrue(company.is_company)
        self.assertFalse(company.parent_id)
        self.assertEqual(
            ("Example Trading", VAT, "ET", "+441134960000"),
            (company.name, company.vat, company.ref, company.phone),
        )
        self.assertEqual("<p>Pays by invoice</p>", company.comment)
        self.assertEqual(
            ("1 Works Road", "LS1 4AP", "Leeds", "GB"),
            (company.street, company.zip, company.city, company.country_id.code),
        )
        self.assertEqual(1, company.customer_rank, "Odoo's list of customers shows it")

    def test_its_other_locations_are_contacts_below_it(self):
        york = self.company().child_ids.filtered(lambda one: one.type == "delivery")
        self.assertEqual(("York", "7 Mill Lane"), (york.name, york.street))
        (binding,) = self.bindings("company_location")
        self.assertEqual(self.trading["locations"][1]["id"], binding.remote_id)
        self.assertFalse(self.company(self.works).child_ids, "its one location is its own address")

    def test_the_buyers_of_a_company_are_its_contacts(self):
        company = self.company()
        self.assertEqual(2, len(self.buyers))
        for buyer in self.buyers:
            partner = self.partner(buyer)
            self.assertEqual((company, "contact"), (partner.parent_id, partner.type))
            self.assertFalse(partner.is_company)
            self.assertEqual((company, VAT), (partner.commercial_partner_id, partner.vat))
            self.assertEqual("1 Works Road", partner.street, "Odoo gives it the company's address")
        others = self.bindings("customer").filtered(
            lambda one: one.remote_id not in [buyer["id"] for buyer in self.buyers]
        )
        partners = self.env["res.partner"].browse(others.mapped("res_id"))
        self.assertFalse(partners.parent_id)

    def test_the_address_of_a_buyer_is_not_written_up_to_the_company(self):
        place = self.company().street, self.company().zip
        buyer = self.buyers[0]
        buyer["addresses"][0]["address1"] = "99 Private Road"
        self.shop.store.touch(buyer)
        self.carry()
        self.assertEqual(place, (self.company().street, self.company().zip))

    def test_two_buyers_of_one_company_order_for_it_and_it_is_there_once(self):
        for buyer in self.buyers:
            sell(self.shop, SHIRT, 1, customer=buyer["id"])
        self.carry()
        company = self.company()
        for buyer in self.buyers:
            order = self.env["sale.order"].search(
                [("partner_id", "=", self.partner(buyer).id)], order="id desc", limit=1
            )
            self.assertEqual(company, order.partner_id.commercial_partner_id)
            self.assertEqual(company, order.partner_invoice_id.commercial_partner_id)
            self.assertEqual(VAT, order.partner_id.commercial_partner_id.vat)
        same = [("is_company", "=", True), ("name", "=", "Example Trading")]
        self.assertEqual(company, self.env["res.partner"].search(same))

    def test_a_second_run_writes_nothing_whatever_is_read_again(self):
        self.assert_settled()
        for full in (False, True):
            run = self.connector.run_sync(wait=True, full=full)
            self.assertEqual(({}, 0), (self.written(run), run.count_dead), self.told(run))

    def test_an_edit_in_the_shop_arrives(self):
        self.change(name="Example Traders", note="Pays at once")
        run = self.carry("company")
        company = self.company()
        self.assertEqual(("Example Traders", VAT), (company.name, company.vat))
        self.assertEqual("<p>Pays at once</p>", company.comment)
        self.assertEqual({("company", "import"): {"updated": 1}}, self.written(run))
        self.assert_settled()

    def test_an_edit_of_a_location_arrives(self):
        leeds, york = self.trading["locations"]
        for place in ("billingAddress", "shippingAddress"):
            leeds[place] = {**leeds[place], "address1": "2 Works Road"}
        york["shippingAddress"] = {**york["shippingAddress"], "city": "Selby"}
        self.shop.store.touch(self.trading)
        self.carry("company")
        company = self.company()
        self.assertEqual("2 Works Road", company.street)
        self.assertEqual("2 Works Road", self.partner(self.buyers[0]).street)
        self.assertIn("Selby", company.child_ids.mapped("city"))
        self.assert_settled()

    def test_a_company_renamed_in_odoo_is_left_until_the_shop_says_something_else(self):
        company = self.company()
        company.name = "Our name for it"
        self.carry()
        self.assertEqual("Our name for it", company.name)
        self.change(note="Another")
        self.carry()
        self.assertEqual("Our name for it", company.name, "only the note was edited")
        self.change(name="Theirs")
        run = self.carry("company")
        self.assertEqual("Theirs", company.name, "the last write wins")
        conflict = self.env["gateway.conflict"].search([("run_id", "=", run.id)])
        self.assertEqual(["name"], conflict.mapped("field_names"))

    def test_a_company_that_is_deleted_in_the_shop_stays_in_odoo(self):
        company = self.company(self.works)
        self.shop.store.remove("Company", self.reader.number(self.works["id"]))
        self.connector.sweep_hours = 1
        self.env["gateway.watermark"].search([]).swept = False
        self.carry("company")
        self.assertTrue(company.exists() and company.active)

    def test_companies_are_counted_beside_customers(self):
        self.connector.action_count()
        count = self.connector.count_ids.filtered(lambda one: one.entity == "company")
        self.assertEqual((2, 2), (count.remote_count, count.bound_count))


@tagged("post_install", "-at_install")
class TestTaxNumbersThatOdooRefuses(CompanyCase):
    """As the module base_vat does, which need not be installed."""

    synced = False
    bad = "GB000"

    def setUp(self):
        super().setUp()
        partners = self.env.registry["res.partner"]
        write = partners.write

        def checked(records, vals):
            for record in records:
                told = vals.get("vat", record.vat if "country_id" in vals else False)
                if told == self.bad and not records.env.context.get("no_vat_validation"):
                    raise ValidationError(REFUSED)
            return write(records, vals)

        self.startPatcher(patch.object(partners, "write", checked))
        self.number_of(self.trading, self.bad)

    def number_of(self, told, vat):
        told["locations"][0]["taxSettings"] = {"taxRegistrationId": vat, "taxExempt": False}
        self.shop.store.touch(told)

    def carry(self, *entities):
        self.clock.sleep(60)
        return self.connector.run_sync(list(entities or ["company"]), "import", wait=True)

    def test_the_company_is_written_without_it_and_a_letter_names_the_field(self):
        run = self.carry("company", "customer")
        self.assertEqual(0, run.count_dead)
        company = self.company()
        self.assertEqual(("Example Trading", False), (company.name, company.vat))
        self.assertEqual(company, self.partner(self.buyers[0]).parent_id)
        letter = self.letters()
        self.assertEqual(
            ("company", self.trading["id"], "vat", "write"),
            (letter.entity, letter.source_id, letter.field_name, letter.stage),
        )
        self.assertIn(f"refuses the tax number: {REFUSED}", letter.error)

    def test_the_others_of_the_page_keep_theirs(self):
        self.number_of(self.works, VAT)
        self.carry()
        self.assertEqual(VAT, self.company(self.works).vat)

    def test_it_is_tried_again_where_the_shop_corrects_it_and_the_letter_goes(self):
        self.carry()
        self.number_of(self.trading, VAT)
        run = self.carry()
        self.assertEqual((0, VAT), (run.count_dead, self.company().vat))
        self.assertFalse(self.letters())
        self.assertEqual({}, self.written(self.carry()))

    def test_an_edit_beside_it_arrives_and_the_number_that_is_there_stays(self):
        self.number_of(self.trading, VAT)
        self.carry()
        company = self.company()
        self.number_of(self.trading, self.bad)
        self.change(name="Example Traders")
        self.carry()
        self.assertEqual(("Example Traders", VAT), (company.name, company.vat))

    def test_another_country_does_not_check_the_number_that_is_there(self):
        company = self.env["res.partner"].create(
            {"name": "Acme", "is_company": True, "ref": "ET", "vat": self.bad}
        )
        self.number_of(self.trading, None)
        run = self.carry()
        self.assertEqual((0, company), (run.count_dead, self.company()))
        self.assertEqual(("GB", self.bad), (company.country_id.code, company.vat))


@tagged("post_install", "-at_install")
class TestShopsWithoutCompanies(TwoWayCase):
    synced = False

    def flows(self, connector):
        return {entity for entity, _way in connector._flows_to_run()}

    def test_where_the_scope_is_missing_there_is_no_such_flow_and_nothing_is_missed(self):
        seed_companies(self.shop)
        health = self.connector.check_connection()
        self.assertEqual((True, []), (health["ok"], health["offered"]))
        self.assertNotIn("company", self.flows(self.connector))
        self.assertNotIn("company", self.connector.schedule_ids.mapped("entity"))
        run = self.sync("customer", direction="import")
        self.assertEqual((30, 0), (run.count_created, run.count_dead))
        self.assertFalse(self.bindings("company"))
        self.connector.action_count()
        self.assertNotIn("company", self.connector.count_ids.mapped("entity"))

    def test_a_check_that_finds_them_adds_the_flow_and_one_that_meets_no_shop_keeps_it(self):
        self.shop.configure({"scopes": list(ALL)})
        self.connector.check_connection()
        self.assertIn(("company", "import"), self.connector._flows_to_run())
        line = self.connector.schedule_ids.filtered(lambda one: one.entity == "company")
        self.assertEqual(("import", True), (line.direction, line.is_on))
        order = [entity for entity, way in self.connector._flows_to_run() if way == "import"]
        self.assertLess(order.index("company"), order.index("customer"))
        self.connector.connection_ids.set_values({"base_url": "http://127.0.0.1:9"})
        self.assertFalse(self.connector.check_connection()["usable"])
        self.assertIn("company", self.flows(self.connector))

    def test_a_shop_that_does_not_sell_to_companies_has_no_such_flow(self):
        self.shop.configure({"scopes": list(ALL), "b2b": False})
        health = self.connector.check_connection()
        self.assertEqual((True, []), (health["ok"], health["offered"]))
        self.assertNotIn("company", self.flows(self.connector))
        run = self.sync("customer", direction="import")
        self.assertEqual((30, 0), (run.count_created, run.count_dead))

    def test_where_companies_are_switched_off_their_buyers_come_without_them(self):
        self.shop.configure({"scopes": list(ALL)})
        seed_companies(self.shop)
        self.connector.check_connection()
        lines = self.connector.schedule_ids.filtered(lambda one: one.entity == "company")
        lines.is_on = False
        run = self.sync("customer", direction="import")
        self.assertEqual((30, 0), (run.count_created, run.count_dead))


@tagged("post_install", "-at_install")
class TestBuyersThatOdooHad(CompanyCase):
    synced = False

    def test_the_address_that_odoo_had_of_a_buyer_is_kept_below_the_contact(self):
        buyer = self.buyers[0]
        home = {"street": "7 Home St", "city": "Leeds", "zip": "LS1 4AP"}
        partner = self.env["res.partner"].create({"name": "Ada", "email": buyer["email"], **home})
        self.carry("company", "customer")
        self.assertEqual((self.company(), partner), (partner.parent_id, self.partner(buyer)))
        self.assertEqual(self.company().street, partner.street)
        self.assertEqual(
            [("other", home)],
            [(one.type, {name: one[name] for name in home}) for one in partner.child_ids],
        )
        run = self.carry("company", "customer")
        self.assertEqual((0, 0), (run.count_updated, run.count_created))
        self.assertEqual(1, len(partner.child_ids))


@tagged("post_install", "-at_install")
class TestBuyers(CompanyCase):
    """Who comes and goes."""

    def setUp(self):
        super().setUp()
        self.loner = next(one for one in self.reader.table("Customer") if not one.get("companies"))

    def test_a_customer_who_joins_a_company_later_becomes_its_contact(self):
        partner = self.partner(self.loner)
        self.assertFalse(partner.parent_id)
        companies.join(self.shop.store, self.loner, self.works)
        self.carry()
        self.assertEqual(self.company(self.works), partner.parent_id)
        self.assertEqual("12 Congress Avenue", partner.street)
        self.assert_settled()

    def test_the_address_of_who_joins_a_company_without_one_does_not_become_the_company_s(self):
        bare = companies.add_company(self.shop.store, "Bare")
        partner = self.partner(self.loner)
        self.assertTrue(partner.street)
        companies.join(self.shop.store, self.loner, bare)
        self.carry()
        self.assertEqual(self.company(bare), partner.parent_id)
        self.assertFalse(self.company(bare).street)
        self.assert_settled()

    def test_the_parent_that_a_person_gave_stays_where_the_shop_tells_of_none(self):
        own = self.env["res.partner"].create({"name": "Own", "is_company": True})
        partner = self.partner(self.loner)
        partner.parent_id = own
        self.loner["note"] = "edited"
        self.shop.store.touch(self.loner)
        self.carry()
        self.assertEqual((own, "<p>edited</p>"), (partner.parent_id, partner.comment))

    def test_the_parent_that_a_person_gave_before_stays_where_the_shop_tells_of_another(self):
        own = self.env["res.partner"].create({"name": "Own", "is_company": True})
        partner = self.partner(self.loner)
        partner.parent_id = own
        companies.join(self.shop.store, self.loner, self.works)
        self.carry()
        self.assertEqual(own, partner.parent_id)
        conflicts = self.env["gateway.conflict"].search([("connector_id", "=", self.connector.id)])
        self.assertIn(["parent_id"], [one.field_names.split(", ") for one in conflicts])

    def test_who_leaves_the_company_in_the_shop_stays_its_contact_in_odoo(self):
        buyer = self.buyers[0]
        companies.leave(self.shop.store, buyer, self.trading)
        self.carry()
        self.assertEqual(self.company(), self.partner(buyer).parent_id)

    def test_who_was_put_below_another_company_in_odoo_stays_there(self):
        own = self.env["res.partner"].create({"name": "Own", "is_company": True})
        buyer = self.buyers[0]
        partner = self.partner(buyer)
        partner.parent_id = own
        buyer["note"] = "edited"
        self.shop.store.touch(buyer)
        self.carry()
        self.assertEqual((own, "<p>edited</p>"), (partner.parent_id, partner.comment))

    def test_a_buyer_who_is_forgotten_takes_nothing_of_the_company_away(self):
        company, buyer = self.company(), self.buyers[0]
        partner = self.partner(buyer)
        orders = self.env["sale.order"].search([("partner_id", "=", partner.id)])
        orders.filtered(lambda one: one.state != "cancel").picking_ids.action_cancel()
        person = self.connector.sudo()._person(partner)
        self.connector.sudo()._forget(person)
        self.assertFalse(partner.active, "nothing else uses it")
        self.assertFalse(partner.email)
        self.assertEqual(
            ("Example Trading", VAT, "1 Works Road", "Leeds", "+441134960000"),
            (company.name, company.vat, company.street, company.city, company.phone),
        )

    def test_a_company_that_buys_with_its_own_e_mail_is_not_put_below_itself(self):
        company = self.company(self.works)
        company.email = "works@example.com"
        id_ = self.reader.add_customer("Sample", "Works", "works@example.com")
        made = self.shop.store.find("Customer", id_)
        made["companies"] = []
        companies.join(self.shop.store, made, self.works)
        self.carry()
        self.assertEqual(company, self.bound("customer", id_))
        self.assertFalse(company.parent_id)
        self.assertEqual({}, self.written(self.carry()))


@tagged("post_install", "-at_install")
class TestFirstMatchOfCompanies(CompanyCase):
    synced = False

    def in_odoo(self, **values):
        return self.env["res.partner"].create({"name": "Acme", "is_company": True, **values})

    def test_a_company_of_odoo_is_met_by_its_tax_number_however_that_is_written(self):
        known = self.in_odoo(vat="gb 980.780.684" if not self.checks_vat() else VAT)
        self.carry("company")
        self.assertEqual(known, self.company())
        self.assertEqual(("Acme", "ET"), (known.name, known.ref), "only what was empty is filled")

    def test_else_by_its_reference_and_never_by_its_name(self):
        known = self.in_odoo(ref="ET")
        namesake = self.in_odoo(name="Sample Works")
        self.carry("company")
        self.assertEqual((known, VAT), (self.company(), known.vat))
        self.assertNotEqual(namesake, self.company(self.works))

    def test_two_with_the_number_are_for_a_person_to_tell_apart(self):
        self.in_odoo(vat=VAT)
        self.in_odoo(vat=VAT)
        run = self.connector.run_sync(["company"], direction="import", wait=True)
        self.assertEqual(1, run.count_dead)
        letter = self.letters()
        self.assertEqual((self.trading["id"], "match"), (letter.source_id, letter.stage))
        self.assertEqual(1, len(self.bindings("company")))

    def test_persons_and_the_companies_of_this_database_are_never_met(self):
        self.env["res.partner"].create({"name": "Ada", "ref": "ET"})
        self.env.company.partner_id.ref = "ET"
        self.carry("company")
        self.assertEqual("Example Trading", self.company().name)

    def test_a_plan_foresees_companies_and_the_buyers_below_them_and_its_apply_makes_them(self):
        plan = self.connector.run_sync(["company", "customer"], "import", dry_run=True, wait=True)
        self.assertEqual("done", plan.state, self.told(plan))
        self.assertEqual((2 + 30, 0), (plan.count_created, plan.count_dead))
        self.assertFalse(self.bindings("company"))
        made = self.connector.run_sync(["company", "customer"], "import", wait=True)
        self.assertEqual((2 + 30, 0), (made.count_created, made.count_dead))
        for buyer in self.buyers:
            self.assertEqual(self.company(), self.partner(buyer).parent_id)

    def checks_vat(self):
        return "perform_vies_validation" in self.env["res.partner"]._fields
