"""Several at once, on threads and transactions of their own: steps that begin together, the job
runner's workers, deliveries of a shop, a person at a form."""

import base64
import hashlib
import hmac
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.service import model as service
from odoo.service.model import retrying

from odoo.addons.gateway_ng.lib.clock import SystemClock
from odoo.addons.gateway_ng.models.turns import in_turn

from .demo_shop_case import COUNTED, SECRET
from .own_database import perform
from .test_crash import CrashCase

#: Seconds after which somebody who waits for another one is sure to wait in vain.
PATIENCE = 60


def at_once(*steps):
    """What each of `steps` gives; all begin at the same moment. The first error is raised."""
    begin = threading.Barrier(len(steps))

    def go(step):
        begin.wait(PATIENCE)
        return step()

    with ThreadPoolExecutor(len(steps)) as pool:
        return [done.result() for done in [pool.submit(go, step) for step in steps]]


class Workers:
    """So many workers of the job runner, each on a thread of its own, until no job is left.

    A job that is put off waits until another one has ended or nobody has anything else to do.
    """

    def __init__(self, registry, count=3):
        self.registry = registry
        self.count = count
        self._busy = 0
        self._changed = threading.Condition()

    def work_off(self):
        at_once(*[self._work] * self.count)

    def _work(self):
        while (uuid := self._next()) is not None:
            try:
                perform(self.registry, uuid)
            finally:
                with self._changed:
                    self._busy -= 1
                    self._changed.notify_all()

    def _next(self):
        with self._changed:
            while True:
                uuid = in_turn(self.registry, self._take)
                if uuid:
                    self._busy += 1
                    return uuid
                if not self._busy:
                    return None
                self._changed.wait(0.05)  # or somebody who is busy has queued one

    def _take(self, cr):
        cr.execute(
            "UPDATE queue_job SET state = 'enqueued', date_enqueued = now() AT TIME ZONE 'UTC'"
            " WHERE uuid = (SELECT uuid FROM queue_job WHERE state = 'pending'"
            " AND (eta IS NULL OR eta <= now() AT TIME ZONE 'UTC' OR %s)"
            " ORDER BY eta NULLS FIRST, priority, id LIMIT 1) RETURNING uuid",
            (not self._busy,),
        )
        found = cr.fetchone()
        return found and found[0]


class Meeting:
    """Where the first one waits for the second, who does not wait for it."""

    def __init__(self):
        self._lock = threading.Lock()
        self._first = threading.Event()
        self._second = threading.Event()
        self.came = 0

    def first(self):
        """Whether nobody was here before."""
        with self._lock:
            self.came += 1
            self._first.set()
            return self.came == 1

    def wait_for_first(self):
        if not self._first.wait(PATIENCE):
            raise AssertionError("nobody came at all")

    def arrive(self):
        self._second.set()

    def wait(self):
        if not self._second.wait(PATIENCE):
            raise AssertionError("nobody came")


class AtOnceCase(CrashCase):
    """A shop of 4 products of 4 variants, 4 customers and 6 orders; a runner is said to be there,
    whose work `Workers` do."""

    def setUp(self):
        super().setUp()
        model = self.registry["gateway.run"]
        self.startPatcher(patch.object(model, "_has_job_runner", lambda _self: True))
        self.query("DELETE FROM queue_job RETURNING id")

    def make_due(self, connector, *entities):
        """Schedules of imports whose time has come."""
        with self.environment() as env:
            lines = env["gateway.schedule"].search(
                [
                    ("connector_id", "=", connector),
                    ("entity", "in", entities),
                    ("direction", "=", "import"),
                ]
            )
            lines.write({"cron": "* * * * *"})
        self.query(
            "UPDATE gateway_schedule SET next_run = now() AT TIME ZONE 'UTC' - interval '1 minute'"
            " WHERE id = ANY(%s) RETURNING id",
            lines.ids,
        )

    @classmethod
    def live(cls, code, products=4):
        """(reader, id) of a connector that its shop may send webhooks to."""
        reader, connector = cls.small_shop(code, products=products)
        with cls.environment() as env:
            env["ir.config_parameter"].set_param("web.base.url", "https://odoo.example.com")
            found = env["gateway.connector"].browse(connector)
            found.write({"setup_step": "done", "is_webhook_on": True})
        return reader, connector

    def work_off(self, count=3):
        Workers(self.registry, count).work_off()

    @contextmanager
    def snapshot(self):
        """An environment that sees the database as it is now, whatever is committed meanwhile."""
        with self.registry.cursor() as cr:
            cr.execute("SELECT 1")
            yield api.Environment(cr, SUPERUSER_ID, {})

    @staticmethod
    def request(env, step):
        """`step()` as a request of the web: Odoo begins it anew where it met another one."""
        with patch.object(service, "time", SimpleNamespace(sleep=lambda _seconds: None)):
            return retrying(step, env)

    def person(self, model, ids, values):
        """A person saves a form."""
        with self.snapshot() as env:
            self.request(env, lambda: env[model].browse(ids).write(values))

    @staticmethod
    def until(has_come):
        """Returns once it has come: what another thread or transaction does."""
        end = time.monotonic() + PATIENCE
        while not has_come():
            if time.monotonic() > end:
                raise AssertionError("waited in vain")
            time.sleep(0.01)

    def is_blocked(self):
        """Whether somebody in this database waits for a row of another transaction."""
        return self.query(
            "SELECT 1 FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )

    def delivery(self, gid, topic="products/update", event="event-1"):
        """(headers, body) as the shop signs them."""
        number = int(gid.rpartition("/")[2])
        body = json.dumps({"id": number, "admin_graphql_api_id": gid}).encode()
        mac = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
        return {
            "Content-Type": "application/json",
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": "demo.myshopify.com",
            "X-Shopify-Webhook-Id": event,
            "X-Shopify-Triggered-At": SystemClock().now().isoformat(),
            "X-Shopify-Hmac-Sha256": base64.b64encode(mac).decode(),
        }, body

    def odoo_ids(self, connector, entity):
        """remote id → Odoo id of what is bound."""
        return dict(
            self.query(
                "SELECT remote_id, odoo_id FROM gateway_binding WHERE connector_id = %s"
                " AND entity = %s AND state = 'bound' ORDER BY id",
                connector,
                entity,
            )
        )

    def check_books(self, connector, *states):
        """Every run of the connector has ended in one of `states` and its sums are right; no job
        has failed, no flow is open, and no record is bound twice."""
        with self.environment() as env:
            runs = env["gateway.run"].search([("connector_id", "=", connector)])
            letters = env["gateway.dead.letter"].search([("connector_id", "=", connector)])
            told = "\n".join([*(run.error or "" for run in runs), *letters.mapped("error")])
            self.assertLessEqual(set(runs.mapped("state")), set(states or ["done"]), told)
            for run in runs:
                self.assertLessEqual(set(run.page_ids.mapped("state")), {"settled"})
                outcomes = sum(run[f"count_{name}"] for name in COUNTED)
                self.assertEqual(outcomes, run.count_read, run.display_name)
        jobs = self.query(
            "SELECT DISTINCT state, exc_info FROM queue_job"
            " WHERE state NOT IN ('done', 'cancelled')"
        )
        self.assertEqual([], jobs, "a job was not done")
        self.assertEqual(
            [],
            self.query(
                "SELECT entity, odoo_id, count(*) FROM gateway_binding WHERE connector_id = %s"
                " AND odoo_id IS NOT NULL AND state != 'gone' GROUP BY 1, 2 HAVING count(*) > 1",
                connector,
            ),
            "a record is bound twice",
        )
