"""Two dispatchers, many workers, a webhook and a person's edit at the same moment: one record, one
write, and whoever has to give way tries again."""

import contextlib
import threading
from unittest.mock import patch

import psycopg2

from odoo.tests import tagged

from odoo.addons.gateway_ng.models.endpoint import OdooEndpoint
from odoo.addons.gateway_ng.models.work import UnitOfWork

from .at_once import AtOnceCase, Meeting, at_once
from .own_database import perform

SCHEDULED = "odoo.addons.gateway_ng.models.run_schedules"


@tagged("post_install", "-at_install")
class TestAtOnce(AtOnceCase):
    def dispatch(self, *before):
        """A dispatcher, which looks at the database before all of `before` have come."""
        with self.snapshot() as env:
            for barrier in before:
                barrier.wait()
            env["gateway.run"]._cron_dispatch()

    def runs(self, connector):
        return self.query("SELECT id FROM gateway_run WHERE connector_id = %s", connector)

    def test_two_dispatchers_start_what_is_due_once(self):
        _reader, connector = self.live("due")
        self.make_due(connector, "category", "product")
        both = threading.Barrier(2)
        with self.assertNoLogs(SCHEDULED, "ERROR"):
            at_once(*[lambda: self.dispatch(both)] * 2)
        self.assertEqual(1, len(self.runs(connector)))
        self.work_off()
        self.check_books(connector)
        self.assertEqual(4, len(self.odoo_ids(connector, "product")))

    def test_a_dispatcher_that_looked_before_another_one_started_it_starts_nothing(self):
        _reader, connector = self.live("late")
        self.make_due(connector, "category")
        with self.snapshot() as late, self.assertNoLogs(SCHEDULED, "ERROR"):
            self.dispatch()
            late["gateway.run"]._cron_dispatch()
        self.assertEqual(1, len(self.runs(connector)))
        self.work_off()
        self.check_books(connector)

    def test_of_two_that_end_a_flow_the_later_gives_way_without_an_error_in_the_log(self):
        _reader, connector = self.live("close")
        with self.environment() as env:
            run = env["gateway.connector"].browse(connector).run_sync(["category"], "import")
            run.flow_ids.state, flow, epoch = "applying", run.flow_ids.id, run.epoch
        with self.snapshot() as late, self.assertNoLogs("odoo.sql_db", "ERROR"):
            with self.environment() as env:
                env["gateway.flow"].browse(flow).is_swept = True
            work = UnitOfWork(late, own=True)
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                late["gateway.flow"].browse(flow)._end(work, epoch, inline=True)

    def open_once(self, second):
        """How many flows of one entity were open at once when a worker wanted to open one; the
        first one keeps its flow open until a second one has tried."""
        seen, model = [], self.registry["gateway.flow"]
        original = model._open

        def _open(flow, work):
            opened = original(flow, work)
            work.commit()
            if second.first():
                second.wait()
            else:
                second.arrive()
            seen.extend(
                self.query(
                    "SELECT count(*) FROM gateway_flow WHERE state IN ('reading', 'applying')"
                    " GROUP BY connector_id, entity"
                )
            )
            return opened

        self.startPatcher(patch.object(model, "_open", _open))
        return seen

    def test_two_jobs_that_read_one_flow_do_not_keep_each_other_from_it(self):
        """Each begins to read, and is overtaken by the other before it has read a page."""
        _reader, connector = self.live("drivers")
        self.sync(connector, ["category", "product"], "import")
        run = self.start(connector, ["product"], "export")
        with self.environment() as env:
            env["gateway.run"].browse(run)._enqueue()
        claims, model, pages = [], self.registry["gateway.flow"], OdooEndpoint.pages
        claim = model._claim
        others = "SELECT 1 FROM queue_job WHERE method_name = '_job_drive' AND state != 'done'"

        def _claim(flow, work):
            claims.append(claim(flow, work))
            return claims[-1]

        def overtaken(side, *args):
            mine = len(claims)
            side.env.cr.execute("SELECT 1")  # from here on it sees the database as it is now
            self.until(lambda: len(claims) > min(mine, 4) or len(self.query(others)) < 2)
            yield from pages(side, *args)

        with patch.object(model, "_claim", _claim), patch.object(OdooEndpoint, "pages", overtaken):
            self.work_off(2)
        self.check_run(run)
        self.check_books(connector)
        self.assertLessEqual(len(claims), 3)

    def test_a_person_the_schedule_and_a_webhook_that_comes_twice_make_one_record(self):
        reader, connector = self.live("crowd")
        self.make_due(connector, "category", "product")
        headers, body = self.delivery(reader.table("Product")[0]["id"])
        ready = threading.Barrier(4)

        def sync():
            with self.snapshot() as env:
                ready.wait()
                env["gateway.connector"].browse(connector).run_sync(["category", "product"])

        def receive():
            with self.snapshot() as env:
                ready.wait()
                shop = env["gateway.connector"].browse(connector)
                return self.request(env, lambda: shop._receive(headers, body))

        seen = self.open_once(Meeting())
        at_once(sync, lambda: self.dispatch(ready), receive, receive)
        self.assertEqual(
            1, len(self.query("SELECT 1 FROM gateway_event WHERE connector_id = %s", connector))
        )
        self.work_off()
        self.dispatch()
        self.work_off()
        self.assertEqual({(1,)}, set(seen))
        self.check_books(connector)
        self.assertEqual(3, len(self.runs(connector)))
        self.assertEqual(4, len(set(self.odoo_ids(connector, "product").values())))
        names = [product["title"] for product in reader.table("Product")]
        made = self.query(
            "SELECT count(*) FROM product_template WHERE name->>'en_US' = ANY(%s)", names
        )
        self.assertEqual([(4,)], made)

    def test_two_jobs_that_end_a_run_do_not_wait_for_each_other(self):
        _reader, connector = self.live("ends")
        run = self.start(connector, ["category"], "import")
        self.work_off(1)
        with self.environment() as env:
            found = env["gateway.run"].browse(run)
            found.write({"state": "running", "ended": False})
            found._enqueue()
            found._enqueue()
        both, model = threading.Barrier(2), self.registry["gateway.run"]
        original = model._check_epoch

        def check(run, epoch, **more):
            original(run, epoch, **more)
            with contextlib.suppress(threading.BrokenBarrierError):  # the other one has ended it
                both.wait(5)

        self.startPatcher(patch.object(model, "_check_epoch", check))
        with self.assertNoLogs("odoo.sql_db", "ERROR"):
            self.work_off(2)
        self.check_run(run)

    def test_what_waits_for_a_run_is_called_for_though_a_job_looked_before_its_end(self):
        reader, connector = self.live("end")
        self.sync(connector)
        run = self.start(connector, ["product"], "import")
        delivery = self.delivery(reader.table("Product")[0]["id"])
        with self.snapshot() as env:
            shop = env["gateway.connector"].browse(connector)
            self.request(env, lambda: shop._receive(*delivery))
        [(early,)] = self.query(
            "UPDATE queue_job SET state = 'enqueued' WHERE method_name = '_job_events'"
            " RETURNING uuid"
        )
        with self.environment() as env:
            env["gateway.run"].browse(run)._close("cancelled")
            perform(self.registry, early)
        self.work_off()
        self.check_books(connector, "cancelled", "done")
        events = "SELECT state FROM gateway_event WHERE connector_id = %s"
        self.assertEqual([("taken",)], self.query(events, connector))


@tagged("post_install", "-at_install")
class TestEditedMeanwhile(AtOnceCase):
    """A person saves a record in the middle of the transaction that imports it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader, cls.connector = cls.live("edit", products=6)
        cls.products = cls.reader.table("Product")
        cls().sync(cls.connector)

    def setUp(self):
        super().setUp()
        self.product = self.products.pop()  # each test has its own
        self.mine = int(self.odoo_ids(self.connector, "product")[self.product["id"]])

    def meanwhile(self, entity, edit):
        """`edit()` is carried out once, when a page of the entity is about to be written."""
        original, first = OdooEndpoint.write, Meeting()

        def write(side, name, ops):
            if name == entity and first.first():
                edit()
            return original(side, name, ops)

        self.startPatcher(patch.object(OdooEndpoint, "write", write))
        return first

    def rename(self, title):
        self.reader.edit("title", product=self.product["id"], title=title)

    def lines(self, run):
        """[(field, old, new, why)] of the lines of a run."""
        return [
            (name, *pair, reasons.get(name))
            for fields, reasons in self.query(
                "SELECT field_changes, reasons FROM gateway_change WHERE run_id = %s ORDER BY id",
                run,
            )
            for name, pair in (fields or {}).items()
        ]

    def value(self, field, id_, table="product_template"):
        with self.environment() as env:
            return env[table.replace("_", ".")].browse(id_)[field]

    def test_of_one_field_the_winner_stands_in_a_line_with_what_lost(self):
        self.rename("Shop's shirt")
        met = self.meanwhile(
            "product",
            lambda: self.person("product.template", self.mine, {"name": "Person's shirt"}),
        )
        run = self.start(self.connector, ["product"], "import")
        self.work_off()
        self.assertEqual(2, met.came, "the page was not tried again")
        self.check_books(self.connector)
        self.assertEqual(
            [("name", "Person's shirt", "Shop's shirt", "remote won by last_write_wins")],
            self.lines(run),
        )
        self.assertEqual("Shop's shirt", self.value("name", self.mine))

    def test_where_odoo_wins_the_edit_goes_to_the_shop(self):
        with self.environment() as env:
            connector = env["gateway.connector"].browse(self.connector)
            connector.write({"strategy": "source_priority", "priority": "odoo"})
        self.rename("Shop's shirt")
        self.meanwhile(
            "product",
            lambda: self.person("product.template", self.mine, {"name": "Person's shirt"}),
        )
        self.start(self.connector, ["product"])
        self.work_off()
        self.check_books(self.connector)
        self.assertEqual("Person's shirt", self.value("name", self.mine))
        self.assertEqual("Person's shirt", self.product["title"])

    def test_of_two_fields_both_stand(self):
        self.rename("Shop's shirt")
        edit = {"description": "<p>Person's words</p>"}
        self.meanwhile("product", lambda: self.person("product.template", self.mine, edit))
        run = self.start(self.connector, ["product"])
        self.work_off()
        self.check_books(self.connector)
        self.assertIn(
            ("name", "Shop's shirt"), [(name, new) for name, _, new, _ in self.lines(run)]
        )
        self.assertEqual("Shop's shirt", self.value("name", self.mine))
        self.assertEqual("<p>Person's words</p>", self.product["descriptionHtml"])

    def test_a_person_who_waits_for_the_import_saves_after_it(self):
        self.rename("Shop's shirt")
        edit = {"name": "Person's shirt"}
        saved = threading.Thread(target=lambda: self.person("product.template", self.mine, edit))
        model = self.registry["gateway.page"]
        original = model._keep_counts

        def _keep_counts(page, *args):
            page.env.flush_all()
            saved.start()
            self.until(self.is_blocked)
            return original(page, *args)

        with patch.object(model, "_keep_counts", _keep_counts):
            run = self.start(self.connector, ["product"], "import")
            self.work_off()
        saved.join()
        self.assertEqual("Shop's shirt", self.lines(run)[0][2])
        self.assertEqual("Person's shirt", self.value("name", self.mine))
        run = self.sync(self.connector, ["product"])
        self.check_books(self.connector)
        self.assertEqual("Person's shirt", self.product["title"])
        self.assertEqual("Person's shirt", self.value("name", self.mine))
        self.assertIn(
            ("title", "Shop's shirt", "Person's shirt"), [line[:3] for line in self.lines(run)]
        )

    def test_an_order_keeps_what_is_written_on_it_while_its_cancellation_is_imported(self):
        order = next(
            one
            for one in self.reader.table("Order")
            if not one["cancelledAt"] and not one["fulfillments"]
        )
        sale = int(self.odoo_ids(self.connector, "order")[order["id"]])
        self.reader.edit("cancel", order=order["id"])
        met = self.meanwhile(
            "order", lambda: self.person("sale.order", sale, {"note": "Call first"})
        )
        self.start(self.connector, ["order"], "import")
        self.work_off()
        self.assertEqual(2, met.came)
        self.check_books(self.connector)
        self.assertEqual("cancel", self.value("state", sale, "sale_order"))
        self.assertIn("Call first", self.value("note", sale, "sale_order"))

    def test_a_deadlock_with_a_person_is_tried_again_and_both_have_what_they_wrote(self):
        self.rename("Shop's shirt")
        other = next(
            int(id_)
            for id_ in self.odoo_ids(self.connector, "product").values()
            if int(id_) != self.mine
        )
        first, held = Meeting(), threading.Event()

        def edit():
            """The import holds the other product and wants this one; the person has them the
            other way round."""
            self.page_env.cr.execute(
                "SELECT id FROM product_template WHERE id = %s FOR UPDATE", (other,)
            )
            person.start()
            held.wait(30)

        def save():
            with self.snapshot() as env:
                self.request(env, lambda: step(env["product.template"]))

        def step(products):
            products.browse(self.mine).description = "<p>Person's words</p>"
            products.env.flush_all()
            if first.first():
                held.set()
                self.until(self.is_blocked)
            products.browse(other).description = "<p>Person's words</p>"
            products.env.flush_all()

        person = threading.Thread(target=save)
        original, met = OdooEndpoint.write, Meeting()

        def write(side, name, ops):
            if met.first():
                self.page_env = side.env
                edit()
            return original(side, name, ops)

        self.startPatcher(patch.object(OdooEndpoint, "write", write))
        with self.assertLogs("odoo.sql_db", "ERROR") as logs:
            self.start(self.connector, ["product"], "import")
            self.work_off()
            person.join()
        self.assertIn("deadlock detected", "".join(logs.output))
        self.check_books(self.connector)
        self.assertEqual("Shop's shirt", self.value("name", self.mine))
        for template in (self.mine, other):
            self.assertEqual("<p>Person's words</p>", self.value("description", template))
