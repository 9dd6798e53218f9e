"""Who commits what: a run inside somebody's transaction, one by jobs, and the dispatcher."""

from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .own_database import OwnDatabaseCase, work_off
from .shop_case import ShopCase

LOGGER = "odoo.addons.gateway_ng.models.run_jobs"


@tagged("post_install", "-at_install")
class TestInsideATransaction(ShopCase):
    def setUp(self):
        super().setUp()
        self.add_product("Mug", "MUG-1")
        self.commits = []
        self.startPatcher(patch.object(Cursor, "commit", lambda cr: self.commits.append(cr)))

    def traces(self):
        models = ("run", "flow", "page", "change", "binding", "watermark", "dead.letter")
        counts = {name: self.env[f"gateway.{name}"].search_count([]) for name in models}
        return counts | {"products": self.env["product.template"].search_count([])}

    def test_waiting_for_a_run_commits_nothing(self):
        self.assertEqual(self.sync("product", "price", direction="both").state, "done")
        self.assertEqual(self.commits, [])

    def test_a_caller_that_rolls_back_takes_all_of_it_back_in_odoo(self):
        before = self.traces()
        with self.cr.savepoint() as kept:
            self.assertEqual(self.sync("product").count_created, 1)
            self.assertNotEqual(self.traces(), before)
            kept.rollback()
        self.env.invalidate_all()
        self.assertEqual(self.traces(), before)
        self.assertEqual(self.sync("product").count_created, 1)

    def test_what_the_shop_got_before_a_rollback_is_found_again(self):
        mine = self.env["product.template"].create({"name": "Mine", "default_code": "MINE"})
        with self.cr.savepoint() as kept:
            self.sync("product", direction="export")
            kept.rollback()
        self.env.invalidate_all()
        made = [p for p in self.shop.store.tables["Product"].values() if p["title"] == "Mine"]
        self.assertEqual(len(made), 1)
        self.assertEqual(self.sync(direction="both").state, "done")
        again = [p for p in self.shop.store.tables["Product"].values() if p["title"] == "Mine"]
        self.assertEqual(made, again)
        binding = self.env["gateway.binding"].search(
            [("entity", "=", "product"), ("odoo_id", "=", str(mine.id))]
        )
        self.assertEqual(binding.remote_id, made[0]["id"])

    def test_queueing_a_run_commits_nothing_and_calls_nobody(self):
        run = self.connector.with_user(self.people["operator"]).run_sync(["product"])
        self.assertEqual((run.state, self.commits), ("queued", []))
        self.assertEqual((self.shop.counters.requests, self.shop.counters.tokens), (0, 0))
        job = self.env["queue.job"].search([("model_name", "=", "gateway.run")])
        self.assertEqual((job.method_name, job.channel), ("_job_drive", "root.gateway"))

    def test_jobs_may_commit_and_come_back(self):
        for name in ("drive", "settle"):
            function = self.env.ref(f"gateway_ng.job_function_{name}")
            self.assertTrue(function.allow_commit, name)
            self.assertTrue(function.retry_pattern, name)
            self.assertEqual(function.channel, "root.gateway")

    def test_a_create_whose_answer_was_lost_is_not_sent_again_once_an_import_met_it(self):
        mine = self.env["product.template"].create({"name": "Cup", "default_code": "CUP"})
        self.env["gateway.binding"].create(
            {
                "connector_id": self.connector.id,
                "entity": "product",
                "odoo_id": str(mine.id),
                "state": "creating",
                "idempotency_key": "8b6f7c1e-0000-4000-8000-000000000001",
            }
        )
        remote = self.add_product("Cup", "CUP")["id"]
        self.assertEqual(self.sync("product", direction="both").state, "done")
        bindings = self.env["gateway.binding"].search(
            [("entity", "=", "product"), ("odoo_id", "=", str(mine.id))]
        )
        self.assertEqual(bindings.mapped(lambda b: (b.remote_id, b.state)), [(remote, "bound")])


@tagged("post_install", "-at_install")
class TestDispatcher(OwnDatabaseCase):
    def setUp(self):
        super().setUp()
        self.ids = [self.new_shop(name=f"{self._testMethodName} {n}")[1] for n in range(3)]
        self.runs = [self.start(id_, ["category"], "import") for id_ in self.ids]
        self.addCleanup(self._close)

    def _close(self):
        with self.environment() as env:
            runs = env["gateway.run"].browse(self.runs)
            runs.filtered(lambda run: run.state in ("queued", "running"))._close("cancelled")
            env["queue.job"].search([]).unlink()

    def dispatch(self, runner):
        model = self.registry["gateway.run"]
        with (
            patch.object(model, "_has_job_runner", lambda _self: runner),
            self.environment() as env,
        ):
            env["gateway.run"]._cron_dispatch()

    def age(self, run_id, minutes):
        with self.registry.cursor() as cr:
            for table, column in (("run", "id"), ("flow", "run_id"), ("page", "run_id")):
                cr.execute(
                    SQL(
                        "UPDATE %s SET write_date = now() AT TIME ZONE 'UTC' - %s * interval"
                        " '1 minute' WHERE %s = %s",
                        SQL.identifier(f"gateway_{table}"),
                        minutes,
                        SQL.identifier(column),
                        run_id,
                    )
                )

    def told(self, name):
        with self.environment() as env:
            return env["gateway.run"].browse(self.runs).mapped(name)

    def test_a_run_whose_lease_is_over_is_taken_over_and_a_live_one_left_alone(self):
        self.age(self.runs[0], 11)
        self.age(self.runs[1], 9)
        with mute_logger(LOGGER):
            self.dispatch(runner=True)
        self.assertEqual(self.told("epoch"), [2, 1, 1])
        work_off(self.registry)
        self.assertEqual(self.told("state"), ["done", "done", "done"])

    def test_without_a_runner_it_does_the_work_itself(self):
        self.dispatch(runner=False)
        self.assertEqual(self.told("state"), ["done", "done", "done"])

    def test_a_broken_run_is_logged_and_the_others_are_looked_after(self):
        broken, model = self.runs[0], self.registry["gateway.run"]
        drive = model._drive

        def fail(run, *args, **kwargs):
            if run.id == broken:
                run.env.cr.execute("SELECT 1 / 0")
            return drive(run, *args, **kwargs)

        with (
            patch.object(model, "_drive", fail),
            mute_logger("odoo.sql_db"),
            self.assertLogs(LOGGER, "ERROR") as logs,
        ):
            self.dispatch(runner=False)
        self.assertEqual(self.told("state"), ["queued", "done", "done"])
        self.assertIn(f"could not look after run {broken}", logs.output[0])

    def test_a_broken_take_over_does_not_keep_others_from_theirs(self):
        for run_id in self.runs:
            self.age(run_id, 11)
        broken, model = self.runs[0], self.registry["gateway.run"]
        take_over = model._take_over

        def fail(run):
            if run.id == broken:
                raise ValueError("broken")
            return take_over(run)

        with (
            patch.object(model, "_take_over", fail),
            self.assertLogs(LOGGER, "WARNING") as logs,
        ):
            self.dispatch(runner=True)
        self.assertEqual(self.told("epoch"), [1, 2, 2])
        self.assertIn("ValueError: broken", "\n".join(logs.output))
