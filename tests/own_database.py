"""Tests with real commits: a copy of the database, a demo shop, the job runner's work by hand."""

import shutil
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.sql_db import close_db, db_connect
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import SQL, config

from odoo.addons.queue_job.controllers.main import RunJobController

from odoo.addons.gateway_ng.lib.demoshop import Shop, seed_demo, serving

from .demo_shop_case import LoopbackRequests, PatientClock, ShopReader, connected


class Killed(BaseException):
    """The process is gone: nothing that catches errors may see this as one."""


class OwnDatabaseCase(LoopbackRequests, BaseCase):
    """A class of tests on a database of its own, which is dropped in the end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database = f"{get_db_name()}_{cls.__name__.lower()}"
        _copy_database(get_db_name(), cls.database)
        cls.addClassCleanup(_drop_database, cls.database)
        cls.clock = PatientClock()
        cls.load()

    @classmethod
    def load(cls, **options):
        """The database's registry, made anew with `options` (Registry.new); on the tests' clock."""
        with patch.dict(config.options, {"test_enable": False}):  # or tests run while it loads
            cls.registry = Registry.new(cls.database, **options)
        model = cls.registry["gateway.connector"]
        cls.startClassPatcher(patch.object(model, "_clock", lambda _self: cls.clock))

    @classmethod
    @contextmanager
    def environment(cls):
        """An environment whose work is committed at the end."""
        with cls.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    @classmethod
    def new_shop(cls, seed=seed_demo, **values):
        """(shop's reader, id of a connector to it), committed; `values` are the connector's."""
        shop = Shop(clock=cls.clock)
        seed(shop)
        server = cls.enterClassContext(serving(shop))
        with cls.environment() as env:
            connector = connected(env, server.url, **values)
            return ShopReader(shop), connector.id

    def start(self, connector_id, entities=None, direction="both"):
        """Queue a run, as the button does."""
        with self.environment() as env:
            connector = env["gateway.connector"].browse(connector_id)
            return connector.run_sync(entities, direction=direction).id

    def sync(self, connector_id, entities=None, direction="both", state="done"):
        """A run by jobs to its end, which must be `state`."""
        run_id = self.start(connector_id, entities, direction)
        work_off(self.registry)
        self.check_run(run_id, state)
        return run_id

    def check_run(self, run_id, state="done"):
        with self.environment() as env:
            run = env["gateway.run"].browse(run_id)
            letters = env["gateway.dead.letter"].search([("run_id", "=", run_id)])
            self.assertEqual(
                run.state, state, "\n".join([run.error or "", *letters.mapped("error")])
            )

    def query(self, text, *values):
        with self.registry.cursor() as cr:
            cr.execute(text, values)
            return cr.fetchall()

    def fingerprints(self, *patterns):
        """table → what changes with any insert, update or delete of a row."""
        tables = self.query(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE ANY(%s)",
            list(patterns),
        )
        found = {}
        with self.registry.cursor() as cr:
            for (table,) in tables:
                cr.execute(
                    SQL(
                        "SELECT count(*), sum(hashtext(ctid::text || ' ' || xmin::text)) FROM %s",
                        SQL.identifier(table),
                    )
                )
                found[table] = cr.fetchone()
        return found


def pending(registry):
    """uuid of the next job to be done, None when there is none."""
    with registry.cursor() as cr:
        cr.execute(
            "SELECT uuid FROM queue_job WHERE state = 'pending' ORDER BY priority, id LIMIT 1"
        )
        found = cr.fetchone()
        if not found:
            return None
        cr.execute("UPDATE queue_job SET state = 'enqueued' WHERE uuid = %s", found)
        return found[0]


def perform(registry, uuid):
    """One job as the runner has it done: lock, perform, done, or postponed (nobody waits here)."""
    with closing(registry.cursor()) as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        job = RunJobController._acquire_job(env, uuid)
        if job is not None:
            RunJobController._runjob(env, job)
            cr.commit()  # pylint: disable=invalid-commit


def work_off(registry, most=300):
    """Do all jobs that wait, one after the other, and those that come of them."""
    for _turn in range(most):
        uuid = pending(registry)
        if uuid is None:
            return
        perform(registry, uuid)
    raise AssertionError(f"{most} jobs were done and there are still more")


def revive_dead_jobs(registry):
    """What the runner does about jobs whose process is gone: they are to be done again."""
    with registry.cursor() as cr:
        cr.execute("UPDATE queue_job SET state = 'pending' WHERE state IN ('started', 'enqueued')")


def _copy_database(source, name):
    _drop_database(name)
    close_db(source)
    with closing(db_connect("postgres").cursor()) as cr:
        cr._cnx.autocommit = True  # a database is not made inside a transaction
        _end_sessions(cr, source)
        cr.execute(
            SQL("CREATE DATABASE %s TEMPLATE %s", SQL.identifier(name), SQL.identifier(source))
        )
        # Two workers of one test wait for each other in vain: that fails, and does not hang.
        cr.execute(SQL("ALTER DATABASE %s SET lock_timeout = '5s'", SQL.identifier(name)))


def _end_sessions(cr, name):
    """But those of autovacuum: who makes or drops a database ends them without being asked, and by
    force only a superuser may."""
    cr.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = %s AND usename = current_user",
        (name,),
    )


def _drop_database(name):
    Registry.delete(name)
    close_db(name)
    with closing(db_connect("postgres").cursor()) as cr:
        cr._cnx.autocommit = True
        _end_sessions(cr, name)
        cr.execute(SQL("DROP DATABASE IF EXISTS %s", SQL.identifier(name)))
    files = Path(config.filestore(name))
    if files.name == name:  # and not one that several databases share
        shutil.rmtree(files, ignore_errors=True)
