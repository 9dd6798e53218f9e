"""Several workers, runs and connectors at the same record: it is created once, on either side."""

from decimal import Decimal
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import seed_orders
from odoo.addons.gateway_ng.lib.demoshop.sale import Tax
from odoo.addons.gateway_ng.lib.endpoint import Page
from odoo.addons.gateway_ng.lib.platforms.shopify.endpoint import ShopifyEndpoint
from odoo.addons.gateway_ng.models.endpoint import OdooEndpoint

from .at_once import AtOnceCase, Meeting, at_once
from .demo_shop_case import make_product
from .own_database import pending, perform


@tagged("post_install", "-at_install")
class TestSameRecord(AtOnceCase):
    def setUp(self):
        super().setUp()
        self.code = f"r{self.id()[-14:]}"
        self.reader, self.connector = self.live(self.code)
        self.sync(self.connector, ["category", "product"], "import")
        self.reader.shop.counters.mutations.clear()

    def make(self, count=3):
        """New products of Odoo with two variants each."""
        with self.environment() as env:
            for number in range(count):
                make_product(env, f"{self.code} {number}", f"{self.code}-{number}")

    def titles(self):
        titles = sorted(product["title"] for product in self.reader.table("Product"))
        return [title for title in titles if title.startswith(f"{self.code} ")]

    def check_made(self):
        """Whatever the shop has besides its own four products is there once and was sent once."""
        titles = [product["title"] for product in self.reader.table("Product")]
        self.assertEqual(len(titles), len(set(titles)))
        self.assertEqual(3, len(self.titles()))
        self.assertEqual(len(titles) - 4, self.reader.shop.counters.mutations["productSet"])
        self.assertEqual(len(titles), len(set(self.odoo_ids(self.connector, "product").values())))

    def hold(self, meeting, answered=False):
        """The first write to the shop waits at `meeting` before it is sent, or until it is
        `answered`."""
        original = ShopifyEndpoint.write

        def write(side, entity, ops):
            if not meeting.first():
                return original(side, entity, ops)
            done = list(original(side, entity, ops)) if answered else None
            meeting.wait()
            return iter(done) if answered else original(side, entity, ops)

        self.startPatcher(patch.object(ShopifyEndpoint, "write", write))

    def test_two_workers_at_one_record_in_two_pages_create_it_once(self):
        self.make()
        run_id = self.start(self.connector, ["product"], "export")
        perform(self.registry, pending(self.registry))  # reads
        with self.environment() as env:
            first = env["gateway.run"].browse(run_id).page_ids
            records = first._staged().records
            for ids in (records[:2], records[1:]):  # as two pages of which each has the second one
                page = Page(ids, None, None)
                kept, staged = first.flow_id._stage(page, first.flow_id.pages_read, None)
                kept._enqueue(1)
            env["queue.job"].search([("state", "=", "pending")], order="id", limit=1).unlink()
            first.unlink()
        second, model = Meeting(), self.registry["gateway.run"]
        original = model._settle

        def _settle(run, work, page, *args):
            try:
                return original(run, work, page, *args)
            finally:
                if page.number == 2:
                    second.arrive()

        self.hold(second)
        with patch.object(model, "_settle", _settle):
            self.work_off(2)
        self.check_books(self.connector)
        self.check_made()

    def test_of_two_jobs_of_one_page_one_sends(self):
        """The second one is the first itself, taken for dead while it lives, and then another one:
        queue_job's identity key keeps none from being queued beside one that is being done."""
        self.make()
        run = self.start(self.connector, ["product"], "export")
        perform(self.registry, pending(self.registry))  # reads
        uuid, again = pending(self.registry), Meeting()
        self.hold(again)

        def queued_again():
            again.wait_for_first()
            self.query("UPDATE queue_job SET state = 'enqueued' WHERE uuid = %s RETURNING id", uuid)
            perform(self.registry, uuid)
            with self.environment() as env:
                env["gateway.run"].browse(run).page_ids._enqueue(1)
            other = pending(self.registry)
            self.assertNotIn(other, (uuid, None))
            perform(self.registry, other)
            again.arrive()

        at_once(lambda: perform(self.registry, uuid), queued_again)
        self.work_off()
        self.assertEqual(1, again.came, "both have sent")
        self.check_books(self.connector)
        self.check_made()

    def test_what_the_shop_tells_of_a_create_before_it_is_settled_makes_no_second_record(self):
        """Webhooks, and imports of it, its variants and levels, while the export waits for the
        answer that it is there."""
        self.make()
        self.start(self.connector, ["product"], "export")
        told = Meeting()
        self.hold(told, answered=True)

        def tell():
            told.wait_for_first()
            self.until(lambda: len(self.titles()) == 3)
            for product in self.reader.table("Product"):
                headers, body = self.delivery(product["id"], "products/create", product["id"])
                with self.environment() as env:
                    env["gateway.connector"].browse(self.connector)._receive(headers, body)
            self.start(self.connector, ["product"], "import")
            run = self.start(self.connector, ["variant", "stock"], "import")
            self.until(
                lambda: self.query(
                    "SELECT 1 FROM gateway_run WHERE id = %s AND ended IS NOT NULL", run
                )
            )
            told.arrive()

        at_once(self.work_off, tell)
        with self.environment() as env:
            env["gateway.run"]._cron_dispatch()
        self.work_off()
        self.check_books(self.connector)
        self.check_made()
        sent = self.reader.shop.counters.mutations.copy()
        self.sync(self.connector, ["product", "variant", "stock"])
        self.assertEqual(sent["productSet"], self.reader.shop.counters.mutations["productSet"])

    def test_two_shops_with_one_product_and_one_customer_make_one_of_each(self):
        twins = [
            self.small_shop("twin", name=f"{self.code} {number}")[1] for number in ("one", "two")
        ]
        second, original = {"product": Meeting(), "customer": Meeting()}, OdooEndpoint.write

        def write(side, entity, ops):
            there = second.get(entity)
            if there and there.first():
                self.until(lambda: there.came > 1 or self.is_blocked())
            return original(side, entity, ops)

        with patch.object(OdooEndpoint, "write", write):
            for twin in twins:
                self.start(twin, ["category", "product", "customer"], "import")
            self.work_off()
        for twin in twins:
            self.check_books(twin)
        self.assertEqual(*(set(self.odoo_ids(twin, "product").values()) for twin in twins))
        self.assertEqual(
            {1},
            self.how_often("default_code", "product_product", "default_code LIKE '%%-twin'")
            | self.how_often("email", "res_partner", "email LIKE 'twin-%%' AND type = 'contact'"),
        )

    def how_often(self, column, table, where):
        """How often there are rows of one value."""
        text = f"SELECT DISTINCT count(*) FROM {table} WHERE {where} GROUP BY {column}"  # noqa: S608
        return {count for (count,) in self.query(text)}

    def test_two_shops_with_an_option_that_is_new_make_one_attribute_of_it(self):
        shops = [self.small_shop(f"{self.code}{number}") for number in "ab"]
        for reader, _connector in shops:
            for product in reader.table("Product"):
                product["options"][0]["name"] = f"Cut {self.code}"
            for variant in reader.table("ProductVariant"):
                variant["selectedOptions"][0]["name"] = f"Cut {self.code}"
            reader.shop.store.changed()
        there, original = Meeting(), OdooEndpoint.write

        def write(side, entity, ops):
            done = list(original(side, entity, ops))
            if entity == "product" and there.first():
                self.until(lambda: there.came > 1 or self.is_blocked())
            return iter(done)

        with patch.object(OdooEndpoint, "write", write):
            for _reader, connector in shops:
                self.start(connector, ["category", "product"], "import")
            self.work_off()
        for _reader, connector in shops:
            self.check_books(connector)
        made = self.how_often("name", "product_attribute", "name->>'en_US' LIKE 'Cut %%'")
        self.assertEqual({1}, made)

    def test_two_shops_with_a_tax_that_is_new_make_one_tax_of_it(self):
        taxes = (Tax(f"Tax {self.code}", Decimal("0.0371")),)
        with patch.object(seed_orders, "taxes_for", lambda _address: taxes):
            shops = [self.small_shop(f"{self.code}{number}") for number in "ab"]
        for reader, _connector in shops:
            for order in reader.table("Order"):
                order["tags"] = []  # their making would keep the second one until the first is done
            reader.shop.store.changed()
        shops = [connector for _reader, connector in shops]
        for connector in shops:
            self.sync(connector, ["category", "product", "customer"], "import")
        there, original = Meeting(), OdooEndpoint.write

        def write(side, entity, ops):
            done = list(original(side, entity, ops))
            if entity == "order" and there.first():
                self.until(lambda: there.came > 1 or self.is_blocked())
            return iter(done)

        with patch.object(OdooEndpoint, "write", write):
            for connector in shops:
                self.start(connector, ["order"], "import")
            self.work_off()
        for connector in shops:
            self.check_books(connector)
        where = "type_tax_use = 'sale' AND round(amount, 4) = 3.71"
        self.assertEqual({1}, self.how_often("amount", "account_tax", where))

    def test_a_tag_that_a_person_makes_while_an_import_does_is_one_and_nothing_is_refused(self):
        product = self.reader.table("Product")[0]
        self.reader.edit("product", product=product["id"], set={"tags": [f"Tag {self.code}"]})
        first, original = Meeting(), OdooEndpoint.write

        def write(side, entity, ops):
            if first.first():
                with self.environment() as env:
                    env["product.tag"].create({"name": f"Tag {self.code}"})
            return original(side, entity, ops)

        with patch.object(OdooEndpoint, "write", write):
            self.start(self.connector, ["product"], "import")
            self.work_off()
        self.check_books(self.connector)
        template = int(self.odoo_ids(self.connector, "product")[product["id"]])
        with self.environment() as env:
            tags = env["product.template"].browse(template).product_tag_ids.mapped("name")
        self.assertEqual([f"Tag {self.code}"], tags)
