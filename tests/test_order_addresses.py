"""An order that is in a shop keeps the address of its day; and a compare tells what a sync would
mend, or says why it is left apart."""

from unittest.mock import patch

from odoo.api import Environment
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.gateway_ng.models.endpoint import OdooEndpoint

from .customer_case import CustomerCase
from .demo_shop_case import Comparing


@tagged("post_install", "-at_install", "gateway")
class TestOrderAddresses(Comparing, CustomerCase):
    def setUp(self):
        super().setUp()
        bound = self.bindings("customer").mapped("res_id")
        self.invoiced = self.env["sale.order"].search([("partner_invoice_id", "in", bound)])
        (binding,) = self.bindings("customer").filtered(
            lambda one: one.res_id == self.invoiced[:1].partner_invoice_id.id
        )
        self.customer = self.shop.store.get("Customer", self.reader.number(binding.remote_id))
        self.env.cr.execute(
            "UPDATE gateway_binding SET create_date = create_date - interval '2 days'"
        )
        self.env.invalidate_all()

    def orders(self):
        return self.reader.table("Order")

    def held(self, run):
        """{entity: fields} of what a compare says that is to be mended."""
        found = {}
        for change in run.change_ids.filtered(lambda one: one.outcome == "held"):
            found.setdefault(change.entity, set()).update(change.field_changes or {})
        return found

    def move(self):
        self.clock.sleep(60)
        self.partner().city = "Elsewhere"

    def sale(self):
        """An order with the customer itself as its address."""
        return self.invoiced[:1]

    def address(self, sale, role="billing_address"):
        endpoint = OdooEndpoint(self.env, self.connector, {"order": {role}})
        (record,) = endpoint.fetch("order", [str(sale.id)])
        return record.fields[role]

    def test_an_edit_of_the_customer_is_told_by_the_customers_compare_alone(self):
        before = self.address(self.sale())
        self.move()
        self.assertEqual(before, self.address(self.sale()))
        self.assertEqual({"customer": {"city"}}, self.held(self.compare()))
        plan = self.connector.run_sync(dry_run=True, full=True, wait=True)
        self.assertEqual({"customer"}, set(self.planned(plan)))
        self.connector.run_sync(full=True, wait=True)
        self.assertEqual({}, self.held(self.compare()))

    def planned(self, plan):
        return plan.change_ids.filtered(lambda one: one.outcome == "updated").mapped("entity")

    def test_an_order_that_gets_another_contact_has_that_ones_address(self):
        sale = self.sale()
        self.move()
        other = self.env["res.partner"].create(
            {"name": "Other", "city": "There", "parent_id": self.partner().id, "type": "invoice"}
        )
        sale.partner_invoice_id = other
        self.assertEqual("There", self.address(sale)["city"])

    def test_the_address_that_the_shop_corrects_is_the_orders_from_then_on(self):
        sale = self.sale()
        self.move()
        (binding,) = self.bindings("order").filtered(lambda one: one.res_id == sale.id)
        placed = next(one for one in self.orders() if one["id"] == binding.remote_id)
        placed["billingAddress"] = {**placed["billingAddress"], "city": "Elsewhere"}
        self.shop.store.touch(placed)
        self.clock.sleep(60)
        self.sync("order", direction="import")
        self.assertEqual("Elsewhere", self.address(sale)["city"])
        self.assertEqual({}, {k: v for k, v in self.held(self.compare()).items() if k == "order"})

    def test_an_order_of_a_merged_contact_keeps_the_address_of_its_day(self):
        sale, before = self.sale(), self.address(self.sale())
        kept = self.env["res.partner"].create({"name": "Kept", "city": "There"})
        merge = self.env["base.partner.merge.automatic.wizard"]
        merge._merge([self.partner().id, kept.id], kept)
        self.env.invalidate_all()
        self.assertEqual(kept, sale.partner_invoice_id)
        self.assertEqual(before, self.address(sale))

    def test_an_order_that_had_the_kept_contact_before_the_merge_has_its_address(self):
        """A person gave it the contact that stays, and merged the other one away afterwards."""
        sale = self.sale()
        kept = self.env["res.partner"].create({"name": "Kept", "city": "There"})
        self.move()
        sale.partner_invoice_id = kept
        merge = self.env["base.partner.merge.automatic.wizard"]
        merge._merge([self.partner().id, kept.id], kept)
        self.env.invalidate_all()
        self.assertEqual("There", self.address(sale)["city"])

    def test_a_contact_that_gets_a_company_leaves_the_orders_address_as_it_was(self):
        """Odoo empties the name of the company that it had, and gives it the address of its own."""
        sale = self.sale()
        self.partner().company_name = "Acme"
        sale._write({"gateway_addresses": None})
        self.env.invalidate_all()
        before = self.address(sale)
        self.assertEqual("Acme", before["company"])
        company = {"name": "Acme Ltd", "is_company": True, "city": "Elsewhere"}
        self.partner().parent_id = self.env["res.partner"].create(company)
        self.env.invalidate_all()
        self.assertEqual(before, self.address(sale))

    def test_an_order_of_a_contact_that_is_archived_and_has_no_name_keeps_its_customers(self):
        sale = self.sale()
        child = {"parent_id": self.partner().id, "type": "delivery", "city": "There"}
        sale.partner_shipping_id = self.env["res.partner"].create(child)
        before = self.address(sale, "shipping_address")
        sale.partner_shipping_id.active = False
        self.partner().name = "Somebody Else"
        self.env.invalidate_all()
        self.assertEqual(before, self.address(sale, "shipping_address"))

    def asked(self, act):
        """The queries that `act` makes of `execute_query`."""
        asked, ask = [], Environment.execute_query

        def noted(env, query):
            asked.append(query)
            return ask(env, query)

        with patch.object(Environment, "execute_query", noted):
            act()
        return asked

    def test_an_edit_of_a_contact_does_not_look_through_all_bindings(self):
        self.env.cr.execute(
            "INSERT INTO gateway_binding (connector_id, entity, res_model, res_id, odoo_id,"
            " remote_id, state) SELECT %s, 'order', 'sale.order', i, i::varchar, 'x' || i, 'bound'"
            " FROM generate_series(1000000, 1050000) AS i",
            [self.connector.id],
        )
        self.env.cr.execute("ANALYZE gateway_binding")
        for query in self.asked(self.move):
            if "sale_order" in query.code:
                plan = self.env.execute_query(SQL("EXPLAIN %s", query))
                self.assertNotIn("Seq Scan on gateway_binding", str(plan))

    def test_edits_of_contacts_do_not_read_the_countries_each_time(self):
        asked = self.asked(self.move)
        self.assertEqual([], [one.code for one in asked if "FROM res_country" in one.code])

    def test_the_address_that_was_kept_is_forgotten_with_the_person(self):
        sale = self.sale()
        self.move()
        self.env.invalidate_all()
        self.assertTrue(sale.gateway_addresses)
        person = self.connector._person(contacts=self.partner())
        self.connector._forget(person)
        self.assertFalse(sale.gateway_addresses)

    def edit_all(self):
        """What a person may edit in one record of each entity, whether it is carried or not."""
        self.move()
        sale = self.sale()
        sale.write({"note": "Wrap it", "client_order_ref": "Ours"})
        sale.partner_shipping_id = self.env["res.partner"].create({"name": "X", "city": "There"})
        template = self.template(self.reader.table("Product")[0]["title"])
        template.write({"name": "Renamed", "list_price": 77, "description_sale": "New"})
        template.product_variant_ids[0].write({"barcode": "4006381333931", "weight": 3})

    def test_a_compare_tells_the_records_that_a_plan_would_mend_and_no_other(self):
        self.edit_all()
        run = self.compare()
        plan = self.connector.run_sync(dry_run=True, full=True, wait=True)
        self.assertEqual(self.records(plan, "updated", "created"), self.records(run, "held"))
        left = [row for row in run._drift() if row[0] == "order"]
        self.assertIn("shipping_address", {name for _entity, name, *_rest in left})
        why = "left apart: changed in Odoo, and this field is carried from the shop only"
        self.assertEqual({why}, {row[2] for row in left})

    def records(self, run, *outcomes):
        """{(entity, record of Odoo)} that a run tells with one of these outcomes."""
        lines = run.change_ids.filtered(lambda one: one.outcome in outcomes)
        return {(line.entity, line.record_name) for line in lines}

    def test_after_a_sync_of_everything_a_compare_tells_nothing_that_no_plan_would_mend(self):
        self.edit_all()
        for _times in range(2):
            self.clock.sleep(60)
            self.connector.run_sync(full=True, wait=True)
        plan = self.connector.run_sync(dry_run=True, full=True, wait=True)
        self.assertEqual([], self.planned(plan), "nothing is left to carry")
        run = self.compare()
        self.assertEqual({}, self.held(run), run._drift())
        self.assertEqual((run.state, run.count_held), ("done", 0))
