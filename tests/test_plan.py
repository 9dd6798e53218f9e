"""A plan foretells the sync that follows, writes nothing, and applied is that sync."""

import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.gateway_ng.lib.demoshop import Shop, edit, seed_demo, serving
from odoo.addons.gateway_ng.lib.endpoint import Op
from odoo.addons.gateway_ng.lib.plan.overlay import Overlay
from odoo.addons.gateway_ng.lib.plan.shelf import MemoryShelf
from odoo.addons.gateway_ng.lib.store import Trace

from .demo_shop_case import GROUPS, DemoShopCase, LoopbackRequests, ShopReader, connected

#: Tables a plan may write to: the gateway's own, jobs, and what tells screens and the chatter.
OWN = ("gateway_", "queue_job", "bus_bus", "mail_", "orm_signaling")


class PlanCase(DemoShopCase):
    def plan(self, *entities, **options):
        plan = self.connector.run_sync(list(entities) or None, dry_run=True, wait=True, **options)
        self.env.invalidate_all()
        self.assertEqual("planned", plan.plan_state, self.told(plan))
        return plan

    def apply(self, plan):
        """A run of the plan to its end."""
        if plan.plan_state == "planned":
            plan.action_plan_approve()
        run = self.env["gateway.run"].browse(plan.action_plan_apply()["res_id"])
        run._drive_inline()
        self.env.invalidate_all()
        return run

    def business(self):
        """{table or sequence: a digest of all that is in it}, without what is the gateway's own."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT relname, relkind FROM pg_class WHERE relkind IN ('r', 'S')"
            " AND relnamespace = 'public'::regnamespace"
        )
        found = {}
        for name, kind in self.env.cr.fetchall():
            if kind == "r" and not name.startswith(OWN):
                query = f'SELECT count(*), sum(hashtextextended(t::text, 0)) FROM "{name}" t'
            elif kind == "S" and name.startswith("ir_sequence_") and name[-1].isdigit():
                query = f'SELECT last_value, is_called FROM "{name}"'  # numbers of documents
            else:
                continue
            self.env.cr.execute(query)
            found[name] = self.env.cr.fetchone()
        return found

    def kept(self):
        """Rows of the gateway that a plan must leave as they are."""
        names = ("binding", "conflict", "dead_letter", "watermark", "limit")
        found = {}
        for name in names:
            self.env.cr.execute(f"SELECT count(*), max(id) FROM gateway_{name}")  # noqa: S608
            found[name] = self.env.cr.fetchone()
        return found


@tagged("post_install", "-at_install")
class TestFirstPlan(PlanCase):
    synced = False

    def test_a_first_plan_is_the_first_sync_and_writes_nothing(self):
        shop, business, kept = self.shop.dump()["store"]["tables"], self.business(), self.kept()
        plan = self.plan()
        self.assertEqual(shop, self.shop.dump()["store"]["tables"], "nothing is sent to the shop")
        self.assertEqual(business, self.business(), "no row, and no number of a sequence")
        self.assertEqual(kept, self.kept())
        self.connector.invalidate_recordset()
        self.assertFalse(self.connector.last_run_id, "a plan is no sync")
        self.assertFalse(self.env["gateway.plan.record"].search([("run_id", "=", plan.id)]))
        with self.env.cr.savepoint() as before:
            real = self.sync()
            expected, fields_ = self.counts(real), self.fields(real)
            before.rollback()
        self.shop.store.restore(self._state["store"])
        self.env.registry.clear_cache()
        self.env.invalidate_all()
        self.assertEqual(expected, self.counts(plan), "flow by flow, count by count")
        self.assertEqual(50, expected["order", "import"]["created"])
        self.assertEqual(fields_, self.fields(plan), "record by record, field by field")
        run = self.apply(plan)
        held = self.env["gateway.change"].search(run._moved_domain())
        self.assertEqual(
            [], [f"{one.entity} {one.direction} {one.source_id} {one.reasons}" for one in held]
        )
        self.assertEqual("applied", plan.plan_state)
        self.assertEqual(fields_, self.fields(run))
        self.assertEqual({}, self.written(self.sync()), "nothing is left to do")

    def fields(self, run):
        """{(entity, direction, id): (outcome, fields that were written)} of all changes."""
        changes = self.env["gateway.change"].search([("run_id", "=", run.id)])
        return {
            (one.entity, one.direction, one.source_id): (
                one.outcome,
                sorted(name.rpartition(".")[2] for name in one.field_changes or {}),
            )
            for one in changes
        }


@tagged("post_install", "-at_install")
class TestPlanAndApply(PlanCase):
    def setUp(self):
        super().setUp()
        self.clock.sleep(60)
        self.skus = sorted(self.reader.variants())[:3]
        self.ids = {sku: self.reader.by_sku(sku)["id"] for sku in self.skus}

    def price(self, sku, price):
        self.reader.by_sku(sku)["price"] = price
        self.reader.edit("price", sku=sku, price=price)

    def test_what_moved_since_the_plan_is_held_and_the_rest_is_written(self):
        first, second, third = self.skus
        self.price(first, "41.00")
        self.price(second, "42.00")
        plan = self.plan("price", direction="import")
        self.assertEqual(2, plan.count_updated)
        before = {sku: self.variant(sku).lst_price for sku in self.skus}
        marks = self.marks()
        self.clock.sleep(60)
        self.price(second, "43.00")
        self.price(third, "44.00")
        run = self.apply(plan)
        self.assertEqual(41.0, self.variant(first).lst_price)
        self.assertEqual(before[second], self.variant(second).lst_price)
        self.assertEqual(before[third], self.variant(third).lst_price, "it is not in the plan")
        self.assertEqual((2, 1, 1), (run.count_read, run.count_updated, run.count_held))
        self.assertEqual(("partial", 1), (plan.plan_state, run.count_moved))
        (held,) = self.env["gateway.change"].search(run._moved_domain())
        self.assertEqual("moved since the plan: price", held.reasons[""])
        self.assertEqual("Moved", held.outcome_text, "nobody is asked to decide")
        self.assertFalse(self.env["gateway.conflict"].search([("state", "=", "open")]))
        self.assertEqual(marks, self.marks(), "an apply moves no watermark")
        again = self.apply(plan)
        self.assertEqual({("price", "import"): {"held": 1}}, self.written(again))
        after = self.sync("price", direction="import")
        self.assertEqual({("price", "import"): {"updated": 2}}, self.written(after))

    def test_ids_of_the_shop_take_the_place_of_made_up_ones_whatever_is_in_them(self):
        self.price(self.skus[0], "41.00")
        plan = self.plan("price")
        shelf, made_up, odd = plan._shelf(), f"plan-{'a1' * 16}", 'a "b" \\ c'
        own = {"connector_id": plan.connector_id.id, "entity": "category"}
        self.env["gateway.binding"].create({**own, "odoo_id": "1", "remote_id": odd})
        planned = {"run_id": plan.id, "entity": "category", "content": "{}"}
        self.env["gateway.plan.binding"].create(
            {**planned, "odoo_id": "1", "remote_id": made_up},
        )
        text = f"«{made_up}», as a person may write plan-b"
        told = {"action": "update", "fields": {"category": [None, made_up], "note": [None, text]}}
        trace = Trace("1", "updated", intent=told)
        shelf.note("product", "export", [trace])
        self.env.flush_all()
        (found,) = shelf.intents("product", "export", ["1"]).values()
        self.assertEqual([None, odd], found["fields"]["category"])
        self.assertIn("as a person may write plan-b", found["fields"]["note"][1])

    def test_a_record_that_is_bound_by_now_and_is_in_the_plan_itself_is_not_named_twice(self):
        """Another sync made it while the plan was made, whose export then read both."""
        self.price(self.skus[0], "41.00")
        plan = self.plan("price")
        shelf, made_up = plan._shelf(), f"plan-{'a1' * 16}"
        own = {"connector_id": plan.connector_id.id, "entity": "category", "remote_id": "c1"}
        self.env["gateway.binding"].create({**own, "odoo_id": "1"})
        planned = {"run_id": plan.id, "entity": "category", "content": "{}", "remote_id": "c1"}
        self.env["gateway.plan.binding"].create({**planned, "odoo_id": made_up})
        self.env.flush_all()
        traces = [Trace(one, "updated", intent={"action": "update"}) for one in ("1", made_up)]
        shelf.note("category", "export", traces)
        shelf.name_sources("category", "export")
        planned = shelf.planned("category", "export", 0, 10)
        self.assertEqual(["1", made_up], [one for _place, one, _action in planned])

    def test_a_plan_tells_what_a_rule_will_decide(self):
        first = self.skus[0]
        self.price(first, "41.00")
        self.variant(first).lst_price = 40
        self.env.flush_all()
        self.connector.sudo().setup_plan_id = plan = self.plan("price")
        self.assertEqual(1, plan.count_decided)
        action = plan.action_open_decided()
        self.assertEqual("gateway.change", action["res_model"])
        line = self.env["gateway.change"].search(action["domain"])
        self.assertEqual(f"[{first}]", line.record_name[: len(first) + 2])
        self.assertIn("won", line.decision_text)
        self.assertRegex(
            self.connector.trial, r"Price · Import</td>(<td[^>]*>\d+</td>){9}<td[^>]*>1</td>"
        )
        self.assertIn("Came twice</th>", self.connector.trial)
        run = self.apply(plan)
        self.assertEqual((1, 1), (run.count_decided, plan.count_decided))

    def test_an_order_is_called_by_the_numbers_of_both_sides(self):
        changes = self.changes(self.first_run, "order")
        order = self.env["sale.order"].browse(int(changes[0].target_id))
        self.assertRegex(changes[0].title, rf"^#\d+ → {order.name}$")
        self.assertEqual(f"{changes[0].title}: Created", changes[0].display_name)

    def test_a_plan_of_two_sides_that_agree_has_nothing_to_approve(self):
        plan = self.connector.run_sync(dry_run=True, full=True, wait=True)
        self.assertEqual("empty", plan.plan_state, self.told(plan))
        self.assertEqual({"record": 0, "binding": 0, "intent": 0}, self.shelved(plan))
        with self.assertRaisesRegex(UserError, "is Nothing to do: plan again"):
            plan.action_plan_approve()

    def test_a_record_that_waits_in_both_directions_is_one_to_decide_of_a_plan(self):
        product = self.variant(self.skus[0]).product_tmpl_id
        (shop,) = [one for one in self.reader.table("Product") if one["title"] == product.name]
        for pattern in ("product.template.name", "shopify_product.title"):
            self.env["gateway.conflict.rule"].create(
                {"connector_id": self.connector.id, "pattern": pattern, "winner": "ask"}
            )
        self.reader.edit("title", product=shop["handle"], title="Shop's title")
        product.name = "Odoo's title"
        self.env.flush_all()
        plan = self.plan("product")
        self.assertEqual((2, 1), (plan.count_held, plan.count_to_decide))
        listed = plan.with_context(outcome="held").action_open_outcome()
        self.assertEqual([("to_decide_in", "=", plan.id)], listed["domain"], "no list of ids")
        lines = self.env["gateway.change"].search(listed["domain"])
        self.assertEqual(["held"], lines.mapped("outcome"))

    def test_a_plan_and_its_run_count_what_is_decided_alike_and_open_just_that(self):
        """What stays is decided as well as what gives way; a record of several fields is one."""
        self.connector.write({"strategy": "source_priority", "priority": "odoo"})
        variant = self.variant(self.skus[0])
        self.price(self.skus[0], "41.00")
        variant.lst_price = 40
        product = variant.product_tmpl_id
        (shop,) = [one for one in self.reader.table("Product") if one["title"] == product.name]
        shop["descriptionHtml"] = "<p>Shop's text</p>"
        self.reader.edit("title", product=shop["handle"], title="Shop's title")
        product.write({"name": "Odoo's title", "description": "<p>Odoo's text</p>"})
        self.env.flush_all()
        plan = self.plan()
        run = self.sync()
        found = {}
        for one in plan, run:
            lines = self.env["gateway.change"].search(one.action_open_decided()["domain"])
            self.assertEqual(len(lines), one.count_decided)
            self.assertEqual(one.count_decided, sum(one.flow_ids.mapped("count_decided")))
            self.assertTrue(all("has priority" in line.summary for line in lines))
            found[one] = sorted((x.entity, x.direction, x.source_id) for x in lines)
        self.assertEqual(found[plan], found[run])
        self.assertEqual({"product", "price"}, {entity for entity, *_rest in found[run]})

    def test_what_the_plan_added_to_a_record_is_there_when_it_is_written_again(self):
        """As when two customers of the shop are one contact: the second one finds the address."""
        person = self.bindings("customer")[0].odoo_id
        lists, now = frozenset({"addresses"}), self.clock.now
        reads = {"customer": {"name", "addresses.street", "addresses.city"}}
        endpoint = self.connector._odoo_endpoint(reads, None, plan=self.first_run.id)
        side = Overlay(endpoint, "odoo", MemoryShelf(), "customer", lists, now)
        added = {"addresses": {"gid://shopify/MailingAddress/9": {"street": "Second street 2"}}}
        (first,) = side.write("customer", [Op("1", "update", person, added)])
        children = {"addresses": dict(first.children["addresses"])}
        for name in ("Again", "And again"):
            op = Op(name, "update", person, {"name": name}, children=children)
            with self.assertNoLogs("odoo.addons.gateway_ng", "ERROR"):
                (then,) = side.write("customer", [op])
            self.assertIsNone(then.error)
            self.assertEqual(name, then.record.fields["name"])
            streets = [one["street"] for one in then.record.fields["addresses"]]
            self.assertEqual(1, streets.count("Second street 2"), streets)

    def marks(self):
        marks = self.env["gateway.watermark"].search([("connector_id", "=", self.connector.id)])
        return {(m.entity, m.direction): m.time for m in marks}

    def test_who_may_plan_approve_and_apply(self):
        people = {
            role: new_test_user(
                self.env, f"plan_{role}", groups=f"base.group_user,gateway_ng.group_{role}"
            )
            for role in ("viewer", "operator", "manager")
        }
        with self.assertRaises(AccessError):
            self.connector.with_user(people["viewer"]).run_sync(["price"], dry_run=True)
        self.price(self.skus[0], "41.00")
        plan = self.connector.with_user(people["operator"]).run_sync(["price"], dry_run=True)
        plan.sudo()._drive_inline()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            plan.action_plan_approve()
        with self.assertRaisesRegex(UserError, "is Planned"):
            plan.action_plan_apply()
        plan.with_user(people["manager"]).with_context(tracking_disable=False).action_plan_approve()
        self.assertEqual(people["manager"], plan.approved_by)
        for name in ("apply", "discard"):
            with self.assertRaises(AccessError):
                getattr(plan.with_user(people["viewer"]), f"action_plan_{name}")()
        self.env.cr.flush()
        tracked = plan.sudo().message_ids.tracking_value_ids.mapped("new_value_char")
        self.assertIn("Approved", tracked)
        run = plan.action_plan_apply()["res_id"]
        self.assertEqual(run, plan.action_plan_apply()["res_id"], "pressed twice it is one run")

    def test_a_plan_expires_and_is_discarded_with_what_it_kept(self):
        self.price(self.skus[0], "41.00")
        plan = self.plan("price", direction="import")
        intents = self.env["gateway.plan.intent"]
        self.assertEqual(1, intents.search_count([("run_id", "=", plan.id)]))
        self.override("price", direction="import", filters={"None": {"path": "id", "in": []}})
        with self.assertRaisesRegex(UserError, "is Expired"):
            plan.action_plan_approve()
        plan.action_plan_discard()
        self.assertFalse(intents.search_count([("run_id", "=", plan.id)]))
        self.variant(self.skus[1]).lst_price = 40
        self.env.flush_all()
        old = self.plan("price", direction="export")
        self.env.cr.execute(
            "UPDATE gateway_run SET create_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(days=8), old.id],
        )
        old.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "is Expired"):
            old.action_plan_approve()

    def test_an_expired_plan_keeps_nothing_but_its_changes(self):
        self.price(self.skus[0], "41.00")
        plan, changed = self.plan("price", direction="import"), self.plan("price")
        self.assertEqual(1, self.shelved(plan)["intent"])
        plan._end_plans("It is over.")
        self.assertEqual("expired", plan.plan_state)
        self.assertEqual({"record": 0, "binding": 0, "intent": 0}, self.shelved(plan))
        self.assertTrue(plan.change_ids)
        self.assertTrue(self.shelved(changed)["intent"])
        self.override("price", direction="import", filters={"None": {"path": "id", "in": []}})
        changed._expire()
        self.assertEqual("expired", changed.plan_state)
        self.assertEqual({"record": 0, "binding": 0, "intent": 0}, self.shelved(changed))

    def test_a_plan_that_ends_while_it_is_applied_keeps_what_that_needs(self):
        ends = {
            "expired": lambda plan: plan._end_plans("It is over."),
            "discarded": lambda plan: plan.action_plan_discard(),
        }
        for number, (state, end) in enumerate(ends.items()):
            with self.subTest(state):
                self.price(self.skus[number], "41.00")
                plan, run = self.applying()
                end(plan)
                self.env["gateway.run"]._let_plans_go()
                self.assertTrue(self.shelved(plan)["intent"])
                self.price(self.skus[number], "42.00")  # held, so that it is not carried out
                run._drive_inline()
                self.env.invalidate_all()
                self.assertEqual((state, 1), (plan.plan_state, run.count_moved))
                self.assertEqual({"record": 0, "binding": 0, "intent": 0}, self.shelved(plan))

    def test_an_apply_that_failed_does_not_go_on_once_its_plan_has_ended(self):
        self.price(self.skus[0], "41.00")
        plan, run = self.applying()
        run.sudo()._close("failed")
        plan._end_plans("It is over.")
        with self.assertRaisesRegex(UserError, "is Expired: plan again"):
            run.action_resume()

    def applying(self):
        """A plan of the prices, and the run that is about to carry it out."""
        plan = self.plan("price", direction="import")
        plan.action_plan_approve()
        return plan, self.env["gateway.run"].browse(plan.action_plan_apply()["res_id"])

    def shelved(self, plan):
        """{kind: how many rows the plan keeps beside its changes}"""
        mine = [("run_id", "=", plan.id)]
        kinds = ("record", "binding", "intent")
        return {kind: self.env[f"gateway.plan.{kind}"].search_count(mine) for kind in kinds}

    def override(self, entity, direction, **document):
        return self.env["gateway.mapping"].create(
            {
                "platform": "shopify",
                "entity": entity,
                "direction": direction,
                "layer": "connector",
                "connector_id": self.connector.id,
                "document": json.dumps(document),
            }
        )


@tagged("post_install", "-at_install")
class TestPlanInABrowser(LoopbackRequests, HttpCase):
    """Jobs run at once, inside the request that would queue them."""

    def setUp(self):
        super().setUp()
        new_test_user(self.env, "planner", groups=f"{GROUPS},gateway_ng.group_manager")
        self.shop = Shop()
        seed_demo(self.shop)
        self.server = self.enterContext(serving(self.shop))
        self.connector = connected(self.env, self.server.url)
        self.connector.run_sync(["category", "product", "variant", "price"], "import", wait=True)
        self.skus = sorted(ShopReader(self.shop).variants())[:2]
        self.connector.setup_step = "done"
        others = self.connector.schedule_ids.filtered(
            lambda one: one.entity in ("customer", "stock", "order")
        )
        others.is_on = False  # the browser waits for the plan inside one request
        for sku, price in zip(self.skus, ("41.00", "42.00"), strict=True):
            edit(self.shop, "price", {"sku": sku, "price": price})
        runs = self.env.registry["gateway.run"]
        self.startPatcher(patch.object(runs, "_enqueue", lambda run: self.drive(run)))

    def drive(self, run):
        if run.plan_id:
            edit(self.shop, "price", {"sku": self.skus[1], "price": "43.00"})
        run._drive_inline()

    def test_a_manager_approves_and_applies_a_plan(self):
        self.start_tour(
            f"/odoo/action-gateway_ng.action_connectors/{self.connector.id}",
            "gateway_plan",
            login="planner",
            timeout=240,
        )
        plan = self.env["gateway.run"].search([("dry_run", "=", True)])
        self.assertEqual("partial", plan.plan_state)
        prices = [
            self.env["product.product"].search([("default_code", "=", sku)]).lst_price
            for sku in self.skus
        ]
        self.assertEqual(41.0, prices[0])
        self.assertNotIn(prices[1], (42.0, 43.0))
