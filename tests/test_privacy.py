"""Forgetting a person: whatever the gateway keeps is gone, what the law asks for stays, and no sync
brings the person back. The canary is looked for in the tables themselves."""

import base64
import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import edit, sell
from odoo.addons.gateway_ng.lib.demoshop.seed import CUSTOMER, add_locations, address
from odoo.addons.gateway_ng.lib.endpoint import Event
from odoo.addons.gateway_ng.lib.values import stage
from odoo.addons.gateway_ng.models import connector_forget_all
from odoo.addons.gateway_ng.models.work import UnitOfWork

from .shop_case import ShopCase

NAME, FAMILY, MAIL = "Canarina", "Fringilla-Serinus", "canarina.4711@serinus.example"
PHONE, STREET = "+493077884711", "Zwitschergasse 4711"
CANARY = (FAMILY, MAIL, "canarina.4711", "77884711", "Zwitschergasse")
OTHER = "other.person@example.com"


class PrivacyCase(ShopCase):
    def setUp(self):
        super().setUp()
        add_locations(self.shop.store, self.shop.store.now())
        self.add_product("Mug", "MUG-1")
        self.check_and_map()
        edit(self.shop, "stock", {"sku": "MUG-1", "available": 99})
        self.sync("product")
        self.person = self.add_customer(NAME, FAMILY, MAIL, PHONE, STREET)
        self.other = self.add_customer("Otto", "Other", OTHER, "+493011112222", "Main Street 1")
        self.manager = self.people["manager"]
        self.manager.group_ids += self.env.ref("base.group_partner_manager")

    def add_customer(self, first, last, mail, phone, street):
        store = self.shop.store
        place = {"address1": street, "city": "Berlin", "zip": "10115", "countryCode": "DE"}
        home = address({"firstName": first, "lastName": last, "phone": phone, **place})
        return store.add(
            "Customer",
            {
                **CUSTOMER,
                "firstName": first,
                "lastName": last,
                "email": mail,
                "phone": phone,
                "note": f"calls from {phone}",
                "tags": [],
                "state": "ENABLED",
                "addresses": [{"id": store.new_gid("MailingAddress"), **home}],
                "metafields": [],
            },
        )

    def contact(self, customer):
        binding = self.env["gateway.binding"].search(
            [("connector_id", "=", self.connector.id), ("remote_id", "=", customer["id"])]
        )
        return self.env["res.partner"].with_context(active_test=False).browse(binding.res_id)

    def seen(self):
        """[(table.column, how often)] of the canary in every text of every table that is ours."""
        self.env.flush_all()
        found = []
        for table, column in self._columns():
            for word in CANARY:
                self.env.cr.execute(
                    f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ILIKE %s',
                    (f"%{word}%",),
                )
                if count := self.env.cr.fetchone()[0]:
                    found.append((f"{table}.{column}", word, count))
        return found

    def _columns(self):
        self.env.cr.execute(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type IN"
            " ('text', 'character varying', 'json', 'jsonb', 'ARRAY')"
            " AND (c.table_name LIKE 'gateway\\_%%' OR c.table_name LIKE 'queue\\_job%%'"
            " OR c.table_name IN ('mail_message', 'mail_tracking_value', 'mail_activity'))"
        )
        return self.env.cr.fetchall()

    def event(self, topic, matter, ids, entity="customer"):
        self.number = getattr(self, "number", 0) + 1
        self.env["gateway.event"]._keep(
            self.connector, [Event(f"e{self.number}", entity, ids, topic, False, None, matter)]
        )
        self.connector._carry_out_events()
        return self.env["gateway.event"].search([], order="id desc", limit=1)

    def dialog(self, record):
        model = self.env["gateway.person"].with_user(self.manager)
        first = record[:1]
        context = {"active_model": record._name, "active_id": first.id, "active_ids": record.ids}
        return model.with_context(**context).create({})


@tagged("post_install", "-at_install")
class TestForget(PrivacyCase):
    def leave_traces(self):
        """Changes both ways, an order, a refused order, a conflict, a plan, an event, a failed job
        and a note: the person is everywhere."""
        self.placed = sell(self.shop, "MUG-1", 1, customer=self.person["id"])
        sell(self.shop, "MUG-1", 1, customer=self.other["id"])
        self.sync("customer", "order", direction="both")
        self.partner = self.contact(self.person)
        self.order = self.env["sale.order"].search([("client_order_ref", "=", self.placed["name"])])
        self.assertEqual(self.partner, self.order.partner_id)
        self.connector.create_taxes = False
        dead = sell(self.shop, "MUG-1", 1, customer=self.person["id"])
        dead["lineItems"][0]["taxLines"][0].update(title="Moon tax", rate=0.0431)
        self.connector.rule_ids = [(0, 0, {"pattern": "res.partner.*", "winner": "ask"})]
        edit(
            self.shop,
            "customer",
            {"customer": self.person["id"], "set": {"lastName": FAMILY + "a"}},
        )
        quiet = self.partner.with_context(tracking_disable=True)
        quiet.name = f"{NAME} {FAMILY}b"
        self.sync("customer", "order")
        self.env["gateway.event"]._keep(
            self.connector,
            [Event("told", "customer", [self.person["id"]], "customers/update", False, None)],
        )
        self.connector.run_sync(["customer", "order"], wait=True, dry_run=True)
        run = self.connector.last_run_id
        run.error = f"most failed alike, for example: {MAIL}"
        self.connector.message_post(body=f"Sync failed: {NAME} {FAMILY}")
        self.letters(state="open").message_post(body=f"I shall call {PHONE}")
        self.connector.with_delay()._job_events()
        job = self.env["queue.job"].search([("model_name", "=", "gateway.connector")], limit=1)
        job.exc_info = f"Refused: {MAIL}"
        return dead

    def test_the_canary_is_nowhere_after_the_person_is_forgotten_and_stays_away(self):
        dead = self.leave_traces()
        before = {place.partition(".")[0] for place, _word, _count in self.seen()}
        self.assertLessEqual(
            {
                *("gateway_change", "gateway_dead_letter", "gateway_conflict", "gateway_page"),
                *("gateway_binding", "gateway_plan_intent", "gateway_run", "mail_message"),
                "queue_job",
            },
            before,
        )
        dialog = self.dialog(self.partner)
        self.assertIn(">Changes<", dialog.overview)
        self.assertNotIn("Gateway ", dialog.overview, "models are called as on screens")
        self.assertNotIn(FAMILY, dialog.overview)
        dialog.action_export()
        told = base64.b64decode(dialog.export).decode()
        for word in CANARY:
            self.assertIn(word, told)
        self.assertNotIn(OTHER, told)
        dialog.action_forget()
        self.env.invalidate_all()
        self.assertEqual([], self.seen())
        self.assertFalse(dialog.export)
        said = self.connector.message_ids[0].body
        self.assertIn(f"by {self.manager.name}", said)
        self.assertNotIn("Customer/", said)
        self.check_others_stay()
        self.check_stays_away(dead)

    def check_others_stay(self):
        other = self.contact(self.other)
        self.assertEqual(OTHER, other.email)
        change = self.env["gateway.change"].search(
            [("source_id", "=", self.other["id"]), ("outcome", "=", "created")], limit=1
        )
        self.assertIn(OTHER, change.payload_text, "its page is still there")
        self.assertIn("name", change.field_changes)

    def check_stays_away(self, dead):
        """A full sync both ways of what the shop still says brings nothing back, nor is told."""
        edit(self.shop, "customer", {"customer": self.person["id"], "set": {"note": "again"}})
        self.partner.comment = "edited here"
        kept = self.partner.read(["name", "email", "phone", "street"])
        run = self.sync("customer", "order", direction="both", full=True)
        self.assertIn(run.state, ("done", "partial"), run.error)
        self.assertEqual([], self.seen())
        self.assertEqual(kept, self.partner.read(["name", "email", "phone", "street"]))
        self.assertFalse(self.env["sale.order"].search([("client_order_ref", "=", dead["name"])]))
        self.assertEqual(FAMILY + "a", self.person["lastName"], "the shop is not written")
        self.assertEqual("again", self.person["note"])

    def test_contacts_go_that_only_the_gateway_made_and_nothing_uses_and_the_others_say_why(self):
        guest = sell(self.shop, "MUG-1", 1)
        guest["email"] = MAIL
        guest["billingAddress"] = guest["shippingAddress"] = dict(self.person["addresses"][0])
        self.shop.store.changed()
        self.connector.order_confirm = False
        self.sync("customer", "order")
        order = self.env["sale.order"].search([("client_order_ref", "=", guest["name"])])
        contact, partner = order.partner_id, self.contact(self.person)
        self.assertTrue(contact.gateway_guest)
        dialog = self.dialog(partner)
        self.assertIn("not delivered yet", dialog.stays)
        order._action_cancel()
        user = self.env["res.users"].create(
            {"login": "canary", "name": "x", "partner_id": partner.id, "group_ids": []}
        )
        dialog = self.dialog(partner)
        self.assertIn("User", dialog.stays)
        dialog.action_forget()
        self.assertEqual(("Forgotten", False, False, False), self.told(contact))
        self.assertEqual(MAIL, partner.email, "who can sign in stays")
        self.assertEqual(contact, order.partner_id, "the order stays")
        self.assertTrue(user)

    def test_who_has_several_contacts_is_named_once_with_every_reason(self):
        self.sync("customer")
        partner = self.contact(self.person)
        self.env["res.users"].create(
            {"login": "canary", "name": partner.name, "partner_id": partner.id, "group_ids": []}
        )
        again = partner.copy({"name": partner.name})
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = '2020-01-01' WHERE id = %s", (again.id,)
        )
        again.invalidate_recordset(["create_date"])
        dialog = self.dialog(partner | again)
        self.assertEqual(1, dialog.stays.count(f">{partner.display_name}<"))
        self.assertIn("it was not made by the gateway", dialog.stays)
        self.assertIn("User", dialog.stays)

    @staticmethod
    def told(contact):
        return contact.name, contact.email, contact.phone, contact.street

    def test_a_contact_that_one_connector_made_is_not_said_to_stay_for_another(self):
        self.sync("customer")
        partner, theirs = self.contact(self.person), self.connect("Another shop")
        values = {"entity": "customer", "remote_id": "gid://shopify/Customer/1"}
        binding = self.env["gateway.binding"].create(
            {
                **values,
                "connector_id": theirs.id,
                "odoo_id": str(partner.id),
                "res_model": "res.partner",
                "res_id": partner.id,
            }
        )
        self.env.cr.execute(
            "UPDATE gateway_binding SET create_date = create_date - interval '1 day' WHERE id = %s",
            [binding.id],
        )
        dialog = (
            self.env["gateway.person"].with_user(self.manager).create({"partner_ids": partner.ids})
        )
        self.assertIn("Another shop", dialog.overview)
        self.assertIn("Contacts made nameless", dialog.overview)
        self.assertFalse(dialog.stays)

    def test_what_another_connector_tells_stays_whatever_the_person_is_called(self):
        self.sync("customer")
        other = self.connect("Elsewhere")
        letter = self.env["gateway.dead.letter"].create(
            {
                "connector_id": other.id,
                "entity": "product",
                "direction": "import",
                "source_id": "gid://shopify/Product/1",
            }
        )
        for record in (other, letter):
            record.message_post(body=f"{NAME} {FAMILY}")
            record.activity_schedule(note=f"{NAME} {FAMILY}")
        job = other.with_delay()._job_events().db_record()
        job.exc_info = f"{NAME} {FAMILY}"
        self.dialog(self.contact(self.person)).action_forget()
        self.env.invalidate_all()
        for record in (other, letter):
            self.assertIn(FAMILY, record.message_ids[0].body)
            self.assertIn(FAMILY, record.activity_ids.note)
        self.assertIn(FAMILY, job.exc_info)

    def test_a_name_that_html_writes_otherwise_is_found_in_the_chatter_too(self):
        self.sync("customer")
        partner = self.contact(self.person)
        partner.name = "Serinus & Sons"
        self.connector.message_post(body=f"Sync failed: {partner.name}")
        self.dialog(partner).action_forget()
        self.env.invalidate_all()
        self.assertNotIn("Sons", "".join(self.connector.message_ids.mapped("body")))

    def test_a_contact_of_another_company_with_the_same_email_is_not_shown_nor_touched(self):
        self.sync("customer")
        company = self.env["res.company"].create({"name": "Another"})
        stranger = self.env["res.partner"].create(
            {
                "name": "Guest",
                "email": MAIL,
                "street": "Hidden Lane 1",
                "gateway_guest": True,
                "company_id": company.id,
            }
        )
        dialog = self.dialog(self.contact(self.person))
        dialog.action_export()
        self.assertNotIn("Hidden Lane", base64.b64decode(dialog.export).decode())
        dialog.action_forget()
        self.assertEqual(("Guest", MAIL, False, "Hidden Lane 1"), self.told(stranger))

    def test_a_page_from_which_somebody_was_erased_is_not_settled_as_it_was_read(self):
        model = self.env.registry["gateway.run"]
        settle = model._settle

        def erased(run, work, page, *args):
            run.env.flush_all()
            run.env.cr.execute(
                "UPDATE gateway_page SET payload = %s, read_epoch = NULL WHERE id = %s",
                (stage({"records": [], "deleted": []}), page.id),
            )
            return settle(run, work, page, *args)

        with patch.object(model, "_settle", erased):
            self.sync("customer")
        self.assertFalse(self.contact(self.person))

    def test_only_a_manager_forgets_or_exports_and_not_while_customers_are_synced(self):
        self.sync("customer")
        partner = self.contact(self.person)
        with self.assertRaises(AccessError):
            self.env["gateway.person"].with_user(self.people["operator"]).create({})
        run = self.env["gateway.run"]._start(self.connector, [("customer", "import")], False)
        run.state = "running"
        run.flow_ids.state = "reading"
        with self.assertRaisesRegex(UserError, "just now"):
            self.dialog(partner).action_forget()
        self.assertEqual(MAIL, partner.email)


@tagged("post_install", "-at_install")
class TestRequests(PrivacyCase):
    def test_the_shops_request_waits_for_a_manager_who_confirms_it(self):
        self.sync("customer")
        event = self.event("customers/redact", "forget", [self.person["id"]])
        self.assertEqual("held", event.state)
        self.assertNotIn(self.person["id"], str(self.connector.message_ids.mapped("body")))
        self.assertTrue(self.seen())
        self.dialog(event).action_forget()
        self.assertEqual(("done", []), (event.state, self.seen()))

    def test_or_is_carried_out_at_once_also_for_who_was_never_here(self):
        self.connector.forget_at_once = True
        event = self.event("customers/redact", "forget", [self.person["id"]])
        self.assertEqual("done", event.state)
        self.sync("customer")
        self.assertEqual([], self.seen())
        self.assertEqual(1, self.connector.last_run_id.count_unchanged)

    def test_a_request_that_comes_again_forgets_nobody_who_came_back_by_itself(self):
        self.connector.write({"forget_at_once": True, "event_days": 2})
        asked = ("customers/redact", "forget", [self.person["id"]])
        first = self.event(*asked)
        told = self.connector.message_ids
        self.assertEqual("done", self.event(*asked).state)
        self.assertEqual(told, self.connector.message_ids, "there is nothing to do")
        self.env.flush_all()
        self.env.cr.execute("UPDATE gateway_event SET create_date = now() - interval '3 days'")
        self.env["gateway.event"]._gc_events()
        self.assertTrue(first.exists(), "by it a recorded one is known")
        self.env["gateway.binding"].search([("remote_id", "=", self.person["id"])]).unlink()
        self.sync("customer", full=True)
        again = self.event(*asked)
        self.assertEqual("held", again.state)
        self.assertEqual(MAIL, self.contact(self.person).email)

    def test_who_asks_what_is_kept_gets_a_file(self):
        self.sync("customer")
        event = self.event("customers/data_request", "disclose", [self.person["id"]])
        dialog = self.dialog(event)
        dialog.action_export()
        (told,) = json.loads(base64.b64decode(dialog.export))
        self.assertEqual([self.person["id"]], told["ids"]["customer"])
        self.assertIn(MAIL, json.dumps(told["kept"]["gateway.page"]))
        self.assertNotIn(OTHER, json.dumps(told))
        self.assertEqual("held", event.state, "the answer is still to be sent")

    def test_a_request_that_waits_is_not_cleaned_away(self):
        self.sync("customer")
        self.connector.write({"forget_at_once": True, "event_days": 2})
        run = self.env["gateway.run"]._start(self.connector, [("customer", "import")], False)
        run.state = "running"
        run.flow_ids.state = "reading"
        waits = self.event("customers/redact", "forget", [self.person["id"]])
        self.assertEqual("new", waits.state)
        told = self.event("products/update", "changed", ["gid://shopify/Product/1"], "product")
        for event in (waits, told):
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE gateway_event SET create_date = now() - interval '3 days' WHERE id = %s",
                (event.id,),
            )
        self.env["gateway.event"]._gc_events()
        self.assertTrue(waits.exists())
        self.assertFalse(told.exists())

    def test_a_name_with_umlauts_is_found_in_what_plans_keep(self):
        person = self.add_customer("Zoë", "Müßiggang", "zoe@example.com", PHONE, "Höhe 12")
        self.sync("customer")
        plan = self.connector.run_sync(["customer"], dry_run=True, wait=True)
        row = {
            "run_id": plan.id,
            "side": "remote",
            "entity": "order",
            "record_id": "gid://shopify/Order/1",
            "content": stage({"note": "for Zoë Müßiggang"}),
        }
        kept = self.env["gateway.plan.record"].create(row)
        self.dialog(self.contact(person)).action_forget()
        self.assertFalse(kept.exists())

    def test_the_whole_shop_is_forgotten(self):
        sell(self.shop, "MUG-1", 1, customer=self.person["id"])
        self.sync("customer", "order")
        self.connector.forget_at_once = True
        with patch.object(type(self.connector), "_is_refused", lambda *_: True):
            event = self.event("shop/redact", "forget", [])
        self.assertEqual("taken", event.state)
        self.sync("customer", "order")  # nobody comes back while it goes on
        self.assertFalse(self.connector.last_run_id.count_created)
        late = self.add_customer("Lara", "Latecomer", "lara@example.net", "+493055556666", "Way 1")
        self.sync("customer")
        work, (step, after) = UnitOfWork(self.env, own=False), (0, 0)
        portions = {"BINDINGS": 1, "ROWS": 2, "PAGES": 1}
        with patch.multiple(connector_forget_all, **portions):
            for _job in range(200):  # each is killed after its portion, and the next one goes on
                if event.state == "done":
                    break
                clock = iter([0.0, 2.0])
                with patch.object(connector_forget_all, "monotonic", clock.__next__):
                    self.connector._forget_portions(work, event.id, step, after, 1.0)
                job = self.env["queue.job"].search(
                    [("method_name", "=", "_job_forget_everybody")], order="id desc", limit=1
                )
                step, after = job.args[1:]
        self.assertEqual("done", event.state)
        self.assertEqual([], self.seen())
        bindings = self.env["gateway.binding"].search(
            [("connector_id", "=", self.connector.id), ("entity", "in", ("customer", "order"))]
        )
        self.assertEqual(3, len(bindings.filtered("forgotten")))
        self.assertEqual({"gone"}, set(bindings.filtered("forgotten").mapped("state")))
        self.assertEqual("Lara Latecomer", self.contact(late).name, "who came after is no part")


@tagged("post_install", "-at_install")
class TestRetention(PrivacyCase):
    def age(self, days, *records):
        self.env.flush_all()
        for record in records:
            for name in ("create_date", "write_date", "ended"):
                if name in record._fields:
                    self.env.cr.execute(
                        f"UPDATE {record._table} SET \"{name}\" = now() - %s * interval '1 day'"
                        " WHERE id = ANY(%s)",
                        (days, record.ids),
                    )
        self.env.invalidate_all()

    def letter(self, number, **values):
        return self.env["gateway.dead.letter"].create(
            {
                "connector_id": self.connector.id,
                "entity": "customer",
                "direction": "import",
                "source_id": f"gid://shopify/Customer/{number}",
                "payload": "{}",
                **values,
            }
        )

    def clean(self):
        done = self.env["gateway.connector"]._gc_rest()
        self.env.invalidate_all()
        return done

    def test_closed_letters_conflicts_refunds_and_staged_pages_go_by_age_and_open_ones_stay(self):
        still, closed = self.letter(1), self.letter(2, state="discarded")
        run = self.env["gateway.run"]._start(self.connector, [("customer", "import")], False)
        run.state = "failed"
        page = self.env["gateway.page"].create(
            {
                **{"flow_id": run.flow_ids.id, "run_id": run.id, "number": 0, "payload": "{}"},
                "connector_id": self.connector.id,
            }
        )
        young = self.letter(3, state="resolved")
        self.age(31, still, closed, run)
        self.clean()
        self.assertEqual(
            ("{}", False, "{}", False),
            (still.payload, closed.payload, young.payload, page.payload),
        )
        with self.assertRaisesRegex(UserError, "start a new run"):
            run.action_resume()
        self.age(366, still, closed)
        self.clean()
        self.assertEqual([True, False], [bool(one.exists()) for one in (still, closed)])

    def test_idle_runs_go_and_those_with_changes_and_the_last_one_stay(self):
        busy = self.sync("customer")
        idle, last = self.sync("customer"), self.sync("customer")
        self.age(91, busy, idle, last)
        self.assertEqual((1, False), self.clean())
        self.assertEqual([True, False, True], [bool(one.exists()) for one in (busy, idle, last)])

    def test_a_plan_that_was_not_applied_in_time_keeps_its_changes_alone(self):
        plan = self.connector.run_sync(["customer"], "import", wait=True, dry_run=True)
        intents = [("run_id", "=", plan.id)]
        self.clean()
        self.assertEqual(2, self.env["gateway.plan.intent"].search_count(intents))
        self.age(8, plan)
        self.clean()
        self.assertEqual(0, self.env["gateway.plan.intent"].search_count(intents))
        self.assertEqual("expired", plan.plan_state)
        self.assertEqual(2, self.env["gateway.change"].search_count(intents))
