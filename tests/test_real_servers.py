"""The demo on real Odoo servers: a job runner does the work, or else the dispatcher cron."""

import tempfile
import time

from odoo.tests import tagged

from .odoo_server import Session, odoo_server
from .own_database import OwnDatabaseCase

PATIENCE = 150  # seconds for the first sync


@tagged("post_install", "-at_install")
class TestRealServers(OwnDatabaseCase):
    def first_sync(self, *options):
        """(connector, run) as a person's session sees them after the demo's first sync."""
        with (
            tempfile.NamedTemporaryFile(suffix=".log") as log,
            odoo_server(self.database, log.name, *options) as url,
        ):
            me = Session(url, self.database)
            connector_id = me.call("gateway.connector", "action_try_demo")["res_id"]
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                [run] = me.call(
                    "gateway.run",
                    "search_read",
                    [["connector_id", "=", connector_id]],
                    ["state", "error", "count_read", "count_dead"],
                )
                if run["state"] not in ("queued", "running"):
                    break
                time.sleep(0.5)
            fields = ["state", "has_job_runner", "is_demo"]
            [connector] = me.call("gateway.connector", "read", [connector_id], fields)
            me.call("gateway.connector", "action_remove_demo", [connector_id])
            return connector, run, self.query("SELECT state, count(*) FROM queue_job GROUP BY 1")

    def test_with_a_job_runner_its_jobs_do_the_sync(self):
        connector, run, _jobs = self.first_sync(
            "--load", "base,rpc,web,queue_job", "--max-cron-threads", "0"
        )
        self.assertEqual(("done", 852, 0), (run["state"], run["count_read"], run["count_dead"]))
        self.assertTrue(connector["has_job_runner"])

    def test_without_one_the_dispatcher_drains_the_queue(self):
        connector, run, jobs = self.first_sync("--load", "base,rpc,web", "--max-cron-threads", "1")
        self.assertEqual(("done", 852, 0), (run["state"], run["count_read"], run["count_dead"]))
        self.assertFalse(connector["has_job_runner"], "so the form shows what to set")
        self.assertEqual([], jobs, "and no job is left that nobody will do")
