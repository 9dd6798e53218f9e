"""Conflicts and dead letters as inboxes: deciding, rules, editing, retrying, giving up."""

import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError

from odoo.addons.gateway_ng.lib.demoshop import Shop, catalog, serving
from odoo.addons.gateway_ng.lib.errors import RetryLater, StopRun
from odoo.addons.gateway_ng.lib.merge import SOURCE_OF
from odoo.addons.gateway_ng.lib.platforms.shopify.endpoint import ShopifyEndpoint
from odoo.addons.gateway_ng.models import dead_letter_retry
from odoo.addons.gateway_ng.models.why import why_text, won_text

from .demo_shop_case import GROUPS, LoopbackRequests, connected
from .shop_case import ShopCase


@tagged("post_install", "-at_install")
class TestDeadLetters(ShopCase):
    def setUp(self):
        super().setUp()
        self.add_product("Mug", "MUG-1")
        self.twin = self.add_product("Twin", "MUG-1")
        self.check_and_map()
        self.sync("product")
        self.letter = self.letters(state="open")
        self.assertEqual("ambiguous", self.letter.cause)
        self.operator = self.people["operator"]

    def edit(self, letter=None):
        wizard = self.env["gateway.dead.letter.edit"].with_user(self.operator)
        return wizard.with_context(active_ids=(letter or self.letter).ids).create({})

    def edited(self, **values):
        payload = json.loads(self.letter.payload_text)
        for variant in payload["variants"]:
            variant.update(values)
        return json.dumps(payload)

    def variants(self, code):
        return self.env["product.product"].search([("default_code", "=", code)])

    def test_an_edited_payload_is_applied_as_edited_and_the_original_is_kept(self):
        original = self.letter.payload
        edit = self.edit()
        edit.text = self.edited(sku="MUG-2")
        edit.action_apply()
        self.assertEqual("resolved", self.letter.state)
        self.assertEqual("Twin", self.variants("MUG-2").name)
        self.assertEqual(original, self.letter.payload)
        self.assertIn("MUG-2", self.letter.edited_payload)
        self.assertIn("edited by hand", self.letter.message_ids[0].body)

    def test_a_retry_without_an_answer_creates_nothing_twice(self):
        self.override("product", "export", filters={"Only with a SKU": None})
        write, said = ShopifyEndpoint.write, []

        def lost(side, entity, ops):
            said.extend(write(side, entity, ops))
            raise RetryLater("no answer", sent=True)

        other = self.env["product.template"].create({"name": "Other"})
        letter = self.letter.create(
            {
                "connector_id": self.connector.id,
                "company_id": self.connector.company_id.id,
                "entity": "product",
                "direction": "export",
                "source_id": str(other.id),
                "cause": "refused",
                "error": "refused",
            }
        )
        with patch.object(ShopifyEndpoint, "write", lost):
            self.assertIn("no answer", letter.action_retry()["params"]["message"])
        self.assertEqual((1, "open"), (len(said), letter.state))
        letter.action_retry()
        titles = [p["title"] for p in self.shop.store.tables["Product"].values()]
        self.assertEqual((1, "resolved"), (titles.count("Other"), letter.state))

    def test_letters_of_a_busy_flow_do_not_undo_what_was_sent_of_another(self):
        self.override("customer", "export", on_missing="create")
        partner = self.env["res.partner"].create({"name": "Ada", "email": "ada@example.com"})
        new = {"direction": "export", "source_id": str(partner.id), "payload": False}
        sent = self.letter.copy({**new, "entity": "customer"})
        going = self.env["gateway.run"]._start(self.connector, [("product", "import")], False)
        going.state, going.flow_ids.state = "running", "reading"
        said = (sent | self.letter).action_retry()["params"]["message"]
        self.assertIn("syncs product just now", said)
        self.assertEqual(("resolved", "open"), (sent.state, self.letter.state))
        going._close("cancelled")
        (sent | self.letter).action_retry()
        mails = [one["email"] for one in self.shop.store.tables["Customer"].values()]
        self.assertEqual(1, mails.count("ada@example.com"))

    def test_a_retry_that_is_stopped_leaves_no_page_to_a_worker_that_is_gone(self):
        with patch.object(dead_letter_retry, "settle_page", side_effect=StopRun("cut off")):
            self.assertIn("cut off", self.letter.action_retry()["params"]["message"])
        page = self.env["gateway.page"].search([], limit=1, order="id desc")
        self.assertEqual(
            ("failed", False, "failed", "open"),
            (page.state, page.claim, page.run_id.state, self.letter.state),
        )

    def test_what_was_applied_as_edited_stands_until_the_source_changes(self):
        edit = self.edit()
        edit.text = self.edited(sku="MUG-2")
        edit.action_apply()
        self.env["gateway.watermark"].search([]).unlink()
        run = self.sync("product")
        self.assertEqual((2, 0, 0), (run.count_unchanged, run.count_updated, run.count_dead))
        self.assertEqual("Twin", self.variants("MUG-2").name)

    def test_an_edit_that_fails_again_keeps_the_original_and_counts_a_try(self):
        original, tries = self.letter.payload, self.letter.attempts
        edit = self.edit()
        edit.text = self.edited(barcode="4711")
        edit.action_apply()
        self.assertEqual("open", self.letter.state)
        self.assertEqual((original, tries + 1), (self.letter.payload, self.letter.attempts))

    def test_text_that_is_no_json_object_is_refused_with_its_place(self):
        edit = self.edit()
        for text, error in (
            ('{"a": 1,\n "b": }', "Line 2, column 7 is not JSON"),
            ("[1]", "has to be a JSON object"),
        ):
            edit.text = text
            with self.assertRaisesRegex(UserError, error):
                edit.action_apply()
        self.assertFalse(self.letter.edited_payload)

    def test_a_secret_in_a_payload_is_masked_and_comes_back_when_left_alone(self):
        self.letter.payload = json.dumps({"access_token": "t0ps3cret", "title": "Twin"})
        self.assertNotIn("t0ps3cret", self.letter.payload_text)
        edit = self.edit()
        edit.text = edit.text.replace("Twin", "Other")
        edit.action_apply()
        kept = json.loads(self.letter.edited_payload)
        self.assertEqual({"access_token": "t0ps3cret", "title": "Other"}, kept)

    def test_all_letters_of_a_cause_are_retried_together(self):
        self.add_product("Triplet", "MUG-1")
        self.sync("product")
        other = self.letter.copy({"cause": "refused", "source_id": "gid://shopify/Product/9"})
        for product in self.shop.store.tables["Product"].values():
            if product["title"] != "Mug":
                self.rename_sku(product)
        self.letter.with_user(self.operator).action_retry_cause()
        self.assertEqual(other, self.letters(state="open"))
        bound = [("entity", "=", "product"), ("connector_id", "=", self.connector.id)]
        self.assertEqual(3, self.env["gateway.binding"].search_count(bound))
        run = self.env["gateway.run"].search([], limit=1)
        self.assertTrue(run.started and run.ended, run.display_name)

    def rename_sku(self, product):
        store = self.shop.store
        for variant in store.tables["ProductVariant"].values():
            if variant["product"] == int(str(product["id"]).rpartition("/")[2]):
                store.get("InventoryItem", variant["inventoryItem"])["sku"] = product["title"]
        store.changed()

    def test_many_letters_are_retried_by_jobs(self):
        self.patch(dead_letter_retry, "AT_ONCE", 0)
        answer = self.letter.with_user(self.operator).action_retry()
        self.assertIn("in the background", answer["params"]["message"])
        (job,) = self.env["queue.job"].search([("model_name", "=", "gateway.dead.letter")])
        self.assertEqual("_job_retry", job.method_name)
        self.letter._job_retry()
        self.assertEqual(2, self.letter.attempts)

    def test_a_retry_by_a_job_waits_for_the_run_that_syncs_the_entity(self):
        run = self.env["gateway.run"]._start(self.connector, [("product", "import")], False)
        run.flow_ids.state = "reading"
        with self.assertRaisesRegex(RetryableJobError, "retry when it has ended"):
            self.letter._job_retry()
        self.assertEqual(("open", 1), (self.letter.state, self.letter.attempts))
        # Begun by a worker that this transaction does not see: only the index tells.
        runs = self.env["gateway.run"].search_count([])
        self.patch(type(self.letter), "_busy", lambda *_args: None)
        with mute_logger("odoo.sql_db"):
            (error,) = self.letter._retry_all()
        self.assertIn("retry when it has ended", error)
        self.assertEqual(runs, self.env["gateway.run"].search_count([]))
        run.flow_ids.state = "cancelled"
        self.letter._job_retry()
        self.assertEqual(2, self.letter.attempts)

    def test_discarding_asks_for_a_reason(self):
        wizard = self.env["gateway.dead.letter.discard"].with_user(self.operator)
        form = Form(wizard.with_context(active_ids=self.letter.ids))
        with self.assertRaisesRegex(AssertionError, "reason"):
            form.save()
        form.reason = "a test"
        form.save().action_discard()
        self.assertEqual(("discarded", "a test"), (self.letter.state, self.letter.discard_reason))

    def test_what_a_person_discarded_is_left_out_until_it_changes_at_its_source(self):
        self.letter.with_user(self.operator).action_discard("a test article")
        run = self.sync("product", full=True)
        self.assertEqual((0, 1), (run.count_dead, run.count_filtered))
        self.assertFalse(self.letters(state="open"))
        line = run.change_ids.filtered(lambda one: one.source_id == self.letter.source_id)
        self.assertEqual("filtered", line.outcome)
        self.assertIn("a test article", line.summary)
        self.twin["title"] = "Another twin"
        run = self.sync("product", full=True)
        self.assertEqual((1, 0), (run.count_dead, run.count_filtered))
        self.assertEqual(self.letter.source_id, self.letters(state="open").source_id)

    def test_what_was_discarded_is_tried_again_where_nobody_gave_it_up_as_it_is(self):
        self.letter.write({"state": "discarded", "discard_reason": "gone at its source"})
        self.assertEqual(1, self.sync("product", full=True).count_dead)
        self.letters(state="open").action_discard("a test article")
        self.assertEqual(0, self.sync("product", full=True).count_dead)
        self.override(
            "product", record={"name": {"MAPTO": ["title", "lambda t: t + '!'"], "type": "char"}}
        )
        self.assertEqual(1, self.sync("product", full=True).count_dead, "its mapping changed")

    def test_what_was_discarded_and_comes_back_to_what_it_was_is_tried_again(self):
        self.letter.action_discard("a test article")
        title, self.twin["title"] = self.twin["title"], "Another twin"
        self.assertEqual(1, self.sync("product", full=True).count_dead)
        self.letters(state="open").write({"state": "resolved"})
        self.twin["title"] = title
        self.assertEqual(1, self.sync("product", full=True).count_dead)

    def test_what_was_discarded_is_tried_again_once_it_means_another_thing_here(self):
        """As where a language or a price list of the shop becomes another one of Odoo."""
        self.letter.action_discard("a test article")
        self.connector._read_all_anew("product")
        self.assertEqual(1, self.sync("product").count_dead)

    def test_what_only_did_not_get_through_comes_with_a_later_read_though_it_was_discarded(self):
        for cause in ("connection", "throttled", "moved", "credentials"):
            letter = self.letters(state="open")
            letter.cause = cause
            letter.action_discard("the shop was down")
            with self.subTest(cause):
                self.assertEqual("discarded", letter.state)
                self.assertEqual(1, self.sync("product", full=True).count_dead, "it was tried")

    def test_that_a_letter_was_discarded_is_taken_back(self):
        mine = self.letter.with_user(self.operator)
        mine.action_discard("by mistake")
        older = self.letter.copy({"state": "discarded"})  # of one record only one is open
        (older | self.letter).with_user(self.operator).action_reopen()
        self.assertEqual(["discarded", "open"], sorted((older | self.letter).mapped("state")))
        self.assertFalse((older | self.letter).filtered("is_given_up"))
        (older | self.letter).with_user(self.operator).action_reopen()
        self.assertEqual(1, len(self.letters(state="open")))
        self.assertEqual(1, self.sync("product", full=True).count_dead)

    def closed(self):
        return self.letter.state, self.letter.closed_how, self.letter.closed_by_id

    def test_a_letter_says_when_how_and_by_whom_it_was_closed(self):
        self.letter.with_user(self.operator).action_discard("a test article")
        self.assertEqual(("discarded", "given_up", self.operator), self.closed())
        self.assertTrue(self.letter.closed)
        self.letter.with_user(self.operator).action_reopen()
        self.assertEqual(("open", False, self.env["res.users"]), self.closed())
        self.assertFalse(self.letter.closed)
        self.twin["title"] = "Another twin"
        self.rename_sku(self.twin)
        self.letter.with_user(self.operator).action_retry()
        self.assertEqual(("resolved", "retry", self.operator), self.closed())
        self.assertEqual(self.letter.closed_run_id, self.env["gateway.run"].search([], limit=1))

    def test_a_letter_says_that_it_was_applied_as_edited(self):
        edit = self.edit()
        edit.text = self.edited(sku="MUG-2")
        edit.action_apply()
        self.assertEqual(("resolved", "edited", self.operator), self.closed())

    def test_a_letter_says_which_run_settled_it(self):
        self.rename_sku(self.twin)
        run = self.sync("product", full=True)
        self.assertEqual(("resolved", "run", self.env["res.users"]), self.closed())
        self.assertEqual(run, self.letter.closed_run_id)

    def test_what_was_discarded_comes_by_itself_once_it_changes_in_the_shop(self):
        self.letter.action_discard("a test article")
        self.assertEqual(0, self.sync("product").count_dead)
        self.rename_sku(self.twin)
        self.shop.store.touch(self.twin)
        self.assertEqual(1, self.sync("product").count_created)
        self.assertEqual("Twin", self.variants("Twin").name)

    def test_what_was_applied_as_edited_follows_the_next_edit_in_the_shop(self):
        edit = self.edit()
        edit.text = self.edited(sku="MUG-2")
        edit.action_apply()
        self.twin["title"] = "Twin of the shop"
        self.shop.store.touch(self.twin)
        self.assertEqual(1, self.sync("product").count_updated)
        self.assertEqual("Twin of the shop", self.variants("MUG-2").name)

    def test_a_payload_that_failed_as_edited_is_given_up_as_it_was_read(self):
        wizard = self.edit()
        wizard.text = self.edited(barcode="1")
        wizard.action_apply()
        self.assertEqual("open", self.letter.state)
        self.letter.action_discard("a test article")
        self.assertEqual(0, self.sync("product", full=True).count_dead)

    def test_a_letter_is_assigned_and_has_activities_though_nobody_writes_it(self):
        wizard = self.env["gateway.dead.letter.assign"].with_user(self.operator)
        wizard.with_context(active_ids=self.letter.ids).create({}).action_assign()
        self.assertEqual(self.operator, self.letter.user_id)
        mine = self.letter.with_user(self.operator)
        mine.activity_schedule("mail.mail_activity_data_todo", user_id=self.operator.id)
        self.assertEqual(1, len(mine.activity_ids))
        with self.assertRaises(AccessError):
            mine.payload = "{}"

    def test_a_letter_says_how_often_it_is_tried_and_what_ends_that(self):
        self.assertEqual("ambiguous", self.letter.cause)
        self.assertTrue(self.letter.tries_text.startswith("none: it is tried once each time"))
        self.connector.write({"retry_count": 6, "max_attempts": 3})
        self.letter.cause = "connection"
        self.assertEqual(
            "up to 7 times a request, up to 3 times a page; then it waits for a person",
            self.letter.with_user(self.operator).tries_text,
        )
        self.letter.state = "discarded"
        self.assertFalse(self.letter.tries_text)

    def test_a_letter_says_what_to_do_and_when_it_is_tried_again(self):
        self.assertIn("make it unique", self.letter.what_to_do)
        self.assertIn("not by itself", self.letter.next_try)
        self.letter.remedy = "fill it in the source and retry"
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.letter.with_context(lang="fr_FR")
        self.assertIn("in the shop and", french.what_to_do, "one sentence is in one language")
        self.letter.write({"remedy": False, "cause": "throttled"})
        self.assertIn("Retry in a few minutes", self.letter.what_to_do)
        self.letter.write({"waits_entity": "customer", "waits_id": "gid://shopify/Customer/7"})
        self.assertIn("after the Customer 7 has arrived", self.letter.next_try)

    def test_every_cause_has_a_remedy(self):
        causes = dict(self.letter._fields["cause"].selection)
        for cause in causes:
            self.letter.write({"remedy": False, "cause": cause})
            self.assertTrue(self.letter.what_to_do, cause)


@tagged("post_install", "-at_install")
class TestConflicts(ShopCase):
    def setUp(self):
        super().setUp()
        self.add_product("Mug", "MUG-1")
        self.add_product("Hat", "HAT-1")
        self.check_and_map()
        self.connector.rule_ids = [(0, 0, {"pattern": "product.template.name", "winner": "ask"})]
        self.sync("product")
        for product in self.shop.store.tables["Product"].values():
            product["title"] = f"Shop {product['title']}"
            product["updatedAt"] = self.shop.store.now()
        self.shop.store.changed()
        for name in ("Mug", "Hat"):
            self.template(name).name = f"Odoo {name}"
        self.sync("product")
        self.conflicts = self.env["gateway.conflict"].search([("state", "=", "open")])
        self.assertEqual(2, len(self.conflicts))

    def template(self, name):
        return self.env["product.template"].search([("name", "=", name)])

    def test_many_are_decided_at_once_by_few_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        mine = self.conflicts.with_user(self.people["operator"])
        with self.assertQueryCount(16):
            mine.action_take_remote()
        self.sync("product")
        self.assertTrue(self.template("Shop Mug"))
        self.assertTrue(self.template("Shop Hat"))

    def test_a_conflict_says_who_decided_it_and_that_it_is_over(self):
        mine, other = self.conflicts
        operator = self.people["operator"]
        mine.with_user(operator).action_take_odoo()
        self.assertEqual(f"Odoo won: {operator.name} decided so", mine.won_text)
        for side in ("Odoo", "Shop"):
            template = self.template(f"{side} {other.record_name.split()[-1]}")
            template.name = other.remote_text
        self.sync("product")
        self.assertEqual(("resolved", "Both sides agree by now"), (other.state, other.won_text))

    def test_a_conflict_closes_itself_once_odoo_says_what_the_shop_says(self):
        one, other = self.conflicts
        name = one.remote_text
        self.template(one.odoo_text).name = name
        self.sync("product", direction="export")
        self.assertEqual(("resolved", "Both sides agree by now"), (one.state, one.won_text))
        self.assertEqual("open", other.state)
        self.assertFalse(self.sync("product").count_decided, "no rule and nobody decided it")

    def test_the_shops_edit_is_carried_once_odoo_has_taken_its_own_back(self):
        one = self.conflicts[0]
        template, name = self.template(one.odoo_text), one.remote_text
        template.name = name.removeprefix("Shop ")
        self.sync("product", direction="export")
        self.sync("product")
        self.assertEqual((name, "resolved"), (template.name, one.state))

    def test_conflicts_are_as_many_on_the_run_as_on_its_connector_and_in_the_list(self):
        run = self.sync("product", direction="both")
        self.assertEqual(4, run.count_held, "records read, in either direction")
        self.assertEqual(2, run.count_to_decide, "records, each one once")
        self.assertEqual([2, 2], [run.count_conflicts, self.connector.conflict_count])
        listed = run.with_context(outcome="conflicts").action_open_outcome()
        self.assertEqual(self.conflicts, self.env["gateway.conflict"].search(listed["domain"]))
        asked = self.sync("product", direction="export", full=True)
        self.assertEqual(2, asked.count_conflicts, "the other direction asks")
        self.conflicts[0].action_take_odoo()
        self.env.invalidate_all()
        self.assertEqual([1, 1], [run.count_conflicts, self.connector.conflict_count])

    def test_a_person_s_decision_is_none_of_a_rule(self):
        asked = self.conflicts.run_id
        self.conflicts.action_take_remote()
        run = self.sync("product")
        self.assertEqual([0, 0], (asked | run).mapped("count_decided"))
        self.assertFalse(self.env["gateway.change"].search(run.action_open_decided()["domain"]))

    def test_deciding_again_those_that_are_resolved_leaves_them(self):
        first, second = self.conflicts
        first.action_take_odoo()
        self.conflicts.action_take_remote()
        self.assertEqual(("odoo", "remote"), (first.winner, second.winner))
        with self.assertRaisesRegex(UserError, "resolved already"):
            self.conflicts.action_take_remote()

    def test_a_rule_made_from_a_conflict_decides_the_next_one(self):
        earlier = self.connector.rule_ids
        action = self.conflicts[0].action_make_rule()
        rules = self.env["gateway.conflict.rule"].with_context(**action["context"])
        rule = Form(rules.with_user(self.people["manager"])).save()
        self.assertEqual(("product.template.name", "odoo"), (rule.pattern, rule.winner))
        self.assertLess(rule.sequence, earlier.sequence)
        self.assertEqual("Product: Name", rule.matches_text)
        told = "«product.template.name» decides before it: Product: Name"
        self.assertEqual(told, earlier.matches_text)
        self.assertIn("Decided before by", earlier.matches)
        run = self.sync("product")
        self.assertEqual(0, run.count_held)
        self.assertTrue(self.template("Odoo Mug"))

    def test_a_rule_shows_the_fields_it_decides(self):
        rule = self.connector.rule_ids
        self.assertEqual("Product: Name", rule.matches_text)
        rule.pattern = "*.barcode"
        self.assertIn("Variant: Barcode", rule.matches_text)
        self.assertIn("product.product.barcode", rule.matches)

    def test_a_rule_says_which_fields_an_earlier_one_decides_by_whatever_name(self):
        rules = self.connector.rule_ids
        rules = rules.create(
            [
                {"connector_id": self.connector.id, "pattern": pattern}
                for pattern in ("shopify_product.title", "product.template.*")
            ]
        )
        told = "«product.template.name» decides before it: Product: "
        self.assertTrue(rules[0].matches_text.startswith(told), rules[0].matches_text)
        self.assertIn(f"… · {told}Name", rules[1].matches_text)
        self.assertNotIn("Decided before by", self.connector.rule_ids[0].matches)
        rules[1].sequence = 1
        self.assertNotIn("decides before it", rules[1].matches_text)
        self.assertIn("«product.template.*» decides before it", rules[0].matches_text)

    def test_a_rule_offers_the_fields_of_the_mappings_to_pick_from(self):
        rule = self.connector.rule_ids.with_user(self.people["manager"])
        offered = {one["name"]: one["label"] for one in rule.offered}
        self.assertEqual("Product: Name", offered["product.template.name"])
        self.assertEqual("Variant: Barcode", offered["product.product.barcode"])

    def test_what_rules_decide_costs_no_query_a_connector(self):
        """Each with a layer, a language, a price list and an entity that is off: of its own."""
        price_list = self.env["product.pricelist"].create({"name": "Market"})
        language = self.env["res.lang"]._activate_lang("de_DE")
        others = [self.connect(f"Shop {n}") for n in range(6)]
        layer = self.override("product", "export", description="Ours")
        for other in others:
            other.rule_ids = [(0, 0, {"pattern": f"*.{name}"}) for name in ("name", "barcode")]
            other.language_ids = [(0, 0, {"code": "de", "name": "x", "lang_id": language.id})]
            other.schedule_ids[:1].is_on = False
            layer.copy({"connector_id": other.id})
            self.env["gateway.binding"].create(
                {
                    "connector_id": other.id,
                    "entity": "price_list",
                    "remote_id": "gid://shop/PriceList/1",
                    "res_model": "product.pricelist",
                    "res_id": price_list.id,
                    "odoo_id": str(price_list.id),
                }
            )

        def queries(rules):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(all(rules.mapped("matches_text")))
            return self.env.cr.sql_log_count - before

        rules = self.env["gateway.conflict.rule"].browse(
            [id_ for other in others for id_ in other.rule_ids.ids]
        )
        queries(rules)
        few = queries(others[0].rule_ids)
        self.assertLessEqual(queries(rules), few)

    def test_a_rule_that_matches_nothing_is_refused_with_examples(self):
        with self.assertRaisesRegex(ValidationError, "matches no field .* Names are like"):
            self.connector.rule_ids.pattern = "product.template.nmae"

    def test_who_won_is_told_in_words(self):
        for direction, source in SOURCE_OF.items():
            for winner in ("odoo", "remote", "ask"):
                for rule in ("last_write_wins", "source_priority", "identity key", "*.name"):
                    text = won_text(self.env, winner, rule, direction)
                    self.assertNotIn("_", text, (direction, source, winner, rule))
        self.assertEqual(
            "The shop won: no rule names the field, and the running direction (from the shop) goes "
            "first",
            won_text(self.env, "remote", "last_write_wins", "import"),
        )

    def test_reasons_of_the_engine_are_told_in_words(self):
        for reason, words in (
            ("remote won by last_write_wins", "The shop won: no rule names the field"),
            ("odoo won by *.name", "Odoo won: by the rule «*.name»"),
            ("deleted at the target, remote won by source_priority", "deleted on one side and"),
            ("delete against edit: ask", "deleted on one side and edited on the other"),
            ("source changed", "changed in the shop alone"),
        ):
            self.assertIn(words, why_text(self.env, reason, "import"), reason)


@tagged("post_install", "-at_install")
class TestInboxesInABrowser(LoopbackRequests, HttpCase):
    def setUp(self):
        super().setUp()
        new_test_user(self.env, "inbox", groups=f"{GROUPS},gateway_ng.group_manager")
        self.shop = Shop()
        self.server = self.enterContext(serving(self.shop))
        self.connector = connected(self.env, self.server.url)

    def add(self, title, sku):
        store = self.shop.store
        product = catalog.add_product(store, {"title": title, "handle": title.lower()})
        product["options"] = [catalog.option(store, "Title", 1, ["Default Title"])]
        values = {"price": "10.00", "item": {"sku": sku, "tracked": True}}
        catalog.add_variant(store, product, ["Default Title"], values, None)
        store.changed()
        return product

    def sync(self):
        return self.connector.run_sync(["product"], direction="import", wait=True)

    def test_an_operator_retries_a_cause_assigns_and_discards(self):
        products = [self.add(name, "MUG-1") for name in ("Mug", "Twin", "Third", "Fourth")]
        self.sync()
        letters = self.env["gateway.dead.letter"].search(
            [("connector_id", "=", self.connector.id)], order="id"
        )
        self.assertEqual(["open"] * 3, letters.mapped("state"))
        for product, sku in zip(products[1:3], ("MUG-2", "MUG-3"), strict=True):
            variant = self.shop.store.get("ProductVariant", product["variants"][0])
            self.shop.store.get("InventoryItem", variant["inventoryItem"])["sku"] = sku
        self.shop.store.changed()
        self.start_tour(
            "/odoo/action-gateway_ng.action_dead_letters", "gateway_empty_inbox", login="inbox"
        )
        letters.invalidate_recordset()
        self.assertEqual(["resolved", "resolved", "discarded"], letters.mapped("state"))
        self.assertEqual([1, 1, 2], letters.mapped("attempts"))
        gone = letters[2]
        self.assertEqual(("inbox", "A test product"), (gone.user_id.login, gone.discard_reason))
        found = self.env["product.product"].search([("default_code", "in", ("MUG-2", "MUG-3"))])
        self.assertEqual(["Third", "Twin"], sorted(found.mapped("name")))

    def test_an_operator_resolves_a_conflict(self):
        product = self.add("Mug", "MUG-1")
        self.connector.rule_ids = [(0, 0, {"pattern": "product.template.name", "winner": "ask"})]
        self.sync()
        product.update(title="Shop Mug", updatedAt=self.shop.store.now())
        self.shop.store.changed()
        template = self.env["product.template"].search([("name", "=", "Mug")])
        template.name = "Odoo Mug"
        self.sync()
        self.start_tour(
            "/odoo/action-gateway_ng.action_conflicts", "gateway_resolve_conflict", login="inbox"
        )
        self.sync()
        self.assertEqual("Shop Mug", template.name)

    def test_an_operator_edits_and_retries_a_dead_letter(self):
        self.add("Mug", "MUG-1")
        self.add("Twin", "MUG-1")
        self.sync()
        self.start_tour(
            "/odoo/action-gateway_ng.action_dead_letters", "gateway_retry_letters", login="inbox"
        )
        found = self.env["product.product"].search([("default_code", "=", "MUG-2")])
        self.assertEqual("Twin", found.name)
