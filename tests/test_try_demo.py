"""The demo shop of the database: tried, begun anew, removed; several workers at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL

from odoo.addons.gateway_ng.lib.demoshop import ShopTransport
from odoo.addons.gateway_ng.lib.http import RequestsTransport, Timeout, TransportError
from odoo.addons.gateway_ng.lib.http.session import encode

from .demo_shop_case import GROUPS, ShopReader
from .own_database import OwnDatabaseCase, work_off

#: What grows by itself, whoever works in Odoo.
ELSEWHERE = {"ir_cron_trigger", "bus_bus", "ir_attachment", "res_users_log", "res_device_log"}
URL = "https://demo-shop.myshopify.com/admin/api/2026-10/graphql.json"
CREATE = """mutation ($input: CustomerInput!) {
    customerCreate(input: $input) { customer { id } userErrors { message } } }"""


def create_customer(transport, number):
    body = {"query": CREATE, "variables": {"input": {"firstName": f"Visitor {number}"}}}
    headers = {"X-Shopify-Access-Token": "demo-token"}
    return transport.send("POST", URL, headers, encode(body), Timeout())


def _relations(record):
    """What a record refers to, by its columns."""
    names = ("parent_id", "categ_id", "taxes_id", "pricelist_id", "location_id", "product_tag_ids")
    return {name: record[name].ids for name in names if name in record._fields}


class TryDemoCase(OwnDatabaseCase):
    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(RequestsTransport, "send", self._no_network))

    @staticmethod
    def _no_network(*_args, **_kwargs):
        raise AssertionError("the demo shop was called over the network")

    def try_demo(self, sync=True):
        """Id of the demo's connector; its first sync is done by jobs, unless it is left waiting."""
        with self.environment() as env:
            admin = env(user=env.ref("base.user_admin").id)
            connector_id = admin["gateway.connector"].action_try_demo()["res_id"]
        if sync:
            work_off(self.registry)
        return connector_id

    def on_demo(self, connector_id, method):
        with self.environment() as env:
            admin = env(user=env.ref("base.user_admin").id)
            connector = admin["gateway.connector"].browse(connector_id)
            return getattr(connector, method)()

    def rows(self):
        """Rows of every table of the database."""
        names = self.query(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace"
        )
        found = {}
        with self.registry.cursor() as cr:
            for (name,) in names:
                cr.execute(SQL("SELECT count(*) FROM %s", SQL.identifier(name)))
                found[name] = cr.fetchone()[0]
        return {name: count for name, count in found.items() if name not in ELSEWHERE}


@tagged("post_install", "-at_install")
class TestTryDemo(TryDemoCase):
    def test_it_is_synced_at_once_and_removed_without_trace(self):
        before = self.rows()
        connector_id = self.try_demo()
        with self.environment() as env:
            connector = env["gateway.connector"].browse(connector_id)
            run = connector.last_run_id
            self.assertEqual(
                ("ready", "done", 852, 0),
                (connector.state, run.state, run.count_read, connector.dead_letter_count),
            )
            places = connector.location_ids.sorted("remote_id").location_id
            self.assertEqual(
                [connector.warehouse_id.lot_stock_id.complete_name, "GW1/Stock"],
                places.mapped("complete_name"),
            )
            self.check_both_places(connector)
            shown = env.ref("stock.group_stock_multi_warehouses")
            self.assertNotIn(shown, env.ref("base.group_user").all_implied_ids)
        told = self.on_demo(connector_id, "action_remove_demo")["params"]
        self.assertEqual(("success", False), (told["type"], told["sticky"]))
        after = self.rows()
        grown = {name: (before.get(name), count) for name, count in after.items()}
        self.assertEqual({}, {n: pair for n, pair in grown.items() if pair[0] != pair[1]})

    def check_both_places(self, connector):
        """Each level of the shop is what Odoo has on hand in the warehouse of its location."""
        with connector._transport()._transport._opened() as shop:
            levels = ShopReader(shop).levels()
        for row in connector.location_ids:
            variants = connector.env["product.product"].with_context(location=row.location_id.id)
            held = {one.default_code: one.qty_available for one in variants.search([])}
            for (sku, place), level in levels.items():
                if place == row.remote_id:
                    self.assertEqual(level["on_hand"], held.get(sku), (sku, place))

    def test_begun_anew_it_is_as_it_was_after_the_first_sync(self):
        connector_id = self.try_demo()
        first = self.rows()
        self.on_demo(connector_id, "action_reset_demo")
        with self.environment() as env:
            connector = env["gateway.connector"].browse(connector_id)
            mine = [("connector_id", "=", connector_id)]
            kept = env["gateway.binding"].search_count(mine)
            self.assertEqual((0, 4), (connector.binding_count, kept), "both maps alone")
            self.assertEqual(1, connector.run_count)
        work_off(self.registry)
        again = self.rows()
        moved = {n for n in first if n.startswith(("sale_", "stock_", "res_", "product_", "acc"))}
        self.assertEqual({n: first[n] for n in moved}, {n: again[n] for n in moved})
        self.on_demo(connector_id, "action_remove_demo")

    def test_what_something_else_uses_stays_and_is_named(self):
        connector_id = self.try_demo()
        with self.environment() as env:
            product = env["product.product"].search([("default_code", "=like", "%-001-S")])
            category = product.categ_id
            template_id = product.product_tmpl_id.id
            tags = product.product_tag_ids.ids
            partner = env["res.partner"].create({"name": "Somebody Else"})
            order = env["sale.order"].create(
                {
                    "partner_id": partner.id,
                    "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 1})],
                }
            )
            order_id = order.id
        told = self.on_demo(connector_id, "action_remove_demo")["params"]
        self.assertEqual(("warning", True), (told["type"], told["sticky"]))
        with self.environment() as env:
            template = env["product.template"].browse(template_id)
            self.assertTrue(template.exists())
            self.assertIn(template.display_name, told["message"])
            lines = env[told["next"]["res_model"]].search(told["next"]["domain"])
            (line,) = lines.filtered(lambda one: template.display_name in one.names)
            self.assertEqual(1, line.count)
            self.assertEqual(category.id, template.categ_id.id)
            self.assertTrue(tags)
            self.assertEqual(tags, template.product_tag_ids.ids)
            self.assertEqual(tags, env["product.tag"].search([("id", "in", tags)]).ids)
            self.assertTrue(env["sale.order"].browse(order_id).exists())
            self.assertFalse(env["product.product"].search([("default_code", "=like", "%-002-S")]))
            env["sale.order"].browse(order_id).unlink()
            template.unlink()

    def test_the_shop_does_not_roll_back_with_the_caller(self):
        connector_id = self.try_demo(sync=False)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            transport = env["gateway.connector"].browse(connector_id)._transport()
            self.assertIsInstance(transport._transport, ShopTransport)
            create_customer(transport, 7)
            cr.rollback()
        self.assertIn("Visitor 7", self.shop_state())
        self.on_demo(connector_id, "action_remove_demo")

    def test_several_workers_at_once_lose_nothing(self):
        connector_id = self.try_demo(sync=False)

        def work(worker):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                transport = env["gateway.connector"].browse(connector_id)._transport()
                for number in range(5):
                    answer = create_customer(transport, f"{worker}-{number}")
                    if b'"userErrors":[]' not in answer.body:
                        raise AssertionError(answer.body)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(work, range(4)))
        state = self.shop_state()
        wanted = {f"Visitor {worker}-{number}" for worker in range(4) for number in range(5)}
        self.assertEqual(set(), {name for name in wanted if f'"{name}"' not in state})
        self.on_demo(connector_id, "action_remove_demo")

    def test_a_shop_that_was_removed_answers_no_more(self):
        connector_id = self.try_demo(sync=False)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            transport = env["gateway.connector"].browse(connector_id)._transport()
            self.on_demo(connector_id, "action_remove_demo")
            with self.assertRaisesRegex(TransportError, "was removed"):
                create_customer(transport, 1)

    def test_a_shop_of_another_version_says_so_and_begins_anew(self):
        connector_id = self.try_demo()
        with self.environment() as env:
            shop = env["gateway.connector"].browse(connector_id)._demo_shop()
            shop.state = json.dumps({**json.loads(shop.state), "format": 0})
        with self.environment() as env:
            found = env["gateway.connector"].browse(connector_id).check_connection()
            self.assertFalse(found["usable"])
            self.assertIn("another version of Gateway NG: begin anew", found["problems"][0])
        self.on_demo(connector_id, "action_reset_demo")
        work_off(self.registry)
        with self.environment() as env:
            connector = env["gateway.connector"].browse(connector_id)
            self.assertEqual("done", connector.last_run_id.state)
        self.on_demo(connector_id, "action_remove_demo")

    def test_a_shop_whose_connector_was_never_committed_is_swept_up(self):
        with self.environment() as env:
            key = env["gateway.demo.shop"]._open_new(self.clock)
        with self.environment() as env:
            shop = env["gateway.demo.shop"].search([("key", "=", key)])
            env["gateway.demo.shop"]._gc_forgotten()
            self.assertTrue(shop.exists(), "it is young: its connector may be about to come")
            env.cr.execute(
                "UPDATE gateway_demo_shop SET create_date = create_date - interval '2 days'"
            )
            shop.invalidate_recordset()
            env["gateway.demo.shop"]._gc_forgotten()
            self.assertFalse(shop.exists())

    def shop_state(self):
        return self.query("SELECT state FROM gateway_demo_shop")[0][0]


@tagged("post_install", "-at_install")
class TestTryDemoTwice(TransactionCase):
    """A demo shop beside a connector with the same products: all demo shops are seeded alike."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        manager = new_test_user(self.env, "manager", groups=f"{GROUPS},gateway_ng.group_manager")
        self.connectors = self.env["gateway.connector"].with_user(manager)
        self.dialogs = self.env["gateway.try.demo"].with_user(manager)

    def test_whose_products_the_demo_shop_would_share_is_said_before_it_is_made(self):
        self.assertFalse(self.dialogs.create({}).shared_text, "there is nothing to share")
        other = self.connectors.create({"name": "By make demo", "platform": "shopify"})
        product = self.env["product.product"].create({"name": "Mine", "default_code": "SHI-001-S"})
        asked = self.dialogs.create({})
        self.assertIn("1", asked.shared_text)
        self.assertFalse(asked.shared_connector_id)
        self.env["gateway.binding"].create(
            {
                "connector_id": other.id,
                "entity": "variant",
                "remote_id": "gid://shopify/ProductVariant/1",
                "odoo_id": str(product.id),
                "res_model": "product.product",
                "res_id": product.id,
            }
        )
        asked = self.dialogs.create({})
        self.assertIn("By make demo", asked.shared_text)
        self.assertEqual(other, asked.shared_connector_id)
        self.assertEqual(other.id, asked.action_open_shared()["res_id"])

    def test_products_of_another_company_are_not_shared(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.env["product.product"].create(
            {"name": "Theirs", "default_code": "SHI-001-S", "company_id": company.id}
        )
        self.assertFalse(self.dialogs.create({}).shared_text)


@tagged("post_install", "-at_install")
class TestTryDemoBesideOtherWork(TryDemoCase):
    def test_removing_it_takes_nothing_that_it_did_not_make(self):
        connector_id = self.try_demo()
        with self.environment() as env:
            own = self.own_work(env(user=env.ref("base.user_admin").id), connector_id)
            marks = [(record._name, record.id) for record in own]
            held = [_relations(record) for record in own]
        told = self.on_demo(connector_id, "action_remove_demo")["params"]
        self.assertEqual("warning", told["type"])
        self.assertRegex(told["message"], r"Product Category \(\d+\):")
        self.check_left(told["next"])
        with self.environment() as env:
            for (model, id_), before in zip(marks, held, strict=True):
                record = env[model].browse(id_)
                self.assertTrue(record.exists(), model)
                self.assertEqual(before, _relations(record), model)
            left = env["sale.order"].search([("client_order_ref", "=like", "#%")])
            idle = left.filtered(lambda order: not order.invoice_ids)
            self.assertTrue(idle, "of a product that was moved by hand the stock stays")
            self.assertLessEqual({*idle.picking_ids.mapped("state")}, {"done", "cancel"})
            self.assertIn("assigned", (left - idle).picking_ids.mapped("state"), "that is at work")

    def check_left(self, action):
        """All of what stays is listed, by kind, and opens."""
        with self.environment() as env:
            admin = env(user=env.ref("base.user_admin").id)
            lines = admin[action["res_model"]].search(action["domain"])
            self.assertIn("Sales Order", lines.mapped("name"))
            for line in lines:
                opened = line.action_open()
                found = env[opened["res_model"]].with_context(active_test=False)
                records = found.search(opened["domain"])
                self.assertEqual(line.count, len(records))
                self.assertEqual(set(line.names.split(" · ")), {*records.mapped("display_name")})

    def own_work(self, env, connector_id):
        """What the person whose sync it is made of and beside the demo's records."""
        connector = env["gateway.connector"].browse(connector_id)
        bound = env["gateway.binding"].search(
            [("connector_id", "=", connector_id), ("entity", "=", "category")], limit=1
        )
        category = env["product.category"].browse(bound.res_id)
        below = env["product.category"].create({"name": "Mine below", "parent_id": category.id})
        tax = env["account.tax"].create({"name": "My 19 %", "amount": 19, "type_tax_use": "sale"})
        mug = {"name": "My mug", "categ_id": category.id, "taxes_id": [(6, 0, tax.ids)]}
        mug["product_tag_ids"] = env["product.tag"].search([("name", "=", "linen")]).ids
        assert mug["product_tag_ids"]
        mugs = env["product.template"].create([mug, {**mug, "categ_id": below.id}])
        contact = env["res.partner"].create({"name": "My contact", "email": "own@example.net"})
        order = env["sale.order"].search([("client_order_ref", "=like", "#%")], limit=1)
        order.order_line[:1].tax_ids = tax
        order.partner_invoice_id = contact
        mine = env["stock.warehouse"].create({"name": "Mine", "code": "MINE"})
        connector.location_ids.sorted("remote_id")[1:].location_id = mine.lot_stock_id
        pricelist = env["product.pricelist"].create({"name": "Mine"})
        item = env["product.pricelist.item"].create(
            {
                "pricelist_id": pricelist.id,
                "applied_on": "2_product_category",
                "categ_id": category.id,
                "compute_price": "percentage",
                "percent_price": 10,
            }
        )
        sold = env["sale.order"].search(
            [("client_order_ref", "=like", "#%"), ("picking_ids", "!=", False)], limit=1
        )
        sold._create_invoices()
        other = env["sale.order"].search(
            [("client_order_ref", "=like", "#%"), ("id", "!=", sold.id), ("state", "=", "sale")],
            limit=1,
        )
        stock = connector.warehouse_id.lot_stock_id
        env["stock.move"].create(
            {
                "product_id": other.order_line.product_id.filtered("is_storable")[:1].id,
                "product_uom_qty": 1,
                "location_id": stock.id,
                "location_dest_id": mine.lot_stock_id.id,
            }
        )
        moves = sold.picking_ids.move_ids
        return [
            sold,
            *sold.picking_ids,
            *moves,
            below,
            tax,
            *mugs,
            contact,
            mine,
            mine.lot_stock_id,
            item,
        ]


@tagged("post_install", "-at_install")
class TestWhoMayTry(TransactionCase):
    def test_an_operator_makes_no_demo_shop(self):
        self.registry_enter_test_mode()
        operator = new_test_user(self.env, "operator", groups=f"{GROUPS},gateway_ng.group_operator")
        with self.assertRaises(AccessError):
            self.env["gateway.connector"].with_user(operator).action_try_demo()
        self.assertFalse(self.env["gateway.demo.shop"].search([]))

    def test_inside_a_tests_transaction_the_shop_is_part_of_it(self):
        self.registry_enter_test_mode()
        manager = new_test_user(self.env, "manager", groups=f"{GROUPS},gateway_ng.group_manager")
        connectors = self.env["gateway.connector"].with_user(manager)
        self.assertEqual("gateway.try.demo", connectors.action_offer_demo()["res_model"])
        self.assertFalse(self.env["gateway.demo.shop"].search([]), "asked first")
        asked = self.env["gateway.try.demo"].with_user(manager).create({})
        connector = connectors.browse(asked.action_try_demo()["res_id"])
        self.assertEqual(connector.id, connectors.action_offer_demo()["res_id"])
        connector.run_sync(["category"], wait=True)
        self.assertEqual(1, self.env["gateway.demo.shop"].search_count([]))
        again = connectors.action_try_demo()
        self.assertEqual(connector.id, again["res_id"], "a company has one to try")
