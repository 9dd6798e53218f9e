"""Pages, horizon and batches of the Odoo side, as the contract promises them, on the real database.

The late writer needs real commits: those tests use cursors of their own and clean up after.
"""

from datetime import timedelta, timezone
from time import sleep
from types import SimpleNamespace

from odoo import api, fields
from odoo.modules.registry import Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name

from odoo.addons.gateway_ng.lib.endpoint import Watermark
from odoo.addons.gateway_ng.models.endpoint import OdooEndpoint
from odoo.addons.gateway_ng.models.endpoint.horizon import UNKNOWN_AGE, horizon

from .products_case import LONG_AGO, ProductsCase, create

READS = ("name",)
NOON = fields.Datetime.to_datetime("2024-05-01 12:00:00")


def aware(moment):
    return moment.replace(tzinfo=timezone.utc)


def a_connector(env):
    return SimpleNamespace(
        id=1,
        company_id=env.company,
        pricelist_id=False,
        sale_pricelist_id=False,
        stock_authority="odoo",
    )


@tagged("post_install", "-at_install")
class TestPages(ProductsCase):
    """Categories dated by hand: few there are, and each is one row."""

    def setUp(self):
        super().setUp()
        self.env.cr.execute("UPDATE product_category SET write_date = %s", (LONG_AGO,))
        self.since = Watermark(aware(NOON))

    def dated(self, *minutes):
        """One category per entry, changed so many minutes after noon."""
        rows = self.env["product.category"].create([{"name": f"C{m}"} for m in minutes])
        self.env.flush_all()
        for row, minute in zip(rows, minutes, strict=True):
            self.env.cr.execute(
                "UPDATE product_category SET write_date = %s WHERE id = %s",
                (NOON + timedelta(minutes=minute), row.id),
            )
        self.env.invalidate_all()
        return [str(id_) for id_ in rows.ids]

    def pages(self, size, since=None, token=None):
        side = self.side("category", READS)
        side.entity("category").page_size = size
        return list(side.pages("category", since or self.since, token))

    def ids(self, pages):
        return [[record.id for record in page.records] for page in pages]

    def test_what_odoo_and_this_module_keep_for_themselves_is_not_read_and_still_fetched(self):
        shipping = self.env.ref("gateway_ng.product_shipping")
        carrier = self.env.ref("delivery.free_delivery_carrier").product_id
        visitor, template = (
            self.env.ref(f"base.{name}").partner_id
            for name in ("public_user", "template_portal_user_id")
        )
        own = self.env["product.product"].create({"name": "For sale"})
        for entity, mine, others in (
            ("product", own.product_tmpl_id, (shipping | carrier).product_tmpl_id),
            ("variant", own, shipping | carrier),
            ("price", own, shipping | carrier),
            ("customer", self.env["res.partner"].create({"name": "Ada"}), visitor | template),
        ):
            with self.subTest(entity=entity):
                side = self.side(entity, READS)
                pages = side.pages(entity)
                read = {record.id for page in pages for record in page.records}
                self.assertIn(str(mine.id), read)
                self.assertFalse(read.intersection(map(str, others.ids)))
                found = {record.id for record in side.fetch(entity, map(str, others.ids))}
                self.assertEqual(set(map(str, others.ids)), found)

    def test_goods_that_the_shop_has_are_read_though_a_delivery_method_charges_by_them(self):
        goods = self.env["product.product"].create({"name": "Crate on loan"})
        self.env["delivery.carrier"].create({"name": "In a crate", "product_id": goods.id})
        sides = {"product": goods.product_tmpl_id, "variant": goods, "price": goods}
        self.connector = self.env["gateway.connector"].create(
            {
                "name": "Crates",
                "platform": "shopify",
                "user_id": self.env.ref("base.user_admin").id,
            }
        )
        for bound in (False, True):
            if bound:
                self.env["gateway.binding"].create(
                    {
                        "connector_id": self.connector.id,
                        "entity": "variant",
                        "remote_id": "crate",
                        "odoo_id": str(goods.id),
                        "state": "bound",
                    }
                )
            for entity, row in sides.items():
                with self.subTest(entity=entity, bound=bound):
                    pages = self.side(entity, READS).pages(entity)
                    read = {record.id for page in pages for record in page.records}
                    self.assertEqual(bound, str(row.id) in read)

    def test_ascending_by_time(self):
        last, first, middle = self.dated(30, 10, 20)
        self.assertEqual(self.ids(self.pages(10)), [[first, middle, last]])

    def test_equal_times_ascend_by_id_across_pages(self):
        ids = self.dated(5, 5, 5, 5, 5, 6)
        pages = self.pages(2)
        self.assertEqual([i for page in self.ids(pages) for i in page], ids)
        self.assertEqual([len(page.records) for page in pages][:3], [2, 2, 2])

    def test_a_watermark_inside_equal_times_reads_them_all_again(self):
        ids = self.dated(5, 5, 5)
        (first, *_rest) = self.pages(2)
        again = self.pages(10, first.watermark)
        self.assertEqual(self.ids(again), [ids])

    def test_since_is_inclusive(self):
        before, at, after = self.dated(-1, 0, 1)
        self.assertEqual(self.ids(self.pages(10)), [[at, after]])

    def test_a_token_resumes_after_its_page(self):
        ids = self.dated(1, 2, 2, 3)
        pages = self.pages(2)
        resumed = self.pages(2, token=pages[0].token)
        self.assertEqual(self.ids(resumed), self.ids(pages[1:]))
        self.assertEqual([i for page in self.ids([pages[0], *resumed]) for i in page], ids)

    def test_a_token_keeps_the_edge_its_read_began_with(self):
        self.dated(1, 2, 3)
        edge = aware(NOON) + timedelta(minutes=2)
        side = self.side("category", READS)
        side.edge = edge
        side.entity("category").page_size = 2
        first = next(side.pages("category", self.since))
        rest = self.pages(2, token=first.token)
        self.assertEqual(rest[-1].watermark, Watermark(edge))

    def test_a_row_that_changes_while_paging_comes_again_and_none_is_missed(self):
        ids = self.dated(1, 2, 3, 4)
        first, *_rest = self.pages(2)
        self.env.cr.execute(
            "UPDATE product_category SET write_date = %s WHERE id = %s",
            (NOON + timedelta(minutes=9), int(ids[0])),
        )
        self.env.invalidate_all()
        rest = self.pages(2, token=first.token)
        self.assertEqual([i for page in self.ids(rest) for i in page], [ids[2], ids[3], ids[0]])

    def test_nothing_changed_is_one_empty_last_page(self):
        (page,) = self.pages(10)
        self.assertEqual((list(page.records), page.token), ([], None))
        self.assertGreater(page.watermark, self.since)

    def test_a_full_last_page_is_followed_by_an_empty_one(self):
        self.dated(1, 2)
        pages = self.pages(2)
        self.assertEqual([len(page.records) for page in pages], [2, 0])
        self.assertIsNone(pages[-1].token)

    def test_without_since_everything_is_read(self):
        side = self.side("category", READS)
        read = [record.id for page in side.pages("category") for record in page.records]
        everything = self.env["product.category"].search([])
        self.assertEqual(sorted(map(int, read)), sorted(everything.ids))
        self.assertEqual(sorted(side.ids("category"), key=int), sorted(read, key=int))

    def test_the_watermark_ends_at_the_edge_not_at_the_last_change(self):
        self.dated(1)
        side = self.side("category", READS)
        side.edge = aware(NOON) + timedelta(hours=1)
        (page,) = side.pages("category", self.since)
        self.assertEqual(page.watermark, Watermark(side.edge))

    def test_a_change_past_the_edge_is_read_but_not_settled(self):
        (id_,) = self.dated(60)
        side = self.side("category", READS)
        side.edge = aware(NOON) + timedelta(minutes=30)
        (page,) = side.pages("category", self.since)
        self.assertEqual([record.id for record in page.records], [id_])
        self.assertEqual(page.watermark, Watermark(side.edge))

    def test_the_watermark_never_goes_back(self):
        side = self.side("category", READS)
        side.edge = aware(NOON) - timedelta(hours=1)
        (page,) = side.pages("category", self.since)
        self.assertEqual(page.watermark, self.since)

    def test_the_own_transaction_holds_the_horizon_and_an_edge_of_it_stays_well_back(self):
        moment, _all_seen = horizon(self.env.cr)
        self.assertLessEqual(moment, aware(self.env.cr.now()))
        (page,) = self.pages(10)
        self.assertLessEqual(page.watermark.time, moment - UNKNOWN_AGE)

    def test_unseen_records_do_not_stop_a_page(self):
        ids = self.dated(1, 2, 3)
        side = self.side("category", READS)
        side.entity("category").page_size = 2
        side.entity("category").domain = lambda: [("id", "!=", int(ids[0]))]
        read = [[r.id for r in page.records] for page in side.pages("category", self.since)]
        self.assertEqual(read, [[ids[1]], [ids[2]]])


@tagged("post_install", "-at_install")
class TestLateWrite(BaseCase):
    """A transaction began at 10:00, only read, and wrote at 10:06, after our poll at 10:05."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.ids = []
        self.addCleanup(self._remove)

    def cursor(self):
        """A real connection, committing for real."""
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        return cr

    def environment(self, cr):
        return api.Environment(cr, api.SUPERUSER_ID, {})

    def committed(self, name):
        with self.registry.cursor() as cr:
            row = self.environment(cr)["product.category"].create({"name": name})
            self.ids.append(row.id)
        return row.id

    def _remove(self):
        with self.registry.cursor() as cr:
            self.environment(cr)["product.category"].browse(self.ids).exists().unlink()

    def poll(self, since, edge=None):
        """One read as the gateway does it: the horizon first, in a transaction of its own."""
        if edge is None:
            with self.registry.cursor() as cr:
                edge, _all_seen = horizon(cr)
        with self.registry.cursor() as cr:
            env = self.environment(cr)
            connector = a_connector(env)
            side = OdooEndpoint(env, connector, {"category": READS}, edge)
            pages = list(side.pages("category", since))
            return {int(r.id) for page in pages for r in page.records}, pages[-1].watermark

    def start(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
            return Watermark(aware(cr.fetchone()[0]))

    def test_it_is_found_by_the_next_poll(self):
        id_ = self.committed("Late")
        since = self.start()
        late = self.cursor()  # 10:00
        late.execute("SELECT count(*) FROM product_category")
        began = aware(late.now())
        found, watermark = self.poll(since)  # 10:05
        self.assertNotIn(id_, found)
        self.assertLessEqual(watermark.time, began)
        env = self.environment(late)
        env["product.category"].browse(id_).name = "Later"  # 10:06
        env.flush_all()
        late.commit()
        found, _watermark = self.poll(watermark)
        self.assertIn(id_, found)

    def test_a_watermark_at_the_time_of_the_poll_would_miss_it(self):
        """Shows that the test above can fail: the horizon is what finds the late writer."""
        id_ = self.committed("Late")
        late = self.cursor()
        late.execute("SELECT 1")
        now = self.start()
        _found, watermark = self.poll(now, edge=now.time)
        env = self.environment(late)
        env["product.category"].browse(id_).name = "Later"
        env.flush_all()
        late.commit()
        found, _watermark = self.poll(watermark)
        self.assertNotIn(id_, found)

    def test_it_is_found_when_it_commits_during_the_poll(self):
        id_ = self.committed("Late")
        since = self.start()
        late = self.cursor()
        late.execute("SELECT 1")
        with self.registry.cursor() as cr:
            edge, _all_seen = horizon(cr)
        reader = self.cursor()
        env = self.environment(reader)
        reader.execute("SELECT count(*) FROM product_category")  # the reader's snapshot is taken
        writer = self.environment(late)
        writer["product.category"].browse(id_).name = "Later"
        writer.flush_all()
        late.commit()
        connector = a_connector(env)
        side = OdooEndpoint(env, connector, {"category": READS}, edge)
        (page,) = side.pages("category", since)
        self.assertNotIn(str(id_), [record.id for record in page.records])
        reader.rollback()
        found, _watermark = self.poll(page.watermark)
        self.assertIn(id_, found)

    def test_without_it_the_watermark_passes_what_was_polled(self):
        since = self.start()
        id_ = self.committed("Early")
        found, watermark = self.poll(since)
        self.assertIn(id_, found)
        for _look in range(100):
            if watermark > since:
                break
            sleep(0.1)  # PostgreSQL itself may be at work in the database, for a moment
            _found, watermark = self.poll(since)
        self.assertGreater(watermark, since)

    def test_an_open_transaction_holds_the_horizon_at_its_start(self):
        late = self.cursor()
        late.execute("SELECT now() AT TIME ZONE 'UTC'")
        began = aware(late.fetchone()[0])
        with self.registry.cursor() as cr:
            moment, _all_seen = horizon(cr)
        self.assertLessEqual(moment, began)
        late.rollback()
        with self.registry.cursor() as cr:
            moment, all_seen = horizon(cr)
        if all_seen:
            self.assertGreater(moment, began)

    def test_a_session_of_postgresql_s_own_hides_no_writer_and_one_of_another_role_may(self):
        for role, all_seen in (("NULL", True), ("10", False)):
            with self.registry.cursor() as cr:
                cr.execute(
                    "CREATE TEMP VIEW pg_stat_activity AS SELECT current_database() AS datname,"
                    f" {role}::oid AS usesysid, NULL::timestamptz AS xact_start,"
                    " '<insufficient privilege>'::text AS query"
                )
                cr.execute("SET LOCAL search_path = pg_temp, pg_catalog, public")
                moment, seen = horizon(cr)
                cr.execute("SELECT now()")
                now = cr.fetchone()[0]
                cr.rollback()
            self.assertIs(all_seen, seen)
            self.assertEqual(timedelta() if all_seen else UNKNOWN_AGE, now - moment)


@tagged("post_install", "-at_install")
class TestPoison(ProductsCase):
    def batch(self, size, bad):
        """Products of which those at the positions `bad` share one barcode that is taken."""
        self.created({"name": "Owner", "barcode": "TAKEN"})
        return [
            create({"name": f"P{n}", "barcode": "TAKEN" if n in bad else f"B{n}"}, str(n))
            for n in range(size)
        ]

    def run_counted(self, ops):
        side = self.side()
        self.env.flush_all()
        savepoints = []
        cursor = type(self.env.cr)
        original = cursor.savepoint

        def counting(cr, *args, **kwargs):
            savepoints.append(1)
            return original(cr, *args, **kwargs)

        self.patch(cursor, "savepoint", counting)
        return list(side.write("product", ops)), len(savepoints)

    def test_three_of_fifty_are_refused_and_the_rest_is_made(self):
        bad = {7, 23, 41}
        results, savepoints = self.run_counted(self.batch(50, bad))
        self.assertEqual({n for n, r in enumerate(results) if r.error}, bad)
        for position in bad:
            text = str(results[position].error)
            self.assertIn("TAKEN", text)
            self.assertIn("Remedy", text)
        made = self.env["product.template"].browse(int(r.id) for r in results if not r.error)
        self.assertEqual(len(made.exists()), 47)
        # Halving: at most two a level for each bad one, and ⌈log₂ 50⌉ = 6 levels.
        self.assertLessEqual(savepoints, 1 + 2 * 6 * len(bad))

    def test_what_is_seen_beforehand_costs_no_savepoint(self):
        ops = self.batch(20, ())
        double = {"options": {"Size": "S"}}
        ops[5] = create({"name": "Double", "variants": {"a": double, "b": double}}, "5")
        results, savepoints = self.run_counted(ops)
        self.assertEqual([n for n, r in enumerate(results) if r.error], [5])
        self.assertEqual(savepoints, 1)

    def test_a_good_batch_is_one_savepoint(self):
        results, savepoints = self.run_counted(self.batch(50, ()))
        self.assertFalse([r.error for r in results if r.error])
        self.assertEqual(savepoints, 1)

    def test_a_batch_of_nothing_but_poison_is_refused_one_by_one(self):
        results, _savepoints = self.run_counted(self.batch(5, set(range(5))))
        self.assertTrue(all(result.error for result in results))
        self.assertEqual(self.env["product.template"].search_count([("name", "=like", "P_")]), 0)
