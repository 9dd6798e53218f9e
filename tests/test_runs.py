"""Runs as people watch them: progress over the bus, counts that open, what is kept of a record."""

import json
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL

from odoo.addons.bus.models.bus import BusBus
from odoo.addons.bus.models.ir_websocket import IrWebsocket as BaseWebsocket

from odoo.addons.gateway_ng.lib.demoshop import Shop, seed_demo, serving
from odoo.addons.gateway_ng.lib.errors import RetryLater
from odoo.addons.gateway_ng.lib.platforms.shopify.endpoint import ShopifyEndpoint
from odoo.addons.gateway_ng.lib.redact import MASK
from odoo.addons.gateway_ng.models import run_progress
from odoo.addons.gateway_ng.models.ir_websocket import CHANNEL
from odoo.addons.gateway_ng.models.work import UnitOfWork

from .demo_shop_case import LoopbackRequests, connected
from .shop_case import ShopCase

MANY = 100_000


@tagged("post_install", "-at_install")
class TestRuns(ShopCase):
    def setUp(self):
        super().setUp()
        self.add_product("Mug", "MUG-1", vendor="shpat_0123456789abcdef")
        self.check_and_map()

    def change(self, **values):
        domain = [("connector_id", "=", self.connector.id)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["gateway.change"].search(domain, limit=1)

    # -- what is kept of a record

    def test_a_change_of_an_import_shows_what_was_read_and_what_it_became(self):
        self.sync("product")
        change = self.change(entity="product", outcome="created")
        self.assertEqual("Mug", json.loads(change.payload_text)["title"])
        self.assertEqual("Mug", json.loads(change.values_text)["name"])
        self.assertFalse(change.payload, "its page keeps it")

    def test_a_change_of_an_export_holds_payload_request_and_answer(self):
        self.env["product.template"].create({"name": "Cup", "default_code": "CUP"})
        self.sync("product", direction="export")
        change = self.change(entity="product", outcome="created", direction="export")
        self.assertEqual("Cup", json.loads(change.payload_text)["name"])
        request = json.loads(change.request_text)
        self.assertEqual(("create", "Cup"), (request["action"], request["values"]["title"]))
        self.assertEqual(change.target_id, json.loads(change.answer_text)["id"])

    def test_a_page_that_nothing_came_of_keeps_no_payload(self):
        self.sync("product")
        self.env["gateway.watermark"].search([]).unlink()
        run = self.sync("product")
        self.assertEqual((1, 1), (run.count_read, run.count_unchanged))
        self.assertFalse(run.page_ids.sudo().payload)

    def test_nobody_reads_a_page_s_payload_past_the_redaction(self):
        self.sync("product")
        page = self.change(entity="product", outcome="created").page_id
        with self.assertRaises(AccessError):
            page.with_user(self.people["manager"]).read(["payload"])

    def test_secrets_do_not_show_in_what_is_kept(self):
        self.sync("product")
        change = self.change(entity="product", outcome="created")
        self.assertIn(MASK, change.payload_text)
        for text in (change.payload_text, change.values_text):
            self.assertNotIn("0123456789abcdef", text)

    def test_an_update_says_what_was_weighed(self):
        self.sync("product")
        product = next(iter(self.shop.store.tables["Product"].values()))
        product["title"] = "Cup"
        self.shop.store.changed()
        product["updatedAt"] = self.shop.store.now()
        self.sync("product")
        change = self.change(entity="product", outcome="updated")
        self.assertEqual(
            {
                "agreed": ["Mug", "Mug"],
                "source": "Cup",
                "target": "Mug",
                "verdict": "written",
                "why": "source changed",
            },
            change.decision["name"],
        )
        self.assertIn("Odoo got the value of the shop", change.decision_text)
        self.assertIn("changed in the shop alone", change.decision_text)

    def test_a_change_is_found_by_sku_and_name(self):
        self.sync("product")
        for text in ("mug-1", "Mug"):
            found = self.env["gateway.change"].search([("reference", "ilike", text)])
            self.assertIn("created", found.mapped("outcome"), text)

    def test_nothing_is_kept_of_unchanged_records(self):
        self.sync("product")
        before = self.env["gateway.change"].search_count([])
        self.sync("product")
        self.assertEqual(before, self.env["gateway.change"].search_count([]))

    def test_payloads_and_changes_go_by_age(self):
        self.sync("product")
        change = self.change(entity="product", outcome="created")
        self.connector.write({"evidence_days": 10, "change_days": 20})
        for days, payload, there in ((9, True, True), (11, False, True), (21, False, False)):
            self.env.execute_query(
                SQL(
                    "UPDATE gateway_change SET create_date = %s WHERE id = %s RETURNING id",
                    fields.Datetime.now() - timedelta(days=days),
                    change.id,
                )
            )
            self.env.execute_query(
                SQL(
                    "UPDATE gateway_page SET create_date = %s WHERE id = %s RETURNING id",
                    fields.Datetime.now() - timedelta(days=days),
                    change.page_id.id,
                )
            )
            self.env["gateway.connector"]._gc_changes()
            self.assertEqual(there, bool(change.exists()), days)
            if there:
                self.assertEqual(payload, bool(change.payload_text), days)
                self.assertTrue(change.field_changes)

    def test_a_plan_names_no_record_by_an_id_that_only_it_has(self):
        """Two of the shop meet in one that the plan would create."""
        for title in ("Cup", "Saucer"):
            self.add_product(title, "CUP-1")
        plan = self.sync("product", dry_run=True)
        dead = plan.change_ids.filtered(lambda one: one.outcome == "dead")
        self.assertEqual(1, len(dead))
        self.assertIn("already bound to", dead.reasons[""])
        self.assertNotIn("plan-", str(dead.reasons) + (dead.summary or ""))

    # -- counts that open

    def test_what_nothing_came_of_opens_too_and_leaves_no_line(self):
        """Of each direction, by its own ids; another run's records are not among them."""
        self.add_product("Cup", "CUP-1")
        self.sync("product")
        self.add_product("Bowl", "BOWL-1")
        both = self.sync("product", full=True)
        out = self.sync("product", direction="export", full=True)
        for run, wanted in ((both, {"MUG-1", "CUP-1"}), (out, {"MUG-1", "CUP-1", "BOWL-1"})):
            with self.subTest(run=run.display_name, wanted=wanted):
                found = self.opened(run, "unchanged")
                self.assertEqual("gateway.binding", found._name)
                self.assertEqual(run.count_unchanged, len(found))
                self.assertEqual(run.count_unchanged_bound, len(found))
                products = self.env["product.template"].browse(found.mapped("res_id"))
                self.assertEqual(wanted, set(products.mapped("default_code")))
                self.assertFalse(run.change_ids.filtered(lambda one: one.outcome == "unchanged"))

    def test_what_both_directions_leave_is_counted_twice_and_is_one_in_the_list(self):
        self.sync("product", direction="both")
        run = self.sync("product", direction="both", full=True)
        self.assertEqual((2, 1), (run.count_unchanged, run.count_unchanged_bound))
        self.assertEqual(1, len(self.opened(run, "unchanged")))

    def test_of_a_plan_only_what_is_bound_opens(self):
        plan = self.sync("product", direction="both", dry_run=True)
        self.assertEqual((1, 1), (plan.count_created, plan.count_unchanged))
        self.assertEqual((0, 0), (plan.count_unchanged_bound, len(self.opened(plan, "unchanged"))))

    def test_while_a_run_is_watched_its_bindings_are_not_counted_each_second(self):
        self.sync("product")
        run = self.sync("product", full=True)
        self.assertEqual((1, 1), (run.count_unchanged, run.count_unchanged_bound))
        run.state = "running"
        self.env.invalidate_all()
        model = self.env.registry["gateway.binding"]
        with patch.object(model, "search_count", side_effect=AssertionError("counted")):
            self.assertEqual(1, run.count_unchanged_bound)

    def test_what_came_twice_opens(self):
        self.connector.batch_size = 2
        self.add_product("Cup", "CUP-1")
        read, twice = ShopifyEndpoint.pages, []

        def pages(endpoint, entity, since=None, token=None):
            for page in read(endpoint, entity, since, token):
                twice.extend(record.id for record in page.records)
                yield replace(page, records=[*page.records, *page.records[:1]])

        with patch.object(ShopifyEndpoint, "pages", pages):
            run = self.sync("product")
        self.assertEqual(1, run.count_repeated)
        self.assertEqual([twice[0]], self.opened(run, "repeated").mapped("remote_id"))

    def test_the_ids_of_what_nothing_came_of_go_with_the_changes_by_age(self):
        self.sync("product")
        run = self.sync("product", full=True)
        self.connector.change_days = 20
        page = run.page_ids
        for days, there in ((19, True), (21, False)):
            self.env.execute_query(
                SQL(
                    "UPDATE gateway_page SET write_date = %s WHERE id = ANY(%s) RETURNING id",
                    fields.Datetime.now() - timedelta(days=days),
                    page.ids,
                )
            )
            self.env["gateway.connector"]._gc_rest()
            self.assertEqual(there, bool(self.opened(run, "unchanged")), days)

    def test_a_change_is_found_by_what_its_odoo_record_is_called_by_now(self):
        self.sync("product")
        change = self.change(entity="product", outcome="created")
        self.env["product.template"].browse(int(change.target_id)).name = "Beaker"
        changes = self.env["gateway.change"].with_user(self.people["viewer"])
        self.assertEqual(change, changes.search([("record_name", "ilike", "beaker")]))
        self.assertFalse(changes.search([("record_name", "ilike", "no such cup")]))

    def test_a_cancelled_run_goes_on_where_it_stopped(self):
        for number in range(3):
            self.add_product(f"Cup {number}", f"CUP-{number}")
        self.connector.batch_size = 2
        run = self.connector.run_sync(["product"], "import")
        self.stop_after_first_page(run)
        run.action_cancel()
        self.assertEqual(("cancelled", 2, True), (run.state, run.count_created, run.can_resume))
        run.action_resume()
        run._drive_inline()
        self.assertEqual(("done", 4, 0), (run.state, run.count_created, run.count_updated))
        self.assertFalse(run.can_resume)
        with self.assertRaisesRegex(UserError, "has ended"):
            run.action_resume()

    def test_a_plan_that_was_cancelled_is_made_anew(self):
        plan = self.connector.run_sync(["product"], "import", dry_run=True)
        plan.action_cancel()
        self.assertFalse(plan.can_resume)

    def test_a_binding_is_found_by_what_its_odoo_record_is_called(self):
        self.add_product("Cup", "CUP-1")
        self.sync("product")
        bindings = self.env["gateway.binding"].with_user(self.people["viewer"])
        for text in ("cup", "CUP-1"):
            found = bindings.search([("record_name", "ilike", text), ("entity", "=", "product")])
            self.assertEqual(["[CUP-1] Cup"], found.mapped("record_name"), text)
        self.assertFalse(bindings.search([("record_name", "ilike", "no such cup")]))

    def opened(self, run, outcome):
        action = run.with_context(outcome=outcome).action_open_outcome()
        return self.env[action["res_model"]].search(action["domain"])

    def test_each_count_opens_its_records(self):
        self.add_product("Twin", "MUG-1")
        run = self.sync("product")
        found = {}
        for outcome in ("created", "dead"):
            action = run.with_context(outcome=outcome).action_open_outcome()
            found[outcome] = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(run[f"count_{outcome}"], len(found[outcome]), outcome)
        self.assertEqual({"created"}, set(found["created"].mapped("outcome")))
        self.assertEqual("ambiguous", found["dead"].cause)

    def figures(self, groupby, *names):
        """{value of `groupby`: (sums of `names`)}, as a pivot asks for them."""
        runs = self.env["gateway.run"].with_user(self.people["viewer"])
        sums = [f"{name}:sum" for name in names]
        groups = runs.formatted_read_group([], [groupby], [*sums, "__count"])
        return {group[groupby]: tuple(group[name] for name in sums) for group in groups}

    def test_pivots_add_up_what_the_pages_counted(self):
        self.sync("product")
        self.add_product("Cup", "CUP")
        self.sync("product")
        self.sync("product", full=True, dry_run=True)
        names = ["count_read", "count_created", "count_unchanged"]
        kinds = self.figures("kind", *names)
        runs = self.env["gateway.run"].search([])
        for kind, those in runs.grouped("kind").items():
            self.assertEqual(tuple(sum(those.mapped(name)) for name in names), kinds[kind])
        self.assertEqual({"sync", "plan"}, set(kinds))
        self.assertEqual(2, kinds["sync"][1])
        self.connector.workspace_id.member_ids = self.people["manager"]
        self.assertEqual({}, self.figures("kind", *names), "of another workspace")

    def test_a_run_that_read_nothing_adds_nothing_to_a_pivot(self):
        flows = [("product", "import")]
        run = self.env["gateway.run"]._start(self.connector, flows, False)
        self.assertEqual({"queued": (False, False)}, self.figures("state", "count_read", "seconds"))
        started = fields.Datetime.now() - timedelta(seconds=90)
        run.write({"started": started, "ended": started + timedelta(seconds=60), "state": "done"})
        self.assertEqual({"done": (False, 60.0)}, self.figures("state", "count_read", "seconds"))

    def test_what_pivots_of_runs_can_add_up_is_offered(self):
        found = self.env["gateway.run"].fields_get(attributes=["aggregator", "type"])
        numbers = {name for name, one in found.items() if one["type"] in ("integer", "float")}
        offered = {name for name in numbers if found[name].get("aggregator")} - {"id"}
        wanted = {"read", "created", "updated", "unchanged", "filtered", "held", "dead"}
        wanted = {f"count_{name}" for name in (*wanted, "repeated", "deleted")} | {"seconds"}
        self.assertEqual(wanted, offered)

    def test_a_letter_that_failed_again_is_still_behind_the_first_run_s_count(self):
        self.add_product("Twin", "MUG-1")
        first = self.sync("product")
        self.letters(state="open").action_retry()
        action = first.with_context(outcome="dead").action_open_outcome()
        letter = self.env["gateway.dead.letter"].search(action["domain"])
        self.assertEqual(1, len(letter))
        self.assertNotEqual(first, letter.run_id)

    def test_a_change_says_how_its_counterpart_was_found(self):
        def found(run):
            return self.env["gateway.change"].search([("run_id", "=", run.id)]).mapped("found_text")

        product = self.add_product("Cup", "CUP-1")
        self.assertEqual({"nothing: it is new there"}, set(found(self.sync("product"))))
        product["title"] = "Cup of tea"
        self.shop.store.touch(product)
        self.assertEqual(["its binding, from an earlier sync"], found(self.sync("product")))
        self.env["product.template"].create({"name": "Plate", "default_code": "PLATE-1"})
        self.add_product("Plate of the shop", "PLATE-1")
        self.assertEqual(["the same SKU"], found(self.sync("product")))

    # -- the bus

    def test_a_run_is_told_of_at_its_ends_and_rarely_between(self):
        for number in range(5):
            self.add_product(f"Cup {number}", f"CUP-{number}")
        told = []

        def keep(_bus, channel, kind, message):
            self.assertEqual((self.connector.workspace_id, CHANNEL), channel)
            told.append((kind, message["state"]))

        with (
            patch.object(BusBus, "_sendone", keep),
            patch.object(run_progress, "EVERY_SECONDS", 3600),
        ):
            self.sync()
        self.assertEqual([(CHANNEL, "queued"), (CHANNEL, "done")], told)

    def test_only_people_with_a_role_may_listen_and_only_to_their_workspaces(self):
        def heard(user):
            socket = self.env["ir.websocket"].with_user(user)
            with patch.object(BaseWebsocket, "_build_bus_channel_list", lambda _self, given: given):
                channels = socket._build_bus_channel_list([CHANNEL])
            return [one[0] for one in channels if isinstance(one, tuple) and one[1:] == (CHANNEL,)]

        viewer = self.people["viewer"]
        self.assertIn(self.connector.workspace_id, heard(viewer))
        self.connector.workspace_id.member_ids = self.people["manager"]
        self.assertNotIn(self.connector.workspace_id, heard(viewer))
        self.assertIn(self.connector.workspace_id, heard(self.people["manager"]))
        self.assertEqual([], heard(self.people["employee"]))

    def test_progress_is_told_in_numbers(self):
        run = self.sync("product")
        progress = run.progress
        self.assertEqual((False, 1, 1), (progress["open"], progress["flows"], progress["pages"]))
        self.assertEqual(run.count_read, progress["read"])

    def test_what_is_left_is_known_from_the_last_run_that_read_as_much(self):
        """Of 2 pages of products one is settled, and of the customers' 3 none is read yet."""
        self.connector.run_sync(["product", "customer"], "import", wait=True)  # what has changed
        like = self.connector.run_sync(["product", "customer"], "import", full=True, wait=True)
        for flow, pages in zip(like.flow_ids, (2, 3), strict=True):
            flow.pages_read = pages
        run = self.connector.run_sync(["product", "customer"], "import", full=True)
        first = run.flow_ids[0]
        run.write({"state": "running", "started": fields.Datetime.now()})
        first.write({"state": "reading", "pages_read": 1})
        self.patch(type(run), "_waited", lambda _run: 0.0)
        self.page(first, seconds=4.0, seconds_read=5.0)
        customers = like.flow_ids[1].page_ids
        customers.write({"seconds": 7.0, "seconds_read": 1.0})
        run.invalidate_recordset()
        self.assertAlmostEqual(
            (2 - 1) * 9.0 + 3 * 8.0, run.progress["left"], delta=2, msg="reading is work, too"
        )
        customers.unlink()  # by age, say
        run.invalidate_recordset()
        self.assertAlmostEqual(
            (2 - 1 + 3) * 9.0, run.progress["left"], delta=2, msg="as long as products take"
        )
        others = self.env["gateway.flow"].search([("run_id", "!=", run.id)])
        others.since = "2026-01-01T00:00:00+00:00"
        run.invalidate_recordset()
        self.assertIsNone(run.progress["left"], "what had changed then says nothing of all")

    def test_what_is_left_of_a_first_run_is_known_from_the_shop_s_count(self):
        for number in range(4):
            self.add_product(f"Cup {number}", f"CUP-{number}")
        self.connector.batch_size = 2
        with patch.object(
            ShopifyEndpoint, "counts", autospec=True, side_effect=ShopifyEndpoint.counts
        ) as asked:
            run = self.connector.run_sync(["product", "variant", "price"], "import")
            self.stop_after_first_page(run)
        self.assertEqual(["product", "variant"], asked.call_args.args[1])
        self.assertEqual(1, asked.call_count, "once a run")
        self.assertEqual([3, 3, 3], run.flow_ids.mapped("pages_expected"), "5 of each, 2 a page")
        self.assertGreater(run.page_ids.seconds_read, 0.0)
        self.patch(type(run), "_waited", lambda _run: 0.0)
        run.page_ids.write({"seconds": 2.0, "seconds_read": 1.0})
        run.invalidate_recordset()
        self.assertIsNone(run.progress["left"], "3 s of work say nothing of other entities")
        run.page_ids.write({"seconds": 4.0, "seconds_read": 2.0})
        run.invalidate_recordset()
        self.assertEqual((2 + 3 + 3) * 6.0, run.progress["left"])

    def test_what_is_left_grows_less_with_the_wait_for_a_page_until_that_is_late(self):
        like = self.connector.run_sync(["product"], "import", full=True, wait=True)
        like.flow_ids.pages_read = 3
        run = self.connector.run_sync(["product"], "import", full=True)
        run.write({"state": "running", "started": fields.Datetime.now()})
        run.flow_ids.write({"state": "reading", "pages_read": 1})
        page = self.page(run.flow_ids, seconds=0.0, seconds_read=20.0)

        def left_after(seconds):
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE gateway_page SET write_date = %s WHERE id = %s",
                [fields.Datetime.now() - timedelta(seconds=seconds), page.id],
            )
            run.invalidate_recordset()
            return run.progress["left"]

        self.assertAlmostEqual(2 * 20.0, left_after(0), delta=4)
        self.assertAlmostEqual(2 * 20.0 - 15, left_after(15), delta=4)
        self.assertIsNone(left_after(60))

    def test_an_open_run_is_never_over_in_0_seconds(self):
        run = self.connector.run_sync(["product"], "import", full=True)
        run.write({"state": "running", "started": fields.Datetime.now()})
        flow = run.flow_ids
        flow.write({"state": "applying", "pages_read": 1})
        self.page(flow, seconds=4.0)
        self.assertEqual(0, run.progress["left"], "all is settled: it is finishing")
        flow.write({"state": "reading", "pages_expected": 1})
        run.invalidate_recordset()
        self.assertIsNone(run.progress["left"], "a page more than was expected is being read")

    def test_a_shop_that_tells_no_count_leaves_the_time_open(self):
        self.connector.batch_size = 1
        self.add_product("Cup", "CUP")
        with patch.object(ShopifyEndpoint, "counts", side_effect=RetryLater("busy", seconds=1)):
            run = self.connector.run_sync(["product"], "import")
            self.stop_after_first_page(run)
        self.assertIsNone(run.progress["left"])

    def test_what_was_counted_lately_is_not_asked_for_again(self):
        self.connector._count()
        with patch.object(ShopifyEndpoint, "counts", side_effect=AssertionError("asked")):
            run = self.sync("product")
        self.assertEqual([1], run.flow_ids.mapped("pages_expected"))

    def stop_after_first_page(self, run):
        """Its time is up when one page is settled."""
        work = UnitOfWork(self.env, own=False)
        first = run.flow_ids[0]
        self.assertTrue(first._open(work))
        self.assertFalse(first._read(work, run.epoch, True, 0.0))
        run.invalidate_recordset()

    def page(self, flow, **values):
        return self.env["gateway.page"].create(
            {
                "flow_id": flow.id,
                "run_id": flow.run_id.id,
                "connector_id": flow.connector_id.id,
                "number": 0,
                "state": "settled",
                **values,
            }
        )

    def test_a_run_says_which_other_run_it_waits_for(self):
        compare = self.env["gateway.run"].browse(self.connector.action_compare()["res_id"])
        sync = self.connector.run_sync(["product"], "import")
        self.assertEqual("", sync.progress["waits_for"], "it waits for a worker")
        flow = compare.flow_ids.filtered(lambda f: (f.entity, f.direction) == ("product", "import"))
        compare.state, flow.state = "running", "reading"
        (compare | sync).invalidate_recordset()
        self.assertEqual(compare.display_name, sync.progress["waits_for"])
        self.assertIn("(compare)", sync.progress["waits_for"])
        self.assertEqual("", compare.progress["waits_for"])
        sync.state = "running"  # it has come to a flow whose entity the other has
        self.assertEqual(compare.display_name, sync.progress["waits_for"])
        self.connector.invalidate_recordset()
        flow.state = "done"
        (compare | sync).invalidate_recordset()
        self.assertEqual("", sync.progress["waits_for"])

    # -- a hundred thousand changes

    def test_the_list_with_100000_changes_costs_no_query_a_row(self):
        run = self.sync("product")
        self.env.execute_query(
            SQL(
                "INSERT INTO gateway_change (connector_id, company_id, run_id, entity, direction,"
                " outcome, source_id, target_id, field_changes, reference, create_date)"
                " SELECT %s, %s, %s, 'product', 'import', CASE i %% 10 WHEN 0 THEN 'created'"
                " ELSE 'updated' END, 'gid://shopify/Product/' || i, i::varchar,"
                """ '{"name": ["Mug", "Cup"]}', 'Mug ' || i || ' · SKU-' || i, now()"""
                " FROM generate_series(1, %s) AS i RETURNING 1",
                self.connector.id,
                self.connector.company_id.id,
                run.id,
                MANY,
            )
        )
        self.env.cr.execute("ANALYZE gateway_change")
        changes = self.env["gateway.change"].with_user(self.people["viewer"])
        action = run.with_context(outcome="updated").action_open_outcome()
        names = ("record_name", "entity", "direction", "outcome", "summary", "create_date")
        shown = {name: {} for name in (*names, "run_id")}

        def queries(**options):
            self.env.invalidate_all()
            changes.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = changes.web_search_read(action["domain"], shown, **options)
            return self.env.cr.sql_log_count - before, found

        queries(limit=80, count_limit=10001)
        few, _found = queries(limit=2, count_limit=10001)
        many, found = queries(limit=80, count_limit=10001)
        self.assertEqual(80, len(found["records"]))
        self.assertEqual(10001, found["length"])
        self.assertEqual(few, many)
        self.assertLess(many, 20)
        plan = self.sync("product", dry_run=True)
        self.env.execute_query(
            SQL(
                "UPDATE gateway_change SET run_id = %s WHERE run_id = %s RETURNING 1",
                plan.id,
                run.id,
            )
        )
        self.env.cr.execute("ANALYZE gateway_change")
        action = plan.action_open_plan_changes()
        shown |= {"outcome_text": {}, "is_planned": {}}
        queries(limit=2, count_limit=10001)
        few, _found = queries(limit=2, count_limit=10001)
        planned, found = queries(limit=80, count_limit=10001)
        self.assertEqual({"To create", "To update"}, {r["outcome_text"] for r in found["records"]})
        self.assertEqual(few, planned, "a plan's list costs no query a row either")
        self.assertLess(planned, 20)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        by_entity = changes.web_read_group(
            action["domain"],
            action["context"]["group_by"],
            ["__count"],
            auto_unfold=True,
            unfold_read_specification=shown,
        )
        self.assertLess(self.env.cr.sql_log_count - before, 30)
        self.assertEqual(["product"], [group["entity"] for group in by_entity["groups"]])
        self.assertGreaterEqual(by_entity["groups"][0]["__count"], MANY)
        self.assertEqual(80, len(by_entity["groups"][0]["__records"]), "opened, as far as read")
        by_sku = changes.search([("reference", "ilike", "SKU-77777")])
        self.assertEqual(["gid://shopify/Product/77777"], by_sku.mapped("source_id"))

    def test_changes_are_exported_as_they_are_listed(self):
        self.sync("product")
        change = self.change(entity="product", outcome="created")
        columns = ["record_name", "entity", "outcome", "reference", "filter_name", "summary"]
        viewer = self.people["viewer"]
        viewer.group_ids += self.env.ref("base.group_allow_export")
        (row,) = change.with_user(viewer).export_data(columns)["datas"]
        self.assertEqual(["Product", "Created"], row[1:3])
        self.assertIn("MUG-1", row[3])


@tagged("post_install", "-at_install")
class TestWatchingARun(LoopbackRequests, HttpCase):
    def test_a_viewer_watches_a_run_without_pressing_anything(self):
        """The tour takes the timer away: what moves on the screen was told over the bus."""
        user = new_test_user(
            self.env, "watcher", groups="base.group_user,gateway_ng.group_operator"
        )
        shop = Shop()
        seed_demo(shop)
        server = self.enterContext(serving(shop))
        connector = connected(self.env, server.url)
        runs = self.env.registry["gateway.run"]
        with patch.object(runs, "_enqueue", lambda run: None):
            run = connector.run_sync(["category", "customer"], direction="import")
        self.startPatcher(patch.object(runs, "_enqueue", self.drive_a_part))
        self.startPatcher(patch.object(run_progress, "EVERY_SECONDS", 0))
        self.start_tour(
            "/odoo/action-gateway_ng.action_runs",
            "gateway_watch_run",
            login=user.login,
            timeout=120,
        )
        self.assertEqual("done", run.state)

    @staticmethod
    def drive_a_part(run):
        """The run's first step; taken up again, the rest."""
        first = run.flow_ids[0]
        if first.state == "done":
            run._drive_inline()
        work = UnitOfWork(run.env, own=False)
        while first.state != "done":
            run._advance(work, first, run.epoch, True, None)
